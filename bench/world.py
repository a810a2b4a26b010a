"""The servers of a bench run: the portal on data of its own in a temporary folder, and the bare NiceGUI pages."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.tree import SIZES, copy_with_long_form
from tests.browser.server import Server
from tests.cast import CAMILLE

BARE = (sys.executable, "-m", "bench.bare")


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """`data` holds the demonstration, made before anything is timed; Camille (`patient`) is asked for long forms by `tasks`,
    by their size.
    """

    folder: Path
    tree: Path
    data: Path
    patient: str
    tasks: dict[int, str]

    @property
    def task(self) -> str:
        """The form of a hundred questions."""
        return self.tasks[100]

    @classmethod
    def make(cls, folder: Path) -> "World":
        tree = copy_with_long_form(folder / "tree")
        data = folder / "portal"
        ready = os.environ.get("PORTAL_DEMONSTRATION")  # one that is made already, as the browser journeys take it
        if ready:
            shutil.copytree(ready, data)
        first = Server(data, tree=tree)
        first.start()
        first.stop()
        patient, *tasks = _run(tree, data, "bench.asked", CAMILLE.family, CAMILLE.given).split()
        return cls(folder=folder, tree=tree, data=data, patient=patient, tasks=dict(zip(SIZES, tasks, strict=True)))

    def answering_portal(self, patients: int) -> tuple[Server, list[dict[str, str]]]:
        """The same data with that many patients more, signed in: the cookie and the Task of each."""
        data = self.folder / f"answering-{patients}"
        shutil.copytree(self.data, data)
        server = Server(data, tree=self.tree)
        return server, json.loads(_run(self.tree, data, "bench.signed_in", str(patients)))

    def portal(self) -> Server:
        return Server(self.data, tree=self.tree)

    def crowded_portal(self, patients: int) -> Server:
        """The same data with that many patients in all."""
        data = self.folder / f"portal-{patients}"
        shutil.copytree(self.data, data)
        _run(self.tree, data, "bench.crowd", str(patients))
        return Server(data, tree=self.tree)

    def bare(self) -> Server:
        return Server(self.folder / "bare", command=BARE, tree=self.tree)


def _run(tree: Path, data: Path, module: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=tree,
        env={**os.environ, "PORTAL_DATA_DIR": str(data), "PORTAL_DEMO": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]
