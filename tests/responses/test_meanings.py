"""What templates of a form make of its answers, in the record: once, of this patient only, and corrected with the answers."""

from typing import Any

import pytest

from portal.acting import Acting
from portal.app import CONTENT
from portal.authoring import Catalogue
from portal.fhir import systems
from portal.responses import amend, assign, open_draft, save_answer, submit
from portal.sdc import compile_form
from portal.types import Json
from tests.responses.conftest import Serving
from tests.responses.test_on_the_real_server import NURSE, PEOPLE

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"


def value_from(text: str) -> Json:
    return {"extension": [{"url": f"{SDC}/sdc-questionnaire-templateExtractValue", "valueString": text}]}


CONDITION: Json = {
    "resourceType": "Condition",
    "id": "condition",
    "clinicalStatus": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
    },
    "code": {"_text": value_from("answer.value")},
    "subject": {"_reference": value_from("%resource.subject.reference")},
}
OF_NOBODY: Json = {"resourceType": "Organization", "id": "organization", "_name": value_from("answer.value")}
OF_ANOTHER: Json = {**CONDITION, "id": "of-another", "subject": {"_reference": value_from("'Patient/p2'")}}
BROKEN: Json = {**CONDITION, "id": "broken", "recorder": {"_reference": value_from("'Practitioner/nobody'")}}


def form_of(code: str, template: Json) -> Json:
    extract = {
        "url": f"{SDC}/sdc-questionnaire-templateExtract",
        "extension": [{"url": "template", "valueReference": {"reference": f"#{template['id']}"}}],
    }
    return {
        "resourceType": "Questionnaire",
        "url": f"https://portail.fondation-fondamental.org/fhir/Questionnaire/{code}",
        "version": "1.0.0",
        "status": "active",
        "title": "Troubles",
        "code": [{"system": systems.INSTRUMENT, "code": code}],
        "contained": [template],
        "item": [
            {"linkId": "name", "type": "string", "text": "Trouble", "repeats": True, "extension": [extract]},
            {"linkId": "note", "type": "string", "text": "Remarque"},
        ],
    }


FORMS = {"CONDITIONS": CONDITION, "OF_NOBODY": OF_NOBODY, "OF_ANOTHER": OF_ANOTHER, "BROKEN": BROKEN}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    made = [compile_form(form_of(code, template)) for code, template in FORMS.items()]
    return Catalogue.of([*Catalogue.load(CONTENT / "questionnaires").forms, *made])


@pytest.fixture
async def nurse(serving: Serving) -> Acting:
    return (await serving([*PEOPLE, {"resourceType": "Patient", "id": "p2"}]))(NURSE)


async def sent(nurse: Acting, code: str, *names: str) -> str:
    task = await assign(nurse, patient="p1", questionnaire=code, filled_by="staff")
    draft = await open_draft(nurse, task)
    draft.session.set("name", list(names))
    await save_answer(nurse, draft, "name", list(names))
    return (await submit(nurse, draft)).response


async def conditions(nurse: Acting) -> list[Any]:
    """Words of each condition in the record, and whether it counts as a mistake."""
    found = await nurse.service.all("Condition", {"_count": 50})
    wrong = [
        any(coding.get("code") == "entered-in-error" for coding in each.get("verificationStatus", {}).get("coding", ()))
        for each in found
    ]
    return sorted(zip([each["code"]["text"] for each in found], wrong, strict=True))


async def test_each_answer_becomes_a_resource_of_the_patient(nurse: Acting) -> None:
    await sent(nurse, "CONDITIONS", "Anxiété", "Asthme")
    found = await nurse.service.all("Condition", {"patient": "Patient/p1"})
    assert sorted(each["code"]["text"] for each in found) == ["Anxiété", "Asthme"]


async def test_a_correction_corrects_what_it_meant(nurse: Acting) -> None:
    response = await sent(nurse, "CONDITIONS", "Anxiété", "Astme")
    await amend(nurse, response, {"name": ["Anxiété", "Asthme"]}, reason="typing-error")
    assert await conditions(nurse) == [("Anxiété", False), ("Asthme", False)]


async def test_what_a_correction_takes_away_is_marked_as_a_mistake(nurse: Acting) -> None:
    response = await sent(nurse, "CONDITIONS", "Anxiété", "Asthme")
    await amend(nurse, response, {"name": ["Anxiété"]}, reason="typing-error")
    assert await conditions(nurse) == [("Anxiété", False), ("Asthme", True)]


async def test_a_correction_leaves_alone_what_it_does_not_touch(nurse: Acting) -> None:
    response = await sent(nurse, "CONDITIONS", "Anxiété")
    (stored,) = await nurse.service.all("Condition", {})
    await nurse.service.replace({**stored, "note": [{"text": "vu en consultation"}]})
    await amend(nurse, response, {"note": "rien"}, reason="typing-error")
    (after,) = await nurse.service.all("Condition", {})
    assert after["note"] == [{"text": "vu en consultation"}]


@pytest.mark.parametrize(("code", "kind"), [("OF_NOBODY", "Organization"), ("OF_ANOTHER", "Condition")])
async def test_a_form_writes_nothing_else_and_of_nobody_else(nurse: Acting, code: str, kind: str) -> None:
    before = await nurse.service.total(kind, {})
    await sent(nurse, code, "Anxiété")
    assert await nurse.service.total(kind, {}) == before


async def test_a_template_that_the_record_refuses_stops_no_answer(nurse: Acting) -> None:
    response = await sent(nurse, "BROKEN", "Anxiété")
    stored = await nurse.service.read("QuestionnaireResponse", response)
    assert (stored["status"], await nurse.service.total("Condition", {})) == ("completed", 0)
