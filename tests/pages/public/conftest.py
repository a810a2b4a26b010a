"""Sign-in pages need no other page."""

import pytest
from nicegui.testing import User

from pages.base import Site
from pages.public.entry_form import EntryForm
from portal import notifications


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


async def code_sent(site: Site) -> str:
    """The code of the newest message."""
    await site.later.drained()
    await site.queue.drained()
    kept = await notifications.latest(site.door.acting)
    return next(line for line in kept[0].message.body.split() if line.isdecimal() and len(line) == 8)


__all__ = ["audiences", "code_sent", "fill", "form_of"]
