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
        **({"item": list(items)} if items else {}),
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
         ("value", "QuestionnaireResponse.item[1].item[1].answer[0]", "hours")),
        ([answer("work", {"valueString": "oui"})], ("value", "QuestionnaireResponse.item[0].answer[0]", "work")),
        ([answer("work", NO, YES)], ("structure", "QuestionnaireResponse.item[0]", "work")),
        ([answer("work", NO), answer("work", NO)], ("structure", "QuestionnaireResponse.item[1]", "work")),
        ([answer("work", NO), answer("other", NO)], ("structure", "QuestionnaireResponse.item[1]", "other")),
        ([{"linkId": "job", "answer": [NO]}, answer("work", NO)], ("structure", "QuestionnaireResponse.item[0]", "job")),
        ([answer("work", NO), {"linkId": "job", "item": [answer("name", {"valueString": "B"})]}],
         ("business-rule", "QuestionnaireResponse.item[1].item[0]", "name")),
        ([answer("work", NO), {"linkId": "meds"}, {"linkId": "meds", "item": [answer("dose", {"valueInteger": 11})]}],
         ("value", "QuestionnaireResponse.item[2].item[0].answer[0]", "dose")),
        ([answer("work", YES), {"linkId": "job", "item": [answer("name", {"valueString": "B"}), answer("hours", {"valueInteger": 13})]}],
         ("invariant", "QuestionnaireResponse.item[1].item[1]", "hours")),
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


LOOSE = compile_form(
    questionnaire(
        {"linkId": "g", "type": "group", "text": "G", "item": [{"linkId": "x", "type": "string", "text": "X"}]},
        {
            "linkId": "n",
            "type": "integer",
            "text": "N",
            "repeats": True,
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 3}],
            "item": [{"linkId": "d", "type": "integer", "text": "D"}],
        },
    )
)


def told(*items, **more) -> list[tuple[str, str, str]]:
    """(severity, issue type, expression) of each issue."""
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": LOOSE.canonical,
        "status": "completed",
        **({"item": list(items)} if items else {}),
        **more,
    }
    outcome = validate(LOOSE, response, now=NOW)
    return [(each["severity"], each["code"], each.get("expression", [""])[0]) for each in outcome["issue"]]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"resourceType": "Patient"}, ("error", "structure", "")),
        ({"status": "foo"}, ("error", "code-invalid", "QuestionnaireResponse.status")),
        ({"questionnaire": "urn:q|9"}, ("warning", "business-rule", "QuestionnaireResponse.questionnaire")),
        ({"item": {}}, ("error", "structure", "QuestionnaireResponse.item")),
        ({"item": []}, ("error", "structure", "QuestionnaireResponse.item")),
        ({"item": ["x"]}, ("error", "structure", "QuestionnaireResponse.item[0]")),
        ({"item": [{"linkId": "n", "answer": {}}]}, ("error", "structure", "QuestionnaireResponse.item[0].answer")),
        ({"item": [{"linkId": "n", "answer": []}]}, ("error", "structure", "QuestionnaireResponse.item[0].answer")),
        ({"item": [{"linkId": 7}]}, ("error", "structure", "QuestionnaireResponse.item[0].linkId")),
        ({"item": [{"linkId": "g", "extension": {}}]}, ("error", "structure", "QuestionnaireResponse.item[0].extension")),
        ({"extension": {}}, ("error", "structure", "QuestionnaireResponse.extension")),
    ],
)  # fmt: skip
def test_what_is_no_response_at_all_is_told_and_breaks_nothing(more, expected):
    assert told(**more) == [expected]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"valueInteger": 1, "valueString": "1"}, "structure"),
        ({"valueString": ""}, "value"),
        ({"valueInteger": 9}, "value"),
        ({"valueString": "x"}, "value"),
    ],
)
def test_an_issue_points_at_the_answer(answer, code):
    found = told({"linkId": "n", "answer": [{"valueInteger": 1}, answer]})
    assert ("error", code, "QuestionnaireResponse.item[0].answer[1]") in found


def test_each_wrong_answer_of_a_question_is_told_once():
    found = told({"linkId": "n", "answer": [{"valueInteger": n} for n in (1, 9, 8)]})
    assert found == [("error", "value", f"QuestionnaireResponse.item[0].answer[{n}]") for n in (1, 2)]


def test_an_issue_points_behind_an_answer_that_says_nothing():
    nested = {"valueInteger": 2, "item": [{"linkId": "d", "answer": [{"valueString": "x"}]}]}
    found = told({"linkId": "n", "answer": [{"valueString": ""}, nested, {"valueInteger": 9}]})
    assert ("error", "value", "QuestionnaireResponse.item[0].answer[1].item[0].answer[0]") in found
    assert ("error", "value", "QuestionnaireResponse.item[0].answer[2]") in found


def test_a_response_is_not_complete_while_a_condition_cannot_be_computed():
    expression = {"language": "text/fhirpath", "expression": "%resource.item.linkId.single() = 'x'"}
    url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
    undecided = {"linkId": "a", "type": "string", "text": "A", "extension": [{"url": url, "valueExpression": expression}]}  # fmt: skip
    form = compile_form(questionnaire(*({"linkId": n, "type": "string", "text": n} for n in "xy"), undecided))
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": form.canonical,
        "status": "completed",
        "item": [{"linkId": name, "answer": [{"valueString": name}]} for name in "xy"],
    }
    assert not is_valid(validate(form, response, now=NOW))
    assert is_valid(validate(form, {**response, "status": "in-progress"}, now=NOW))
