from decimal import Decimal

from portal.sdc import FormSession, compile_form
from tests.sdc.small import NOW, questionnaire, value

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
CONTEXT, INITIAL = f"{SDC}sdc-questionnaire-itemPopulationContext", f"{SDC}sdc-questionnaire-initialExpression"
LINK = f"{SDC}sdc-questionnaire-observationLinkPeriod"
VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"
PATIENT = {
    "url": f"{SDC}sdc-questionnaire-launchContext",
    "extension": [{"url": "name", "valueCoding": {"code": "patient"}}, {"url": "type", "valueCode": "Patient"}],
}


def expression(url: str, text: str, *, name: str = "", language: str = "text/fhirpath") -> dict:
    named = {"name": name} if name else {}
    return {"url": url, "valueExpression": {**named, "language": language, "expression": text}}


def contacts(**more) -> dict:
    """A repeating group with one copy for each phone number of the patient."""
    number = {"linkId": "number", "type": "string", "text": "N", "extension": [expression(INITIAL, "%phone.value")]}
    return {
        "linkId": "phones",
        "type": "group",
        "text": "Phones",
        "repeats": True,
        "extension": [expression(CONTEXT, "%patient.telecom.where(system = 'phone')", name="phone")],
        "item": [number],
        **more,
    }


def telecom(*numbers: str) -> dict:
    return {
        "patient": {"resourceType": "Patient", "telecom": [{"system": "phone", "value": number} for number in numbers]}
    }


def test_a_group_gets_one_copy_for_each_thing_that_is_known():
    form = compile_form(questionnaire(contacts(), extension=[PATIENT]))
    assert form.faults == ()
    session = FormSession(form, now=NOW, given=telecom("01", "02"))
    assert [value(session, f"{copy}/number") for copy in session.copies("phones[0]")] == ["01", "02"]


def test_nothing_known_leaves_one_empty_copy():
    session = FormSession(compile_form(questionnaire(contacts(), extension=[PATIENT])), now=NOW)
    assert session.copies("phones[0]") == ["phones[0]"]
    assert session.faults == {}


def test_several_results_for_a_group_that_stands_once_populate_nothing():
    form = compile_form(questionnaire(contacts(repeats=False), extension=[PATIENT]))
    session = FormSession(form, now=NOW, given=telecom("01", "02"))
    assert value(session, "number") is None
    assert "phones" in session.faults


def test_a_loaded_response_is_not_populated_again():
    form = compile_form(questionnaire(contacts(), extension=[PATIENT]))
    kept = FormSession(form, now=NOW, given=telecom("01")).response()
    again = FormSession(form, kept, now=NOW, given=telecom("01", "02"))
    assert again.response() == kept


