"""A patient signs in without a password, in French and in English."""

import pytest
from nicegui.testing import User

from pages.base import Site
from pages.public.entry_form import EntryForm
from portal import notifications
from tests.cast import CAMILLE
from tests.pages.conftest import reads


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public",)


async def fill(user: User, **values: str) -> None:
    (form,) = user.find(EntryForm).elements
    await form.send(values)


async def code_sent(site: Site) -> str:
    await site.later.drained()
    kept = await notifications.latest(site.door.acting)
    return next(line for line in kept[0].message.body.split() if line.isdecimal() and len(line) == 8)


@pytest.mark.parametrize(
    ("locale", "hello", "enter"), [("fr", "Bonjour", "Entrez votre code"), ("en", "Hello", "Enter your code")]
)
async def test_the_code_sent_by_email_opens_the_home_page(user: User, site: Site, locale: str, hello: str, enter: str):
    reads(user, locale)
    await user.open("/connexion")
    await user.should_see(hello)
    await fill(user, contact=CAMILLE.email)
    await user.should_see(enter)
    code = await code_sent(site)
    await fill(user, code=f" {code[:4]} {code[4:]} ")
    answer = await user.http_client.get("/")
    assert answer.status_code == 303
