import pytest

from portal.sdc import FormSession, compile_form
from tests.sdc.small import NOW, begin, places, questionnaire, value

WORK = """
items:
- {id: work, text: Work, options: [{code: yes_i_do, fr: Oui}, {code: no, fr: Non}]}
- id: job
  text: Job
  when: {item: work, is: yes_i_do}
  items:
  - {id: name, type: string, text: Name, required: true}
  - {id: since, type: date, precision: year, text: Since, when: {item: name, answered: true}}
"""


def when(operator: str, answer: dict, source_type: str = "integer", **source) -> FormSession:
    """A question `b` that is asked when `a` satisfies one condition, in plain FHIR."""
    condition = {"question": "a", "operator": operator, **answer}
    form = compile_form(
        questionnaire(
            {"linkId": "a", "type": source_type, "text": "A", **source},
            {"linkId": "b", "type": "string", "text": "B", "enableWhen": [condition]},
        )
    )
    return FormSession(form, now=NOW)


def asked(session: FormSession, path: str = "b") -> bool:
    return session.state(path).enabled


def test_a_condition_shows_and_hides_a_group_with_what_it_holds():
    session = begin(WORK)
    change = session.set("work", "yes_i_do")
    assert change.shown == {"job", "name"}
    assert session.set("work", "no").hidden == {"job", "name"}


def test_an_answer_that_is_hidden_counts_as_unanswered_for_others():
    session = begin(WORK)
    session.set("work", "yes_i_do")
    session.set("name", "Boulanger")
    assert asked(session, "since")
    assert "since" in session.set("work", "no").hidden


def test_a_hidden_answer_comes_back_with_its_condition():
    session = begin(WORK)
    session.set("work", "yes_i_do")
    session.set("name", "Boulanger")
    session.set("work", "no")
    session.set("work", "yes_i_do")
    assert value(session, "name") == "Boulanger"
    assert asked(session, "since")


def test_what_is_not_asked_is_not_required():
    session = begin(WORK)
    session.set("work", "no")
    assert places(session) == []
    session.set("work", "yes_i_do")
    assert places(session) == ["name"]


@pytest.mark.parametrize(
    ("operator", "answer", "unanswered"),
    [
        ("exists", {"answerBoolean": True}, False),
        ("exists", {"answerBoolean": False}, True),
        ("=", {"answerInteger": 5}, False),
        ("!=", {"answerInteger": 5}, True),
        (">", {"answerInteger": 5}, False),
        ("<=", {"answerInteger": 5}, False),
    ],
)
def test_an_unanswered_source_satisfies_only_not_equal_and_not_exists(operator, answer, unanswered):
    assert asked(when(operator, answer)) is unanswered


@pytest.mark.parametrize(
    ("operator", "given", "holds"),
    [
        ("=", [5, 6], True),
        ("!=", [5, 6], False),
        (">", [5, 6], True),
        (">", [4, 5], False),
        (">=", [5], True),
        ("<", [5], False),
        ("<=", [5, 9], True),
    ],
)
def test_of_several_answers_one_is_enough_except_for_not_equal(operator, given, holds):
    session = when(operator, {"answerInteger": 5}, repeats=True)
    session.set("a", given)
    assert asked(session) is holds


def test_zero_and_false_are_answers():
    session = when("exists", {"answerBoolean": True})
    session.set("a", 0)
    assert asked(session)


def test_codings_are_equal_by_system_and_code():
    options = [{"valueCoding": {"system": "urn:s", "code": "x", "display": "X"}}]
    same = when("=", {"answerCoding": {"system": "urn:s", "code": "x"}}, "choice", answerOption=options)
    other = when("=", {"answerCoding": {"system": "urn:other", "code": "x"}}, "choice", answerOption=options)
    same.set("a", "x")
    other.set("a", "x")
    assert (asked(same), asked(other)) == (True, False)


def test_a_string_condition_works_on_string_options():
    session = when("=", {"answerString": "x"}, "choice", answerOption=[{"valueString": "x"}, {"valueString": "y"}])
    session.set("a", "x")
    assert asked(session)


@pytest.mark.parametrize(("given", "holds"), [("2026-03-02", True), ("2026-03", False), ("2027", True)])
def test_dates_compare_at_the_precision_they_share(given, holds):
    session = when(">", {"answerDate": "2026-03-01"}, "date")
    session.set("a", given)
    assert asked(session) is holds


@pytest.mark.parametrize(
    ("amount", "unit", "holds"),
    [(9, "mg", False), (9000, "mg", True), (6, "g", True), (9, "cm", False), (9, "[?]", False)],
)
def test_amounts_compare_by_their_units(amount, unit, holds):
    session = when(">", {"answerQuantity": {"value": 5, "code": "g"}}, "quantity")
    session.set("a", {"value": amount, "code": unit})
    assert asked(session) is holds


def test_an_expression_decides_what_enable_when_cannot_say():
    session = begin("""
        answers: {f: [{code: n, score: 0, fr: Non}, {code: y, score: 1, fr: Oui}]}
        items:
        - id: g
          text: G
          options: f
          items: [{id: q1, text: A}, {id: q2, text: B}, {id: q3, text: C}]
        - {id: more, type: string, text: More, when: {items: [q1..q3], at_least: 1}}
    """)
    assert not asked(session, "more")
    session.set("q3", "y")
    assert asked(session, "more")


