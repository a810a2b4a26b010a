"""The administrator opens a centre and gives a professional an account, with which that person signs in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_professional
from tests.browser.visitor import Locale

PASSWORD = "une phrase assez longue"
CITIES: dict[Locale, str] = {"fr": "Strasbourg", "en": "Marseille"}
NAMES: dict[Locale, str] = {"fr": "Amandier", "en": "Noyer"}


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_new_professional_of_a_new_centre_signs_in(new_visitor, server: Server, locale: Locale):
    admin = new_visitor(device="desktop", locale=locale)
    page, say = admin.page, admin.say
    city, name, email = CITIES[locale], NAMES[locale], f"jeanne.{NAMES[locale].lower()}@example.fr"
    sign_in_professional(admin, server, doings.ADMINISTRATOR)
    admin.shows_no_fault()

    page.get_by_role("button", name=say("Ajouter un centre", "Add a centre")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    add = dialog.get_by_role("button", name=say("Ajouter", "Add"), exact=True)
    add.click()
    expect(dialog.locator(".has-error .error").first).to_be_visible()
    admin.shows_no_fault()
    dialog.get_by_label(say("Nom du centre", "Name of the centre")).fill(f"Centre expert de {city}")
    dialog.get_by_label(say("Ville", "City")).fill(city)
    dialog.get_by_label(re.compile(say("Code à deux chiffres", "Two-digit code"))).fill(
        "17" if locale == "fr" else "18"
    )
    dialog.get_by_label(say("Trouble bipolaire", "Bipolar disorder")).check()
    doings.confirm(admin, "Ajouter", "Add")
    expect(page.locator("table.list")).to_contain_text(city)

    page.get_by_role("link", name=say("Personnes", "People")).first.click()
    page.wait_for_url("**/personnes")
    admin.settle()
    admin.shows_no_fault()
    page.get_by_role("button", name=say("Ajouter un professionnel", "Add a professional")).click()
    expect(dialog).to_be_visible()
    dialog.get_by_label(re.compile(say("^Nom", "^Last name"))).fill(name)
    dialog.get_by_label(re.compile(say("^Prénom", "^First name"))).fill("Jeanne")
    dialog.get_by_label(re.compile(say("^Adresse e-mail|^E-mail", "^E-mail"))).fill(email)
    doings.pick(dialog.get_by_label(say("Rôle", "Role")), say("Infirm", "Nurse"))
    dialog.get_by_label(f"Centre expert de {city}").check()
    dialog.get_by_label(re.compile(say("[Pp]remier mot de passe|[Mm]ot de passe", "First password"))).fill(PASSWORD)
    admin.shows_no_fault()
    doings.confirm(admin, "Ajouter", "Add")
    expect(page.locator("table.list")).to_contain_text(email)

    nurse = new_visitor(device="phone", locale=locale)
    sign_in_professional(nurse, server, email, PASSWORD)
    expect(nurse.page.get_by_text(city).first).to_be_attached()
    expect(nurse.page.get_by_role("heading", level=1)).to_be_visible()
    nurse.shows_no_fault()
