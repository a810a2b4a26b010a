"""Resources built by the definitions of items."""

from itertools import count
from typing import Any

import pytest

from portal.sdc import Extracted, FormSession, compile_form, extract_bundle
from tests.sdc.small import NOW, questionnaire

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
CORE = "http://hl7.org/fhir/StructureDefinition/"


def extract(kind: str = "Patient", **more: str) -> dict:
    canonical = kind if ":" in kind else CORE + kind
    parts: list[dict] = [{"url": "definition", "valueCanonical": canonical}]
    return {"url": f"{SDC}definitionExtract", "extension": [*parts, *({"url": k, "valueString": v} for k, v in more.items())]}  # fmt: skip


def fixed(path: str, **value: Any) -> dict:
    parts = [{"url": "definition", "valueUri": defined(path)}, {"url": "fixed-value", **value}]
    return {"url": f"{SDC}definitionExtractValue", "extension": parts}


def computed(path: str, text: str) -> dict:
    expression = {"language": "text/fhirpath", "expression": text}
    parts = [{"url": "definition", "valueUri": defined(path)}, {"url": "expression", "valueExpression": expression}]
    return {"url": f"{SDC}definitionExtractValue", "extension": parts}


def defined(path: str) -> str:
    return path if "#" in path else f"{CORE}{path.partition('.')[0]}#{path}"


def item(link_id: str, path: str = "", kind: str = "string", *extensions: dict, **more: Any) -> dict:
    definition = {"definition": defined(path)} if path else {}
    held = {"extension": list(extensions)} if extensions else {}
    return {"linkId": link_id, "type": kind, "text": link_id, **definition, **held, **more}


def group(link_id: str, path: str, *items: dict, extensions: tuple[dict, ...] = (), **more: Any) -> dict:
    return item(link_id, path, "group", *extensions, item=list(items), **more)


def made(
    *items: dict, answers: dict[str, Any], root: tuple[dict, ...] = (), copies: str = "", **more: Any
) -> Extracted:
    form = compile_form(questionnaire(*items, extension=list(root)))
    assert not form.faults, form.faults
    session = FormSession(form, now=NOW)
    for _ in range(copies.count("+")):
        session.add(copies.strip("+"))
    for path, value in answers.items():
        session.set(path, value)
    ids = count(1)
    return extract_bundle(
        form, {**session.completed(NOW), "id": "r"}, now=NOW, new_uuid=lambda: f"u{next(ids)}", **more
    )


def only(extracted: Extracted) -> dict:
    assert extracted.faults == (), extracted.faults
    (entry,) = extracted.bundle["entry"]
    return entry["resource"]


def test_answers_become_elements_of_the_resource():
    found = made(
        item("family", "Patient.name.family"),
        item("given", "Patient.name.given", repeats=True),
        item("born", "Patient.birthDate", "date"),
        item("alive", "Patient.active", "boolean"),
        answers={"family": "Roux", "given": ["Anne", "Zoé"], "born": "1984-05-06", "alive": True},
        root=(extract(),),
    )
    assert only(found) == {
        "resourceType": "Patient",
        "name": [{"family": "Roux", "given": ["Anne", "Zoé"]}],
        "birthDate": "1984-05-06",
        "active": True,
    }
    assert found.bundle["entry"][0]["request"] == {"method": "POST", "url": "Patient"}


def test_each_copy_of_a_group_opens_an_entry_of_its_own():
    found = made(
        group(
            "contact", "Patient.contact", item("who", "Patient.contact.name.text"),
            item("phone", "Patient.contact.telecom.value", repeats=True), repeats=True,
        ),
        answers={"contact[0]/who": "A", "contact[0]/phone": ["1", "2"], "contact[1]/who": "B"},
        root=(extract(),),
        copies="contact[0]+",
    )  # fmt: skip
    assert only(found)["contact"] == [
        {"name": {"text": "A"}, "telecom": [{"value": "1"}, {"value": "2"}]},
        {"name": {"text": "B"}},
    ]


