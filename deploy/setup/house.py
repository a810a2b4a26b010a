"""House rules that no off-the-shelf tool checks: length of modules, texts that belong to one machine, a lock in step."""

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
    complaints = [*long_modules(), *local_texts(), *stale_lock()]
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
