"""docs/asvs.md says what is true: every test that it names exists in the file that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/asvs.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
LINE = re.compile(r"^\| [\d.~–, ]+ \|.*\|$", re.MULTILINE)


def missing(page: str) -> list[str]:
    return [
        f"{path}::{name}"
        for path, name in NAMED.findall(page)
        if not (ROOT / path).exists() or not re.search(rf"def {name}\(", (ROOT / path).read_text("utf-8"))
    ]


def test_every_test_that_the_page_names_exists():
    assert len(NAMED.findall(PAGE)) > 80
    assert missing(PAGE) == []


def test_a_test_that_is_not_there_is_named():
    assert missing("`tests/house/test_asvs.py::test_of_nothing`") == ["tests/house/test_asvs.py::test_of_nothing"]
    assert missing("`tests/house/test_nothing.py::test_x`") == ["tests/house/test_nothing.py::test_x"]


def test_every_requirement_has_a_test():
    lines = LINE.findall(PAGE)
    assert len(lines) > 50
    assert [line for line in lines if not NAMED.search(line)] == []
