"""From a form to what stands on screen: each kind of item, its group, and the way back from an answer to the form."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from components.form import (
    Amount,
    ChoiceQuestion,
    ComputeAgain,
    Copies,
    DateQuestion,
    Display,
    FileQuestion,
    Group,
    Heading,
    ListQuestion,
    ManyQuestion,
    MomentQuestion,
    NumberQuestion,
    ScaleQuestion,
    SearchQuestion,
    Several,
    TextQuestion,
    TimeQuestion,
    flat,
)
from pages.arranging import items_of
from pages.questions import Asking, media_of, value_of
from portal.authoring import parse_yaml
from portal.i18n import texts
from portal.sdc import FormSession, compile_form, urls

NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
HL7, SDC = "http://hl7.org/fhir/StructureDefinition", "http://hl7.org/fhir/uv/sdc/StructureDefinition"


def control(code: str) -> dict[str, Any]:
    return {
        "url": f"{HL7}/questionnaire-itemControl",
        "valueCodeableConcept": {
            "coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}]
        },
    }


def options(*codes: str) -> list[dict[str, Any]]:
    return [{"valueCoding": {"system": "s", "code": code, "display": code.upper()}} for code in codes]


def session_of(*items: Mapping[str, Any]) -> FormSession:
    form = {"resourceType": "Questionnaire", "url": "u", "version": "1", "status": "draft", "title": "T", "item": items}
    return FormSession(compile_form(form), now=NOW)


def shown(session: FormSession, **more: Any) -> tuple[Any, ...]:
    return items_of(Asking(t=texts("fr"), session=session, files="/f", **more), session.form.sections[0])


def only(item: Mapping[str, Any], value: Any = None) -> Any:
    session = session_of({"linkId": "a", "text": "A", **item})
    if value is not None:
        session.set("a", value)
    return next(each for each in shown(session) if not isinstance(each, Heading))


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"type": "boolean"}, ChoiceQuestion),
        ({"type": "choice", "answerOption": options("x", "y")}, ChoiceQuestion),
        ({"type": "choice", "answerOption": options(*"abcdefghij")}, ListQuestion),
        ({"type": "choice", "answerOption": options("x"), "extension": [control("drop-down")]}, ListQuestion),
        (
            {"type": "choice", "answerOption": options(*"abcdefghij"), "extension": [control("autocomplete")]},
            SearchQuestion,
        ),
        ({"type": "choice", "answerValueSet": "http://x.example/vs"}, SearchQuestion),
        ({"type": "open-choice", "answerOption": options("x", "y")}, ChoiceQuestion),
        ({"type": "reference"}, SearchQuestion),
        ({"type": "attachment"}, FileQuestion),
        ({"type": "integer"}, NumberQuestion),
        ({"type": "integer", "extension": [control("slider")]}, ScaleQuestion),
        ({"type": "quantity"}, NumberQuestion),
        ({"type": "date"}, DateQuestion),
        ({"type": "dateTime"}, MomentQuestion),
        ({"type": "time"}, TimeQuestion),
        ({"type": "text"}, TextQuestion),
        ({"type": "url"}, TextQuestion),
        ({"type": "string", "repeats": True}, ManyQuestion),
        ({"type": "integer", "repeats": True}, ManyQuestion),
        ({"type": "display"}, Display),
    ],
)
def test_each_kind_of_item_has_its_widget(item: dict[str, Any], kind: type) -> None:
    assert isinstance(only(item), kind)


@pytest.mark.parametrize(
    ("item", "given", "value"),
    [
        ({"type": "boolean"}, ("true",), True),
        ({"type": "integer"}, Decimal(3), 3),
        ({"type": "decimal"}, Decimal("7.50"), Decimal("7.50")),
        ({"type": "time"}, "14:30", "14:30:00"),
        ({"type": "date"}, "2026-03", "2026-03"),
        ({"type": "dateTime"}, "2026-07-01T09:15", "2026-07-01T09:15:00+02:00"),
        ({"type": "string", "repeats": True}, Several(values=("x", "y")), ["x", "y"]),
        ({"type": "integer", "repeats": True}, Several(values=(Decimal(1), Decimal(2))), [1, 2]),
        ({"type": "open-choice", "answerOption": options("x")}, ("des mots à moi",), "des mots à moi"),
        ({"type": "choice", "answerOption": options("x", "y"), "repeats": True}, ("x", "y"), ["x", "y"]),
        ({"type": "string"}, "", None),
        ({"type": "choice", "answerOption": options("x")}, (), None),
    ],
)
def test_what_a_widget_gives_is_taken_by_the_form_and_shown_again(item: Any, given: Any, value: Any) -> None:
    session = session_of({"linkId": "a", "text": "A", **item})
    typed = value_of(session.form.by_link_id["a"], given)
    assert typed == value
    session.set("a", typed)
    again = next(each for each in shown(session) if not isinstance(each, Heading))
    back = Several(values=again.values) if isinstance(again, ManyQuestion) else again.value
    if given not in ((), ""):
        assert back == given


def test_an_amount_keeps_the_unit_that_was_chosen() -> None:
    units = [
        {
            "url": f"{HL7}/questionnaire-unitOption",
            "valueCoding": {"system": "http://unitsofmeasure.org", "code": code, "display": code},
        }
        for code in ("kg", "g")
    ]
    session = session_of({"linkId": "a", "text": "A", "type": "quantity", "extension": units})
    item = session.form.by_link_id["a"]
    session.set("a", value_of(item, Amount(value=Decimal("72.5"), unit="g")))
    asked = shown(session)[-1]
    assert (asked.value, asked.unit_code, [unit.code for unit in asked.units]) == (Decimal("72.5"), "g", ["kg", "g"])
    assert session.given("a")[0]["valueQuantity"]["code"] == "g"


def test_a_code_of_a_value_set_keeps_its_words() -> None:
    session = session_of({"linkId": "a", "text": "A", "type": "choice", "answerValueSet": "http://x.example/vs"})
    coding = {"system": "http://s", "code": "34", "display": "Montpellier"}
    session.set("a", value_of(session.form.by_link_id["a"], ("http://s|34",), {"http://s|34": coding}))
    assert [(each.code, each.text) for each in shown(session)[-1].value] == [("http://s|34", "Montpellier")]


def test_choices_with_the_same_answers_stand_as_a_matrix() -> None:
    rows = [{"linkId": f"r{n}", "text": f"R{n}", "type": "choice", "answerOption": options("x", "y")} for n in range(3)]
    session = session_of({"linkId": "g", "text": "G", "type": "group", "extension": [control("table")], "item": rows})
    (matrix,) = shown(session)
    assert (matrix.layout, matrix.columns, len(matrix.items)) == ("matrix", ("X", "Y"), 3)


def test_a_table_whose_answers_differ_stands_as_questions() -> None:
    rows = [
        {"linkId": "r1", "text": "R", "type": "choice", "answerOption": options("x", "y")},
        {"linkId": "r2", "text": "R", "type": "choice", "answerOption": options("x", "z")},
    ]
    session = session_of({"linkId": "g", "text": "G", "type": "group", "extension": [control("table")], "item": rows})
    assert not any(isinstance(each, Group) for each in shown(session))


def test_a_grid_has_a_line_a_group_and_a_column_a_question() -> None:
    rows = [
        {
            "linkId": f"g{n}",
            "text": f"L{n}",
            "type": "group",
            "item": [{"linkId": f"g{n}{c}", "text": c, "type": "integer"} for c in "ab"],
        }
        for n in range(2)
    ]
    session = session_of({"linkId": "g", "text": "G", "type": "group", "extension": [control("grid")], "item": rows})
    (grid,) = shown(session)
    assert (grid.layout, grid.columns, [line.text for line in grid.items]) == ("grid", ("a", "b"), ["L0", "L1"])


def test_tabs_hold_their_groups() -> None:
    tabs = [
        {
            "linkId": f"t{n}",
            "text": f"T{n}",
            "type": "group",
            "item": [{"linkId": f"q{n}", "text": "Q", "type": "string"}],
        }
        for n in range(2)
    ]
    group = {"linkId": "g", "text": "G", "type": "group", "extension": [control("tab-container")], "item": tabs}
    (box,) = shown(session_of(group))
    assert (box.layout, [part.text for part in box.items]) == ("tabs", ["T0", "T1"])


def repeated(**more: Any) -> dict[str, Any]:
    inside = [{"linkId": "n", "text": "Nom", "type": "string"}]
    return {"linkId": "g", "text": "Ligne", "type": "group", "repeats": True, "item": inside, **more}


def test_copies_can_be_added_up_to_their_number() -> None:
    limit = {"url": f"{HL7}/questionnaire-maxOccurs", "valueInteger": 2}
    session = session_of(repeated(extension=[limit]))
    (box,) = shown(session)
    assert isinstance(box, Copies)
    assert (box.can_add, box.can_remove) == (True, False)
    session.add("g[0]")
    (box,) = shown(session)
    assert ([copy.link_id for copy in box.copies], box.can_add, box.can_remove) == (["g[0]", "g[1]"], False, True)


def test_a_group_table_has_a_column_a_question() -> None:
    (box,) = shown(session_of(repeated(extension=[control("gtable")])))
    assert (box.layout, box.columns) == ("table", ("Nom",))


def test_questions_beneath_a_question_stand_after_it() -> None:
    inner = {"linkId": "b", "text": "B", "type": "string"}
    session = session_of(
        {"linkId": "a", "text": "A", "type": "boolean", "item": [inner]}, {"linkId": "c", "text": "C", "type": "string"}
    )
    session.set("a", True)
    assert [each.link_id for each in shown(session)] == ["a", "b", "c"]


def test_a_computed_answer_that_was_changed_can_be_computed_again() -> None:
    rule = {
        "url": f"{SDC}/sdc-questionnaire-calculatedExpression",
        "valueExpression": {
            "language": "text/fhirpath",
            "expression": "%resource.item.where(linkId='a').answer.value + 1",
        },
    }
    session = session_of(
        {"linkId": "a", "text": "A", "type": "integer"},
        {"linkId": "b", "text": "B", "type": "integer", "extension": [rule]},
    )
    session.set("a", 1)
    assert not any(isinstance(each, ComputeAgain) for each in shown(session))
    session.set("b", 9)
    assert [each.path for each in shown(session) if isinstance(each, ComputeAgain)] == ["b"]
    session.reset("b")
    assert [each.value for each in shown(session) if isinstance(each, NumberQuestion)] == [1, 2]


def test_a_warning_stands_at_its_question_and_blocks_nothing() -> None:
    rule = {
        "url": urls.TARGET_CONSTRAINT,
        "extension": [
            {"url": "key", "valueId": "w"},
            {"url": "severity", "valueCode": "warning"},
            {"url": "human", "valueString": "Vérifiez."},
            {"url": "expression", "valueExpression": {"language": "text/fhirpath", "expression": "answer.value < 10"}},
        ],
    }
    session = session_of({"linkId": "a", "text": "A", "type": "integer", "extension": [rule]})
    session.set("a", 50)
    warnings = {each.place: texts("fr").say(each.message) for each in session.warnings(session.form.sections[0])}
    assert shown(session, warnings=warnings)[-1].warning == "Vérifiez."
    assert session.errors() == []


GATED = """
code: GATE
version: "1.0.0"
title: {fr: Test, en: Test}
category: neuropsy
licence: own
items:
  - id: stroop
    text: {fr: Stroop, en: Stroop}
    gate: true
    required: true
    items:
      - {id: words, text: {fr: Mots lus, en: Words read}, type: integer}
