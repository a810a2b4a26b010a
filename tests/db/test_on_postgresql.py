"""The rooms that keep things in the portal's own database do the same on PostgreSQL: their own tests say so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("tests/accounts", "tests/responses", "tests/notifications", "tests/jobs")


@pytest.mark.prove
@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_own_tests_pass_on_postgresql(room: str, postgresql: Path) -> None:
    if not (ROOT / room).is_dir():
        pytest.skip("this room has no tests of its own")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.db.everything_on_postgresql",
         "-p", "no:cacheprovider", "-m", "not browser and not prove", room],
        cwd=ROOT, env={**os.environ, "PORTAL_TEST_POSTGRESQL": str(postgresql)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
