"""A patient answers and their doctor sees it: the line for which the portal exists, in both languages, on both widths."""

import re

import pytest
from playwright.sync_api import expect

from portal.demo import DemoPatient
from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional
from tests.browser.visitor import Visitor


@pytest.fixture
def patient(visitor: Visitor) -> DemoPatient:
    """Somebody else for each language and width, since they share one portal."""
    place = ["phone-fr", "phone-en", "desktop-fr", "desktop-en"].index(f"{visitor.device}-{visitor.locale}")
    return doings.OF_MONTPELLIER[4 + place]


@pytest.fixture
def doctor(visitor: Visitor, patient: DemoPatient, new_visitor, server: Server) -> Visitor:
    """Their doctor, at a desk, with the record open."""
    doctor = new_visitor(device="desktop", locale=visitor.locale)
    sign_in_professional(doctor, server, doings.DOCTOR)
    doings.find_patient(doctor, patient)
    return doctor


def test_a_hard_answer_reaches_the_doctor_and_the_patient_is_told_whom_to_call(
    visitor: Visitor, patient: DemoPatient, doctor: Visitor, server: Server
):
    doings.ask_for(doctor, "PHQ-9", "GAD-7")

    sign_in_patient(visitor, server, patient.phone if visitor.device == "phone" else patient.email)
    visitor.shows_no_fault()
    doings.begin(visitor, "PHQ-9")
    visitor.shows_no_fault()
    page = visitor.page
    for question in range(8):
        doings.answer(visitor, question, doings.NEARLY_EVERY_DAY)

    doings.send(visitor)
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_have_text(visitor.say("1 réponse à revoir", "1 answer to check"))
    visitor.shows_no_fault()
    page.locator(".error-summary a").click()
    expect(page.locator("fieldset.choice").nth(8).locator("input").first).to_be_focused()

    doings.answer(visitor, 8, doings.NEARLY_EVERY_DAY)
    expect(page.locator(".questions a[href='tel:3114']")).to_be_visible()
    doings.answer(visitor, 9, 2)
    visitor.shows_no_fault()
    doings.send(visitor)
    page.wait_for_url("**/merci/*")
    visitor.settle()
    expect(page.locator("a[href='tel:3114']").first).to_be_in_viewport()
    expect(page.locator("a[href='tel:15']").first).to_be_visible()
    visitor.shows_no_fault()
    page.get_by_role("link", name=re.compile(visitor.say("^Continuer", "^Continue"))).click()
    page.wait_for_url("**/questionnaire/*")

    doctor.page.reload()
    doctor.settle()
    expect(doctor.page.locator(".patientline .tag").first).to_contain_text(
        re.compile(doctor.say("idées noires|idées de mort", "dark thoughts|thoughts of death"), re.IGNORECASE)
    )
    doings.open_response(doctor, "PHQ-9")
    expect(doctor.page.locator(".scorecard").first).to_contain_text("27")
    expect(doctor.page.locator(".scorecard").first).to_contain_text(doctor.say("sévère", "severe"))
    doctor.shows_no_fault()


