"""The world of the access matrix, made once and copied: nothing that a test writes is there for the next."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from portal.access import Actor
from portal.app import Portal, open_portal
from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.settings import Settings
from portal.types import Json
from tests.conftest import WEDNESDAY_AT_14_02_IN_PARIS
from tests.people.world import small_content
from tests.promises.matrix import send
from tests.promises.world import actor, build

Ask = Callable[..., Awaitable[tuple[int, Json]]]
"""`await ask("nurse", "GET", "Observation/lab-own")` → (status, body)."""


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(content, data)."""
    folder = tmp_path_factory.mktemp("promises")
    content = small_content(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.app.CONTENT", content)
        asyncio.run(_make(folder / "data"))
    return content, folder / "data"


async def _make(data: Path) -> None:
    clock = FixedClock(WEDNESDAY_AT_14_02_IN_PARIS)
    portal = await open_portal(Settings(data_dir=data), clock=clock, chance=SeededChance(1))
    await build(portal)
    await portal.close()


@pytest.fixture
async def portal(
    made_world: tuple[Path, Path], tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Portal]:
    content, data = made_world
    monkeypatch.setattr("portal.app.CONTENT", content)
    shutil.copytree(data, tmp_path / "data")
    portal = await open_portal(Settings(data_dir=tmp_path / "data"), clock=clock, chance=SeededChance(2))
    yield portal
    await portal.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(made_world: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portal]:
    """One world for all tests of a file: for those that are refused, or whose writes no other test of it reads."""
    content, data = made_world
    folder = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(data, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.app.CONTENT", content)
        clock = FixedClock(WEDNESDAY_AT_14_02_IN_PARIS)
        portal = await open_portal(Settings(data_dir=folder), clock=clock, chance=SeededChance(2))
    yield portal
    await portal.close()


@pytest.fixture
def ask(portal: Portal) -> Ask:
    return _asking(portal)


@pytest.fixture
def ask_shared(shared: Portal) -> Ask:
    return _asking(shared)


def _asking(portal: Portal) -> Ask:
    async def asked(
        who: str | Actor, method: str, path: str, body: Any = None, headers: tuple[tuple[str, str], ...] = ()
    ) -> tuple[int, Json]:
        person = who if isinstance(who, Actor) else actor(who)
        status, answer = await send(portal, portal.signer.sign(person), method, path, body, headers)
        return status, json.loads(answer or b"{}")

    return asked
