"""docs/map.md names every room, and no room that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def named_in_map(heading: str) -> set[str]:
    """First cells of the tables under `## heading/`."""
    chapter = re.search(
        rf"^## {heading}/.*?(?=^## |\Z)", (ROOT / "docs/map.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert chapter is not None, heading
    return set(re.findall(r"^\| `([\w./]+)` \|", chapter[0], re.MULTILINE))


def rooms(folder: str) -> set[str]:
    return {
        path.name
        for path in (ROOT / folder).iterdir()
        if path.is_dir() and any(child.is_file() and child.suffix != ".pyc" for child in path.rglob("*"))
    }


@pytest.mark.parametrize("folder", ["pages", "components"])
def test_the_map_shows_every_room_of(folder: str) -> None:
    assert named_in_map(folder) == rooms(folder)


def test_the_map_shows_every_room_and_module_of_portal() -> None:
    modules = {path.name for path in (ROOT / "portal").glob("*.py")} - {"__init__.py"}
    assert named_in_map("portal") == rooms("portal") | modules


def test_the_map_shows_every_folder_of_the_repository() -> None:
    around = set(re.findall(r"^\| `(\w+)/` \|", (ROOT / "docs/map.md").read_text("utf-8"), re.MULTILINE))
    tracked = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    assert tracked - {"build", "dist"} == around | {"portal", "pages", "components"}
