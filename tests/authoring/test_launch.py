"""Forms that look at the patient: their sex, and their age on the day of the visit."""

from textwrap import dedent

import pytest

from portal.authoring import AuthoringError, decompile, parse_yaml
from portal.sdc import FormSession, compile_form
from tests.sdc.small import HEAD, NOW

BODY = """
launch: [patient, encounter]
items:
- {id: age, type: integer, read_only: true, text: Age, formula: "{patient.age}"}
- {id: pregnant, text: Pregnant, options: yes_no, when: {patient: sex, not: male}}
- {id: prostate, text: Prostate, options: yes_no, when: {patient: sex, is: [male, other]}}
- {id: fall, text: Fall, options: yes_no, when: {patient: age, at_least: 65}}
- {id: both, text: Both, options: yes_no, when: [{patient: sex, is: female}, {item: pregnant, is: "no"}]}
"""


def seen(patient: dict | None, visit: str = "", **answers) -> tuple[object, set[str]]:
    form = compile_form(parse_yaml(HEAD + dedent(BODY)))
    assert form.faults == ()
    given = {} if patient is None else {"patient": {"resourceType": "Patient", "id": "p", **patient}}
    if visit:
        given["encounter"] = {"resourceType": "Encounter", "period": {"start": visit}}
    session = FormSession(form, now=NOW, given=given)
    assert session.faults == {}
    for link_id, answer in answers.items():
        session.set(link_id, answer)
    asked = {path for section in session.sections() for path in session.visible(section)} - {"age"}
    return session.state("age").value, asked


@pytest.mark.parametrize(
    ("born", "visit", "age"),
    [
        ("1961-12-02", "", 65),  # the birthday is today
        ("1961-12-03", "", 64),
        ("1961-12-03", "2026-12-03T09:00:00+01:00", 65),
        ("2000-02-29", "2027-02-28", 26),
        ("1961", "", 65),
    ],
)
def test_the_age_is_that_of_the_day_of_the_visit(born, visit, age):
    assert seen({"birthDate": born}, visit)[0] == age


@pytest.mark.parametrize(
    ("patient", "asked"),
    [
        ({"gender": "male"}, {"prostate"}),
        ({"gender": "female"}, {"pregnant"}),
        ({"gender": "unknown"}, {"pregnant"}),
        ({}, {"pregnant"}),
        (None, {"pregnant"}),
        ({"gender": "male", "birthDate": "1961-12-02"}, {"prostate", "fall"}),
    ],
)
def test_questions_depend_on_the_patient_and_what_is_not_known_hides_no_question_that_excludes(patient, asked):
    assert seen(patient)[1] == asked


def test_the_patient_and_the_answers_may_be_asked_about_together():
    assert "both" in seen({"gender": "female"}, pregnant="no")[1]
    assert "both" not in seen({}, pregnant="no")[1]


def test_a_form_says_at_its_top_that_it_looks_at_the_patient():
    with pytest.raises(AuthoringError, match="launch: \\[patient\\]"):
        parse_yaml(HEAD + dedent(BODY.replace("launch: [patient, encounter]\n", "")))
    with pytest.raises(AuthoringError, match="Choose one of: patient, user, encounter"):
        parse_yaml(HEAD + dedent(BODY.replace("[patient,", "[patients,")))


def test_what_a_form_looks_at_comes_back_from_fhir_with_its_key():
    form = parse_yaml(HEAD + dedent(BODY))
    text = decompile(form)
    assert parse_yaml(text) == form
    assert "launch: [patient, encounter]" in text
    assert "fhir:" not in text
