"""One form in unusual hands: open twice, sent twice, read in the other language, filled without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.demo import DemoPatient
from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional
from tests.browser.visitor import Visitor

QUESTIONS = 5


@pytest.fixture
def asked(new_visitor, server: Server):
    """`asked(patient)` is that patient at a phone, with a five-question form open on screen."""

    def open_form(patient: DemoPatient, **who: str) -> Visitor:
        doctor = new_visitor(device="desktop", locale="fr")
        sign_in_professional(doctor, server, doings.DOCTOR)
        doings.find_patient(doctor, patient)
        doings.ask_for(doctor, "OMS-5")
        visitor = new_visitor(**{"device": "phone", "locale": "fr", **who})
        sign_in_patient(visitor, server, patient.email)
        doings.begin(visitor, visitor.say("OMS-5", "WHO-5"))
        return visitor

    return open_form


def option(page: Page, question: int, index: int):
    return page.locator("fieldset.choice").nth(question).locator("label").nth(index).locator("input")


def test_two_tabs_on_one_draft_lose_nothing(asked):
    visitor = asked(doings.OF_MONTPELLIER[12])
    first = visitor.page
    visitor.page = visitor.context.new_page()
    second = visitor.go(first.url)

    doings.answer(visitor, 0, 1)
    visitor.page = first
    doings.answer(visitor, 1, 2)

    expect(option(first, 0, 1)).to_be_checked()
    visitor.page = second
    doings.answer(visitor, 2, 3)
    expect(option(second, 1, 2)).to_be_checked()
    second.reload()
    visitor.settle()
    for question, index in enumerate([1, 2, 3]):
        expect(option(second, question, index)).to_be_checked()


def test_a_second_press_on_send_sends_once(asked, new_visitor, server: Server):
    patient = doings.OF_MONTPELLIER[13]
    visitor = asked(patient)
    for question in range(QUESTIONS):
        doings.answer(visitor, question, 2)

    visitor.page.get_by_role("button", name="Envoyer mes réponses").dblclick()

    visitor.page.wait_for_url("**/merci/*")
    doctor = new_visitor(device="desktop", locale="fr")
    sign_in_professional(doctor, server, doings.DOCTOR)
    doings.find_patient(doctor, patient)
    doings.open_tab(doctor, "Questionnaires", "Questionnaires")
    expect(doctor.page.locator("a.sent").filter(has_text="OMS-5")).to_have_count(1)


def test_the_language_changes_and_the_answers_stay(asked):
    visitor = asked(doings.OF_MONTPELLIER[14])
    page = visitor.page
    doings.answer(visitor, 0, 1)
    address = page.url

    page.locator("details.menu summary").click()
    page.get_by_role("link", name="English").click()
    page.wait_for_function("() => document.documentElement.lang === 'en-GB'")
    visitor.settle()
    visitor.locale = "en"

    assert page.url == address
    expect(page.get_by_text("Most of the time", exact=True).first).to_be_visible()
    expect(option(page, 0, 1)).to_be_checked()
    doings.answer(visitor, 1, 2)
    visitor.shows_no_fault()


@pytest.mark.parametrize("locale", ["fr", pytest.param("en", marks=pytest.mark.prove)])
def test_a_whole_form_is_filled_by_keyboard_alone(asked, locale: str):
    visitor = asked(doings.OF_MONTPELLIER[15 if locale == "fr" else 16], locale=locale, device="desktop")
    page = visitor.page
    page.locator("#section-title").focus()

    for question in range(QUESTIONS):
        tab_to(page, "() => document.activeElement.matches('input[type=radio]')")
        before = doings.revision(page)
        page.keyboard.press("Space")
        doings.expect_saved(visitor, before)
        expect(option(page, question, 0)).to_be_checked()
        before = doings.revision(page)
        page.keyboard.press("ArrowDown")
        doings.expect_saved(visitor, before)
        expect(option(page, question, 1)).to_be_focused()
    send = page.get_by_role("button", name=re.compile(visitor.say("Envoyer", "Send")))
    tab_to(page, "() => document.activeElement.matches('.formend button')")
    expect(send).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url("**/merci/*")
    visitor.settle()
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def tab_to(page: Page, reached: str) -> None:
    """Presses Tab until the focus is there; ten times at most."""
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate(reached):
            return
    raise AssertionError("Tab does not lead there")
