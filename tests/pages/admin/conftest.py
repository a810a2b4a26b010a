"""Administrators at work in the cast's world: the foundation's, and that of Montpellier's centre."""

import pytest
from nicegui import ui
from nicegui.testing import User

from components.blocks import Button
from components.dialogs import Dialog
from pages.base import Site
from portal.accounts import people
from portal.acting import Acting
from portal.people import create_organization
from tests.cast import FATOU, NADEGE
from tests.pages.conftest import SignIn, account_id


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public", "admin", "practitioner", "arc")


@pytest.fixture
async def fatou(user: User, sign_in: SignIn) -> User:
    """The foundation's administrator, signed in."""
    await sign_in(user, FATOU)
    return user


@pytest.fixture
async def nadege(user: User, sign_in: SignIn) -> User:
    """The administrator of Montpellier's centre, signed in."""
    await sign_in(user, NADEGE)
    return user


@pytest.fixture
async def foundation(site: Site) -> Acting:
    """Fatou at work, without a page."""
    return site.portal.acting(await people.actor(site.door, account_id(FATOU)))


@pytest.fixture
async def tours(foundation: Acting) -> str:
    """A third centre."""
    return await create_organization(
        foundation, name="Centre expert de Tours", city="Tours", centre_code="37", networks=["bipolar"]
    )


async def press(user: User, label: str) -> None:
    """Presses the button that a screen reader calls so, as a click does."""
    with user:
        said = [one for one in user.find(Button).elements if label in {one.text, one.props.get("aria-label")}]
        found = [one for one in said if all(up.is_open for up in one.ancestors() if isinstance(up, Dialog))]
        assert found, f"no button “{label}”"
        await found[0].press()


async def agree(user: User, verb: str) -> None:
    """Presses the verb of the dialog that is open."""
    with user:
        opened = [one for one in user.find(kind=Dialog).elements if one.is_open]
        assert opened, "no dialog is open"
        confirm = max(opened, key=lambda one: one.id).confirm
        assert confirm.text == verb
        await confirm.press()


def buttons(user: User) -> set[str]:
    """What every button of the page says."""
    with user:
        found = ui.context.client.elements.values()
        return {str(one.props.get("aria-label") or one.text) for one in found if isinstance(one, Button)}
