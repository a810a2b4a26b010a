"""The folder of the embedded backend: who may open it, and what it keeps."""

from pathlib import Path

import httpx
import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import Backend, open_backend
from portal.embedded.text import dumps, loads
from portal.errors import NotReady

from .conftest import TOKENS, client


async def test_an_acknowledged_write_is_there_after_reopening(
    tmp_path: Path, clock: FixedClock, chance: SeededChance
) -> None:
    first = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(first, "root") as root:
        await root.post("Patient", json={"resourceType": "Patient", "id": "alice"})
    await first.close()
    second = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(second, "root") as root:
        assert (await root.get("Patient/alice")).status_code == 200
        later = await root.post("Patient", json={"resourceType": "Patient"})
        assert later.json()["meta"]["versionId"] == "2"
    await second.close()


@pytest.mark.parametrize(
    "text", ['{"a":-0}', '{"a":[-0,1]}', '{"a":-0.0}', '{"a":[1,-0]}', '{"a":1e400}', '{"a":18446744073709551616}']
)
def test_a_number_is_kept_as_it_was_written(text: str) -> None:
    assert dumps(loads(text.encode())).decode() == text


async def test_a_second_backend_on_the_same_folder_is_refused(
    backend: Backend, tmp_path: Path, clock: FixedClock, chance: SeededChance
) -> None:
    with pytest.raises(NotReady, match="already used"):
        await open_backend(tmp_path / "records", clock=clock, chance=chance, authenticate=TOKENS.get)


async def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"not a database, " * 500)
    with pytest.raises(NotReady) as refused:
        await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    assert refused.value.message.params["file"].endswith("records.sqlite")


async def test_a_refused_folder_can_be_opened_once_repaired(
    tmp_path: Path, clock: FixedClock, chance: SeededChance
) -> None:
    damaged = tmp_path / "records.sqlite"
    damaged.write_bytes(b"not a database, " * 500)
    with pytest.raises(NotReady):
        await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    damaged.unlink()
    await (await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)).close()


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotReady, match="cannot be opened"):
        await open_backend(tmp_path / "file" / "records", clock=clock, chance=chance, authenticate=TOKENS.get)


async def test_a_refused_job_of_a_shared_commit_changes_nothing(root: httpx.AsyncClient) -> None:
    import asyncio

    await root.post("Patient", json={"resourceType": "Patient", "id": "alice"})
    answers = await asyncio.gather(
        *(root.post("Patient", json={"resourceType": "Patient", "id": f"p{i % 5}"}) for i in range(20))
    )
    assert sorted(a.status_code for a in answers) == [201] * 5 + [409] * 15
    assert (await root.get("Patient?_summary=count")).json()["total"] == 6
