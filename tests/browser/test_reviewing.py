"""An ARC reads answers without knowing whose they are, decides, asks; the centre answers and corrects; the ARC sees it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.demo import PATIENTS
from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_professional
from tests.browser.visitor import Locale, Visitor

OF_MONTPELLIER = re.compile(r"^03 ")


@pytest.mark.parametrize("locale", ["fr", pytest.param("en", marks=pytest.mark.prove)])
def test_a_remark_goes_to_the_centre_and_its_correction_comes_back(new_visitor, server: Server, locale: Locale):
    arc = new_visitor(device="desktop", locale=locale)
    sign_in_professional(arc, server, doings.ARC)
    page, say = arc.page, arc.say
    expect(page.locator("a.name").first).to_be_visible()
    arc.shows_no_fault()
    names_nobody(page)
    subject = page.locator("a.name").filter(has_text=OF_MONTPELLIER).nth(2 if locale == "fr" else 3)
    fondacode = subject.inner_text()
    subject.click()
    page.wait_for_url("**/revue/*")
    arc.settle()
    arc.shows_no_fault()
    names_nobody(page)
    page.locator("details[open] a.task").filter(has_text="PHQ-9").first.click()
    page.wait_for_url("**/revue/reponse/*")
    arc.settle()
    names_nobody(page)

    # Valid, and not valid with a reason
    first, second = row(page, 0), row(page, 1)
    verdict(first, say("Valide", "Valid")).check()
    expect(first.locator(".stamp")).to_contain_text("Weber")
    verdict(second, say("Non valide", "Not valid")).check()
    expect(second.locator("textarea")).to_be_focused()
    send = second.get_by_role("button", name=say("Envoyer", "Send"), exact=True)
    send.click()
    expect(second.locator(".error")).to_be_visible()
    arc.shows_no_fault()
    remark = say("Est-ce bien la réponse donnée ?", "Is this the answer that was given?")
    second.locator("textarea").fill(remark)
    send.click()
    expect(second.locator(".thread")).to_contain_text(remark)
    page.reload()
    arc.settle()
    expect(verdict(first, say("Valide", "Valid"))).to_be_checked()
    expect(verdict(second, say("Non valide", "Not valid"))).to_be_checked()
    expect(second.locator(".thread")).to_contain_text(remark)
    arc.shows_no_fault()

    reply = answer_and_correct(new_visitor(device="desktop", locale=locale), server, fondacode, remark)

    page.reload()
    arc.settle()
    expect(second.locator(".stamp")).to_contain_text(say("À revoir", "To review again"))
    expect(second.locator(".thread")).to_contain_text(reply)
    expect(verdict(first, say("Valide", "Valid"))).to_be_checked()
    arc.shows_no_fault()
    arc.go("/revue/questions")
    arc.shows_no_fault()
    names_nobody(page)


def answer_and_correct(doctor: Visitor, server: Server, fondacode: str, remark: str) -> str:
    """The centre's doctor finds the remark among what waits, answers it and corrects the second answer."""
    page, say = doctor.page, doctor.say
    sign_in_professional(doctor, server, doings.DOCTOR)
    doctor.go("/a-faire")
    page.locator("a.task[href$='#remarques']").filter(has_text=remark).click()
    page.wait_for_url("**/questionnaires/*")
    doctor.settle()
    expect(page.locator(".patientbar")).to_contain_text(fondacode)
    expect(page.locator("#remarques")).to_contain_text(remark)
    doctor.shows_no_fault()
    page.locator("#remarques").get_by_role("button", name=say("Répondre", "Answer"), exact=True).first.click()
    reply = say("Relu avec la personne, c'était une erreur.", "Read again together: it was a mistake.")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox").fill(reply)
    doings.confirm(doctor, "Envoyer", "Send")
    expect(page.locator("#remarques")).to_contain_text(reply)

    page.get_by_role("link", name=say("Corriger une réponse", "Correct an answer")).click()
    page.wait_for_url("**/modifier")
    doctor.settle()
    page.locator("fieldset.choice").nth(1).locator("label:not(:has(input:checked))").first.click()
    doings.pick(page.get_by_role("combobox"), say("Réponse à une remarque", "Answer to a remark"))
    page.get_by_role("button", name=say("Enregistrer la correction", "Keep the correction")).click()
    page.wait_for_url(re.compile(r"/questionnaires/[^/]+$"))
    doctor.settle()
    expect(page.locator(".version").first).to_contain_text(say("Corrigé le", "Corrected on"))
    return reply


def row(page: Page, number: int) -> Locator:
    return page.locator(".review-item").nth(number)


def verdict(row: Locator, words: str) -> Locator:
    return row.get_by_role("radio", name=words, exact=True)


def names_nobody(page: Page) -> None:
    """No family name of a subject stands anywhere in what the browser got, shown or not."""
    got = page.content().lower()
    said = [one.family for one in PATIENTS if one.trial and re.search(rf"\b{re.escape(one.family.lower())}\b", got)]
    assert not said, f"names on an ARC's page: {said}"
