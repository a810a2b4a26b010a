import pytest

from portal.sdc import compile_form, is_valid, validate
from tests.sdc.small import NOW, begin, questionnaire, small

FORM = """
items:
- {id: work, text: Work, options: yes_no, required: true}
- id: job
  text: Job
  when: {item: work, is: "yes"}
  items:
  - {id: name, type: string, text: Name, required: true}
  - {id: hours, type: integer, max: 60, text: Hours}
- id: meds
  text: Meds
  repeats: true
  items: [{id: dose, type: integer, max: 10, text: Dose}]
checks: [{id: few, expect: "{hours} != 13", message: {fr: Pas treize., en: Not thirteen.}}]
"""
YES = {"valueCoding": {"system": "https://portail.fondation-fondamental.org/fhir/CodeSystem/answers", "code": "yes"}}
NO = {"valueCoding": {**YES["valueCoding"], "code": "no"}}


def issues(*items: dict, status: str = "completed", **more) -> list[tuple[str, str, str]]:
    """(issue type, expression, linkId) of each issue."""
    form = small(FORM)
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": form.canonical,
        "status": status,
        "item": list(items),
        **more,
    }
    outcome = validate(form, response, now=NOW)
    return [
        (issue["code"], issue.get("expression", [""])[0], issue.get("diagnostics", "")) for issue in outcome["issue"]
    ]


def answer(link_id: str, *answers: dict) -> dict:
    return {"linkId": link_id, "answer": list(answers)}


def test_a_response_that_fits_says_so():
    job = {"linkId": "job", "item": [answer("name", {"valueString": "Boulanger"})]}
    assert issues(answer("work", YES), job) == [("informational", "", "")]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], ("required", "QuestionnaireResponse", "work")),
        ([answer("work", YES), {"linkId": "job", "item": [answer("hours", {"valueInteger": 3})]}],
         ("required", "QuestionnaireResponse.item[1]", "name")),
        ([answer("work", YES), {"linkId": "job", "item": [answer("name", {"valueString": "B"}), answer("hours", {"valueInteger": 61})]}],
         ("value", "QuestionnaireResponse.item[1].item[1]", "hours")),
        ([answer("work", {"valueString": "oui"})], ("value", "QuestionnaireResponse.item[0].answer[0]", "work")),
        ([answer("work", NO, YES)], ("structure", "QuestionnaireResponse.item[0]", "work")),
        ([answer("work", NO), answer("work", NO)], ("structure", "QuestionnaireResponse.item[1]", "work")),
        ([answer("work", NO), answer("other", NO)], ("structure", "QuestionnaireResponse.item[1]", "other")),
        ([{"linkId": "job", "answer": [NO]}, answer("work", NO)], ("structure", "QuestionnaireResponse.item[0]", "job")),
        ([answer("work", NO), {"linkId": "job", "item": [answer("name", {"valueString": "B"})]}],
         ("business-rule", "QuestionnaireResponse.item[1].item[0]", "name")),
        ([answer("work", NO), {"linkId": "meds", "item": []}, {"linkId": "meds", "item": [answer("dose", {"valueInteger": 11})]}],
         ("value", "QuestionnaireResponse.item[2].item[0]", "dose")),
        ([answer("work", YES), {"linkId": "job", "item": [answer("name", {"valueString": "B"}), answer("hours", {"valueInteger": 13})]}],
         ("invariant", "QuestionnaireResponse", "")),
    ],
)  # fmt: skip
def test_an_issue_says_what_and_where(items, expected):
    assert expected in issues(*items)


def test_a_draft_may_lack_answers():
    assert issues(status="in-progress") == [("informational", "", "")]


def test_a_response_of_another_form_is_refused():
    assert ("structure", "", "") in issues(answer("work", NO), questionnaire="urn:other|1")


def test_a_sentence_says_it_in_the_language_of_the_reader():
    form = small(FORM)
    outcome = validate(form, {"questionnaire": form.canonical, "status": "completed"}, now=NOW, say=lambda message: "!")
    assert outcome["issue"][0]["details"]["text"] == "!"
    assert not is_valid(outcome)


def test_what_a_session_completes_is_valid():
    session = begin(FORM)
    session.set("work", "yes")
    session.set("name", "Boulanger")
    session.set("hours", 35)
    session.add("meds[0]")
    session.set("meds[1]/dose", 3)
    assert is_valid(validate(session.form, session.completed(NOW), now=NOW))


def test_a_code_outside_an_expanded_value_set_is_wrong():
    form = compile_form(questionnaire({"linkId": "c", "type": "choice", "text": "C", "answerValueSet": "urn:vs"}))
    answer = {"linkId": "c", "answer": [{"valueCoding": {"system": "urn:c", "code": "z"}}]}
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "urn:q",
        "status": "completed",
        "item": [answer],
    }
    value_set = {"resourceType": "ValueSet", "expansion": {"contains": [{"system": "urn:c", "code": "x"}]}}
    assert is_valid(validate(form, response, now=NOW))
    assert not is_valid(validate(form, response, now=NOW, expand=lambda _: value_set))
