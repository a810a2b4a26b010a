"""Accounts stand on a whole portal with the cast in it; see tests/pages/world.py for who has which id."""

from collections.abc import AsyncIterator

import pytest

from portal import notifications
from portal.accounts import Door
from portal.app import Portal
from portal.background import Background
from portal.worker import worker_of
from tests.pages.conftest import all_forms, catalogue, portal, settings, settled_folder


@pytest.fixture
async def door(portal: Portal) -> AsyncIterator[Door]:
    """Work for later runs only when a test calls `done(door)`, as it would after the answer was given."""
    later = Background()
    later.start()
    yield Door(acting=portal.service(), key=portal.secret, later=later)
    await later.stop()


async def delivered(door: Door) -> None:
    """What waits to be done after the answer is done: audit events, messages."""
    await door.later.drained()
    await worker_of(door).drained()


async def code_sent(door: Door) -> str:
    """The code of the newest message."""
    await delivered(door)
    kept = await notifications.latest(door.acting)
    return next(word for word in kept[0].message.body.split() if word.isdecimal() and len(word) == 8)


__all__ = ["all_forms", "catalogue", "code_sent", "delivered", "door", "portal", "settings", "settled_folder"]
