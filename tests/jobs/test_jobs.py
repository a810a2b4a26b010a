"""What is put in the queue is done, once when all goes well, again after a failure, and never lost with a process."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from portal import jobs
from portal.accounts import Door
from portal.clock import FixedClock
from portal.db import counters
from portal.db import jobs as table
from portal.errors import GivenUp, Unavailable
from portal.jobs import Task, Worker
from portal.jobs.queue import CLAIMED_FOR, take
from tests.accounts.light import light_door


@pytest.fixture
async def door(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Door]:
    async with light_door(tmp_path, clock) as opened:
        yield opened


class Probe:
    """A task that notes what it was given and fails as told."""

    def __init__(self, *failures: Exception) -> None:
        self.seen: list[Any] = []
        self.told: list[tuple[str, int]] = []
        self.failures = list(failures)

    async def run(self, args: dict[str, Any]) -> None:
        self.seen.append(args)
        if self.failures:
            raise self.failures.pop(0)

    async def given_up(self, _args: dict[str, Any], cause: str, tries: int) -> None:
        self.told.append((cause, tries))

    def worker(self, door: Door, tries: int = 8) -> Worker:
        return Worker(door.acting, {"probe": Task(run=self.run, tries=tries, given_up=self.given_up)})


async def waiting(door: Door) -> int:
    return len(await door.acting.db.read(lambda connection: connection.execute(select(table)).all()))


async def test_work_is_done_once_and_gone(door: Door):
    probe = Probe()
    await jobs.defer(door.acting, "probe", {"n": 1})
    await probe.worker(door).drained()
    await probe.worker(door).drained()
    assert probe.seen == [{"n": 1}]
    assert await waiting(door) == 0


async def test_work_for_later_waits(door: Door, clock: FixedClock):
    probe = Probe()
    await jobs.defer(door.acting, "probe", {}, due=clock.now() + timedelta(hours=1))
    await probe.worker(door).drained()
    assert probe.seen == []
    clock.tick(3600)
    await probe.worker(door).drained()
    assert probe.seen == [{}]


async def test_the_same_key_is_put_in_once(door: Door):
    probe = Probe()
    for n in (1, 2):
        await jobs.defer(door.acting, "probe", {"n": n}, key="k")
        await jobs.defer(door.acting, "probe", {"n": n})
    await probe.worker(door).drained()
    assert [one["n"] for one in probe.seen] == [1, 1, 2]


async def test_a_failure_is_tried_again_further_and_further_apart(door: Door, clock: FixedClock):
    probe = Probe(*[Unavailable()] * 3)
    await jobs.defer(door.acting, "probe", {})
    worker = probe.worker(door)
    times = []
    start = clock.now()
    while await waiting(door):
        before = len(probe.seen)
        await worker.drained()
        if len(probe.seen) > before:
            times.append((clock.now() - start).total_seconds())
        clock.tick(1)
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert len(probe.seen) == 4
    assert all(most * 0.75 <= gap <= most + 1 for gap, most in zip(gaps, (10, 30, 90), strict=True))


async def test_after_the_last_try_somebody_is_told(door: Door, clock: FixedClock):
    probe = Probe(*[ValueError("an address stands in it")] * 9)
    await jobs.defer(door.acting, "probe", {})
    for _ in range(5):
        await probe.worker(door, tries=3).drained()
        clock.tick(3600)
    assert (len(probe.seen), probe.told, await waiting(door)) == (3, [("ValueError", 3)], 0)


async def test_what_cannot_help_is_not_tried_again(door: Door):
    probe = Probe(GivenUp("no-such-address"))
    await jobs.defer(door.acting, "probe", {})
    await probe.worker(door).drained()
    assert (probe.told, await waiting(door)) == ([("no-such-address", 1)], 0)


async def test_why_it_failed_is_kept_as_a_code_only(door: Door):
    await jobs.defer(door.acting, "probe", {})
    await Probe(ValueError("an address stands in it")).worker(door).drained()
    (row,) = await door.acting.db.read(lambda connection: connection.execute(select(table)).all())
    assert row.cause == "ValueError"


async def test_two_workers_never_do_the_same(door: Door):
    probe = Probe()
    for n in range(30):
        await jobs.defer(door.acting, "probe", {"n": n})
    await asyncio.gather(*(probe.worker(door).drained() for _ in range(4)))
    assert sorted(one["n"] for one in probe.seen) == list(range(30))


async def test_the_work_of_a_dead_worker_is_taken_over(door: Door, clock: FixedClock):
    """It was taken and never finished: the process is gone."""
    probe = Probe()
    await jobs.defer(door.acting, "probe", {})
    now = clock.now()
    assert await door.acting.db.write(lambda connection: take(connection, now, "dead"))
    await probe.worker(door).drained()
    assert probe.seen == []
    clock.tick(CLAIMED_FOR.total_seconds())
    await probe.worker(door).drained()
    assert probe.seen == [{}]


async def test_what_waits_is_there_after_a_restart(tmp_path: Path, clock: FixedClock):
    async with light_door(tmp_path, clock) as door:
        await jobs.defer(door.acting, "probe", {"n": 1})
    probe = Probe()
    async with light_door(tmp_path, clock) as door:
        await probe.worker(door).drained()
    assert probe.seen == [{"n": 1}]


async def test_work_and_change_are_kept_together_or_not_at_all(door: Door, clock: FixedClock):
    def half(connection: Any) -> None:
        jobs.enqueue(connection, "probe", {}, now=clock.now())
        connection.execute(insert(counters).values(name=None, count=1, at=""))

    with pytest.raises(Exception, match=r"(?i)not.null"):
        await door.acting.db.write(half)
    assert await waiting(door) == 0


async def test_a_running_worker_finds_new_work_by_itself(door: Door):
    probe = Probe()
    worker = probe.worker(door)
    worker.start()
    await jobs.defer(door.acting, "probe", {})
    while await waiting(door):  # noqa: ASYNC110 – the test's own limit ends it
        await asyncio.sleep(0.05)
    await worker.stop()
    assert probe.seen == [{}]


async def test_work_left_lying_is_counted(door: Door, clock: FixedClock):
    await jobs.defer(door.acting, "probe", {})
    clock.tick(601)
    assert await jobs.overdue(door.acting.db, clock.now(), timedelta(minutes=10)) == 1
