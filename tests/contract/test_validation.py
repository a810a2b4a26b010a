"""What is written must be R4, and every fault is told with its place."""

import json
from typing import Any

import pytest

from .conftest import Json, Server

FAULTS: list[tuple[str, Json, str]] = [
    ("Patient", {"nom": "x"}, "Patient.nom"),
    ("Patient", {"gender": "dragon"}, "Patient.gender"),
    ("Patient", {"gender": 1}, "Patient.gender"),
    ("Patient", {"gender": ["female"]}, "Patient.gender"),
    ("Patient", {"name": {"family": "x"}}, "Patient.name"),
    ("Patient", {"name": []}, "Patient.name"),
    ("Patient", {"name": [{}]}, "Patient.name[0]"),
    ("Patient", {"name": [{"family": "a"}, {"family": 7}]}, "Patient.name[1].family"),
    ("Patient", {"name": [{"given": ["a", None]}]}, "Patient.name[0].given[1]"),
    ("Patient", {"name": [{"use": "everyday"}]}, "Patient.name[0].use"),
    ("Patient", {"birthDate": "03/02/1980"}, "Patient.birthDate"),
    ("Patient", {"birthDate": "1980-02-30"}, "Patient.birthDate"),
    ("Patient", {"birthDate": "1980-2-3"}, "Patient.birthDate"),
    ("Patient", {"active": "true"}, "Patient.active"),
    ("Patient", {"deceasedBoolean": True, "deceasedDateTime": "2026"}, "Patient.deceasedDateTime"),
    ("Patient", {"multipleBirthInteger": 1.5}, "Patient.multipleBirthInteger"),
    ("Patient", {"contact": [{"name": "x"}]}, "Patient.contact[0].name"),
    ("Patient", {"communication": [{"preferred": True}]}, "Patient.communication[0].language"),
    ("Patient", {"extension": [{"valueString": "x"}]}, "Patient.extension[0].url"),
    ("Patient", {"managingOrganization": {"reference": "Patient/x"}}, "Patient.managingOrganization.reference"),
    ("Patient", {"_gender": {"text": "x"}}, "Patient._gender"),
    ("Patient", {"meta": {"profile": "x"}}, "Patient.meta.profile"),
    ("Patient", {"contained": [{"id": "x"}]}, "Patient.contained[0]"),
    ("Patient", {"contained": [{"resourceType": "Organization", "nom": "x"}]}, "Patient.contained[0].nom"),
    ("Patient", {"name": [{"family": " "}]}, "Patient.name[0].family"),
    ("Patient", {"photo": [{"data": "not base64!"}]}, "Patient.photo[0].data"),
    ("Patient", {"telecom": [{"rank": 0}]}, "Patient.telecom[0].rank"),
    ("Observation", {"code": {"text": "x"}}, "Observation.status"),
    ("Observation", {"status": "final"}, "Observation.code"),
    ("Observation", {"status": "final", "code": {"text": "x"}, "valueQuantity": {"value": "7"}}, "Observation.valueQuantity.value"),
    ("Observation", {"status": "final", "code": {"text": "x"}, "valueMoney": {"value": 7}}, "Observation.valueMoney"),
    ("Observation", {"status": "final", "code": {"text": "x"}, "valueString": "a", "valueInteger": 1}, "Observation.valueInteger"),
    ("Observation", {"status": "final", "code": {"text": "x"}, "effectiveDateTime": "2026-01-01T10:00"}, "Observation.effectiveDateTime"),
    ("Observation", {"status": "final", "code": {"text": "x"}, "issued": "2026-01-01"}, "Observation.issued"),
    ("Observation", {"status": "final", "code": {"text": "x"}, "component": [{}]}, "Observation.component[0]"),
    ("Questionnaire", {"status": "active", "item": [{"linkId": "1"}]}, "Questionnaire.item[0].type"),
    ("Questionnaire", {"status": "active", "item": [{"linkId": "1", "type": "group", "item": [{"linkId": "2", "type": "chose"}]}]}, "Questionnaire.item[0].item[0].type"),
    ("QuestionnaireResponse", {"status": "completed", "item": [{"answer": [{"valueInteger": 1}]}]}, "QuestionnaireResponse.item[0].linkId"),
    ("Task", {"status": "requested"}, "Task.intent"),
    ("EpisodeOfCare", {"status": "active"}, "EpisodeOfCare.patient"),
    ("Bundle", {"type": "collection", "entry": [{"resource": {"resourceType": "Patient", "nom": 1}}]}, "Bundle.entry[0].resource.nom"),
]  # fmt: skip


