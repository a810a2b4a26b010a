import pytest

from portal.authoring import lint
from portal.sdc import FormSession, compile_form
from tests.sdc.small import NOW, places, questionnaire, refused, value

TOGGLE = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerOptionsToggleExpression"


def coding(code: str) -> dict:
    return {"system": "urn:s", "code": code, "display": code.upper()}


def toggle(expression: str, *codes: str) -> dict:
    options = [{"url": "option", "valueCoding": coding(code)} for code in codes]
    condition = {"url": "expression", "valueExpression": {"language": "text/fhirpath", "expression": expression}}
    return {"url": TOGGLE, "extension": [*options, condition]}


def session(**more) -> FormSession:
    """A choice of a, b and c, in which b exists only for adults and c in two cases."""
    adult = "%resource.item.where(linkId = 'age').answer.value >= 18"
    child = "%resource.item.where(linkId = 'age').answer.value < 3"
    choice = {
        "linkId": "choice",
        "type": "choice",
        "text": "C",
        "answerOption": [{"valueCoding": coding(code)} for code in "abc"],
        "extension": [toggle(adult, "b", "c"), toggle(child, "c")],
        **more,
    }
    return FormSession(compile_form(questionnaire({"linkId": "age", "type": "integer", "text": "A"}, choice)), now=NOW)


@pytest.mark.parametrize(("age", "keys"), [(None, "a"), (2, "ac"), (10, "a"), (20, "abc")])
def test_an_option_exists_while_one_of_its_toggles_holds(age, keys):
    filled = session()
    filled.set("age", age)
    assert "".join(option.key for option in filled.state("choice").options) == keys


def test_an_option_that_is_off_cannot_be_chosen():
    assert refused(session(), "choice", "b") == "Choose one of the answers shown."


def test_an_option_that_goes_off_stays_and_must_be_changed_before_sending():
    filled = session()
    filled.set("age", 20)
    filled.set("choice", "b")
    filled.set("age", 10)
    assert value(filled, "choice") == "b"
    assert places(filled) == ["choice"]
    filled.set("choice", "a")
    assert places(filled) == []


def test_options_of_a_contained_value_set_are_offered():
    contained = {
        "resourceType": "ValueSet",
        "id": "v",
        "compose": {"include": [{"system": "urn:s", "concept": [{"code": "x", "display": "X"}]}]},
    }
    item = {"linkId": "c", "type": "choice", "text": "C", "answerValueSet": "#v"}
    filled = FormSession(compile_form(questionnaire(item, contained=[contained])), now=NOW)
    filled.set("c", "x")
    assert filled.response()["item"][0]["answer"] == [{"valueCoding": {"system": "urn:s", "code": "x", "display": "X"}}]


def test_an_option_may_be_chosen_from_the_start():
    item = {
        "linkId": "c",
        "type": "choice",
        "text": "C",
        "answerOption": [{"valueCoding": coding("a")}, {"valueCoding": coding("b"), "initialSelected": True}],
    }
    assert value(FormSession(compile_form(questionnaire(item)), now=NOW), "c") == "b"


@pytest.mark.parametrize("answer", [{"valueInteger": 5}, {"valueDate": "2026-01-01"}, {"valueString": "x"}])
def test_options_may_be_plain_values(answer):
    item = {"linkId": "c", "type": "choice", "text": "C", "answerOption": [answer]}
    filled = FormSession(compile_form(questionnaire(item)), now=NOW)
    (option,) = filled.state("c").options
    filled.set("c", option.key)
    assert filled.response()["item"][0]["answer"] == [answer]


def test_a_coding_of_a_remote_value_set_is_kept_as_given():
    item = {"linkId": "c", "type": "choice", "text": "C", "answerValueSet": "urn:remote"}
    filled = FormSession(compile_form(questionnaire(item)), now=NOW)
    filled.set("c", coding("z"))
    assert filled.response()["item"][0]["answer"] == [{"valueCoding": coding("z")}]


SAME = [{"valueCoding": {"system": system, "code": "1", "display": system}} for system in ("urn:a", "urn:b")]
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def test_one_code_of_two_systems_makes_two_answers():
    item = {"linkId": "c", "type": "choice", "text": "C", "answerOption": [*SAME, {"valueCoding": coding("z")}]}
    found = FormSession(compile_form(questionnaire(item)), now=NOW)
    assert [each.key for each in found.state("c").options] == ["urn:a|1", "urn:b|1", "z"]
    found.set("c", "urn:b|1")
    assert found.given("c") == (SAME[1],)
    assert value(found, "c") == "urn:b|1"


def test_a_calculation_chooses_the_answer_of_its_own_system():
    last = {"language": "text/fhirpath", "expression": "%questionnaire.item.first().answerOption.last().value"}
    item = {"linkId": "c", "type": "choice", "text": "C", "answerOption": SAME, "extension": [{"url": CALCULATED, "valueExpression": last}]}  # fmt: skip
    assert value(FormSession(compile_form(questionnaire(item)), now=NOW), "c") == "urn:b|1"


def test_a_toggle_governs_the_answer_of_its_own_system():
    off = {"url": "expression", "valueExpression": {"language": "text/fhirpath", "expression": "false"}}
    switch = {"url": TOGGLE, "extension": [{"url": "option", **SAME[0]}, off]}
    item = {"linkId": "c", "type": "choice", "text": "C", "answerOption": SAME, "extension": [switch]}
    found = FormSession(compile_form(questionnaire(item)), now=NOW)
    assert [each.key for each in found.state("c").options] == ["urn:b|1"]


def test_one_code_of_two_systems_is_no_fault_of_the_form():
    item = {"linkId": "c", "type": "choice", "text": "C", "answerOption": SAME}
    assert "Two answers have the same code." not in [each.sentence for each in lint(questionnaire(item))]
    twice = {**item, "answerOption": [SAME[0], SAME[0]]}
    assert "Two answers have the same code." in [each.sentence for each in lint(questionnaire(twice))]


COLUMN = {
    "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-choiceColumn",
    "extension": [
        {"url": "path", "valueString": "code"},
        {"url": "label", "valueString": "Code"},
        {"url": "width", "valueQuantity": {"value": 20, "unit": "%"}},
    ],
}


@pytest.mark.parametrize("columns", [[], [COLUMN]])
def test_the_answers_of_a_value_set_are_made_once(columns):
    item = {"linkId": "c", "type": "choice", "text": "C", "answerValueSet": "urn:vs", "extension": columns}
    form = compile_form(questionnaire(item))
    codes = {"resourceType": "ValueSet", "expansion": {"contains": [{"system": "urn:c", "code": "x"}]}}
    found = FormSession(form, now=NOW, expand=lambda _: codes)
    assert found.state("c").options
    assert found.state("c").options[0] is found.state("c").options[0]