def test_at_least_three_of_several():
    session = begin("""
        items:
        - id: g
          text: G
          options: yes_no
          items: [{id: q1, text: A}, {id: q2, text: B}, {id: q3, text: C}, {id: q4, text: D}]
        - id: more
          type: string
          text: More
          when: "%resource.item.where(linkId = 'g').item.answer.where(value.code = 'yes').count() >= 3"
    """)
    for path in ("q1", "q2"):
        session.set(path, "yes")
    assert not asked(session, "more")
    assert session.set("q4", "yes").shown == {"more"}


def test_a_condition_that_cannot_be_computed_leaves_the_question_asked_and_says_so():
    session = begin(
        "items:\n- {id: a, type: integer, text: A}\n- {id: b, type: string, text: B, when: '{a} - today()'}"
    )
    session.set("a", 4)
    assert asked(session)
    assert "b" in session.faults


def test_a_nested_question_is_asked_once_its_parent_is_answered():
    session = begin("""
        items:
        - id: drug
          type: string
          text: Drug
          items: [{id: dose, type: integer, text: Dose}]
    """)
    assert not asked(session, "dose")
    assert session.set("drug", "lithium").shown == {"dose"}
    session.set("dose", 400)
    answer = session.response()["item"][0]["answer"][0]
    assert answer["item"] == [{"linkId": "dose", "answer": [{"valueInteger": 400}]}]


@pytest.mark.parametrize(
    ("operator", "given", "holds"),
    [
        ("=", "2026-03-01T09:00:00Z", True),
        ("=", "2026-03-01T10:00:00.000+01:00", True),
        ("!=", "2026-03-01T09:00:00Z", False),
        (">=", "2026-03-01T09:30:00Z", True),
        ("<", "2026-03-01T10:30:00+02:00", True),
        (">", "2026-03-01", False),
    ],
)
def test_instants_compare_in_every_time_zone(operator, given, holds):
    session = when(operator, {"answerDateTime": "2026-03-01T10:00:00+01:00"}, "dateTime")
    session.set("a", given)
    assert asked(session) is holds


def test_a_condition_does_not_look_at_another_copy_when_the_source_of_its_own_is_not_asked():
    on = {"linkId": "on", "type": "boolean", "text": "On"}
    source = {"linkId": "a", "type": "integer", "text": "A", "enableWhen": [{"question": "on", "operator": "=", "answerBoolean": True}]}  # fmt: skip
    target = {"linkId": "b", "type": "string", "text": "B", "enableWhen": [{"question": "a", "operator": "=", "answerInteger": 1}]}  # fmt: skip
    group = {"linkId": "g", "type": "group", "text": "G", "repeats": True, "item": [on, source, target]}
    session = FormSession(compile_form(questionnaire(group)), now=NOW)
    session.set("g[0]/on", True)
    session.set("g[0]/a", 1)
    session.add("g[0]")
    assert (asked(session, "g[0]/b"), asked(session, "g[1]/b")) == (True, False)


def test_texts_beneath_a_question_are_shown_before_it_is_answered():
    beneath = [
        {"linkId": "note", "type": "display", "text": "Note"},
        {"linkId": "more", "type": "string", "text": "More"},
    ]
    on = {"question": "on", "operator": "=", "answerBoolean": True}
    form = compile_form(
        questionnaire(
            {"linkId": "on", "type": "boolean", "text": "On"},
            {"linkId": "a", "type": "string", "text": "A", "enableWhen": [on], "item": beneath},
        )
    )
    session = FormSession(form, now=NOW)
    assert not asked(session, "note")
    assert session.set("on", True).shown == {"a", "note"}
    assert session.visible(form.sections[0]) == ["on", "a", "note"]
    assert session.set("a", "x").shown == {"more"}


def test_texts_beneath_a_question_with_several_answers_are_shown_once():
    beneath = [
        {"linkId": "note", "type": "display", "text": "Note"},
        {"linkId": "more", "type": "string", "text": "More"},
    ]
    form = compile_form(questionnaire({"linkId": "a", "type": "string", "text": "A", "repeats": True, "item": beneath}))
    session = FormSession(form, now=NOW)
    assert session.visible(form.sections[0]) == ["a", "note"]
    session.set("a", ["x", "y"])
    assert session.visible(form.sections[0]) == ["a", "note", "a[0]/more", "a[1]/more"]


UNDECIDED = {
    "linkId": "a",
    "type": "string",
    "text": "A",
    "required": True,
    "extension": [
        {
            "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
            "valueExpression": {"language": "text/fhirpath", "expression": "%resource.item.linkId.single() = 'x'"},
        }
    ],
}


def test_a_question_whose_condition_cannot_be_computed_is_asked_said_and_holds_nobody_up():
    others = [{"linkId": name, "type": "string", "text": name} for name in "xy"]
    session = FormSession(compile_form(questionnaire(*others, UNDECIDED)), now=NOW)
    session.set("x", "1")
    session.set("y", "1")
    assert asked(session, "a")
    assert places(session) == []
    assert [each.place for each in session.warnings()] == ["a"]
    session.set("y", None)
    assert session.warnings() == []
