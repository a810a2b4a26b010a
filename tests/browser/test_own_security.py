"""A professional takes her security in hand, by keyboard alone; a patient follows the link of the message."""

import json
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from portal.demo import DEMO_PASSWORD
from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import newest_code, sign_in_professional
from tests.browser.visitor import Device, Locale, Visitor

MAITE = "maite.etcheverry@example.fr"
NEW_PASSWORD = "lampe rivière carnet tilleul"


def newest(server: Server, contact: str) -> int:
    return max((one["id"] for one in server.json("/demo/outbox.json")["messages"] if one["to"] == contact), default=0)


def press(page: Page, name: str, role: str = "button") -> None:
    """Walks to it with Tab, as who has no mouse does, and presses Enter."""
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(target).to_be_visible()
    for _ in range(60):
        if target.evaluate("(element) => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {name}")


def app_code(key: str, *, ahead: int = 0) -> str:
    """The code that the app shows now, or on a telephone that is so many steps ahead: a code works once."""
    generator = pyotp.TOTP(key)
    return generator.at(int(time.time()) + ahead * generator.interval)


@pytest.mark.timeout(300)
def test_a_professional_gets_an_app_and_recovery_codes_and_a_new_password(new_visitor, server: Server):
    visitor: Visitor = new_visitor(device="phone", locale="fr")
    sign_in_professional(visitor, server, MAITE)
    page = visitor.go("/compte/application")
    visitor.shows_no_fault()
    key = page.locator(".secretline").inner_text().replace(" ", "")
    page.locator("#code").focus()
    page.keyboard.type(app_code(key))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Désormais, cette application donne votre seconde étape.")).to_be_visible()
    visitor.shows_no_fault()

    page = visitor.go("/compte/secours")
    visitor.shows_no_fault()
    press(page, "Afficher mes dix codes")
    expect(page.locator("#codes li")).to_have_count(10)
    paper = page.locator("#codes li").first.inner_text()
    visitor.shows_no_fault()

    page = visitor.go("/compte")
    visitor.shows_no_fault()
    press(page, "Me déconnecter")
    page.wait_for_url("**/deconnexion")

    page = visitor.go("/pro")
    press(page, "Mot de passe oublié", "link")
    page.wait_for_url("**/pro/oubli")
    visitor.settle()
    before = newest(server, MAITE)
    page.locator("#email").fill(MAITE)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    page.locator("#code").fill(newest_code(server, MAITE, after=before))
    page.keyboard.press("Enter")
    expect(page.locator("#paper")).to_be_visible()
    visitor.shows_no_fault()
    page.locator("#paper").fill(paper)
    page.keyboard.press("Enter")
    expect(page.locator("#again")).to_be_visible()
    visitor.shows_no_fault()
    for field in ("#password", "#again"):
        page.locator(field).fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mot de passe changé")).to_be_visible()

    page = visitor.go("/pro")
    page.locator("#email").fill(MAITE)
    page.locator("#password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("L’adresse ou le mot de passe n’est pas le bon.")).to_be_visible()
    page.locator("#password").fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ouvrez votre application d’authentification")).to_be_visible()
    visitor.shows_no_fault()
    page.locator("#code").fill(app_code(key, ahead=1))
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients")


@pytest.mark.parametrize(("device", "locale"), [("phone", "fr"), ("desktop", "en")])
def test_a_patient_follows_the_link_of_the_message(new_visitor, server: Server, device: Device, locale: Locale):
    visitor: Visitor = new_visitor(device=device, locale=locale)
    contact = doings.OF_MONTPELLIER[21].email
    page, before = visitor.go("/connexion"), newest(server, contact)
    page.locator("#contact").fill(contact)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    newest_code(server, contact, after=before)
    body = next(one["body"] for one in server.json("/demo/outbox.json")["messages"] if one["to"] == contact)
    secret = body.split("/lien#")[1].split()[0]
    visitor.go(f"/lien#{secret}")
    visitor.shows_no_fault()
    press(page, visitor.say("Se connecter", "Sign in"))
    page.wait_for_url("**/accueil")
    visitor.settle()
    assert secret not in json.dumps(visitor.context.cookies())


@pytest.mark.parametrize(
    ("device", "locale"), [("phone", "en"), pytest.param("desktop", "fr", marks=pytest.mark.prove)]
)
def test_after_wrong_codes_the_browser_works_a_moment_by_itself(
    new_visitor, server: Server, device: Device, locale: Locale
):
    visitor: Visitor = new_visitor(device=device, locale=locale)
    contact = f"nobody.{device}@example.fr"
    page = visitor.go("/connexion")
    page.locator("#contact").fill(contact)
    page.keyboard.press("Enter")
    for typed in ("11111111", "22222222", "33333333"):
        expect(page.locator("#code")).to_be_visible()
        page.locator("#code").fill(typed)
        page.keyboard.press("Enter")
        expect(page.locator("#code-error")).to_be_visible()
        expect(page.locator("#send-code")).not_to_have_attribute("aria-busy", "true")
    press(page, visitor.say("Envoyer un nouveau code", "Send a new code"))
    expect(
        page.get_by_text(visitor.say("Un nouveau code est en route", "A new code is on its way"), exact=False)
    ).to_be_visible()
    visitor.shows_no_fault()