def test_a_fhir_query_is_asked_once_with_its_parts_filled_in():
    asked: list[str] = []

    def fetch(address: str) -> dict:
        asked.append(address)
        return {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Condition", "id": "c1"}}]}

    query = expression(VARIABLE, "Condition?patient={{%patient.id}}", name="found", language="application/x-fhir-query")
    items = [
        {"linkId": name, "type": "integer", "text": name, "extension": [expression(INITIAL, "%found.entry.count()")]}
        for name in ("a", "b")
    ]
    form = compile_form(questionnaire(*items, extension=[PATIENT, query]))
    session = FormSession(form, now=NOW, given={"patient": {"resourceType": "Patient", "id": "p 1"}}, fetch=fetch)
    assert (value(session, "a"), value(session, "b")) == (1, 1)
    assert asked == ["Condition?patient=p%201"]


def test_a_query_with_an_empty_part_is_not_asked():
    query = expression(VARIABLE, "Condition?patient={{%patient.id}}", name="found", language="application/x-fhir-query")
    item = {"linkId": "a", "type": "integer", "text": "a", "extension": [expression(INITIAL, "%found.entry.count()")]}

    def fetch(address: str) -> dict:
        raise AssertionError(address)

    FormSession(compile_form(questionnaire(item, extension=[PATIENT, query])), now=NOW, fetch=fetch)


def weight(number: str, day: str, *, status: str = "final", unit: str = "kg") -> dict:
    return {
        "resourceType": "Observation",
        "status": status,
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "effectiveDateTime": day,
        "valueQuantity": {"value": Decimal(number), "code": unit},
    }


def weighed(*observations: dict):
    item = {
        "linkId": "weight",
        "type": "decimal",
        "text": "W",
        "code": [{"system": "http://loinc.org", "code": "29463-7"}],
        "extension": [
            {"url": LINK, "valueDuration": {"value": 1, "code": "a"}},
            {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit", "valueCoding": {"code": "kg"}},
            {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueDecimal": 400},
        ],
    }
    return value(FormSession(compile_form(questionnaire(item)), now=NOW, observations=observations), "weight")


def test_the_newest_observation_of_the_code_is_taken():
    assert weighed(weight("70", "2026-05-01"), weight("72.5", "2026-11-01T09:00:00+01:00")) == Decimal("72.5")


def test_an_observation_that_is_old_withdrawn_impossible_or_of_something_else_is_not():
    assert weighed(weight("70", "2024-05-01")) is None
    assert weighed(weight("70", "2026-05-01", status="entered-in-error")) is None
    assert weighed(weight("700", "2026-05-01")) is None
    assert weighed(weight("150", "2026-05-01", unit="cm")) is None


def test_a_first_value_that_nobody_could_answer_is_not_given():
    item = {
        "linkId": "a",
        "type": "integer",
        "text": "A",
        "extension": [
            expression(INITIAL, "99"),
            {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 9},
        ],
    }
    assert value(FormSession(compile_form(questionnaire(item)), now=NOW), "a") is None


def test_the_whole_form_may_be_populated_from_one_thing():
    item = {"linkId": "a", "type": "string", "text": "A", "extension": [expression(INITIAL, "%visit.id")]}

    def begun(*visits: str) -> FormSession:
        bundle = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Encounter", "id": v}} for v in visits]}  # fmt: skip
        context = expression(CONTEXT, "Encounter?status=planned", name="visit", language="application/x-fhir-query")
        form = compile_form(questionnaire(item, extension=[context]))
        assert form.faults == ()
        return FormSession(form, now=NOW, fetch=lambda _: bundle)

    assert value(begun("e1"), "a") == "e1"
    several = begun("e1", "e2")
    assert (value(several, "a"), "" in several.faults) == (None, True)


def test_an_observation_is_converted_to_the_unit_of_the_question():
    assert weighed(weight("72500", "2026-05-01", unit="g")) == Decimal("72.5")


def test_what_was_populated_says_from_which_observation():
    item = {"linkId": "w", "type": "decimal", "text": "W", "code": [{"system": "http://loinc.org", "code": "29463-7"}], "extension": [{"url": LINK, "valueDuration": {"value": 1, "code": "a"}}]}  # fmt: skip
    known = {**weight("70", "2026-05-01"), "id": "o1"}
    session = FormSession(compile_form(questionnaire(item)), now=NOW, observations=[known])
    assert session.populated == {"w": known}


def test_first_values_follow_what_they_read_whatever_the_order_of_the_form():
    def at(name: str) -> str:
        return f"%resource.item.where(linkId = '{name}').answer.value + 1"

    calculated = f"{SDC}sdc-questionnaire-calculatedExpression"
    items = [
        {"linkId": "a", "type": "integer", "text": "A", "extension": [expression(INITIAL, at("b"))]},
        {"linkId": "b", "type": "integer", "text": "B", "extension": [expression(INITIAL, at("k"))]},
        {"linkId": "k", "type": "integer", "text": "K", "readOnly": True, "extension": [expression(calculated, at("c"))]},
        {"linkId": "c", "type": "integer", "text": "C", "extension": [expression(INITIAL, "5")]},
    ]  # fmt: skip
    session = FormSession(compile_form(questionnaire(*items)), now=NOW)
    assert [value(session, name) for name in "abkc"] == [8, 7, 6, 5]


def test_an_observation_says_its_time_in_several_ways():
    item = {"linkId": "n", "type": "integer", "text": "N", "code": [{"system": "urn:c", "code": "n"}], "extension": [{"url": LINK, "valueDuration": {"value": 1, "code": "a"}}]}  # fmt: skip

    def taken(**when: object) -> object:
        known = {"resourceType": "Observation", "status": "final", "code": {"coding": item["code"]}, "valueInteger": 4, **when}  # fmt: skip
        return value(FormSession(compile_form(questionnaire(item)), now=NOW, observations=[known]), "n")

    assert taken(effectiveDateTime="2026-11") == 4
    assert taken(effectiveInstant="2026-11-01T10:00:00Z") == 4
    assert taken(effectivePeriod={"start": "2024-11-01", "end": "2026-11-02"}) == 4
    assert taken(effectivePeriod={"start": "2026-11-01"}) == 4
    assert taken(effectivePeriod={"start": "2024-11-01", "end": "2024-11-02"}) is None
    assert taken(effectiveDateTime="not a day at all") is None
    assert taken(effectiveDateTime="2026-02-30", issued="2026-11-02T10:00:00Z") is None
