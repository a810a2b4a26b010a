"""Sign-in pages need no other page."""

import asyncio

import pytest
from nicegui.testing import User

from components.captcha import Captcha
from pages.base import Site
from pages.public.entry_form import EntryForm
from portal import notifications
from portal.accounts.proof_of_work import solve


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public",)


def form_of(user: User) -> EntryForm:
    (form,) = user.find(EntryForm).elements
    return form


async def fill(user: User, **values: str) -> None:
    """Types into the form's fields and presses Enter."""
    form = form_of(user)
    with user:
        await form.send(values)


async def robot_check(user: User) -> None:
    """Does in the place of the browser's script the work that the page asks for, once it asks."""
    while not user.find(Captcha).elements:  # noqa: ASYNC110 – the test's own limit ends it
        await asyncio.sleep(0.02)
    for captcha in user.find(Captcha).elements:
        with user:
            captcha.solved({"salt": captcha.challenge.salt, "number": solve(captcha.challenge).number})


async def code_sent(site: Site) -> str:
    """The code of the newest message."""
    await site.later.drained()
    await site.queue.drained()
    kept = await notifications.latest(site.door.acting)
    return next(line for line in kept[0].message.body.split() if line.isdecimal() and len(line) == 8)


__all__ = ["audiences", "code_sent", "fill", "form_of", "robot_check"]
