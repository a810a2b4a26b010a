"""What a stored or a computed answer may be: FHIR's own formats, real days, numbers that fit."""

from typing import Any

import pytest

from portal.sdc import FormSession, compile_form, is_valid, validate
from tests.sdc.small import NOW, questionnaire, value

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
MIN_VALUE = "http://hl7.org/fhir/StructureDefinition/minValue"


def judged(kind: str, answer: dict[str, Any]) -> bool:
    form = compile_form(questionnaire({"linkId": "a", "type": kind, "text": "A"}))
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": form.canonical,
        "status": "completed",
        "item": [{"linkId": "a", "answer": [answer]}],
    }
    return is_valid(validate(form, response, now=NOW))


def computed(kind: str, expression: str) -> FormSession:
    calculated = {"url": CALCULATED, "valueExpression": {"language": "text/fhirpath", "expression": expression}}
    item = {"linkId": "a", "type": kind, "text": "A", "extension": [calculated]}
    return FormSession(compile_form(questionnaire(item)), now=NOW)


@pytest.mark.parametrize(
    ("kind", "key", "impossible"),
    [
        ("date", "valueDate", "hello"),
        ("date", "valueDate", "2026-13-45"),
        ("date", "valueDate", "2026-02-30"),
        ("date", "valueDate", "0000-01-01"),
        ("date", "valueDate", "2026-12-01T10:00:00Z"),
        ("dateTime", "valueDateTime", "2026-12-01T10:00"),
        ("dateTime", "valueDateTime", "2026-02-30T10:00:00Z"),
        ("time", "valueTime", "25:99:00"),
        ("integer", "valueInteger", 99_999_999_999),
        ("integer", "valueInteger", True),
        ("url", "valueUri", "a b"),
        ("quantity", "valueQuantity", {"value": "many"}),
    ],
)
def test_an_impossible_stored_value_is_no_answer(kind, key, impossible):
    assert not judged(kind, {key: impossible})


@pytest.mark.parametrize(
    ("kind", "key", "possible"),
    [
        ("date", "valueDate", "2026"),
        ("date", "valueDate", "2024-02-29"),
        ("dateTime", "valueDateTime", "2026-12-01T10:00:00.5+01:00"),
        ("time", "valueTime", "23:59:59"),
        ("integer", "valueInteger", -2_147_483_648),
        ("decimal", "valueDecimal", 1.5),
        ("url", "valueUri", "https://example.org/a"),
    ],
)
def test_a_possible_stored_value_is_an_answer(kind, key, possible):
    assert judged(kind, {key: possible})


@pytest.mark.parametrize(
    ("kind", "expression", "found"),
    [("date", "now()", "2026-12-02"), ("time", "@T10:30", "10:30:00"), ("dateTime", "@2026-12-01", "2026-12-01")],
)
def test_a_computed_day_is_written_as_its_question_keeps_it(kind, expression, found):
    assert value(computed(kind, expression), "a") == found


@pytest.mark.parametrize(
    ("kind", "expression"),
    [("date", "'abc'"), ("time", "'abc'"), ("dateTime", "@2026-12-01T10:00"), ("integer", "2147483647.0 + 1")],
)
def test_a_computed_value_that_cannot_be_is_a_fault_and_no_answer(kind, expression):
    session = computed(kind, expression)
    assert value(session, "a") is None
    assert "a" in session.faults


def test_an_empty_computed_text_is_no_answer():
    session = computed("string", "''")
    assert session.response().get("item") is None
    assert not session.faults


@pytest.mark.parametrize(
    ("kind", "initial"),
    [("date", {"valueDate": "hello"}), ("integer", {"valueInteger": 3}), ("string", {"valueInteger": 3})],
)
def test_a_first_value_of_the_form_that_cannot_be_is_not_given(kind, initial):
    least = [{"url": MIN_VALUE, "valueInteger": 10}] if kind == "integer" else []
    item = {"linkId": "a", "type": kind, "text": "A", "initial": [initial], "extension": least}
    assert value(FormSession(compile_form(questionnaire(item)), now=NOW), "a") is None


@pytest.mark.parametrize(("given", "taken"), [("2026-03-01T09:30:00Z", True), ("2026-03-01T08:59:59Z", False)])
def test_a_bound_on_an_instant_holds_in_every_time_zone(given, taken):
    least = {"url": MIN_VALUE, "valueDateTime": "2026-03-01T10:00:00+01:00"}
    form = compile_form(questionnaire({"linkId": "a", "type": "dateTime", "text": "A", "extension": [least]}))
    response = {
        "resourceType": "QuestionnaireResponse",
        "item": [{"linkId": "a", "answer": [{"valueDateTime": given}]}],
    }
    assert (FormSession(form, response, now=NOW).errors() == []) is taken
