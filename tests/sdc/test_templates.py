"""Resources made from templates that the form contains."""

from itertools import count

from portal.sdc import FormSession, compile_form, extract_bundle
from tests.sdc.small import NOW, questionnaire

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def value(expression: str) -> dict:
    return {"extension": [{"url": f"{SDC}templateExtractValue", "valueString": expression}]}


def context(expression: str) -> dict:
    return {"url": f"{SDC}templateExtractContext", "valueString": expression}


def extract(template: str, **more: str) -> dict:
    parts = [{"url": "template", "valueReference": {"reference": template}}]
    return {
        "url": f"{SDC}templateExtract",
        "extension": [*parts, *({"url": k, "valueString": v} for k, v in more.items())],
    }


PERSON = {
    "resourceType": "Patient",
    "id": "person",
    "name": [{"text": "?", "_text": value("item.where(linkId = 'name').answer.value"), "given": ["?"], "_given": [value("item.where(linkId = 'given').answer.value")]}],
    "telecom": [{"extension": [context("item.where(linkId = 'phone').answer")], "system": "phone", "_value": value("value")}],
    "_birthDate": value("item.where(linkId = 'born').answer.value"),
    "active": True,
}  # fmt: skip


def form(*extensions: dict, contained: list[dict] | None = None, **more):
    person = {
        "linkId": "person",
        "type": "group",
        "text": "P",
        "extension": list(extensions),
        "item": [
            {"linkId": "name", "type": "string", "text": "N"},
            {"linkId": "given", "type": "string", "text": "G", "repeats": True},
            {"linkId": "phone", "type": "string", "text": "T", "repeats": True},
            {"linkId": "born", "type": "date", "text": "B"},
            {"linkId": "id", "type": "string", "text": "I"},
        ],
        **more,
    }
    return compile_form(questionnaire(person, contained=contained or [PERSON]))


def extracted(compiled, **answers):
    session = FormSession(compiled, now=NOW)
    for path, answer in answers.items():
        session.set(path, answer)
    numbers = count(1)
    return extract_bundle(compiled, session.completed(NOW), now=NOW, new_uuid=lambda: f"u{next(numbers)}")


def entries(compiled, **answers) -> list[dict]:
    found = extracted(compiled, **answers)
    assert found.faults == ()
    assert "templateExtract" not in str(found.bundle)
    return found.bundle["entry"]


def test_a_template_is_filled_from_the_answers_of_its_group():
    (entry,) = entries(form(extract("#person")), name="Camille Morel", given=["Camille", "Lou"], born="1990-05-17")
    assert entry["resource"] == {
        "resourceType": "Patient",
        "name": [{"text": "Camille Morel", "given": ["Camille", "Lou"]}],
        "birthDate": "1990-05-17",
        "active": True,
    }
    assert entry["request"] == {"method": "POST", "url": "Patient"}
    assert entry["fullUrl"].startswith("urn:uuid:")


def test_a_context_makes_one_element_for_each_of_its_results():
    (entry,) = entries(form(extract("#person")), phone=["01", "02"])
    assert entry["resource"]["telecom"] == [{"system": "phone", "value": "01"}, {"system": "phone", "value": "02"}]


def test_what_has_no_answer_leaves_no_trace():
    (entry,) = entries(form(extract("#person")), born="1990")
    assert entry["resource"] == {"resourceType": "Patient", "birthDate": "1990", "active": True}


def test_a_group_without_answers_gives_nothing():
    assert entries(form(extract("#person"))) == []


def test_each_copy_of_a_group_gives_a_resource():
    compiled = form(extract("#person"), repeats=True)
    session = FormSession(compiled, now=NOW)
    session.add("person[0]")
    session.set("person[0]/name", "A")
    session.set("person[1]/name", "B")
    found = extract_bundle(compiled, session.completed(NOW), now=NOW, new_uuid=lambda: "u")
    assert [entry["resource"]["name"][0]["text"] for entry in found.bundle["entry"]] == ["A", "B"]


def test_a_known_id_replaces_and_conditions_travel():
    compiled = form(extract("#person", resourceId="item.where(linkId = 'id').answer.value", ifMatch="'W/\"3\"'"))
    (entry,) = entries(compiled, name="A", id="p7")
    assert entry["request"] == {"method": "PUT", "url": "Patient/p7", "ifMatch": 'W/"3"'}
    assert entry["resource"]["id"] == "p7"


def test_an_allocated_id_ties_two_resources_together():
    note = {
        "resourceType": "Basic",
        "id": "note",
        "subject": {"_reference": value("%newPatient")},
        "code": {"text": "x"},
    }
    allocate = {"url": f"{SDC}extractAllocateId", "valueString": "newPatient"}
    compiled = form(allocate, extract("#person", fullUrl="%newPatient"), extract("#note"), contained=[PERSON, note])
    person, basic = entries(compiled, name="A")
    assert basic["resource"]["subject"]["reference"] == person["fullUrl"]


def test_a_template_may_be_a_whole_bundle():
    bundle = {
        "resourceType": "Bundle",
        "id": "all",
        "type": "transaction",
        "entry": [{"resource": {"resourceType": "Basic", "code": {"_text": value("item.where(linkId = 'name').answer.value")}}, "request": {"method": "POST", "url": "Basic"}}],
    }  # fmt: skip
    compiled = form({"url": f"{SDC}templateExtractBundle", "valueReference": {"reference": "#all"}}, contained=[bundle])
    (entry,) = entries(compiled, name="A")
    assert entry["resource"] == {"resourceType": "Basic", "code": {"text": "A"}}


def test_a_fault_names_its_item_and_stops_nothing():
    broken = {"resourceType": "Basic", "id": "broken", "code": {"_text": value("1 +"), "coding": [{"code": "c"}]}}
    found = extracted(form(extract("#nowhere"), extract("#broken"), contained=[broken]), name="A")
    assert [fault.link_id for fault in found.faults] == ["person", "person"]
    assert found.bundle["entry"][0]["resource"]["code"] == {"coding": [{"code": "c"}]}
