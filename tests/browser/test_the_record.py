"""A professional works in a record: asks, rates, corrects, writes treatments and biology, and reads each chart as a table."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_professional
from tests.browser.visitor import Locale, Visitor


@pytest.fixture(params=["fr", pytest.param("en", marks=pytest.mark.prove)])
def doctor(request: pytest.FixtureRequest, new_visitor, server: Server) -> Visitor:
    """At a desk, with the record of somebody open; somebody else for each language."""
    locale: Locale = request.param
    doctor = new_visitor(device="desktop", locale=locale)
    sign_in_professional(doctor, server, doings.DOCTOR)
    doctor.shows_no_fault()
    doings.find_patient(doctor, doings.OF_MONTPELLIER[17 if locale == "fr" else 18])
    return doctor


def test_a_rating_is_asked_filled_corrected_and_its_history_kept(doctor: Visitor):
    page, say = doctor.page, doctor.say
    doings.ask_for(doctor, say("CGI", "CGI"))
    page.locator("a.task[href*='/remplir/']").filter(has_text="CGI").last.click()
    page.wait_for_url("**/remplir/*")
    doctor.settle()
    doings.choose(doctor, say("niveau de gravité", "how mentally ill"), say("Modérément malade", "Moderately ill"))
    doings.choose(doctor, say("la première évaluation", "first assessment"), say("Oui", "Yes"))
    doctor.shows_no_fault()
    page.get_by_role("button", name=say("Envoyer le formulaire", "Send the form")).click()
    page.wait_for_url("**/questionnaires")
    doctor.settle()
    doctor.shows_no_fault()

    doings.open_response(doctor, "CGI")
    score = page.locator(".scorecard").first
    expect(score).to_contain_text("4")
    page.get_by_role("link", name=say("Corriger une réponse", "Correct an answer")).click()
    page.wait_for_url("**/modifier")
    doctor.settle()
    markedly = page.locator("label").filter(has_text=say("Manifestement malade", "Markedly ill"))
    markedly.click()
    keep = page.get_by_role("button", name=say("Enregistrer la correction", "Keep the correction"))
    keep.click()
    expect(page.locator(".has-error select")).to_be_focused()
    doctor.shows_no_fault()
    doings.pick(page.get_by_role("combobox"), say("Erreur de saisie", "Typing error"))
    keep.click()
    page.wait_for_url(re.compile(r"/questionnaires/[^/]+$"))
    doctor.settle()

    expect(score).to_contain_text("5")
    versions = page.locator(".version")
    expect(versions).to_have_count(2)
    expect(versions.first).to_contain_text(say("Corrigé le", "Corrected on"))
    expect(versions.first).to_contain_text(say("Erreur de saisie", "Typing error"))
    expect(versions.first).to_contain_text(say("Modérément malade", "Moderately ill"))
    expect(versions.first).to_contain_text(say("Manifestement malade", "Markedly ill"))
    expect(versions.first).to_contain_text("Soriano")
    expect(versions.last).to_contain_text(say("Envoyé le", "Sent on"))
    doctor.shows_no_fault()


def test_a_treatment_is_written_as_people_say_it(doctor: Visitor):
    page, say = doctor.page, doctor.say
    doings.open_tab(doctor, "Traitements", "Treatments")
    doctor.shows_no_fault()
    page.get_by_role("button", name=say("Ajouter un traitement", "Add a treatment")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label(say("Médicament", "Drug")).fill("Lamictal")
    dosage = dialog.get_by_label(say("Posologie", "Dosage"))
    dosage.fill("100 mg matin et soir")
    dosage.blur()
    expect(dialog.get_by_text(say("200 mg par jour", "200 mg a day"))).to_be_visible()
    since = dialog.get_by_label(say("Depuis le", "Since"))
    since.fill("12/13/2026")
    since.blur()
    expect(dialog.locator(".has-error .error")).to_be_visible()
    doctor.shows_no_fault()
    since.fill("03/11/2025")
    since.blur()
    doings.confirm(doctor, "Ajouter", "Add")

    expect(
        page.locator(".drugrow").filter(has_text=re.compile("lamotrigine|lamictal", re.IGNORECASE)).first
    ).to_be_visible()
    timeline = page.locator(".chart-card").filter(has=page.get_by_role("heading", name=say("Frise", "Timeline")))
    timeline.get_by_role("button", name=say("Voir en tableau", "See as a table")).click()
    expect(timeline.locator("table")).to_contain_text(re.compile("lamotrigine|lamictal", re.IGNORECASE))
    doctor.shows_no_fault()


def test_a_sample_is_refused_or_written_whole(doctor: Visitor):
    page, say = doctor.page, doctor.say
    doings.open_tab(doctor, "Biologie", "Biology")
    doctor.shows_no_fault()
    page.get_by_role("link", name=say("Ajouter un bilan", "Add a sample")).click()
    page.wait_for_url("**/biologie/nouveau")
    doctor.settle()
    page.get_by_label(say("Jour du prélèvement", "Day of the sample")).fill(date.today().strftime("%d/%m/%Y"))
    for closed in reversed(page.locator(".samplegroup details:not([open]) summary").all()):
        closed.click()
    page.locator("#lithium-low").fill("0,60")
    page.locator("#lithium-high").fill("1,00")
    page.locator("#lithium-value").fill("un peu")
    doctor.shows_no_fault()
    write = page.get_by_role("button", name=say("Enregistrer les résultats", "Write the results"))
    write.click()
    expect(page.locator("#lithium-value")).to_be_focused()
    expect(page.locator("#lithium-error")).to_be_visible()
    page.locator("#lithium-value").fill("1,15")
    write.click()
    page.wait_for_url("**/biologie")
    doctor.settle()

    row = page.locator(".biorow[data-analyte=lithium]")
    expect(row).to_contain_text(say("1,15", "1.15"))
    expect(row).to_contain_text(say("au-dessus", "above"))
    row.click()
    expect(row).to_have_attribute("aria-current", "true")
    expect(page.locator("#courbe .chart svg")).to_be_visible()
    page.locator("#courbe").get_by_role("button", name=say("Voir en tableau", "See as a table")).click()
    first = page.locator("#courbe tbody tr").first
    expect(first).to_contain_text(say("1,15", "1.15"))
    expect(first).to_contain_text(say("0,60 – 1,00", "0.60 – 1.00"))
    doctor.shows_no_fault()


def test_every_chart_has_a_table_twin(doctor: Visitor):
    page, say = doctor.page, doctor.say
    expect(page.locator(".chart svg").first).to_be_visible()
    doctor.shows_no_fault()
    cards = page.locator(".chart-card").filter(has=page.locator(".picture"))
    assert cards.count() >= 2

    for card in cards.all():
        card.get_by_role("button", name=say("Voir en tableau", "See as a table")).click()
        expect(card.locator(".picture")).to_be_hidden()
        expect(card.locator("tbody tr").first).to_be_visible()

    doctor.shows_no_fault()


def test_a_record_is_read_on_a_phone(new_visitor, server: Server):
    doctor = new_visitor(device="phone", locale="fr")
    sign_in_professional(doctor, server, doings.DOCTOR)
    doings.find_patient(doctor, doings.CAMILLE)
    expect(doctor.page.locator(".chart svg").first).to_be_visible()
    doctor.shows_no_fault()
    for french, english in (
        ("Traitements", "Treatments"),
        ("Biologie", "Biology"),
        ("Questionnaires", "Questionnaires"),
    ):
        doings.open_tab(doctor, french, english)
        doctor.shows_no_fault()
    doings.open_response(doctor, "PHQ-9")
    doctor.shows_no_fault()
