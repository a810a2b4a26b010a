"""House rules that no off-the-shelf tool checks: length of modules, texts that belong to one machine, a lock in step."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 400
SOURCES = ("portal/", "pages/", "components/")

# Each pattern is written so that it does not match itself.
INDEX_HOST = re.compile(r"https?://[^\s\"']*(?:py" r"pi\.|python" r"hosted|npm" r"js)")
PERSONAL_PATH = re.compile(r"(?<![\w.~-])/(?:home/\w+|Users/\w+|root)/")


def main() -> int:
    complaints = [*long_modules(), *private_imports(), *local_texts(), *stale_lock()]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


def tracked() -> list[str]:
    """Files that belong to the repository, those not yet committed included."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def long_modules() -> Iterator[str]:
    for name in tracked():
        if name.startswith(SOURCES) and name.endswith(".py"):
            lines = len((ROOT / name).read_text("utf-8").splitlines())
            if lines > LONGEST_MODULE:
                yield f"{name}: {lines} lines; a module is split by subject before {LONGEST_MODULE}"


def private_imports() -> Iterator[str]:
    """A room's modules are its own, but for those that its `__init__` exports or names as `portal.room.module`.

    The composition root, portal/app.py and portal/__main__.py, is free to open any door.
    """
    for name in tracked():
        if not name.startswith(SOURCES) or not name.endswith(".py") or name in {"portal/app.py", "portal/__main__.py"}:
            continue
        own_room = name.split("/")[1] if name.startswith("portal/") else ""
        for line, module in sorted({(line, ".".join(path.split(".")[:3])) for line, path in _imported(ROOT / name)}):
            parts = module.split(".")
            if parts[0] != "portal" or len(parts) < 3 or parts[1] == own_room:
                continue
            room, place = parts[1], ROOT / "portal" / parts[1] / parts[2]
            is_module = place.is_dir() or place.with_suffix(".py").is_file()
            if is_module and not _is_public(room, parts[2]):
                yield f"{name}:{line}: {room}.{parts[2]} belongs to portal/{room} alone; use what portal.{room} exports"


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _is_public(room: str, module: str) -> bool:
    front = ast.parse((ROOT / "portal" / room / "__init__.py").read_text("utf-8"))
    named = re.search(rf"`(?:portal\.)?(?:{room}\.)?{module}`", ast.get_docstring(front) or "")
    exported = any(
        isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == module for alias in node.names)
        for node in front.body
    )
    return bool(named) or exported


def local_texts() -> Iterator[str]:
    """Package index hosts and paths of one person's machine mean nothing to the next reader."""
    here = str(ROOT) + "/"
    for name in tracked():
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if INDEX_HOST.search(line):
                yield f"{name}:{number}: names a package index"
            if PERSONAL_PATH.search(line) or here in line:
                yield f"{name}:{number}: names a path of one machine"


def stale_lock() -> Iterator[str]:
    """Each requirement of pyproject.toml is pinned, at a version that it allows. No network needed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "requirements.txt": [*project["dependencies"], *extras["build"]],
        "requirements-dev.txt": [*project["dependencies"], *extras["build"], *extras["dev"]],
    }
    for lock, requirements in wanted.items():
        pins = dict(_pins(ROOT / lock))
        for requirement in map(Requirement, requirements):
            version = pins.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                yield f"{lock}: {requirement} is pinned at {version or 'nothing'}; run make lock"


def _pins(lock: Path) -> Iterator[tuple[str, str]]:
    for line in lock.read_text("utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", line):
            yield canonicalize_name(match[1]), match[2]


if __name__ == "__main__":
    sys.exit(main())
