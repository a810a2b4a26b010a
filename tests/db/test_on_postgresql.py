"""The rooms that keep things in the portal's own database do the same on PostgreSQL: their own tests say so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import PROGRAMS

ROOT = Path(__file__).parents[2]
ROOMS = ("tests/accounts", "tests/administration", "tests/responses", "tests/notifications", "tests/jobs")


@pytest.mark.prove
@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_own_tests_pass_on_postgresql(room: str, request: pytest.FixtureRequest) -> None:
    assert PROGRAMS, "deploy/setup/prepare prove installs PostgreSQL"
    socket = request.getfixturevalue("postgresql")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "tests.db.everything_on_postgresql",
         "-p", "no:cacheprovider", "-m", "not browser and not prove", room],
        cwd=ROOT, env={**os.environ, "PORTAL_TEST_POSTGRESQL": str(socket)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