@pytest.mark.aidbox
@pytest.mark.parametrize(("type_", "fields", "place"), FAULTS)
async def test_a_fault_is_refused_with_its_place(server: Server, type_: str, fields: Json, place: str) -> None:
    answer = await server.post(type_, {"resourceType": type_, **fields})
    assert answer.status_code == 422, answer.text
    places = [e for i in answer.json()["issue"] for e in i.get("expression", [])]
    assert place in places


async def test_all_faults_are_told_at_once(server: Server) -> None:
    answer = await server.post("Patient", server.tagged("Patient", gender="dragon", birthDate="x", nom="y"))
    assert len(answer.json()["issue"]) >= 3


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("Patient", {}),
        ("Patient", {"gender": "unknown", "birthDate": "1980", "deceasedBoolean": False, "multipleBirthInteger": 2}),
        ("Patient", {"birthDate": "1980-02"}),
        ("Patient", {"name": [{"_given": [{"extension": [{"url": "https://e.org/x", "valueCode": "m"}]}]}]}),
        ("Observation", {"status": "final", "code": {"text": "x"}, "effectiveDateTime": "2026-01-01T10:00:00+01:00", "valueQuantity": {"value": 0}}),
        ("Observation", {"status": "final", "code": {"text": "x"}, "effectivePeriod": {"start": "2026"}, "valueBoolean": False}),
        ("Observation", {"_status": {"extension": [{"url": "https://e.org/x", "valueCode": "unknown"}]}, "code": {"text": "x"}}),
        ("Questionnaire", {"status": "active", "item": [{"linkId": "1", "type": "choice", "answerOption": [{"valueCoding": {"code": "a"}}], "enableWhen": [{"question": "2", "operator": "=", "answerBoolean": True}]}]}),
        ("Task", {"status": "requested", "intent": "order", "input": [{"type": {"text": "x"}, "valueCanonical": "https://e.org/q|1"}]}),
        ("Bundle", {"type": "collection", "entry": [{"resource": {"resourceType": "Patient"}}]}),
        ("Parameters", {"parameter": [{"name": "x", "valueDecimal": 1.5}, {"name": "y", "resource": {"resourceType": "Patient"}}]}),
        ("VerificationResult", {"status": "validated", "target": [{"display": "x"}], "targetLocation": ["item[0]"]}),
    ],
)  # fmt: skip
async def test_what_r4_allows_is_accepted(server: Server, type_: str, fields: Json) -> None:
    answer = await server.post(f"{type_}/$validate", {"resourceType": type_, **fields})
    assert not [i for i in answer.json()["issue"] if i["severity"] in {"error", "fatal"}], answer.text


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("fields", "verdict"),
    [({"gender": "female"}, "allok"), ({"gender": "dragon"}, "validationfail"), ({"nom": 1}, "validationfail")],
)
async def test_validate_always_answers_200(server: Server, fields: Json, verdict: str) -> None:
    answer = await server.post("Patient/$validate", {"resourceType": "Patient", **fields})
    assert (answer.status_code, answer.json()["id"]) == (200, verdict)


async def test_validate_stores_nothing(server: Server) -> None:
    await server.post("Patient/$validate", server.tagged("Patient", id=server.id("alice")))
    assert (await server.get(f"Patient/{server.id('alice')}")).status_code == 404


async def test_validate_takes_parameters(server: Server) -> None:
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": {"resourceType": "Patient", "gender": "dragon"}}],
    }
    answer = await server.post("Patient/$validate", parameters)
    assert answer.json()["issue"][0]["severity"] in {"error", "fatal"}


@pytest.mark.aidbox
async def test_validate_tells_another_type(server: Server) -> None:
    answer = await server.post("Patient/$validate", {"resourceType": "Organization"})
    assert answer.json()["id"] == "validationfail"


