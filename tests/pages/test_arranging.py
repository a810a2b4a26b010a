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
from pages.arranging import expected, items_of
from pages.offering import media_of
from pages.questions import Asking, value_of
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


def session_of(*items: Mapping[str, Any], kept: list[Any] | None = None) -> FormSession:
    form = {"resourceType": "Questionnaire", "url": "u", "version": "1", "status": "draft", "title": "T", "item": items}
    response = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": kept} if kept else None
    return FormSession(compile_form(form), response, now=NOW)


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


def sdc(name: str, **value: Any) -> dict[str, Any]:
    return {"url": f"{SDC}/sdc-questionnaire-{name}", **value}


def expression(name: str, text: str) -> dict[str, Any]:
    return sdc(name, valueExpression={"language": "text/fhirpath", "expression": text})


def test_a_text_follows_the_answers_wherever_it_stands() -> None:
    said = {
        "_text": {
            "extension": [
                {
                    "url": f"{HL7}/cqf-expression",
                    "valueExpression": {
                        "language": "text/fhirpath",
                        "expression": "'Bonjour ' + %resource.item.where(linkId='n').answer.value",
                    },
                }
            ]
        }
    }
    session = session_of(
        {"linkId": "n", "type": "string", "text": "Nom"},
        {"linkId": "d", "type": "display", "text": "Bonjour", **said},
        {
            "linkId": "g",
            "type": "group",
            "text": "Bonjour",
            **said,
            "item": [{"linkId": "q", "type": "string", "text": "Q"}],
        },
    )
    session.set("n", "Ana")
    found = [
        each.text
        for section in session.form.sections
        for each in items_of(Asking(t=texts("fr"), session=session), section)
        if isinstance(each, (Display, Heading))
    ]
    assert found == ["Bonjour Ana"]
    assert session.state("g").text == "Bonjour Ana"


def test_a_group_with_more_to_say_stands_behind_its_title() -> None:
    group = {
        "linkId": "g",
        "type": "group",
        "text": "Plus",
        "extension": [sdc("collapsible", valueCode="default-closed")],
        "item": [{"linkId": "q", "type": "string", "text": "Q"}],
    }
    (box,) = shown(session_of({"linkId": "top", "type": "group", "item": [group]}))
    assert (box.layout, box.open, [each.link_id for each in box.items]) == ("folding", False, ["q"])


def test_what_helps_with_a_group_stands_under_its_title() -> None:
    helps = {"linkId": "h", "type": "display", "text": "Pensez aux 7 derniers jours.", "extension": [control("help")]}
    source = {"linkId": "l", "type": "display", "text": "D’après X.", "extension": [control("legal")]}
    inner = {
        "linkId": "g",
        "type": "group",
        "text": "G",
        "item": [helps, source, {"linkId": "q", "type": "string", "text": "Q"}],
    }
    heading, _question = shown(session_of({"linkId": "top", "type": "group", "item": [inner]}))
    assert (heading.text, heading.hint, heading.legal) == ("G", "Pensez aux 7 derniers jours.", "D’après X.")


@pytest.mark.parametrize("kind", ["prompt", "flyover"])
def test_a_text_beneath_a_question_helps_to_answer_it(kind: str) -> None:
    beneath = {"linkId": "p", "type": "display", "text": "Assis, au repos.", "extension": [control(kind)]}
    session = session_of({"linkId": "q", "type": "integer", "text": "Pouls", "item": [beneath]})
    session.set("q", 60)
    (question,) = shown(session)
    assert question.hint == "Assis, au repos."


def test_a_table_may_hold_a_text_between_its_lines() -> None:
    lines = [
        {"linkId": f"q{n}", "type": "choice", "text": f"Q{n}", "answerOption": options("x", "y")} for n in range(2)
    ]
    between = {"linkId": "d", "type": "display", "text": "Et ensuite"}
    (matrix,) = shown(
        session_of(
            {"linkId": "g", "type": "group", "extension": [control("table")], "item": [lines[0], between, lines[1]]}
        )
    )
    assert (matrix.layout, len(matrix.items)) == ("matrix", 3)


