"""A store of an earlier version is brought to the present layout when it is opened."""

import sqlite3
from pathlib import Path

import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import open_backend
from portal.embedded.store.schema import LAYOUTS
from portal.errors import NotReady

from .conftest import TOKENS, client


async def test_a_store_of_the_first_layout_is_opened_with_all_it_holds(
    tmp_path: Path, clock: FixedClock, chance: SeededChance
) -> None:
    old = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    old.executescript(f"BEGIN;{LAYOUTS[0]}PRAGMA user_version = 1;COMMIT")
    old.execute("INSERT INTO name VALUES (1, 'type', 'Patient')")
    body = b'{"resourceType":"Patient","id":"alice","gender":"female"}'
    old.execute("INSERT INTO resource VALUES (1, 1, 'alice', 1, 7, 1, 1, 'PUT', ?)", (body,))
    old.execute("INSERT INTO census VALUES (1, 1)")
    old.execute("INSERT INTO state VALUES ('version', '7')")
    old.close()
    backend = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(backend, "root") as root:
        assert (await root.get("Patient/alice")).content == body
        assert (await root.get("Patient?gender=female")).json()["total"] == 1
        assert (await root.patch("Patient/alice", json={"active": True})).json()["meta"]["versionId"] == "8"
    await backend.close()


async def test_a_store_of_a_later_version_is_refused(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> None:
    await (await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)).close()
    later = sqlite3.connect(tmp_path / "records.sqlite")
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(NotReady):
        await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
