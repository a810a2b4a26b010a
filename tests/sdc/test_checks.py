import pytest

from portal.sdc import FormSession, compile_form
from tests.sdc.small import NOW, begin, places, questionnaire


def sentences(session: FormSession) -> list[tuple[str, str]]:
    return [(each.place, each.message.params.get("text", each.message.msgid)) for each in session.errors()]


def test_a_missing_answer_is_asked_for_at_its_place():
    session = begin("""
        items:
        - id: g
          text: G
          required: true
          items: [{id: a, text: A, options: yes_no}, {id: b, type: integer, text: B}, {id: c, type: date, text: C, required: false}]
    """)
    assert sentences(session) == [("a", "Choose an answer."), ("b", "Answer this question.")]


def test_a_required_question_of_an_optional_group_waits_for_that_group():
    inner = {"linkId": "a", "type": "string", "text": "A", "required": True}
    other = {"linkId": "b", "type": "string", "text": "B"}
    group = {"linkId": "g", "type": "group", "text": "G", "item": [inner, other]}
    session = FormSession(compile_form(questionnaire(group)), now=NOW)
    assert places(session) == []
    session.set("b", "x")
    assert places(session) == ["a"]


def test_a_required_group_wants_one_answer():
    inner = {"linkId": "a", "type": "string", "text": "A"}
    group = {"linkId": "g", "type": "group", "text": "G", "required": True, "item": [inner]}
    session = FormSession(compile_form(questionnaire(group)), now=NOW)
    assert sentences(session) == [("g", "Answer at least one question here.")]


def test_what_nobody_can_fill_in_holds_nobody_up():
    hidden = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}
    item = {"linkId": "a", "type": "string", "text": "A", "required": True, "extension": [hidden]}
    assert places(FormSession(compile_form(questionnaire(item)), now=NOW)) == []


CHECKED = """
items:
- {id: first, type: integer, text: First}
- {id: last, type: integer, text: Last}
checks:
- {id: order, expect: "{first} <= {last}", message: {fr: Dans l'ordre., en: In order.}}
- {id: far, expect: "{last} < 100", message: {fr: C'est loin., en: It is far.}, severity: warning}
"""


@pytest.mark.parametrize(("first", "last", "broken"), [(1, 2, False), (2, 1, True), (None, 1, False)])
def test_a_check_fails_only_when_it_is_false(first, last, broken):
    session = begin(CHECKED)
    session.set("first", first)
    session.set("last", last)
    assert sentences(session) == ([("", "Dans l'ordre.")] if broken else [])


def test_a_warning_blocks_nothing():
    session = begin(CHECKED, locale="en")
    session.set("last", 100)
    assert session.errors() == []
    assert [each.message.params["text"] for each in session.warnings()] == ["It is far."]


def test_a_check_of_an_item_is_made_only_while_it_is_asked():
    session = begin("""
        items:
        - {id: on, type: boolean, text: On}
        - id: n
          type: integer
          text: N
          when: {item: on, is: true}
          checks: [{id: even, expect: "{n} mod 2 = 0", message: Pair.}]
    """)
    session.set("on", True)
    session.set("n", 3)
    assert sentences(session) == [("n", "Pair.")]
    session.set("on", False)
    assert sentences(session) == []


def test_errors_of_one_section_are_those_of_its_questions():
    session = begin("""
        items:
        - {id: g1, text: G1, required: true, items: [{id: a, type: string, text: A}]}
        - {id: g2, text: G2, required: true, items: [{id: b, type: string, text: B}]}
    """)
    assert [[each.place for each in session.errors(section)] for section in session.form.sections] == [["a"], ["b"]]


def test_an_answer_of_a_loaded_response_is_checked_too():
    response = {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {"linkId": "n", "answer": [{"valueInteger": 99}]},
            {"linkId": "c", "answer": [{"valueCoding": {"code": "z"}}]},
        ],
    }
    session = begin("items:\n- {id: n, type: integer, max: 10, text: N}\n- {id: c, text: C, options: yes_no}", response)
    assert places(session) == ["n", "c"]


def test_a_bound_may_be_computed_from_another_answer():
    session = begin("items:\n- {id: a, type: date, max: today, text: A}")
    session.set("a", "2026-12-01")
    assert places(session) == []
