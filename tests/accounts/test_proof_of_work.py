"""The browser's task: its answer is taken once, in time, and only when we set it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.accounts import Door
from portal.accounts.proof_of_work import Solution, challenge, solve, verify
from portal.clock import FixedClock
from portal.errors import ProofOfWorkRefused
from tests.accounts.light import light_door


@pytest.fixture
async def door(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Door]:
    async with light_door(tmp_path, clock, work_digits=3) as opened:
        yield opened


async def refused(door: Door, solution: Solution) -> bool:
    try:
        await verify(door, solution)
    except ProofOfWorkRefused:
        return True
    return False


async def test_the_right_number_is_taken_once(door: Door):
    solution = solve(challenge(door))
    assert not await refused(door, solution)
    assert await refused(door, solution)


async def test_of_many_at_once_one_is_taken(door: Door):
    solution = solve(challenge(door))
    assert sorted(await asyncio.gather(*(refused(door, solution) for _ in range(20)))) == [False] + [True] * 19


async def test_a_wrong_number_is_refused_and_the_right_one_still_works(door: Door):
    solution = solve(challenge(door))
    assert await refused(door, replace(solution, number=(solution.number + 1) % 1000))
    assert await refused(door, replace(solution, number=-1))
    assert not await refused(door, solution)


async def test_a_task_is_good_for_twenty_minutes(door: Door, clock: FixedClock):
    early, late = solve(challenge(door)), solve(challenge(door))
    clock.tick(20 * 60 - 1)
    assert not await refused(door, early)
    clock.tick(2)
    assert await refused(door, late)


@pytest.mark.parametrize("change", [{"most": 9}, {"expires": "2999-01-01"}, {"salt": "x"}, {"signature": "0" * 64}])
async def test_a_task_that_we_did_not_set_is_refused(door: Door, change: dict[str, object]):
    set_ = replace(challenge(door), **change)
    try:
        solution = solve(set_)
    except StopIteration:
        solution = Solution(challenge=set_, number=1)
    assert await refused(door, solution)
