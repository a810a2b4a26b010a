"""Nobody's work is overwritten unseen: whatever replaces a stored resource names the version that was read.

The door refuses an update without one (test_repeats.py). Here: no verb goes round the door, and none replaces by creating.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("accounts", "administration", "files", "people", "record", "responses", "review", "trials")


def calls() -> list[tuple[str, ast.Call]]:
    """Every call in the portal and its pages, with its place, but for the door itself and the server behind it."""
    found: list[tuple[str, ast.Call]] = []
    for path in [*(ROOT / "portal").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        if {"fhir", "embedded"} & set(path.relative_to(ROOT / path.relative_to(ROOT).parts[0]).parts):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        found += [
            (f"{path.relative_to(ROOT)}:{node.lineno}", node) for node in ast.walk(tree) if isinstance(node, ast.Call)
        ]
    return found


def named(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def test_no_verb_sends_an_update_by_hand():
    by_hand = [
        place
        for place, node in calls()
        if named(node) == "call"
        and node.args
        and constant(node.args[0]) in {"PUT", "PATCH", "POST"}
        and not any(word.arg == "form" for word in node.keywords)  # a search sent in the body
    ]
    assert by_hand == []


def test_an_entry_written_by_hand_has_its_condition():
    blind = []
    for place, node in calls():
        given = {word.arg: word.value for word in node.keywords}
        if named(node) == "Entry" and constant(given.get("method")) in {"PUT", "PATCH"} and "if_match" not in given:
            blind.append(place)
    assert blind == []


@pytest.mark.prove
@pytest.mark.parametrize("room", ROOMS)
def test_no_verb_of_a_room_replaces_without_a_version(room: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "tests.fhir.no_blind_overwriting",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "-m", "not browser and not prove", f"tests/{room}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
