from decimal import Decimal

import pytest

from tests.sdc.small import begin, value

FIVE = """
answers:
  scale: [{code: a, score: 0, fr: A}, {code: b, score: 1, fr: B}, {code: c, score: 2, fr: C}, {code: d, score: 3, fr: D}]
items:
- id: g
  text: G
  options: scale
  required: true
  items: [{id: q1, text: "1"}, {id: q2, text: "2"}, {id: q3, text: "3"}, {id: q4, text: "4"}, {id: q5, text: "5"}]
scores:
- id: total
  title: Total
"""


def filled(score: str, answers: str):
    """The form of five questions with one score, and the answers a to d in order, a point for none."""
    session = begin(FIVE + "".join(f"  {line}\n" for line in score.split("; ")))
    for number, answer in enumerate(answers, start=1):
        if answer != ".":
            session.set(f"q{number}", answer)
    (result,) = session.scores()
    return result


@pytest.mark.parametrize(
    ("score", "answers", "expected"),
    [
        ("sum: [q1..q5]", "abcdd", 9),
        ("sum: [q1..q5]", "abcd.", None),
        ("sum: [q1..q5]", ".....", None),
        ("sum: [q1..q5]; missing: ignore", "abcd.", 6),
        ("sum: [q1..q5]; missing: ignore", ".....", None),
        ("sum: [q1..q5]; missing: {at_least: 4}", "bbbb.", 4),
        ("sum: [q1..q5]; missing: {at_least: 4}", "bbb..", None),
        ("sum: [q1..q5]; missing: {prorate: 4}", "bbbb.", 5),
        ("sum: [q1..q5]; missing: {prorate: 4}", "bbb..", None),
        ("sum: [q1, q2]; reverse: [q1]", "ab...", 4),
        ("sum: [q1, q2]; reverse: [q1, q2]", "ad...", 3),
        ("mean: [q1..q5]", "bbbbc", Decimal("1.2")),
        ("mean: [q1..q5]; missing: ignore", "dc...", Decimal("2.5")),
        ("max: [q1..q3]", "adb..", 3),
        ("count: [q1..q5]; at_least: 2", "abcdd", 3),
        ("sum: [q1..q5]; times: 4", "bbbbb", 20),
        ("formula: '{q1} + {q2} * 10'", "bc...", 21),
        ("formula: '{q1} + {q2} * 10'", "b....", None),
    ],
)
def test_a_score_follows_its_rule(score, answers, expected):
    assert filled(score, answers).value == expected


def test_a_score_says_how_many_answers_are_missing():
    result = filled("sum: [q1..q5]; missing: ignore", "ab...")
    assert (result.missing, result.complete) == (3, False)
    assert filled("sum: [q1..q5]", "abcda").complete


def test_a_score_that_loses_an_answer_is_gone_rather_than_stale():
    session = begin(FIVE + "  sum: [q1, q2]\n")
    session.set("q1", "b")
    assert session.set("q2", "c").scores == {"total"}
    assert value(session, "total") == 3
    assert session.set("q1", None).scores == {"total"}
    assert value(session, "total") is None


BANDS = """sum: [q1..q5]
  range: [0, 15]
  bands:
  - {from: 0, to: 4, level: 0, label: {fr: bas, en: low}, meaning: {fr: Rien., en: Nothing.}}
  - {from: 5, to: 9, level: 2, label: {fr: moyen, en: middle}}
  - {from: 10, to: 15, level: 4, label: {fr: haut, en: high}}
"""


@pytest.mark.parametrize(
    ("answers", "band"), [("ddbaa", "middle"), ("dbaaa", "low"), ("dddba", "high"), ("ddddd", "high")]
)
def test_a_band_holds_both_its_ends(answers, band):
    result = filled(BANDS, answers)
    assert result.band.label("en") == band


def test_a_band_means_something_in_the_language_of_the_person():
    band = filled(BANDS, "aaaaa").band
    assert (band.level, band.label("fr"), band.interpretation("fr")) == (0, "bas", "Rien.")


def test_an_alert_is_raised_once_when_its_condition_begins_to_hold():
    session = begin(
        FIVE
        + "  sum: [q1, q2]\nalerts:\n- {id: high, when: {item: total, at_least: 3}, severity: stat, message: Haut}\n"
    )
    assert session.set("q1", "d").alerts == ()
    assert [rule.id for rule in session.set("q2", "b").alerts] == ["high"]
    assert session.set("q2", "c").alerts == ()
    assert [rule.id for rule in session.alerts()] == ["high"]
    session.set("q2", None)
    assert session.alerts() == []


def test_sub_scores_of_several_groups_are_added_up():
    session = begin("""
        answers: {s: [{code: a, score: 1, fr: A}, {code: b, score: 2, fr: B}]}
        items:
        - {id: g1, text: G1, options: s, items: [{id: q1, text: "1"}, {id: q2, text: "2"}]}
        - {id: g2, text: G2, items: [{id: q3, text: "3", options: s}, {id: n, type: integer, text: N}]}
        scores:
        - {id: part, title: P, sum: [q1, q3]}
        - {id: all, title: A, sum: [q1..q3, n]}
        - {id: of_scores, title: S, formula: "{part} + {all}"}
    """)
    for path, answer in (("q1", "a"), ("q2", "b"), ("q3", "b"), ("n", 10)):
        session.set(path, answer)
    assert [result.value for result in session.scores()] == [3, 15, 18]


def test_a_score_leaves_out_what_is_no_longer_asked():
    session = begin("""
        answers: {s: [{code: a, score: 1, fr: A}, {code: b, score: 2, fr: B}]}
        items:
        - {id: g, text: G, options: s, items: [{id: q1, text: "1"}, {id: q2, text: "2", when: {item: q1, is: b}}]}
        scores: [{id: total, title: T, sum: [q1, q2], missing: ignore}]
    """)
    session.set("q1", "b")
    session.set("q2", "b")
    assert value(session, "total") == 4
    session.set("q1", "a")
    assert value(session, "total") == 1
