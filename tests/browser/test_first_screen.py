"""The first thing that anyone sees: the sign-in pages, on an old phone and on a hospital's screen."""

import pytest
from playwright.sync_api import expect

from bench.wire import Meter
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional
from tests.browser.visitor import Visitor
from tests.cast import ANNE, CAMILLE

FIRST_LOAD_KB = 450


def test_the_first_load_is_light(new_visitor) -> None:
    visitor = new_visitor(device="phone")
    meter = Meter(visitor.page)

    visitor.go("/")
    visitor.page.wait_for_load_state("networkidle")

    assert meter.read()["kB"] < FIRST_LOAD_KB


@pytest.mark.parametrize("path", ["/connexion", "/pro", "/aide-connexion", "/deconnexion"])
def test_nothing_stands_in_anyones_way(visitor: Visitor, path: str) -> None:
    visitor.go(path)

    visitor.shows_no_fault()


def test_the_page_speaks_the_language_of_the_browser(visitor: Visitor) -> None:
    page = visitor.go("/")

    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.say("Bonjour", "Hello"))
    assert page.locator("html").get_attribute("lang") == visitor.say("fr", "en-GB")


def test_a_patient_signs_in_with_a_code_and_no_password(visitor: Visitor, server: Server) -> None:
    sign_in_patient(visitor, server, CAMILLE.email)

    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Camille")
    visitor.shows_no_fault()


def test_a_patient_signs_in_by_mobile(new_visitor, server: Server) -> None:
    visitor = new_visitor(device="phone")

    sign_in_patient(visitor, server, CAMILLE.phone)

    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Camille")


def test_a_professional_signs_in_with_password_and_code(visitor: Visitor, server: Server) -> None:
    sign_in_professional(visitor, server, ANNE.email)

    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    visitor.shows_no_fault()


def test_a_wrong_code_is_said_where_the_person_looks(visitor: Visitor) -> None:
    page = visitor.go("/connexion")
    page.locator("#contact").fill(CAMILLE.email)
    page.locator("#send-contact").click()
    page.locator("#code").fill("00000000")
    page.locator("#send-code").click()

    expect(page.locator("#code-error")).to_be_visible()
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
    visitor.shows_no_fault()


def test_signing_in_needs_no_mouse(new_visitor, server: Server) -> None:
    visitor = new_visitor(device="desktop", locale="fr")
    page = visitor.go("/connexion")

    page.keyboard.press("Tab")  # the link that skips to the content
    page.locator("#contact").focus()
    page.keyboard.type(CAMILLE.email)
    page.keyboard.press("Enter")

    expect(page.locator("#code")).to_be_focused()