def test_items_of_one_copy_share_an_entry_even_without_a_definition_of_their_group():
    found = made(
        group("g", "", item("f", "Patient.name.family"), item("u", "Patient.name.use"), repeats=True),
        answers={"g[0]/f": "A", "g[0]/u": "usual", "g[1]/f": "B"},
        root=(extract(),),
        copies="g[0]+",
    )
    assert only(found)["name"] == [{"family": "A", "use": "usual"}, {"family": "B"}]


def test_slices_stand_apart():
    found = made(
        item("o", "Patient.name:official.family"), item("b", "Patient.name:maiden.family"),
        answers={"o": "A", "b": "B"}, root=(extract(),),
    )  # fmt: skip
    assert only(found)["name"] == [{"family": "A"}, {"family": "B"}]


def test_a_group_may_start_a_resource_once_for_each_copy_that_has_answers():
    found = made(
        group("allergy", "", item("what", "AllergyIntolerance.code.text"), extensions=(extract("AllergyIntolerance"),), repeats=True),
        answers={"allergy[0]/what": "Latex", "allergy[2]/what": "Pollen"},
        copies="allergy[0]++",
    )  # fmt: skip
    assert [entry["resource"]["code"] for entry in found.bundle["entry"]] == [{"text": "Latex"}, {"text": "Pollen"}]


def test_fixed_and_computed_values_join_the_answers():
    found = made(
        group(
            "c", "", item("what", "Condition.code.text"),
            extensions=(
                extract("Condition"),
                fixed("Condition.clinicalStatus", valueCodeableConcept={"coding": [{"code": "active"}]}),
                computed("Condition.recordedDate", "%resource.authored"),
                computed("Condition.note.text", "item.count().toString() + ' answer'"),
            ),
        ),
        answers={"what": "Asthma"},
    )  # fmt: skip
    resource = only(found)
    assert resource["clinicalStatus"] == {"coding": [{"code": "active"}]}
    assert resource["recordedDate"].startswith("2026-12-02")
    assert resource["note"] == [{"text": "1 answer"}]


def test_nothing_answered_nothing_made():
    assert made(
        group("c", "", item("what", "Condition.code.text"), extensions=(extract("Condition"), fixed("Condition.id", valueId="x"))),
        answers={},
    ).bundle["entry"] == []  # fmt: skip


def test_an_id_makes_it_an_update_and_conditions_come_from_expressions():
    found = made(
        item("id", "Patient.id"), item("name", "Patient.name.text"),
        answers={"id": "7", "name": "A"},
        root=(extract(fullUrl="'urn:x:' + item.where(linkId = 'id').answer.value", ifMatch="'W/1'"),),
    )  # fmt: skip
    (entry,) = found.bundle["entry"]
    assert entry["request"] == {"method": "PUT", "url": "Patient/7", "ifMatch": "W/1"}
    assert entry["fullUrl"] == "urn:x:7"


