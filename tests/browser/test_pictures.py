"""The pictures that the README shows: the main screens of the four roles, in French, of people who do not exist."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional

Picture = Callable[[Page, str], Path]


def test_pictures_of_the_patient(new_visitor, server: Server, picture: Picture):
    camille = new_visitor(device="phone", locale="fr")
    sign_in_patient(camille, server, doings.CAMILLE.email)
    picture(camille.page, "patient-home")

    doings.begin(camille, "PHQ-9")
    for question in range(3):
        doings.answer(camille, question, 1)
    camille.page.evaluate("() => scrollTo(0, 0)")
    camille.page.mouse.move(0, 0)
    picture(camille.page, "patient-questionnaire")

    for question in range(3, 10):
        doings.answer(camille, question, 0)
    doings.send(camille)
    camille.page.wait_for_url("**/merci/*")
    camille.settle()
    picture(camille.page, "patient-thanks")


def test_pictures_of_the_practitioner(new_visitor, server: Server, picture: Picture):
    doctor = new_visitor(device="desktop", locale="fr")
    sign_in_professional(doctor, server, doings.DOCTOR)
    expect(doctor.page.locator("table.list tbody tr").first).to_be_visible()
    picture(doctor.page, "practitioner-patients")

    doings.find_patient(doctor, doings.CAMILLE)
    expect(doctor.page.locator(".chart svg").first).to_be_visible()
    doctor.page.set_viewport_size({"width": 1280, "height": 960})
    doctor.page.wait_for_function("() => innerHeight === 960")
    picture(doctor.page, "practitioner-overview")

    doings.open_tab(doctor, "Biologie", "Biology")
    doctor.page.locator(".biorow[data-analyte=lithium]").click()
    expect(doctor.page.locator(".biorow[data-analyte=lithium]")).to_have_attribute("aria-current", "true")
    expect(doctor.page.locator("#courbe .chart svg")).to_be_visible()
    picture(doctor.page, "practitioner-biology")

    doings.open_tab(doctor, "Traitements", "Treatments")
    expect(doctor.page.locator(".chart svg").first).to_be_visible()
    picture(doctor.page, "practitioner-treatments")


def test_pictures_of_the_clinical_research_associate(new_visitor, server: Server, picture: Picture):
    arc = new_visitor(device="desktop", locale="fr")
    sign_in_professional(arc, server, doings.ARC)
    arc.page.locator("a.name").filter(has_text="03 ").nth(1).click()
    arc.page.wait_for_url("**/revue/*")
    arc.settle()
    arc.page.locator("details[open] a.task").filter(has_text="PHQ-9").first.click()
    arc.page.wait_for_url("**/revue/reponse/*")
    arc.settle()
    rows = arc.page.locator(".review-item")
    for number in (0, 1):
        rows.nth(number).get_by_role("radio", name="Valide", exact=True).check()
        expect(rows.nth(number).locator(".stamp")).to_contain_text("Weber")
    rows.nth(2).get_by_role("radio", name="Non valide").check()
    rows.nth(2).locator("textarea").fill("La visite d’avant dit le contraire. Pouvez-vous vérifier ?")
    rows.nth(2).get_by_role("button", name="Envoyer").click()
    expect(rows.nth(2).locator(".thread")).to_be_visible()
    arc.page.evaluate("() => scrollTo(0, 0)")
    picture(arc.page, "arc-review")


def test_pictures_of_the_administrator(new_visitor, server: Server, picture: Picture):
    fatou = new_visitor(device="desktop", locale="fr")
    sign_in_professional(fatou, server, doings.ADMINISTRATOR)
    expect(fatou.page.locator("table.list tbody tr").first).to_be_visible()
    picture(fatou.page, "admin-centres")
