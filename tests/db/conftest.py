"""A PostgreSQL of the tests' own, in a temporary folder and behind a socket file; tests that want it are skipped without."""

import os
import pwd
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def _as_somebody() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the server's socket. User `portal`, no password, sorting as in deploy/compose.yaml."""
    if not PROGRAMS or (os.geteuid() == 0 and not shutil.which("setpriv")):
        pytest.skip("there is no PostgreSQL on this machine")
    home = Path("/tmp") / f"portal-pg-{uuid.uuid4().hex[:8]}"  # a socket's path must be short
    home.mkdir(mode=0o700)
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(home, owner.pw_uid, owner.pw_gid)
        data, programs = home / "data", PROGRAMS[-1]
        make = [programs / "initdb", "-D", data, "-U", "portal", "--auth=trust", "--locale=C", "-E", "UTF8", "-N"]
        _run([*_as_somebody(), *map(str, make)], home)
        options = f"-k {home} -c listen_addresses= -c fsync=off -c max_connections=60"
        control = [*_as_somebody(), str(programs / "pg_ctl"), "-D", str(data), "-w"]
        _run([*control, "-l", str(home / "log"), "-o", options, "start"], home)
        try:
            yield home
        finally:
            _run([*control, "-m", "immediate", "stop"], home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def new_database(postgresql: Path) -> Callable[[], str]:
    """Makes an empty database and gives its address."""

    def make() -> str:
        name = f"portal_{uuid.uuid4().hex}"
        with psycopg.connect(host=str(postgresql), user="portal", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql://portal@/{name}?host={postgresql}"

    return make


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'portal.db'}"
    made: str = request.getfixturevalue("new_database")()
    return made
