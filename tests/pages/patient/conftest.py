"""Camille, to whom Anne gives questionnaires, and a hand that answers them on the simulated browser."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from nicegui.testing import User

from components.blocks import Button
from components.form import ChoiceItem, TextArea
from pages.base import Site
from portal.accounts import people
from portal.acting import Acting
from portal.app import Portal
from portal.responses import assign
from tests.cast import ANNE, CAMILLE, Person
from tests.pages.conftest import SignIn
from tests.pages.world import account_id

Ask = Callable[..., Awaitable[str]]
NEVER, SEVERAL_DAYS, NEARLY_EVERY_DAY = "LA6568-5", "LA6569-3", "LA6571-9"


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public", "patient")


@pytest.fixture
def acting_as(site: Site, portal: Portal) -> Callable[[Person], Awaitable[Acting]]:
    async def acting(person: Person) -> Acting:
        return portal.acting(await people.actor(site.door, account_id(person)))

    return acting


@pytest.fixture
def ask(acting_as: Callable[[Person], Awaitable[Acting]]) -> Ask:
    """Anne asks Camille for a questionnaire; returns the Task's id."""

    async def asked(code: str, *, due: date | None = None) -> str:
        return await assign(await acting_as(ANNE), patient="camille", questionnaire=code, due=due)

    return asked


@pytest.fixture
async def camille(user: User, sign_in: SignIn) -> User:
    """Camille's browser, signed in, in French."""
    user.http_client.headers["accept-language"] = "fr"
    await sign_in(user, CAMILLE)
    return user


def question(user: User, link_id: str) -> ChoiceItem:
    return next(widget for widget in user.find(kind=ChoiceItem).elements if widget.link_id == link_id)


async def choose(user: User, link_id: str, code: str) -> None:
    with user:
        await question(user, link_id).choose(code)


async def write(user: User, link_id: str, text: str) -> None:
    with user:
        await next(each for each in user.find(kind=TextArea).elements if each.link_id == link_id).enter(text)


async def press(user: User, text: str) -> None:
    with user:
        await next(each for each in user.find(kind=Button).elements if each.text == text).press()


async def answer_phq9(user: User, *, last: str = NEVER) -> None:
    for number in range(1, 9):
        await choose(user, f"q{number}", NEVER)
    await choose(user, "q9", last)
