"""The record server is another process, as Aidbox is in production, and goes away in the middle of a form."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import doings
from tests.browser.record_server import RecordServer
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional

ANSWERS = [2, 0, 3, 1, 2]


@pytest.fixture
def apart(demonstration: Path, tmp_path: Path) -> Iterator[tuple[Server, RecordServer]]:
    """A portal, and its records in a process of their own behind HTTP."""
    data = tmp_path / "data"
    shutil.copytree(demonstration, data)
    shutil.move(data / "fhir", tmp_path / "records")
    records = RecordServer(tmp_path / "records")
    portal = Server(data, **records.settings)
    records.prepare(portal)
    portal.start()
    yield portal, records
    portal.stop()
    records.go_away()


@pytest.mark.prove
def test_answers_are_saved_while_the_record_is_away_and_sent_when_it_is_back(apart, new_visitor, picture):
    portal, records = apart
    patient = doings.OF_MONTPELLIER[1]
    doctor = new_visitor(at=portal)
    sign_in_professional(doctor, portal, doings.DOCTOR)
    doings.find_patient(doctor, patient)
    doings.ask_for(doctor, "OMS-5")
    visitor = new_visitor(device="phone", at=portal)
    sign_in_patient(visitor, portal, patient.email)
    doings.begin(visitor, "OMS-5")
    doings.answer(visitor, 0, ANSWERS[0])

    records.go_away()
    for question, option in list(enumerate(ANSWERS))[1:]:
        doings.answer(visitor, question, option)  # which waits until the page says that it is saved
    doings.send(visitor)
    told = visitor.page.get_by_text(re.compile("Le serveur ne répond pas"))
    expect(told).to_be_visible()
    picture(visitor.page, "record-away-form")

    doctor.page.goto(f"{portal.url}/patients")
    expect(doctor.page.get_by_text(re.compile("ne répond pas")).first).to_be_visible()
    picture(doctor.page, "record-away-page")

    records.start()
    visitor.page.wait_for_url("**/merci/*", timeout=120_000)  # it is sent by itself, once the pause is over
    doctor.go("/patients")
    doings.find_patient(doctor, patient)
    doings.open_tab(doctor, "Questionnaires", "Questionnaires")
    expect(doctor.page.locator("a.sent").filter(has_text="OMS-5")).to_have_count(1)