def test_an_answer_that_went_away_stays_and_says_so() -> None:
    toggle = {
        "url": f"{SDC}/sdc-questionnaire-answerOptionsToggleExpression",
        "extension": [
            {"url": "option", "valueCoding": {"system": "s", "code": "y"}},
            {
                "url": "expression",
                "valueExpression": {
                    "language": "text/fhirpath",
                    "expression": "%resource.item.where(linkId='on').answer.value = true",
                },
            },
        ],
    }
    session = session_of(
        {"linkId": "on", "type": "boolean", "text": "On"},
        {"linkId": "a", "type": "choice", "text": "A", "answerOption": options("x", "y"), "extension": [toggle]},
    )
    session.set("on", True)
    session.set("a", "y")
    session.set("on", False)
    question = shown(session)[1]
    assert [option.text for option in question.options] == ["X", "Y (n’est plus possible)"]
    assert question.value == ("y",)


def test_a_reference_is_chosen_among_what_the_form_proposes() -> None:
    listed = [{"valueReference": {"reference": f"Condition/{n}", "display": f"Trouble {n}"}} for n in (1, 2)]
    question = only({"type": "reference", "answerOption": listed})
    assert isinstance(question, ChoiceQuestion)
    assert [option.text for option in question.options] == ["Trouble 1", "Trouble 2"]


def test_several_amounts_are_all_kept() -> None:
    units = [
        {
            "url": f"{HL7}/questionnaire-unitOption",
            "valueCoding": {"system": "http://unitsofmeasure.org", "code": code, "display": code},
        }
        for code in ("mg", "g")
    ]
    session = session_of({"linkId": "a", "type": "quantity", "text": "A", "repeats": True, "extension": units})
    item = session.form.by_link_id["a"]
    given = Several(values=(Amount(value=Decimal(1), unit="mg"), Amount(value=Decimal(2), unit="g")))
    session.set("a", value_of(item, given))
    (question,) = shown(session)
    assert isinstance(question, ManyQuestion)
    assert question.values == given.values


def test_an_amount_with_one_unit_shows_it_and_stores_it() -> None:
    unit = {
        "url": f"{HL7}/questionnaire-unitOption",
        "valueCoding": {"system": "http://unitsofmeasure.org", "code": "kg", "display": "kg"},
    }
    session = session_of({"linkId": "a", "type": "quantity", "text": "A", "extension": [unit]})
    (question,) = shown(session)
    session.set("a", value_of(session.form.by_link_id["a"], Amount(value=Decimal(70), unit=question.unit_code)))
    assert question.unit == "kg"
    assert session.given("a")[0]["valueQuantity"]["code"] == "kg"


def test_a_slider_may_be_bounded_by_amounts() -> None:
    bounds = [
        sdc(f"{end}Quantity", valueQuantity={"value": value, "unit": "mm"}) for end, value in (("min", 0), ("max", 50))
    ]
    question = only({"type": "quantity", "extension": [control("slider"), *bounds]})
    assert (question.low, question.high) == (Decimal(0), Decimal(50))