"""


def test_a_test_that_was_not_done_asks_why_and_nothing_else() -> None:
    session = FormSession(compile_form(parse_yaml(GATED)), now=NOW)
    done = next(each for each in shown(session) if isinstance(each, ChoiceQuestion))
    yes, no = (option.code for option in done.options)

    def asked() -> list[str]:
        return [each.link_id for each in shown(session) if not isinstance(each, Heading)]

    session.set(done.link_id, value_of(session.form.by_link_id[done.link_id], (yes,)))
    assert asked() == [done.link_id, "words"]
    session.set(done.link_id, value_of(session.form.by_link_id[done.link_id], (no,)))
    reason = next(each for each in shown(session) if each.link_id.endswith("not_done_reason"))
    assert "words" not in asked()
    assert reason.required
    assert [each.place for each in session.errors()] == [reason.link_id]


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        ({"contentType": "image/png", "data": "AAAA"}, "image"),
        ({"contentType": "audio/mpeg", "data": "AAAA"}, "audio"),
        ({"contentType": "video/mp4", "url": "/static/x.mp4"}, "video"),
        ({"contentType": "image/png", "url": "https://elsewhere.example/x.png"}, "link"),
        ({"contentType": "application/pdf", "url": "/x.pdf"}, "link"),
    ],
)
def test_pictures_of_elsewhere_are_only_links(attachment: dict[str, str], kind: str) -> None:
    assert [each.kind for each in media_of(attachment)] == [kind]


def test_every_item_has_a_link_id_of_its_own() -> None:
    session = session_of(repeated(), {"linkId": "z", "text": "Z", "type": "string"})
    session.add("g[0]")
    ids = [each.link_id for each in flat(shown(session))]
    assert len(ids) == len(set(ids))
