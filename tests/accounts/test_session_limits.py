"""How long a session lives, by whose it is and where."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal.access import Role
from portal.accounts import Door, sessions
from portal.accounts.sessions import Kind
from portal.clock import FixedClock
from tests.accounts.light import light_door

SETTINGS = {
    "idle_minutes": 15,
    "session_hours": 12,
    "staff_idle_minutes": 10,
    "staff_session_hours": 8,
    "kiosk_idle_seconds": 90,
    "kiosk_session_minutes": 30,
}
CASES = [
    (Role.PATIENT, Kind.BROWSER, 15 * 60, 12 * 3600),
    (Role.PSYCHIATRIST, Kind.BROWSER, 10 * 60, 8 * 3600),
    (Role.ARC, Kind.BROWSER, 10 * 60, 8 * 3600),
    (Role.ADMIN, Kind.BROWSER, 10 * 60, 8 * 3600),
    (Role.PATIENT, Kind.KIOSK, 90, 30 * 60),
]


@pytest.fixture
async def door(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Door]:
    async with light_door(tmp_path, clock, **SETTINGS) as opened:
        yield opened


async def start(door: Door, role: Role, kind: Kind) -> str:
    return await sessions.start(door, user="u", role=role, reference="X/x", device="", kind=kind)


@pytest.mark.parametrize(("role", "kind", "idle", "whole"), CASES)
async def test_without_action_it_ends(door: Door, clock: FixedClock, role: Role, kind: Kind, idle: int, whole: int):
    secret = await start(door, role, kind)
    clock.tick(idle - 1)
    assert await sessions.current(door, secret) is not None
    clock.tick(1)
    assert await sessions.current(door, secret) is None


@pytest.mark.parametrize(("role", "kind", "idle", "whole"), CASES)
async def test_with_action_it_lives_to_its_end_and_no_longer(
    door: Door, clock: FixedClock, role: Role, kind: Kind, idle: int, whole: int
):
    secret, step = await start(door, role, kind), idle * 3 // 4
    for _ in range((whole - 1) // step):
        clock.tick(step)
        session = await sessions.current(door, secret)
        assert session is not None
        await sessions.touch(door, session)
    clock.tick(whole % step or step)
    assert await sessions.current(door, secret) is None


@pytest.mark.parametrize(("role", "kind", "idle", "whole"), CASES)
async def test_what_pages_count_down_is_what_the_database_says(
    door: Door, role: Role, kind: Kind, idle: int, whole: int
):
    secret = await start(door, role, kind)
    left = await sessions.time_left(door, [sessions.session_id(secret)])
    assert left == {sessions.session_id(secret): timedelta(seconds=idle)}
