from textwrap import dedent

import pytest

from portal.authoring import lint, parse_yaml

HEAD = 'code: T\nversion: "1.0.0"\ntitle: T\ncategory: auto\nlicence: own\n'


def remarks(body: str, **changes) -> list[str]:
    return [str(each) for each in lint({**parse_yaml(HEAD + dedent(body)), **changes})]


SCORED = """
items:
- {id: a, type: integer, min: 0, max: 9, text: A}
scores:
- id: s
  title: S
  sum: [a]
  range: [0, 9]
  bands: [{from: 0, to: 4, level: 0, label: B}, {from: %s, to: %s, level: 1, label: C}]
"""


def test_a_sound_form_has_no_remark():
    assert remarks(SCORED % (5, 9)) == []


def test_bands_that_overlap_or_leave_a_gap_at_the_end_are_named():
    assert remarks(SCORED % (4, 9)) == ["fault: [s] The bands B and C overlap."]
    assert remarks(SCORED % (5, 8)) == ["advice: [s] The highest values of the score have no band."]


def test_an_expression_that_cannot_run_is_a_fault_of_its_item():
    (remark,) = remarks("items:\n- {id: a, type: integer, text: A, formula: '1 +'}")
    assert remark.startswith("fault: [a] calculation:")


def test_rules_that_wait_for_each_other_are_named():
    found = remarks(
        "items:\n- {id: a, type: integer, text: A, formula: '{b}'}\n- {id: b, type: integer, text: B, formula: '{a}'}"
    )
    assert found == [f"fault: [{name}] This rule waits for another that waits for it." for name in ("a", "b")]


def test_impossible_bounds_are_named():
    assert remarks("items:\n- {id: a, type: integer, min: 5, max: 4, text: A}") == [
        "fault: [a] The lowest value is above the highest: nothing can be answered."
    ]


def test_a_form_without_address_is_a_fault():
    found = remarks("items:\n- {id: a, type: string, text: A}", url="")
    assert found == ["fault: A form needs a url and a version, so that answers can say what they answer."]


def test_a_missing_translation_is_advice():
    body = "items:\n- {id: a, type: string, text: Prénom usuel}"
    found = [str(each) for each in lint(parse_yaml(HEAD.replace("title: T", "title: {fr: T, en: T}") + body))]
    assert found == ["advice: [a] “Prénom usuel” has no translation to en."]


def test_a_condition_on_nothing_is_a_fault():
    item = {
        "linkId": "b",
        "type": "string",
        "text": "B",
        "enableWhen": [{"question": "z", "operator": "exists", "answerBoolean": True}],
    }
    found = remarks("items:\n- {id: a, type: string, text: A}", item=[item])
    assert found == ["fault: [b] The condition names “z”, which is not in the form."]


def test_twice_the_same_item_is_one_fault_and_no_crash():
    item = {"linkId": "b", "type": "string", "text": "B"}
    assert remarks("items:\n- {id: a, type: string, text: A}", item=[item, item]) == [
        "fault: [b] A linkId is missing or used twice."
    ]


SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
HL7 = "http://hl7.org/fhir/StructureDefinition"


def told_of(*items: dict, **root) -> list[str]:
    form = {"resourceType": "Questionnaire", "url": "urn:q", "version": "1", "item": list(items), **root}
    return [f"{each.level} {each.link_id} {each.sentence}" for each in lint(form)]


@pytest.mark.parametrize(("item", "sentence"), [
    ({"type": "integer", "extension": [{"url": f"{HL7}/questionnaire-maxOccurs", "valueInteger": 3}]}, "the item does not repeat"),
    ({"type": "integer", "repeats": True, "extension": [{"url": f"{HL7}/questionnaire-minOccurs", "valueInteger": 3}]}, "is not required or does not repeat"),
    ({"type": "choice", "answerOption": [{"valueInteger": 1}], "extension": [{"url": f"{HL7}/minValue", "valueInteger": 0}]}, "has no lowest or highest value"),
    ({"type": "integer", "extension": [{"url": f"{SDC}initialExpression", "valueExpression": {"language": "text/fhirpath", "expression": "1"}}, {"url": f"{SDC}observationLinkPeriod", "valueDuration": {"value": 1, "code": "a"}}]}, "not by both"),
    ({"type": "reference", "extension": [{"url": f"{SDC}choiceColumn", "extension": [{"url": "path", "valueString": "name.("}]}]}, "A column cannot be computed"),
    ({"type": "display", "required": True}, "cannot be required"),
])  # fmt: skip
def test_ways_that_exclude_each_other_and_what_can_never_hold_are_told(item, sentence):
    assert any(sentence in each for each in told_of({"linkId": "a", "text": "A", **item}))


