"""A professional signs in with a password and a code, in French and in English."""

import asyncio

import pytest
from nicegui.testing import User

from components.blocks import Button
from pages.base import Site, Visit
from pages.security.cookies import device_cookie
from portal.access import Role
from portal.settings import Settings
from tests.cast import ANNE, CAMILLE
from tests.pages.conftest import PASSWORD, reads
from tests.pages.public.conftest import code_sent, fill, form_of


@pytest.fixture
def patients(site: Site) -> None:
    @site.page("/patients", roles=frozenset({Role.PSYCHIATRIST}))
    async def shown(visit: Visit) -> None:
        Button(f"patients of {visit.me.actor.name}", lambda: None)


@pytest.mark.parametrize(("locale", "title"), [("fr", "Professionnels"), ("en", "Professionals")])
async def test_password_then_code_open_the_list_of_patients(
    user: User, site: Site, patients: None, locale: str, title: str
):
    reads(user, locale)
    await user.open("/pro")
    await user.should_see(title)
    await fill(user, email=ANNE.email, password=PASSWORD)
    await fill(user, code=await code_sent(site))
    await asyncio.sleep(0.3)
    assert f"patients of {ANNE.name}" in [one.text for one in user.find(Button).elements]


@pytest.mark.parametrize("email", [ANNE.email, "nobody@example.fr", CAMILLE.email])
async def test_a_wrong_password_an_unknown_address_and_a_patient_read_the_same(user: User, email: str):
    await user.open("/pro")
    await fill(user, email=email, password="wrong")
    assert form_of(user).errors == {"password": "L’adresse ou le mot de passe n’est pas le bon. Vérifiez les deux."}


async def test_each_empty_field_is_named(user: User):
    reads(user, "en")
    await user.open("/pro")
    await fill(user, email=" ", password="")
    assert form_of(user).errors == {"email": "Write your e-mail address.", "password": "Write your password."}


async def test_the_password_is_never_written_into_the_page(user: User):
    await user.open("/pro")
    await fill(user, email=ANNE.email, password="not-this-one")
    assert "not-this-one" not in form_of(user).content


async def test_a_reload_comes_back_to_the_code_without_the_password_again(user: User, site: Site):
    await user.open("/pro")
    await fill(user, email=ANNE.email, password=PASSWORD)
    await user.open("/pro")
    await user.should_see("Entrez votre code")


class TestKnownBrowser:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"trusted_device_days": 30})

    async def test_a_browser_that_was_to_be_known_again_asks_the_password_only(
        self, create_user, site: Site, patients: None, settings: Settings
    ):
        user: User = create_user()
        await user.open("/pro")
        await fill(user, email=ANNE.email, password=PASSWORD)
        await fill(user, code=await code_sent(site), trust="on")
        await asyncio.sleep(0.3)
        secret = user.http_client.cookies[device_cookie(settings)]
        later: User = create_user()
        later.http_client.cookies.set(device_cookie(settings), secret, domain="localhost.local", path="/")
        await later.open("/pro")
        await fill(later, email=ANNE.email, password=PASSWORD)
        await asyncio.sleep(0.3)
        assert f"patients of {ANNE.name}" in [one.text for one in later.find(Button).elements]

    async def test_who_does_not_choose_it_is_not_known_again(
        self, user: User, site: Site, patients: None, settings: Settings
    ):
        await user.open("/pro")
        await fill(user, email=ANNE.email, password=PASSWORD)
        await fill(user, code=await code_sent(site))
        await asyncio.sleep(0.3)
        assert device_cookie(settings) not in user.http_client.cookies


async def test_the_choice_is_not_offered_unless_the_setting_says_so(user: User):
    await user.open("/pro")
    await fill(user, email=ANNE.email, password=PASSWORD)
    assert 'name="trust"' not in form_of(user).content
