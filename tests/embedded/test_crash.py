"""What was acknowledged survives: a killed process, a full disk, a damaged page, a folder that nobody may write."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from portal.chance import SeededChance, SystemChance
from portal.clock import FixedClock, SystemClock
from portal.embedded import Backend, open_backend
from portal.errors import NotReady

from .conftest import TOKENS, client

WRITER = """
import asyncio, sys
from pathlib import Path
import httpx
from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import ROOT, open_backend

async def main():
    backend = await open_backend(Path(sys.argv[1]), clock=SystemClock(), chance=SystemChance(), authenticate={"root": ROOT}.get)
    transport = httpx.ASGITransport(app=backend.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://t/fhir/", headers={"authorization": "Bearer root"}) as root:
        async def write(n):
            entries = [
                {"request": {"method": "PUT", "url": f"{type_}/w{n}"}, "resource": resource}
                for type_, resource in (
                    ("Patient", {"resourceType": "Patient"}),
                    ("Observation", {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": {"reference": f"Patient/w{n}"}}),
                )
            ]
            answer = await root.post("", json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
            assert answer.status_code == 200, answer.text
            sys.stdout.write(f"{n}\\n")
            sys.stdout.flush()
        n = int(sys.argv[2])
        while True:
            await asyncio.gather(*(write(n + i) for i in range(4)))
            n += 4

asyncio.run(main())
"""


def killed_run(folder: Path, first: int, seconds: float) -> list[int]:
    """Writes until killed; the numbers that were acknowledged."""
    run = subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(first)], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    first_line = run.stdout.readline()
    time.sleep(seconds)
    run.send_signal(signal.SIGKILL)
    lines = [first_line, *run.stdout.read().split("\n")]
    run.wait()
    run.stdout.close()
    return [int(line) for line in lines if line.strip().isdigit()]


async def nothing_lost(folder: Path, acknowledged: list[int]) -> None:
    backend = await open_backend(folder, clock=SystemClock(), chance=SystemChance(), authenticate=TOKENS.get)
    async with client(backend, "root") as root:
        for n in acknowledged:
            assert (await root.get(f"Observation/w{n}")).status_code == 200
        totals = [(await root.get(f"{type_}?_summary=count")).json()["total"] for type_ in ("Patient", "Observation")]
        found = (await root.get("Patient?_has:Observation:subject:status=final&_summary=count")).json()["total"]
    await backend.close()
    assert totals[0] == totals[1] == found >= len(acknowledged)


@pytest.mark.parametrize("seconds", [0.05, 0.2])
async def test_a_killed_process_loses_no_acknowledged_write_and_leaves_none_half_done(
    tmp_path: Path, seconds: float
) -> None:
    acknowledged = killed_run(tmp_path, 0, seconds) + killed_run(tmp_path, 1_000_000, seconds)
    assert acknowledged
    await nothing_lost(tmp_path, acknowledged)


@pytest.mark.prove
@pytest.mark.timeout(3600)
async def test_two_hundred_kills_lose_nothing(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if "prove" not in pytestconfig.option.markexpr:
        pytest.skip("minutes long: `make prove` runs it")
    acknowledged: list[int] = []
    for kill in range(200):
        acknowledged += killed_run(tmp_path, kill * 1_000_000, 0.002 * (kill % 50))
    await nothing_lost(tmp_path, acknowledged)


async def test_a_full_disk_refuses_the_write_and_loses_nothing(backend: Backend, root: httpx.AsyncClient) -> None:
    await root.put("Patient/alice", json={"resourceType": "Patient"})
    pages = await backend.store.write(lambda unit: unit.connection.execute("PRAGMA page_count").fetchone()[0])
    await backend.store.write(lambda unit: unit.connection.execute(f"PRAGMA max_page_count = {pages + 1}"))
    big = {"resourceType": "Patient", "name": [{"text": "x" * 100_000}]}
    assert (await root.post("Patient", json=big)).status_code == 503
    assert (await root.get("Patient/alice")).status_code == 200
    assert (await root.get("Patient?_summary=count")).json()["total"] == 1
    await backend.store.write(lambda unit: unit.connection.execute("PRAGMA max_page_count = 1073741823"))
    assert (await root.post("Patient", json=big)).status_code == 201


async def test_a_store_of_something_else_is_refused(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> None:
    other = sqlite3.connect(tmp_path / "records.sqlite")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()
    with pytest.raises(NotReady, match="damaged"):
        await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)


async def test_a_damaged_page_is_found_at_start(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> None:
    backend = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(backend, "root") as root:
        for n in range(50):
            await root.put(f"Patient/p{n}", json={"resourceType": "Patient", "name": [{"text": "x" * 1000}]})
    await backend.close()
    file = tmp_path / "records.sqlite"
    data = bytearray(file.read_bytes())
    data[4096 * 4 : 4096 * 12] = os.urandom(4096 * 8)
    file.write_bytes(data)
    with pytest.raises(NotReady, match="damaged"):
        await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)


async def test_durability_is_what_sqlite_calls_full(backend: Backend) -> None:
    def settings(unit: object) -> list[object]:
        connection = unit.connection  # type: ignore[attr-defined]
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

    assert await backend.store.write(settings) == ["wal", 2]


async def test_one_process_serves_while_another_is_told_to_wait(tmp_path: Path, backend: Backend) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from portal.chance import SystemChance; from portal.clock import SystemClock;"
        "from portal.embedded import open_backend; from portal.errors import NotReady\n"
        "try:\n    asyncio.run(open_backend(Path(sys.argv[1]), clock=SystemClock(), chance=SystemChance(), authenticate=lambda t: None))\n"
        "except NotReady as problem:\n    print(problem.message.msgid)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "records")]
    out = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    assert "already used" in out.stdout


async def test_a_refused_transaction_leaves_the_store_as_it_was(backend: Backend, root: httpx.AsyncClient) -> None:
    def content(unit: object) -> str:
        return json.dumps(
            [
                list(map(str, row))
                for row in unit.connection.execute("SELECT type, id, state, version FROM resource ORDER BY rid")
            ]
        )  # type: ignore[attr-defined]

    await root.put("Patient/alice", json={"resourceType": "Patient"})
    before = await backend.store.write(content)
    entries = [
        {"request": {"method": "PUT", "url": "Patient/alice"}, "resource": {"resourceType": "Patient", "gender": "female"}},
        {"request": {"method": "POST", "url": "Encounter"}, "resource": {"resourceType": "Encounter", "status": "planned", "class": {"code": "AMB", "system": "urn:new"}, "subject": {"reference": "Patient/nobody"}}},
    ]  # fmt: skip
    answer = await root.post("", json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status_code == 422
    assert await backend.store.write(content) == before
