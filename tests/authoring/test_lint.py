from textwrap import dedent

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
