"""`make bench`: measures everything on this machine and prints one JSON. Give names of chapters to measure only those.

make bench ARGS="start clicks"
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench import screens, start
from bench.world import World
from tests.browser.chromium import launch

Chapter = Callable[[World, Any], dict[str, Any]]

CHAPTERS: dict[str, Chapter] = {
    "cold_start": lambda world, _: start.measure(world),
    "bytes": screens.bytes_on_the_wire,
    "click_to_score": screens.click_to_score,
    "answering": screens.answering,
    "memory": screens.memory,
    "patients": screens.patients,
    "records": lambda *_: apart("bench.records", "1000", "20000"),
    "forms": lambda *_: apart("bench.forms", "--json"),
    "doors": lambda *_: apart("bench.doors", "--json"),
    "records_full": lambda *_: apart("bench.records", "--scale", "full"),
    "fhirpath": lambda *_: apart("bench.fhirpath", "--json"),
}
LONG = frozenset({"records_full"})
"""Measured only when named: they take half an hour."""


def main(wanted: list[str]) -> dict[str, Any]:
    unknown = set(wanted) - CHAPTERS.keys()
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; the chapters are {', '.join(CHAPTERS)}")
    result: dict[str, Any] = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, sync_playwright() as playwright:
        tell("making the demonstration")
        world = World.make(Path(folder))
        browser = launch(playwright)
        for name, measure in CHAPTERS.items():
            if name in wanted or (not wanted and name not in LONG):
                tell(name)
                result[name] = measure(world, browser)
                tell(json.dumps(result[name]))  # should a later chapter fail
        browser.close()
    return result


def apart(module: str, *arguments: str) -> dict[str, Any]:
    """A chapter in a process of its own: it measures memory, or runs an event loop beside Playwright's."""
    command = [sys.executable, "-m", module, *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "nicegui": version("nicegui"),
    }


def tell(step: str) -> None:
    """Progress goes beside the JSON, never into it."""
    print(f"… {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:]), indent=2))
