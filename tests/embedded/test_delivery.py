"""Each destination has its events in order and its own pause, whatever another one does."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import Backend, Destination, open_backend

from .conftest import TOKENS, client
from .test_subscriptions import focuses, respond, subscribe


@dataclass(slots=True)
class Town:
    """Several destinations. `away` refuse, `deaf` never answer, `broken` are a fault of ours."""

    away: set[str] = field(default_factory=set)
    deaf: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    tries: list[str] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, destination: Destination, body: bytes) -> bool:
        name = destination.id
        self.tries.append(name)
        if name in self.deaf:
            await asyncio.Event().wait()
        if name in self.broken:
            raise RuntimeError("alice's secret answer")
        if name in self.away:
            return False
        self.taken += [(name, focus) for focus in focuses(json.loads(body))]
        return True

    async def rest(self, seconds: float) -> None:
        """Pauses last until they are `over`."""
        self.pauses.append(seconds)
        await self.over.wait()

    def of(self, name: str) -> list[str]:
        return [focus.rpartition("/")[2] for taker, focus in self.taken if taker == name]

    async def until(self, name: str, count: int) -> None:
        await until(lambda: len(self.of(name)) >= count)


async def until(done: Any) -> None:
    for _ in range(300):
        if done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
async def backend(tmp_path: Path, clock: FixedClock, chance: SeededChance, town: Town) -> AsyncIterator[Backend]:
    backend = await open_backend(
        tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get, deliver=town, rest=town.rest
    )
    yield backend
    await backend.close()


async def write(backend: Backend, *ids: str) -> None:
    async with client(backend, "root") as root:
        for id_ in ids:
            assert (await respond(root, id_)).is_success


async def open_hooks(backend: Backend, *names: str) -> None:
    async with client(backend, "root") as root:
        for name in names:
            await subscribe(root, id_=name)


async def test_a_destination_that_never_answers_holds_up_nobody_else(backend: Backend, town: Town) -> None:
    town.deaf = {"a"}
    await open_hooks(backend, "a", "b")
    await write(backend, "r1", "r2")
    await town.until("b", 2)
    assert town.tries.count("a") == 1


async def test_a_write_does_not_end_the_pause_of_a_destination_that_is_away(backend: Backend, town: Town) -> None:
    town.away = {"a"}
    await open_hooks(backend, "a", "b")
    await write(backend, "r1")
    await until(lambda: "a" in town.tries)
    await write(backend, "r2", "r3", "r4", "r5")
    await town.until("b", 5)
    assert town.tries.count("a") == 1


async def test_pauses_grow_until_a_minute_and_begin_anew_once_events_are_taken(backend: Backend, town: Town) -> None:
    town.away = {"a"}
    town.over.set()
    await open_hooks(backend, "a")
    await write(backend, "r1")
    await until(lambda: len(town.pauses) >= 9)
    assert town.pauses[:9] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    town.away = set()
    await town.until("a", 1)
    town.pauses.clear()
    town.away = {"a"}
    await write(backend, "r2")
    await until(lambda: town.pauses)
    assert town.pauses[0] == 1


async def test_events_keep_their_order_over_a_pause(backend: Backend, town: Town) -> None:
    town.away = {"a"}
    await open_hooks(backend, "a")
    await write(backend, "r1", "r2")
    await until(lambda: town.pauses)
    await write(backend, "r3")
    town.away = set()
    town.over.set()
    await town.until("a", 3)
    assert town.of("a") == ["r1", "r2", "r3"]


async def test_a_fault_of_ours_is_told_without_data_and_deliveries_go_on(
    backend: Backend, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.broken = {"a"}
    await open_hooks(backend, "a", "b")
    await write(backend, "r1")
    await until(lambda: town.pauses)
    assert "RuntimeError" in caplog.text
    assert "alice" not in caplog.text
    town.broken = set()
    town.over.set()
    await town.until("a", 1)
    await town.until("b", 1)


async def test_a_destination_removed_while_it_waits_is_not_tried_again(backend: Backend, town: Town) -> None:
    town.away = {"a"}
    await open_hooks(backend, "a", "b")
    await write(backend, "r1")
    await until(lambda: town.pauses)
    async with client(backend, "root") as root:
        await root.delete("AidboxTopicDestination/a")
    town.away = set()
    town.over.set()
    await write(backend, "r2")
    await town.until("b", 2)
    assert town.tries.count("a") == 1
    assert backend.store.quick_reader.execute("SELECT count(*) FROM event WHERE destination = 'a'").fetchone() == (0,)


async def test_a_destination_made_anew_does_not_wait_for_the_old_ones_pause(backend: Backend, town: Town) -> None:
    town.away = {"a"}
    await open_hooks(backend, "a")
    await write(backend, "r1")
    await until(lambda: town.pauses)
    town.away = set()
    async with client(backend, "root") as root:
        await root.delete("AidboxTopicDestination/a")
        await subscribe(root, id_="a", endpoint={"valueUrl": "http://portal.test/elsewhere"})
    await write(backend, "r2")
    await town.until("a", 1)
    assert town.of("a") == ["r2"]


async def test_closing_does_not_wait_for_a_destination(backend: Backend, town: Town) -> None:
    town.deaf = {"a"}
    await open_hooks(backend, "a")
    await write(backend, "r1")
    await until(lambda: town.tries)
    async with asyncio.timeout(5):
        await backend.deliveries.close()
