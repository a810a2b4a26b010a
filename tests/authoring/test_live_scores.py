"""Scores that are shown while a form is filled in."""

from textwrap import dedent

import pytest

from portal.authoring import AuthoringError, Catalogue, decompile, parse_yaml
from portal.sdc import FormSession, compile_form
from tests.content.conftest import FOLDER
from tests.sdc.small import HEAD, NOW

LIVE = """
answers: {how: [{code: "0", score: 0, fr: Non}, {code: "1", score: 1, fr: Oui}]}
items:
- {id: a, text: A, options: how, items: [{id: q1, text: Q1}, {id: q2, text: Q2}]}
- {id: b, text: B, options: how, items: [{id: q3, text: Q3}]}
scores:
- {id: whole, title: W, sum: [q1..q3], live: true}
- {id: part, title: P, sum: [q1, q2], live: true, when: {item: q1, is: "1"}}
- {id: far, title: F, formula: "{q1} + 1", live: b}
- {id: quiet, title: Q, sum: [q3]}
"""


def filled(body: str, **answers) -> FormSession:
    form = compile_form(parse_yaml(HEAD + dedent(body)))
    assert form.faults == ()
    session = FormSession(form, now=NOW)
    for link_id, answer in answers.items():
        session.set(link_id, answer)
    return session


def test_a_live_score_stands_on_screen_beneath_the_questions_that_it_counts():
    session = filled(LIVE, q1="1", q2="1", q3="0")
    first, second = session.sections()
    assert [section.group.link_id for section in session.form.sections] == ["a", "b"]
    assert session.visible(first) == ["q1", "q2", "part"]
    assert session.visible(second) == ["q3", "whole", "far"]
    assert {each.definition.link_id: each.value for each in session.scores()} == {
        "whole": 2, "part": 2, "far": 2, "quiet": 0
    }  # fmt: skip
    assert [each.link_id for each in session.form.scores if each.main] == ["whole"]


def test_a_score_may_have_a_condition_as_a_question_has():
    session = filled(LIVE, q1="0", q2="1", q3="0")
    assert "part" not in session.visible(session.sections()[0])


RUNNING = """
answers: {how: [{code: "0", score: 0, fr: Non}, {code: "1", score: 1, fr: Oui}]}
items:
- id: a
  text: A
  options: how
  items: [{id: q1, text: Q1}, {id: q2, text: Q2}, {id: shown, type: integer, text: S, read_only: true, formula: "{sum}"}]
scores:
- {id: sum, title: Sum, sum: [q1, q2], missing: ignore}
"""


def test_a_sum_does_not_wait_for_the_running_total_that_stands_beside_its_questions():
    session = filled(RUNNING, q1="1", q2="1")
    assert session.state("shown").value == 2
    assert not session.form.plan.circle


def test_a_live_score_comes_back_from_fhir_with_its_key():
    form = parse_yaml(HEAD + dedent(LIVE))
    text = decompile(form)
    assert parse_yaml(text) == form
    assert "fhir:" not in text
    assert text.count("live: true") == 2
    assert "live: b" in text


def test_a_live_score_needs_a_group_that_stands_once():
    with pytest.raises(AuthoringError, match="no group that stands once"):
        parse_yaml(HEAD + dedent(LIVE.replace("live: b", "live: z")))
    with pytest.raises(AuthoringError, match="no group that stands once"):
        parse_yaml(HEAD + dedent(LIVE.replace("{id: b, text: B,", "{id: b, text: B, repeats: true,")))


def test_a_live_score_without_a_group_stands_at_the_end():
    session = filled(
        "items: [{id: n, type: integer, text: N}]\nscores: [{id: s, title: S, formula: '{n} * 2', live: true}]", n=4
    )
    assert session.visible(session.sections()[0]) == ["n", "s"]
    assert session.state("s").value == 8


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(FOLDER)


def test_a_form_of_the_catalogue_shows_its_scores_as_it_is_filled(catalogue: Catalogue):
    form = catalogue.by_code("FAST")
    assert form is not None
    session = FormSession(form, now=NOW)
    for number in range(1, 5):
        session.set(f"q{number}", "3")
    autonomy, *_, leisure = session.sections()
    assert session.visible(autonomy)[-1] == "autonomy"
    assert session.state("autonomy").value == 12
    assert session.visible(leisure)[-2:] == ["leisure", "total"]


def test_results_show_their_band_once_the_test_was_done(catalogue: Catalogue):
    form = catalogue.by_code("MADRS")
    assert form is not None
    session = FormSession(form, now=NOW)
    assert "total" not in session.visible(session.sections()[0])
    session.set("done", "yes")
    session.set("total_entered", 35)
    assert session.visible(session.sections()[0])[-1] == "total"


def test_no_form_that_patients_fill_shows_a_score_meanwhile(catalogue: Catalogue):
    for form in catalogue:
        live = [score for score in form.scores if not form.by_link_id[score.link_id].hidden]
        assert not live or form.audience == ("professional",), form.code
