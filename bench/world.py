"""The servers of a bench run: the portal on data of its own in a temporary folder, and the bare NiceGUI pages."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.browser.server import Server

BARE = (sys.executable, "-m", "bench.bare")


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """`data` holds the demonstration, made before anything is timed."""

    folder: Path
    data: Path

    @classmethod
    def make(cls, folder: Path) -> "World":
        data = folder / "portal"
        first = Server(data)
        first.start()
        first.stop()
        return cls(folder=folder, data=data)

    def portal(self) -> Server:
        return Server(self.data)

    def bare(self) -> Server:
        return Server(self.folder / "bare", command=BARE)