REFERENCES: list[tuple[str, Any]] = [
    ("subject", {"reference": "Patient/{nobody}"}),
    ("subject", {"reference": "Patient/{nobody}/_history/1"}),
    ("performer", [{"reference": "Practitioner/{nobody}"}]),
    ("extension", [{"url": "https://e.org/x", "valueReference": {"reference": "Organization/{nobody}"}}]),
]


@pytest.mark.aidbox
@pytest.mark.parametrize(("key", "value"), REFERENCES)
async def test_a_reference_to_nothing_is_refused(server: Server, key: str, value: Any) -> None:
    value = json.loads(json.dumps(value).replace("{nobody}", server.id("nobody")))
    answer = await server.post(
        "Observation", server.tagged("Observation", status="final", code={"text": "x"}, **{key: value})
    )
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"][0].endswith("reference")


@pytest.mark.aidbox
async def test_a_reference_to_what_was_deleted_is_refused(server: Server) -> None:
    made = await server.make("Patient", "alice")
    await server.delete(f"Patient/{made['id']}")
    body = server.tagged(
        "Observation", status="final", code={"text": "x"}, subject={"reference": f"Patient/{made['id']}"}
    )
    assert (await server.post("Observation", body)).status_code == 422


@pytest.mark.parametrize(
    "subject",
    [
        {"identifier": {"system": "urn:x", "value": "1"}},
        {"display": "x"},
        {"reference": "https://elsewhere.example.org/fhir/Patient/1"},
        {"reference": "urn:uuid:6f0d3a4e-0000-4000-8000-000000000009"},
    ],
)
async def test_a_reference_that_is_not_ours_is_not_checked(server: Server, subject: Json) -> None:
    await server.make("Observation", status="final", code={"text": "x"}, subject=subject)


async def test_a_reference_to_itself_is_allowed(server: Server) -> None:
    await server.make("Organization", "a", name="A", partOf={"reference": f"Organization/{server.id('a')}"})


@pytest.mark.aidbox
async def test_a_refused_reference_leaves_no_trace(server: Server) -> None:
    body = server.tagged(
        "Observation", status="final", code={"text": "x"}, subject={"reference": f"Patient/{server.id('nobody')}"}
    )
    await server.post("Observation", body)
    assert (await server.search("Observation?"))["total"] == 0
    assert (await server.get(f"Patient/{server.id('nobody')}")).status_code == 404


@pytest.mark.parametrize(
    "reference",
    ["Patient/a/b", "patient/1", "Nope/1", "garbage", "#nope", "#", "Patient", "Patient?name=x", "/Patient/x"],
)
async def test_what_is_no_reference_is_refused(server: Server, reference: str) -> None:
    answer = await server.post(
        "Observation",
        server.tagged("Observation", status="final", code={"text": "x"}, subject={"reference": reference}),
    )
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    "reference",
    ["https://other.example.org/fhir/Patient/1", "urn:uuid:6f0d3a4e-0000-4000-8000-000000000001", "#zoe"],
)
async def test_a_reference_elsewhere_or_inside_is_kept(server: Server, reference: str) -> None:
    contained = [{"resourceType": "Patient", "id": "zoe"}] if reference == "#zoe" else []
    fields = {"contained": contained} if contained else {}
    made = await server.make(
        "Observation", status="final", code={"text": "x"}, subject={"reference": reference}, **fields
    )
    assert made["subject"]["reference"] == reference


CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


@pytest.mark.parametrize(
    ("coding", "wanted"),
    [
        ({"system": CLINICAL, "code": "active"}, {201}),
        ({"system": "http://wrong.example.org", "code": "active"}, {400, 422}),
        ({"code": "active"}, {400, 422}),
    ],
)
async def test_a_required_code_is_one_of_its_system(server: Server, coding: dict[str, str], wanted: set[int]) -> None:
    patient = await server.make("Patient")
    subject = {"reference": f"Patient/{patient['id']}"}
    body = server.tagged("Condition", clinicalStatus={"coding": [coding]}, subject=subject)
    assert (await server.post("Condition", body)).status_code in wanted
