"""The pages that no journey passes, or passes at one width only, at the other: nothing in anyone's way, nothing too wide."""

import pytest
from playwright.sync_api import expect

from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional
from tests.browser.visitor import Device, Locale, Visitor

EVERYWHERE: list[tuple[Device, Locale]] = [("phone", "en"), ("desktop", "fr")]


def look_at(visitor: Visitor, *paths: str) -> None:
    for path in paths:
        visitor.go(path)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
        expect(visitor.page.get_by_role("main")).not_to_be_empty()
        visitor.shows_no_fault()


@pytest.mark.parametrize(("device", "locale"), EVERYWHERE)
def test_a_patient_s_pages(new_visitor, server: Server, device: Device, locale: Locale):
    visitor = new_visitor(device=device, locale=locale)
    sign_in_patient(visitor, server, doings.OF_MONTPELLIER[19].email)
    look_at(visitor, "/accueil", "/questionnaires", "/visites", "/compte", "/compte/contact", "/preuve")


@pytest.mark.parametrize(("device", "locale"), EVERYWHERE)
def test_the_team_s_pages(new_visitor, server: Server, device: Device, locale: Locale):
    visitor = new_visitor(device=device, locale=locale)
    sign_in_professional(visitor, server, doings.DOCTOR)
    look_at(visitor, "/patients", "/a-faire", "/patients/nouveau", "/compte")
    look_at(visitor, "/compte/contact?genre=sms", "/compte/mot-de-passe", "/compte/application", "/compte/secours")


def test_an_associate_s_pages_on_a_phone(new_visitor, server: Server):
    visitor = new_visitor(device="phone", locale="fr")
    sign_in_professional(visitor, server, doings.ARC)
    look_at(visitor, "/revue", "/revue/questions", "/compte")
    page = visitor.go("/revue")
    page.locator("a.name").nth(4).click()
    page.wait_for_url("**/revue/*")
    visitor.settle()
    visitor.shows_no_fault()
    page.locator("details[open] a.task").first.click()
    page.wait_for_url("**/revue/reponse/*")
    visitor.settle()
    visitor.shows_no_fault()


@pytest.mark.parametrize(("device", "locale"), EVERYWHERE)
def test_the_ways_in(new_visitor, device: Device, locale: Locale):
    visitor = new_visitor(device=device, locale=locale)
    look_at(visitor, "/connexion", "/pro", "/pro/oubli", "/lien", "/aide-connexion", "/deconnexion")
