"""A professional signs in with a password and a code, in French and in English."""

import asyncio

import pytest
from nicegui.testing import User

from components.blocks import Button
from pages.base import Site, Visit
from portal.access import Role
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
