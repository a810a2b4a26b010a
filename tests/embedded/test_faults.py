"""The machine fails: the disk is full, the folder is read-only, the file is damaged. It is said, and nothing is lost."""

import asyncio
import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import jwt
import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import Backend, Identity, open_backend
from portal.errors import NotReady

from .conftest import TOKENS, client

BIG = {"resourceType": "Patient", "name": [{"text": "x" * 300_000}]}
SMALL = {"resourceType": "Patient"}
NOBODY = 65534


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """What a write beyond meets is what it meets on a full disk: the system refuses it half-way."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def an_ordinary_user() -> Iterator[None]:
    """For root no folder is read-only."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def allow(path: Path, mode: int) -> None:
    path.chmod(mode)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    folder = Path(tempfile.mkdtemp(prefix="records-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


async def test_a_write_that_the_disk_refuses_is_refused_and_the_next_one_is_kept(
    backend: Backend, root: httpx.AsyncClient
) -> None:
    await root.put("Patient/alice", json=SMALL)
    log = backend.store.file.with_name(f"{backend.store.file.name}-wal")
    with files_no_larger_than(log.stat().st_size + 20_000):
        refused = await root.put("Patient/bob", json=BIG)
    assert refused.status_code == 503
    assert (await root.get("Patient/bob")).status_code == 404
    assert (await root.put("Patient/carol", json=BIG)).status_code == 201
    assert (await root.get("Patient?_summary=count")).json()["total"] == 2


async def test_what_a_full_disk_refused_is_not_there_after_a_restart(
    tmp_path: Path, clock: FixedClock, chance: SeededChance
) -> None:
    first = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(first, "root") as root:
        await root.put("Patient/alice", json=SMALL)
        log = first.store.file.with_name(f"{first.store.file.name}-wal")
        with files_no_larger_than(log.stat().st_size + 20_000):
            assert (await root.put("Patient/bob", json=BIG)).status_code == 503
    await first.close()
    second = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(second, "root") as root:
        assert (await root.get("Patient/alice")).status_code == 200
        assert (await root.get("Patient/bob")).status_code == 404
    await second.close()


async def test_a_folder_that_is_read_only_is_refused_at_start(
    open_folder: Path, clock: FixedClock, chance: SeededChance
) -> None:
    await (await open_backend(open_folder, clock=clock, chance=chance, authenticate=TOKENS.get)).close()
    allow(open_folder, 0o555)
    with an_ordinary_user(), pytest.raises(NotReady, match="cannot be opened"):
        await open_backend(open_folder, clock=clock, chance=chance, authenticate=TOKENS.get)


async def test_a_file_that_is_read_only_is_refused_at_start(
    open_folder: Path, clock: FixedClock, chance: SeededChance
) -> None:
    await (await open_backend(open_folder, clock=clock, chance=chance, authenticate=TOKENS.get)).close()
    allow(open_folder / "records.sqlite", 0o444)
    allow(open_folder / "records.lock", 0o666)
    with an_ordinary_user(), pytest.raises(NotReady, match="cannot be opened"):
        await open_backend(open_folder, clock=clock, chance=chance, authenticate=TOKENS.get)


async def test_a_disk_that_becomes_read_only_refuses_writes_and_serves_reads(
    backend: Backend, root: httpx.AsyncClient
) -> None:
    await root.put("Patient/alice", json=SMALL)
    await backend.store.write(lambda unit: unit.connection.execute("PRAGMA query_only = ON"))
    assert (await root.put("Patient/bob", json=SMALL)).status_code == 503
    assert (await root.get("Patient/alice")).status_code == 200
    assert (await root.get("Patient?_summary=count")).json()["total"] == 1


async def test_a_page_damaged_in_a_large_file_is_found_when_it_is_read(
    tmp_path: Path, clock: FixedClock, chance: SeededChance, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(first, "root") as root:
        for n in range(50):
            await root.put(f"Patient/p{n}", json={"resourceType": "Patient", "name": [{"text": "x" * 3000}]})
    await first.close()
    file = tmp_path / "records.sqlite"
    data = bytearray(file.read_bytes())
    half = len(data) // 2 // 4096 * 4096
    data[half:] = os.urandom(len(data) - half)
    file.write_bytes(data)
    monkeypatch.setattr("portal.embedded.store.schema.CHECKED_WHOLE", 0)
    try:
        second = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    except NotReady:
        return  # the damage reached what is read at start
    async with client(second, "root") as root:
        answers = [await root.get(f"Patient/p{n}") for n in range(50)]
    await second.close()
    told = {answer.status_code for answer in answers}
    assert told <= {200, 503}
    assert 503 in told
    assert all(a.json()["name"] == [{"text": "x" * 3000}] for a in answers if a.status_code == 200)


async def test_of_many_writers_on_one_version_exactly_one_wins(root: httpx.AsyncClient) -> None:
    version = (await root.put("Patient/alice", json=SMALL)).headers["etag"]
    writes = (
        root.put("Patient/alice", json={**SMALL, "gender": gender}, headers={"if-match": version})
        for gender in ("female", "male", "other", "unknown") * 5
    )
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*writes))
    assert statuses == [200] + [412] * 19
    assert (await root.get("Patient/alice/_history")).json()["total"] == 2


def damaged(backend: Backend, tmp_path: Path) -> sqlite3.Connection:
    """A reader of a copy of the store in which every page is damaged but those that say what tables there are."""
    copy = tmp_path / "damaged.sqlite"
    with sqlite3.connect(backend.store.file) as whole, sqlite3.connect(copy) as other:
        whole.backup(other)
        last = max(page for (page,) in other.execute("SELECT rootpage FROM sqlite_master WHERE rootpage"))
        tables = {page for (page,) in other.execute("SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'")}
    data = bytearray(copy.read_bytes())
    for number in range(1, last + 1):
        if number not in tables:
            data[(number - 1) * 4096 : number * 4096] = os.urandom(4096)
    copy.write_bytes(data)
    return sqlite3.connect(copy, check_same_thread=False)


@pytest.mark.parametrize("token", ["someone", "a token of a session", "a.jwt.token"])
@pytest.mark.parametrize("address", ["fhir/Patient/alice", "fhir/Patient", "auth/userinfo"])
async def test_a_page_damaged_where_rights_are_read_is_an_outage_not_a_failure(
    backend: Backend, root: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, address: str
) -> None:
    await root.put("Patient/alice", json=SMALL)
    rules = {"iss": "https://p.test", "secret": "k" * 64}
    await root.put("TokenIntrospector/p", json={"resourceType": "TokenIntrospector", "type": "jwt", "jwt": rules})
    bearer = jwt.encode({"iss": "https://p.test", "exp": 10**10}, "k" * 64) if token.startswith("a.") else token
    monkeypatch.setitem(TOKENS, "someone", Identity(user_id="someone"))
    reader = damaged(backend, tmp_path)
    monkeypatch.setattr(backend.store, "quick_reader", reader)
    async with client(backend, bearer) as person:
        answer = await person.get(f"http://records.test/{address}")
    reader.close()
    assert answer.status_code == 503, answer.text


async def test_a_page_damaged_where_passwords_are_read_is_an_outage_not_a_failure(
    backend: Backend, root: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await root.put("Client/c", json={"resourceType": "Client", "secret": "s", "grant_types": ["password"]})
    reader = damaged(backend, tmp_path)
    monkeypatch.setattr(backend.store, "quick_reader", reader)
    asked = {"grant_type": "password", "client_id": "c", "client_secret": "s", "username": "u@x.org", "password": "p"}
    answer = await root.post("http://records.test/auth/token", json=asked)
    reader.close()
    assert answer.status_code == 503
