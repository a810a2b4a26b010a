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
    assert sentences(session) == ([("last", "Dans l'ordre.")] if broken else [])


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


CHECK = "http://hl7.org/fhir/StructureDefinition/targetConstraint"


def check(expression: str, severity: str = "error", *locations: str) -> dict:
    parts = [
        {"url": "key", "valueId": "k"},
        {"url": "severity", "valueCode": severity},
        {"url": "human", "valueString": "Broken."},
        {"url": "expression", "valueExpression": {"language": "text/fhirpath", "expression": expression}},
        *({"url": "location", "valueString": each} for each in locations),
    ]
    return {"url": CHECK, "extension": parts}


def group(link_id: str, *items: dict, **more) -> dict:
    return {"linkId": link_id, "type": "group", "text": link_id, "item": list(items), **more}


def number(link_id: str, **more) -> dict:
    return {"linkId": link_id, "type": "integer", "text": link_id, **more}


def by_section(session: FormSession) -> list[list[str]]:
    return [[each.place for each in session.errors(section)] for section in session.form.sections]


TWO = "%resource.item.item.where(linkId = 'a').answer.value < %resource.item.item.where(linkId = 'b').answer.value"


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_a_check_of_the_form_is_said_at_the_last_question_that_it_reads(severity):
    raw = questionnaire(group("g", number("a")), group("h", number("b")), extension=[check(TWO, severity)])
    session = FormSession(compile_form(raw), now=NOW)
    session.set("a", 3)
    session.set("b", 2)
    said = session.errors if severity == "error" else session.warnings
    assert [each.place for each in said()] == ["b"]
    assert [[each.place for each in said(section)] for section in session.form.sections] == [[], ["b"]]


def test_a_check_of_the_form_is_said_at_a_question_that_is_asked():
    hidden = {"question": "a", "operator": ">", "answerInteger": 100}
    raw = questionnaire(
        group("g", number("a")),
        group("h", number("b", enableWhen=[hidden])),
        extension=[check("%resource.item.item.where(linkId = 'a' or linkId = 'b').answer.value.sum() < 2")],
    )
    session = FormSession(compile_form(raw), now=NOW)
    session.set("a", 3)
    assert by_section(session) == [["a"], []]


def test_a_check_of_a_computed_total_is_said_where_it_is_answered():
    total = {
        "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
        "valueExpression": {"language": "text/fhirpath", "expression": "%resource.item.item.where(linkId = 'a' or linkId = 'b').answer.value.sum()"},
    }  # fmt: skip
    raw = questionnaire(
        group("g", number("a"), number("b")),
        number("t", readOnly=True, extension=[total]),
        extension=[check("%resource.item.where(linkId = 't').answer.value < 2")],
    )
    session = FormSession(compile_form(raw), now=NOW)
    session.set("a", 3)
    assert [each.place for each in session.errors()] == ["b"]


def test_a_check_that_names_no_question_belongs_to_the_whole_form():
    session = FormSession(compile_form(questionnaire(number("a"), extension=[check("false")])), now=NOW)
    assert [each.place for each in session.errors()] == [""]


def test_a_check_of_a_section_of_its_own_group_is_said_there():
    raw = questionnaire(group("g", number("a"), extension=[check("false")]), group("h", number("b")))
    session = FormSession(compile_form(raw), now=NOW)
    assert by_section(session) == [["g"], []]
    assert [each.place for each in session.errors()] == ["g"]


def test_a_check_with_a_place_is_said_in_the_section_of_that_place():
    far = check("false", "error", "%resource.item.item.where(linkId = 'b')")
    raw = questionnaire(group("g", number("a", extension=[far])), group("h", number("b")))
    session = FormSession(compile_form(raw), now=NOW)
    assert by_section(session) == [[], ["b"]]


def test_a_required_group_is_asked_for_in_its_section():
    session = FormSession(compile_form(questionnaire(group("g", number("a"), required=True), group("h", number("b")))), now=NOW)  # fmt: skip
    assert by_section(session) == [["g"], []]


def test_a_group_over_several_screens_is_asked_for_on_its_last():
    long = group("g", *(number(f"q{n}") for n in range(30)), required=True)
    assert by_section(FormSession(compile_form(questionnaire(long)), now=NOW)) == [[], ["g"]]


def test_a_required_group_is_due_even_if_what_it_requires_is_filled_by_the_form():
    filled = number("a", required=True, readOnly=True)
    session = FormSession(compile_form(questionnaire(group("g", filled, number("b"), required=True))), now=NOW)
    assert places(session) == ["g"]


OCCURS = "http://hl7.org/fhir/StructureDefinition/questionnaire-{}Occurs"


def copies(*given: int | None, **more) -> list[str]:
    limits = [{"url": OCCURS.format("min"), "valueInteger": 2}, {"url": OCCURS.format("max"), "valueInteger": 3}]
    repeated = group("g", number("a"), repeats=True, extension=limits, **more)
    items = [{"linkId": "g", "item": [{"linkId": "a", "answer": [{"valueInteger": n}]}] if n else []} for n in given]
    response = {"resourceType": "QuestionnaireResponse", "item": items}
    return places(FormSession(compile_form(questionnaire(repeated)), response, now=NOW))


@pytest.mark.parametrize(
    ("given", "required", "wrong"),
    [
        ([1], True, ["g[0]"]),
        ([1, 2], True, []),
        ([1, 2, None], True, []),
        ([1, 2, 3, 4], False, ["g[3]"]),
        ([None], False, []),
        ([None, None], True, ["g[0]"]),
        ([1], False, ["g[0]"]),
    ],
)
def test_a_repeated_group_has_as_many_copies_as_the_form_says(given, required, wrong):
    assert copies(*given, required=required) == wrong