def bounded(*bounds: dict) -> dict:
    names = ("min", "max")
    found = [{"url": f"{SDC}{name}Quantity", "valueQuantity": each} for name, each in zip(names, bounds, strict=True)]
    return {"linkId": "a", "type": "quantity", "text": "A", "extension": found}


def grams(value: float, unit: str = "g") -> dict:
    return {"value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"}


def test_amounts_are_compared_by_their_units():
    wrong = "The lowest value is above the highest: nothing can be answered."
    assert not any("fault" in each for each in told_of(bounded(grams(900), grams(2, "kg"))))
    assert f"fault a {wrong}" in told_of(bounded(grams(3000), grams(2, "kg")))
    assert "fault a The units of the lowest and highest amount do not compare." in told_of(
        bounded(grams(1), grams(2, "cm"))
    )


@pytest.mark.parametrize("item", [
    {"type": "choice", "extension": [{"url": f"{SDC}answerExpression", "valueExpression": {"language": "text/fhirpath", "expression": "1 | 2"}}]},
    {"type": "choice", "_answerValueSet": {"extension": [{"url": f"{HL7}/cqf-expression", "valueExpression": {"language": "text/fhirpath", "expression": "'urn:v'"}}]}},
    {"type": "open-choice"},
])  # fmt: skip
def test_answers_may_be_computed_or_typed(item):
    assert not any(each.startswith("fault") for each in told_of({"linkId": "a", "text": "A", **item}))


def test_a_form_of_others_needs_no_code_of_ours():
    told = told_of({"linkId": "a", "type": "string", "text": "A"})
    assert not any(each.startswith("fault") for each in told)
    assert any("can be in the catalogue" in each for each in told)


def variable(name: str) -> dict:
    return {"url": f"{HL7}/variable", "valueExpression": {"name": name, "language": "text/fhirpath", "expression": "1"}}


def test_a_variable_that_hides_another_is_advice_and_siblings_may_share_a_name():
    one = {"linkId": "a", "type": "string", "text": "A", "extension": [variable("x")]}
    other = {**one, "linkId": "b"}
    group = {"linkId": "g", "type": "group", "text": "G", "item": [one, other]}
    hidden = "The variable %x hides another of that name around it."
    assert not any(hidden in each for each in told_of(group))
    assert f"advice a {hidden}" in told_of({**group, "extension": [variable("x")]})
    assert f"advice b {hidden}" in told_of(group, extension=[variable("x")])


def test_a_pattern_that_cannot_be_read_is_a_fault():
    item = {"linkId": "a", "type": "string", "text": "A", "extension": [{"url": f"{HL7}/regex", "valueString": "(("}]}
    assert any(
        "The pattern is not a regular expression." in each and each.startswith("fault a") for each in told_of(item)
    )


def test_a_page_within_a_group_is_told():
    control = {"url": f"{HL7}/questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": "page"}]}}
    page = {"linkId": "p", "type": "group", "extension": [control], "item": [{"linkId": "a", "type": "string", "text": "A"}]}  # fmt: skip
    assert "fault p A page stands at the top of the form only." in told_of({"linkId": "g", "type": "group", "item": [page]})  # fmt: skip
    assert not any("A page" in each for each in told_of(page))


def test_extensions_without_effect_are_told():
    told = told_of({"linkId": "a", "type": "string", "text": "A", "extension": [{"url": "urn:strange", "valueString": "x"}]})  # fmt: skip
    assert "advice a urn:strange has no effect. It is not known here." in told