def test_units_are_written_in_the_language_of_the_person() -> None:
    display = {
        "extension": [
            {
                "url": f"{HL7}/translation",
                "extension": [{"url": "lang", "valueCode": "fr"}, {"url": "content", "valueString": "ans"}],
            }
        ]
    }
    units = [
        {"url": f"{HL7}/questionnaire-unitOption", "valueCoding": {"code": code, "display": word, "_display": more}}
        for code, word, more in (("a", "years", display), ("mo", "months", {}))
    ]
    assert [unit.text for unit in only({"type": "quantity", "extension": units}).units] == ["ans", "months"]


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ({"type": "string", "extension": [control("text-box")]}, "lines", 4),
        ({"type": "string", "extension": [sdc("keyboard", valueCoding={"code": "phone"})]}, "keyboard", "tel"),
        ({"type": "integer", "extension": [control("spinner")]}, "step", Decimal(1)),
        ({"type": "choice", "answerOption": options("x", "y"), "extension": [sdc("columnCount", valuePositiveInt=2)]}, "across", 2),
        ({"type": "string", "extension": [{"url": f"{HL7}/entryFormat", "valueString": "AB-123"}]}, "hint", "AB-123"),
    ],
)  # fmt: skip
def test_the_look_that_a_form_asks_for_is_given(item: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(only(item), field) == value


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"type": "boolean", "extension": [control("drop-down")]}, ListQuestion),
        ({"type": "choice", "answerOption": options(*"abcdefghij"), "extension": [control("list")]}, ChoiceQuestion),
        ({"type": "choice", "answerOption": options(*"abcdefghij"), "extension": [control("lookup")]}, SearchQuestion),
    ],
)
def test_a_choice_stands_as_the_form_asks(item: dict[str, Any], kind: type) -> None:
    assert isinstance(only(item), kind)


def test_a_bold_text_is_bold() -> None:
    rich = {"_text": {"extension": [{"url": f"{HL7}/rendering-markdown", "valueMarkdown": "**A** ou B"}]}}
    assert only({"type": "string", **rich}).rich == "<strong>A</strong> ou B"


def test_each_answer_heads_what_is_asked_beneath_it() -> None:
    dose = {"linkId": "dose", "type": "string", "text": "Dose"}
    session = session_of({"linkId": "drug", "type": "string", "text": "Médicament", "repeats": True, "item": [dose]})
    session.set("drug", ["Lithium", "Quétiapine"])
    found = [(type(each).__name__, each.text) for each in shown(session)[1:]]
    assert found == [
        ("Heading", "Lithium"),
        ("TextQuestion", "Dose"),
        ("Heading", "Quétiapine"),
        ("TextQuestion", "Dose"),
    ]


def test_of_many_copies_one_is_open_at_a_time() -> None:
    inside = [{"linkId": f"q{n}", "type": "string", "text": f"Q{n}"} for n in range(12)]
    session = session_of({"linkId": "g", "type": "group", "text": "Épisode", "repeats": True, "item": inside})
    session.set("g[0]/q0", "printemps 2019")
    session.add("g[0]")
    (box,) = shown(session)
    assert [(copy.closed, len(copy.items)) for copy in box.copies] == [("printemps 2019", 0), ("", 12)]
    (box,) = shown(session, open_copies=frozenset({"g[0]"}))
    assert [(copy.closed, len(copy.items)) for copy in box.copies] == [("", 12), ("Sans réponse", 0)]


def test_what_is_not_asked_may_stay_on_screen_untouchable() -> None:
    hidden = {
        "url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.item.disabledDisplay",
        "valueCode": "protected",
    }
    session = session_of(
        {"linkId": "on", "type": "boolean", "text": "On"},
        {
            "linkId": "a",
            "type": "string",
            "text": "A",
            "extension": [hidden],
            "enableWhen": [{"question": "on", "operator": "=", "answerBoolean": True}],
        },
    )
    assert shown(session)[1].locked
    session.set("on", True)
    assert not shown(session)[1].locked


def test_a_header_and_a_footer_stand_on_every_screen() -> None:
    bars = [
        {
            "linkId": name,
            "type": "group",
            "extension": [control(name)],
            "item": [{"linkId": f"{name}-d", "type": "display", "text": name}],
        }
        for name in ("header", "footer")
    ]
    parts = [
        {
            "linkId": f"p{n}",
            "type": "group",
            "text": f"P{n}",
            "item": [{"linkId": f"q{n}", "type": "string", "text": "Q"}],
        }
        for n in (1, 2)
    ]
    session = session_of(bars[0], *parts, bars[1])
    assert [section.id for section in session.form.sections] == ["p1", "p2"]
    for section in session.form.sections:
        found = [each.text for each in items_of(Asking(t=texts("fr"), session=session), section)]
        assert found == ["header", "Q", "footer"]


