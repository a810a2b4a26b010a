"""The answers of a session as lines to read."""

import pytest

from portal.i18n import texts
from portal.responses import answers_in
from portal.responses.answers import Answer, changes_between
from portal.sdc import Form, FormSession, compile_form
from tests.answered import NOW, SDC, answered, ask, fhirpath, form_of, group, hard_form, usage
from tests.forms import scored_form

FR = texts("fr")


def lines(session: FormSession) -> list[tuple[str, str]]:
    return [(each.item.link_id, each.text(FR)) for each in answers_in(session)]


def test_what_the_form_computed_is_read_with_the_answers() -> None:
    assert lines(answered(hard_form()))[-1] == ("double", "120")


def test_what_could_not_be_computed_takes_no_line() -> None:
    assert "double" not in dict(lines(FormSession(hard_form(), now=NOW)))


def test_an_answer_that_nobody_could_give_is_read_when_the_form_filled_it_in() -> None:
    known = ask("a", "string", "Centre", readOnly=True, initial=[{"valueString": "Montpellier"}])
    assert lines(FormSession(form_of(known), now=NOW)) == [("a", "Montpellier")]


def test_a_score_is_told_beside_the_answers_and_not_among_them() -> None:
    session = FormSession(compile_form(scored_form(sections=1, questions=2)), now=NOW)
    session.set("q1", "a1")
    assert session.scores()[0].value == 1
    assert [name for name, _ in lines(session)] == ["q1", "q2"]


def test_what_the_form_hides_stays_hidden() -> None:
    hidden = [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}]
    secret = ask("a", "string", "Secret", readOnly=True, initial=[{"valueString": "x"}], extension=hidden)
    assert lines(FormSession(form_of(secret, ask("b", "string", "Question")), now=NOW)) == [("b", "")]


@pytest.mark.parametrize(
    ("mode", "values", "read"),
    [
        ("display", "", ["d"]),
        ("display", "x", ["d"]),
        ("display-non-empty", "", []),
        ("display-non-empty", "x", ["d"]),
        ("capture", "x", []),
        ("capture-display", "", ["d"]),
        ("capture-display-non-empty", "", []),
        ("capture-display-non-empty", "x", ["d"]),
    ],
)
def test_a_question_is_read_back_as_its_form_wants(mode: str, values: str, read: list[str]) -> None:
    given = {"initial": [{"valueString": values}]} if values else {}
    session = FormSession(form_of(ask("d", "string", "D", extension=usage(mode), **given)), now=NOW)
    assert [each.item.link_id for each in answers_in(session) if each.read_back] == read


def test_a_text_for_those_who_read_stands_where_the_form_has_it() -> None:
    form = form_of(
        group(
            "g",
            "Partie",
            ask("a", "string", "A"),
            ask("d", "display", "Pour qui lit", extension=usage("display")),
            ask("b", "string", "B"),
        )
    )
    session = FormSession(form, now=NOW)
    assert [each.item.link_id for each in answers_in(session)] == ["a", "d", "b"]
    assert "d" not in session.visible(form.sections[0])


def test_a_text_for_those_who_read_waits_for_its_condition() -> None:
    only = {"enableWhen": [{"question": "a", "operator": "exists", "answerBoolean": True}]}
    form = form_of(ask("a", "string", "A"), ask("d", "display", "Lu", extension=usage("display"), **only))
    session = FormSession(form, now=NOW)
    assert [each.item.link_id for each in answers_in(session)] == ["a"]
    session.set("a", "x")
    assert [each.item.link_id for each in answers_in(session)] == ["a", "d"]


@pytest.mark.parametrize(
    ("expression", "one", "other"), [("1 | 2 | 3", "2", "3"), ("@2026-01-05 | @2026-02-06", "2026-01-05", "2026-02-06")]
)
def test_a_choice_among_what_an_expression_gives_is_read_and_its_correction_found(
    expression: str, one: str, other: str
) -> None:
    given = fhirpath(f"{SDC}/sdc-questionnaire-answerExpression", expression)
    form = form_of(ask("c", "choice", "Combien ?", extension=[given]))
    before, after = answered_with(form, one), answered_with(form, other)
    assert (before[0].text(FR), after[0].text(FR)) == (one, other)
    assert len(changes_between(before, after)) == 1


def answered_with(form: Form, key: str) -> tuple[Answer, ...]:
    session = FormSession(form, now=NOW)
    session.set("c", key)
    return answers_in(session)