@pytest.mark.parametrize(("kind", "answer", "path", "expected"), [
    ("choice", {"system": "urn:c", "code": "x", "display": "X"}, "Observation.value[x]", {"valueCodeableConcept": {"coding": [{"system": "urn:c", "code": "x", "display": "X"}]}}),
    ("choice", {"system": "urn:c", "code": "final"}, "Observation.status", {"status": "final"}),
    ("decimal", 7, "Observation.value[x]", {"valueQuantity": {"value": 7, "unit": "kg", "code": "kg"}}),
    ("integer", 7, "Observation.value[x]", {"valueInteger": 7}),
    ("integer", 7, "Observation.valueQuantity", {"valueQuantity": {"value": 7, "unit": "kg", "code": "kg"}}),
    ("date", "2026-01-02", "Observation.effective[x]", {"effectiveDateTime": "2026-01-02"}),
    ("string", "x", "Observation.code", {"code": {"text": "x"}}),
    ("reference", {"reference": "Patient/1"}, "Observation.subject", {"subject": {"reference": "Patient/1"}}),
    ("boolean", False, "Observation.value[x]", {"valueBoolean": False}),
    ("string", "Patient/1", "Observation.subject", {"subject": {"reference": "Patient/1"}}),
])  # fmt: skip
def test_a_value_becomes_what_its_element_holds(kind, answer, path, expected):
    unit = {"url": f"{CORE}questionnaire-unit", "valueCoding": {"code": "kg", "display": "kg"}}
    more = {"answerValueSet": "urn:any"} if kind == "choice" else {}
    found = made(item("a", path, kind, unit, **more), answers={"a": answer}, root=(extract("Observation"),))
    assert only(found) == {"resourceType": "Observation", **expected}


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("Patient.colour", "Patient has no element colour."), ("Patient.multipleBirthBoolean", "cannot become")],
)
def test_what_has_no_place_is_told_with_its_item_and_the_rest_goes_on(path, sentence):
    found = made(item("a", path), item("b", "Patient.name.text"), answers={"a": "x", "b": "y"}, root=(extract(),))
    (fault,) = found.faults
    assert fault.link_id == "a"
    assert sentence in fault.text
    assert found.bundle["entry"][0]["resource"]["name"] == [{"text": "y"}]


def test_several_answers_for_an_element_that_stands_once_are_told():
    found = made(item("a", "Patient.birthDate", "date", repeats=True), answers={"a": ["2001-01-01", "2002-01-01"]}, root=(extract(),))  # fmt: skip
    assert found.bundle["entry"][0]["resource"]["birthDate"] == "2001-01-01"
    assert "got 2 values" in found.faults[0].text


def test_a_profile_is_named_and_its_fixed_values_complete_the_resource():
    canonical = "https://example.org/StructureDefinition/weight"

    def profile(wanted: str) -> dict | None:
        elements = [
            {"id": "Observation.status", "fixedCode": "final", "min": 1},
            {"id": "Observation.code", "patternCodeableConcept": {"coding": [{"code": "29463-7"}]}, "min": 1},
            {"id": "Observation.component:x.code", "patternCodeableConcept": {"text": "X"}, "min": 1},
            {"id": "Observation.component:y.code", "patternCodeableConcept": {"text": "Y"}, "min": 1},
            {"id": "Observation.method", "patternCodeableConcept": {"text": "M"}, "min": 0},
        ]
        return {"resourceType": "StructureDefinition", "differential": {"element": elements}} if wanted == canonical else None  # fmt: skip

    found = made(
        item("w", f"{canonical}#Observation.value[x]", "string"),
        item("x", f"{canonical}#Observation.component:x.value[x]", "boolean"),
        answers={"w": "heavy", "x": True}, root=(extract(canonical),), profile=profile,
    )  # fmt: skip
    assert only(found) == {
        "resourceType": "Observation",
        "meta": {"profile": [canonical]},
        "valueString": "heavy",
        "component": [{"valueBoolean": True, "code": {"text": "X"}}],
        "status": "final",
        "code": {"coding": [{"code": "29463-7"}]},
    }


def test_two_resources_may_be_filled_at_once_and_point_at_each_other():
    allocate = {"url": f"{SDC}extractAllocateId", "valueString": "person"}
    found = made(
        item("name", "Patient.name.text"), item("what", "Condition.code.text"),
        answers={"name": "A", "what": "Asthma"},
        root=(allocate, extract(fullUrl="%person"), extract("Condition"), computed("Condition.subject.reference", "%person")),
    )  # fmt: skip
    patient, condition = found.bundle["entry"]
    assert condition["resource"]["subject"] == {"reference": patient["fullUrl"]}


def test_the_older_extension_still_starts_a_resource():
    old = {"url": f"{SDC}itemExtractionContext", "valueCode": "Patient"}
    assert only(made(item("name", "Patient.name.text"), answers={"name": "A"}, root=(old,)))["name"] == [{"text": "A"}]
