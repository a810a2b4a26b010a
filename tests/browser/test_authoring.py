"""The guide's promise to an author: a file is enough. Its third step is assigned, filled, scored and charted, without Python."""

import json
import urllib.request
from typing import Any

from playwright.sync_api import expect

from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional

TITLE = "Mon sommeil"
NEVER, OFTEN = 0, 2


def record(server: Server, path: str, method: str = "GET", body: object = None, kind: str = "application/json") -> Any:
    """The demonstration's FHIR face, as an integration uses it."""
    token = (server.data / "fhir-token").read_text("utf-8").strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{server.url}/fhir/{path}", data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def let_a_month_pass(server: Server) -> None:
    """What was scored today was scored in October: two points of one day would make no curve."""
    (entry,) = record(server, "Observation?code=SLEEP_3_TOTAL")["entry"]
    earlier = [{"op": "replace", "path": "/effectiveDateTime", "value": "2026-10-20T10:00:00Z"}]
    record(server, f"Observation/{entry['resource']['id']}", "PATCH", earlier, "application/json-patch+json")


def test_a_new_scored_questionnaire_is_assigned_filled_and_charted_from_its_file_alone(server: Server, new_visitor):
    patient = doings.OF_MONTPELLIER[2]
    doctor = new_visitor()
    sign_in_professional(doctor, server, doings.DOCTOR)
    doings.find_patient(doctor, patient)
    address = doctor.page.url
    visitor = new_visitor(device="phone")
    sign_in_patient(visitor, server, patient.email)
    for worst in (NEVER, OFTEN):
        doctor.go(address)
        doings.ask_for(doctor, TITLE)
        doings.begin(visitor, TITLE)
        for question in range(3):
            doings.answer(visitor, question, worst)
        visitor.shows_no_fault()
        doings.send(visitor)
        visitor.page.wait_for_url("**/merci/*")
        visitor.settle()
        if worst == NEVER:
            let_a_month_pass(server)

    doctor.go(address)
    card = doctor.page.locator(".chart-card").filter(has_text=TITLE)
    expect(card).to_be_visible()
    card.get_by_text("Voir en tableau").click()
    expect(card.get_by_role("table")).to_contain_text("mauvais sommeil")
    doings.open_tab(doctor, "Questionnaires", "Questionnaires")
    doings.open_response(doctor, TITLE)
    expect(doctor.page.locator(".scorecard").first).to_contain_text("6")
    expect(doctor.page.locator(".scorecard").first).to_contain_text("mauvais sommeil")
