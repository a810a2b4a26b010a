"""Professionals at work in the cast's world, through the verbs that the pages call. Other audiences have tests of their own."""

from datetime import date
from decimal import Decimal

import pytest
from nicegui.testing import User

from components.blocks import Button
from pages.base import Site
from portal.accounts import people
from portal.acting import Acting
from portal.record import Result, add_biology, add_treatment
from tests.cast import ANNE, MARC
from tests.pages.conftest import SignIn, account_id

TODAY = date(2026, 12, 2)
CAMILLE = "/patients/camille"


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public", "practitioner")


@pytest.fixture
async def anne(user: User, sign_in: SignIn) -> User:
    """The psychiatrist of Camille's centre, signed in."""
    await sign_in(user, ANNE)
    return user


@pytest.fixture
async def marc(user: User, sign_in: SignIn) -> User:
    """A psychiatrist of another centre, signed in."""
    await sign_in(user, MARC)
    return user


@pytest.fixture
async def doctor(site: Site) -> Acting:
    """Anne at work, without a page."""
    return site.portal.acting(await people.actor(site.door, account_id(ANNE)))


async def takes_lithium(doctor: Acting) -> str:
    return await add_treatment(
        doctor, "camille", name="Lithium LP (carbonate)", dosage="1000 mg le soir", start=date(2026, 1, 5)
    )


async def sampled(doctor: Acting, lithium: str, day: date = TODAY) -> None:
    result = Result(code="lithium", value=Decimal(lithium), low=Decimal("0.6"), high=Decimal("1.2"))
    await add_biology(doctor, "camille", at=day, results=[result], laboratory="Laboratoire du CHU", fasting=True)


async def press(user: User, words: str) -> None:
    """Presses the button of these words, as a click does."""
    with user:
        found = [one for one in user.find(Button).elements if one.text == words]
        assert found, f"no button “{words}”"
        await found[0].press()
