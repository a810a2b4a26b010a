"""A relative fills a form on their phone by a link; the doctor reads it, validates it and takes it away on paper."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.doings import CAMILLE, DOCTOR, answer, find_patient, open_response, open_tab, pick, send
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_professional
from tests.browser.visitor import Visitor

QUESTIONS = 7


def test_a_relative_answers_by_a_link_and_the_doctor_validates(
    new_visitor: Callable[..., Visitor], server: Server
) -> None:
    doctor = new_visitor(device="desktop", locale="fr")
    sign_in_professional(doctor, server, DOCTOR)
    find_patient(doctor, CAMILLE)
    open_tab(doctor, "Questionnaires", "Questionnaires")
    doctor.page.get_by_role("link", name="Demander à un proche").click()
    doctor.page.wait_for_url("**/proches")
    doctor.settle()
    pick(doctor.page.get_by_label("Questionnaire", exact=True), "GAD-7")
    doctor.page.get_by_label("Nom du proche").fill("Jeanne Rouvière")
    pick(doctor.page.get_by_label("Lien avec le patient"), "Mère")
    doctor.page.get_by_role("button", name="Créer le lien").click()
    link = doctor.page.locator("#the-link")
    expect(link).to_be_visible()
    doctor.shows_no_fault()
    path = "/proche/" + (link.get_attribute("value") or "").rpartition("/")[2]

    relative = new_visitor(device="phone", locale="fr")
    relative.go(path)
    relative.shows_no_fault()
    relative.page.get_by_role("button", name="Commencer").click()
    relative.page.wait_for_url("**/proche/formulaire")
    relative.settle()
    for number in range(QUESTIONS):
        answer(relative, number, 2)
    relative.shows_no_fault()
    relative.page.reload()
    relative.settle()
    expect(relative.page.locator("fieldset.choice input:checked")).to_have_count(QUESTIONS)
    send(relative)
    relative.page.wait_for_url("**/proche/merci")
    expect(relative.page.get_by_role("heading", level=1)).to_have_text("Merci")

    stranger = new_visitor(device="phone", locale="fr")
    stranger.go(path)
    expect(stranger.page.locator("#content")).to_contain_text("ne fonctionne plus")

    doctor.page.reload()
    doctor.settle()
    open_tab(doctor, "Questionnaires", "Questionnaires")
    open_response(doctor, "GAD-7")
    expect(doctor.page.locator(".scorecard").first).to_contain_text(re.compile(r"14\s*sur 21"))
    doctor.page.get_by_role("button", name="Valider les réponses").click()
    expect(doctor.page.locator(".note.ok")).to_contain_text("les réponses sont verrouillées")
    expect(doctor.page.get_by_role("link", name="Corriger une réponse")).to_have_count(0)
    doctor.shows_no_fault()
    paper = doctor.page.request.get(
        doctor.page.get_by_role("link", name="Enregistrer en PDF").get_attribute("href") or "", timeout=120_000
    )
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body().startswith(b"%PDF-")