def test_a_page_within_a_group_has_its_own_screen() -> None:
    pages = [
        {
            "linkId": f"p{n}",
            "type": "group",
            "text": f"P{n}",
            "extension": [control("page")],
            "item": [{"linkId": f"q{n}", "type": "string", "text": "Q"}],
        }
        for n in (1, 2)
    ]
    session = session_of({"linkId": "g", "type": "group", "text": "G", "item": pages})
    assert [section.id for section in session.form.sections] == ["p1", "p2"]


def test_tabs_too_long_for_one_screen_have_a_screen_each() -> None:
    tabs = [
        {
            "linkId": f"t{n}",
            "type": "group",
            "text": f"T{n}",
            "item": [{"linkId": f"q{n}{m}", "type": "string", "text": "Q"} for m in range(12)],
        }
        for n in (1, 2)
    ]
    session = session_of({"linkId": "g", "type": "group", "extension": [control("tab-container")], "item": tabs})
    assert [section.title("fr") for section in session.form.sections] == ["T1", "T2"]


@pytest.mark.parametrize(("required", "word"), [(1, "few"), (3, "most"), (4, "all"), (0, "none")])
def test_it_is_known_how_many_answers_are_expected(required: int, word: str) -> None:
    session = session_of(
        *({"linkId": f"q{n}", "type": "string", "text": "Q", "required": n < required} for n in range(4))
    )
    assert expected(session, session.form.sections[0]) == word


@pytest.mark.parametrize("extension", [[], [control("slider")]])
def test_an_amount_that_was_kept_without_a_number_is_drawn_empty_with_its_unit(extension: list[Any]) -> None:
    item = {"linkId": "a", "type": "quantity", "text": "A", "extension": extension}
    kept = {"linkId": "a", "answer": [{"valueQuantity": {"unit": "kg", "code": "kg"}}]}
    drawn = shown(session_of(item, kept=[kept]))[-1]
    assert (drawn.value, getattr(drawn, "unit_code", "kg")) == (None, "kg")


def test_one_of_several_amounts_kept_without_a_number_is_left_out() -> None:
    item = {"linkId": "a", "type": "quantity", "text": "A", "repeats": True}
    amounts = [{"valueQuantity": {"unit": "kg", "code": "kg"}}, {"valueQuantity": {"value": 3, "code": "kg"}}]
    drawn = shown(session_of(item, kept=[{"linkId": "a", "answer": amounts}]))[-1]
    assert drawn.values == (Amount(value=Decimal(3), unit="kg"),)


def test_what_is_beneath_a_question_of_several_answers_stays_when_a_second_is_chosen() -> None:
    warning = {"linkId": "warn", "type": "display", "text": "Ne l’arrêtez pas de vous-même."}
    dose = {"linkId": "dose", "type": "integer", "text": "Dose"}
    item = {"linkId": "a", "type": "choice", "text": "A", "repeats": True, "answerOption": options("x", "y")}
    session = session_of({**item, "item": [warning, dose]})
    session.set("a", ["x", "y"])
    assert [each.text for each in shown(session)][1:] == [
        "Ne l’arrêtez pas de vous-même.", "X", "Dose", "Y", "Dose",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [("valueInteger", [1, 2], ["1", "2"]), ("valueDate", ["2026-01-05", "2026-02-06"], ["2026-01-05", "2026-02-06"])],
)
def test_several_answers_that_are_no_words_head_what_is_beneath_them(
    kind: str, given: list[Any], words: list[str]
) -> None:
    item = {"linkId": "a", "type": "choice", "text": "A", "repeats": True}
    dose = {"linkId": "dose", "type": "integer", "text": "Dose"}
    session = session_of({**item, "answerOption": [{kind: each} for each in given], "item": [dose]})
    session.set("a", [str(each) for each in given])
    assert [each.text for each in shown(session) if isinstance(each, Heading)][-2:] == words