def test_a_long_form_asks_only_what_applies_and_goes_on_where_it_was_left(
    visitor: Visitor, patient: DemoPatient, doctor: Visitor, new_visitor, server: Server
):
    say = visitor.say
    title = say("Situation sociale", "Social situation")
    doings.ask_for(doctor, title)
    sign_in_patient(visitor, server, patient.email)
    doings.begin(visitor, title)
    page = visitor.page

    # A question that an answer calls for, and a number that is none
    children = page.get_by_label(re.compile(say("Combien d.enfants", "How many children")))
    expect(children).to_have_count(0)
    doings.choose(visitor, say("situation familiale", "marital status"), say("Célibataire", "Single"))
    doings.choose(visitor, say("des enfants", "have children"), say("Oui", "Yes"))
    children.fill(say("deux", "two"))
    children.blur()
    error = page.locator(".has-error .error")
    expect(error).to_be_visible()
    doings.go_on(visitor)
    expect(page.locator("#errors")).to_be_focused()
    visitor.shows_no_fault()
    doings.write(visitor, children, "2")
    expect(error).to_have_count(0)
    doings.go_on(visitor)
    doings.expect_part(visitor, 2)
    expect(page.locator("#section-title")).to_be_focused()
    doings.pick(page.get_by_role("combobox"), say("Doctorat", "Doctorate"))
    doings.go_on(visitor)

    # A date that is none
    doings.expect_part(visitor, 3)
    doings.choose(visitor, say("situation professionnelle", "occupation"), say("Sans emploi", "Unemployed"))
    ended = page.get_by_label(re.compile(say("dernier emploi s.est-il", "last job end")))
    ended.fill("31/02/2020")
    ended.blur()
    expect(error).to_be_visible()
    doings.write(visitor, ended, "28/02/2020")
    expect(error).to_have_count(0)
    visitor.shows_no_fault()

    # The same form on another device
    other = new_visitor(device="desktop" if visitor.device == "phone" else "phone", locale=visitor.locale)
    sign_in_patient(other, server, patient.email)
    doings.begin(other, title)
    doings.expect_part(other, 3)
    expect(other.page.get_by_label(re.compile(say("dernier emploi s.est-il", "last job end")))).to_have_value(
        "28/02/2020"
    )
    back = other.page.get_by_role("button", name=say("Partie précédente", "Previous part"))
    back.click()
    doings.expect_part(other, 2)
    back.click()
    doings.expect_part(other, 1)
    expect(other.page.get_by_label(re.compile(say("Combien d.enfants", "How many children")))).to_have_value("2")
    other.shows_no_fault()


def test_a_long_form_is_looked_at_as_a_whole_before_it_is_sent(new_visitor, server: Server):
    visitor = new_visitor(device="phone", locale="en")
    doctor = new_visitor(device="desktop", locale="en")
    patient = doings.OF_MONTPELLIER[3]
    sign_in_professional(doctor, server, doings.DOCTOR)
    doings.find_patient(doctor, patient)
    doings.ask_for(doctor, "Social situation")
    sign_in_patient(visitor, server, patient.email)
    doings.begin(visitor, "Social situation")

    doings.choose(visitor, "marital status", "In a couple: married, civil partnership or living together")
    doings.choose(visitor, "have children", "No")
    doings.go_on(visitor)
    doings.expect_part(visitor, 2)
    doings.pick(visitor.page.get_by_role("combobox"), "Doctorate")
    doings.go_on(visitor)
    doings.expect_part(visitor, 3)
    doings.choose(visitor, "occupation", "At home")
    doings.choose(visitor, "ever worked", "No")
    doings.go_on(visitor)
    doings.expect_part(visitor, 4)
    doings.choose(visitor, "sick leave at the moment", "No")
    doings.choose(visitor, "during the last 12 months", "No")
    doings.go_on(visitor)
    doings.expect_part(visitor, 5)
    doings.choose(visitor, "sources of income", "None")
    doings.choose(visitor, "debts", "No")
    doings.go_on(visitor)
    doings.expect_part(visitor, 6)
    doings.pick(visitor.page.get_by_role("combobox").first, "With my parents")
    doings.pick(visitor.page.get_by_role("combobox").nth(1), "I live alone")
    doings.go_on(visitor)
    doings.expect_part(visitor, 7)
    doings.choose(visitor, "legal protection", "None")
    doings.go_on(visitor)

    expect(visitor.page.get_by_text("At home", exact=True)).to_be_visible()
    visitor.shows_no_fault()
    doings.send(visitor)
    visitor.page.wait_for_url("**/merci/*")
    visitor.settle()
    visitor.shows_no_fault()
    doctor.page.reload()
    doctor.settle()
    expect(doctor.page.locator("#social a.sent").first).to_contain_text("Social situation")
