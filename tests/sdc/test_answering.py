from decimal import Decimal

import pytest

from portal.errors import Invalid
from portal.i18n import texts
from portal.sdc import FormSession
from tests.sdc.small import NOW, begin, places, refused, value

EVERY_TYPE = """
items:
- id: g
  text: Groupe
  items:
  - {id: yes_no, type: boolean, text: Boolean}
  - {id: whole, type: integer, min: 1, max: 10, text: Whole}
  - {id: number, type: decimal, decimals: 2, max: 99.5, text: Number}
  - {id: day, type: date, text: Day}
  - {id: year, type: date, precision: year, text: Year}
  - {id: past, type: date, max: today, text: Past}
  - {id: hour, type: time, text: Hour}
  - {id: word, type: string, max_length: 5, text: Word}
  - {id: story, type: text, text: Story}
  - {id: one, text: One, options: &abc [{code: a, fr: Un}, {code: b, fr: Deux}, {code: c, fr: Aucun, exclusive: true}]}
  - {id: many, text: Many, multiple: true, max_answers: 2, options: *abc}
  - {id: open, text: Open, type: open-choice, options: *abc}
  - {id: dose, text: Dose, type: quantity, unit: mg, max: 500}
  - {id: file, text: File, type: attachment, max_size: 1000, file_types: [application/pdf]}
  - {id: fixed, text: Fixed, type: integer, read_only: true}
"""


@pytest.fixture
def session() -> FormSession:
    return begin(EVERY_TYPE)


@pytest.mark.parametrize(
    ("path", "given", "kept"),
    [
        ("yes_no", False, False),
        ("whole", "7", 7),
        ("number", "7.50", Decimal("7.50")),
        ("day", "2026-02-28", "2026-02-28"),
        ("year", "2019", "2019"),
        ("hour", "22:30", "22:30:00"),
        ("word", "  abc ", "abc"),
        ("one", "b", "b"),
        ("many", ["a", "b"], ["a", "b"]),
        ("open", "a", "a"),
        ("open", "autre chose", "autre chose"),
        ("dose", 250, {"value": Decimal(250), "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}),
        ("file", {"contentType": "application/pdf", "size": 9}, {"contentType": "application/pdf", "size": 9}),
    ],
)
def test_an_answer_is_kept_as_its_question_stores_it(session, path, given, kept):
    session.set(path, given)
    assert value(session, path) == kept


@pytest.mark.parametrize(
    ("path", "given", "sentence"),
    [
        ("yes_no", "peut-être", "Choose yes or no."),
        ("whole", 1.5, "Write a whole number, without a comma."),
        ("whole", 11, "The number must be between {low} and {high}{unit}."),
        ("whole", True, "Write a number, for example 7.5."),
        ("number", "1.234", "Use at most {most} digits after the comma."),
        ("number", "NaN", "Write a number, for example 7.5."),
        ("number", 100, "The number must be {high}{unit} or less."),
        ("day", "2026-02-30", "This day does not exist. Write the date like this: DD/MM/YYYY."),
        ("day", "2026-02", "Write the date like this: DD/MM/YYYY."),
        ("past", "2026-12-03", "The date must be in the past."),
        ("hour", "25:00", "Write the time like this: 22:30."),
        ("word", "abcdef", "Use at most {most} characters: there are {count}."),
        ("story", "x" * 2_000_000, "Use at most {most} characters: there are {count}."),
        ("story", "a\x00b", "This text has signs that cannot be kept. Type it again."),
        ("one", "z", "Choose one of the answers shown."),
        ("one", ["a", "b"], "Choose one of the answers shown."),
        ("many", ["a", "z"], "Choose one of the answers shown."),
        ("dose", 501, "The number must be {high}{unit} or less."),
        ("file", {"contentType": "image/png"}, "This kind of file is not accepted."),
        ("file", {"contentType": "application/pdf", "size": 1001}, "This file is too large."),
        ("fixed", 3, "This answer is filled in by the form."),
        ("nowhere", 3, "This question is not in the form any more."),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_a_sentence(session, path, given, sentence):
    assert refused(session, path, given) == sentence


def test_a_refused_answer_leaves_the_former_one(session):
    session.set("whole", 7)
    refused(session, "whole", 70)
    assert value(session, "whole") == 7


def test_a_refused_answer_is_shown_at_its_question_until_a_good_one_comes(session):
    refused(session, "whole", 70)
    assert session.state("whole").error is not None
    assert "whole" in places(session)
    session.set("whole", 7)
    assert session.state("whole").error is None


def test_none_clears_an_answer(session):
    session.set("many", ["a"])
    session.set("many", None)
    assert value(session, "many") == []


def test_today_is_not_after_today(session):
    session.set("past", "2026-12-02")
    assert value(session, "past") == "2026-12-02"


def test_an_exclusive_answer_drives_the_others_out(session):
    session.set("many", ["a", "b"])
    session.set("many", ["a", "b", "c"])
    assert value(session, "many") == ["c"]


def test_another_answer_drives_an_exclusive_one_out(session):
    session.set("many", ["c"])
    session.set("many", ["c", "a"])
    assert value(session, "many") == ["a"]


def test_the_same_answer_again_changes_nothing(session):
    session.set("number", "7.5")
    assert not session.set("number", "7.50")


def test_progress_counts_what_a_person_is_asked(session):
    assert session.progress() == (0, 14)
    session.set("yes_no", False)
    assert session.progress() == (1, 14)


def test_the_form_speaks_the_language_of_the_person():
    form = begin("items:\n- {id: a, type: string, text: {fr: Prénom, en: First name}}").form
    assert [form.items[0].text(locale) for locale in ("fr", "en", "en-GB", "de")] == [
        "Prénom", "First name", "First name", "Prénom"
    ]  # fmt: skip


def test_preferring_not_to_answer_is_an_answer():
    session = begin("items:\n- {id: a, text: A, required: true, options: yes_no, decline: true}")
    session.set("a", "asked-declined")
    assert session.errors() == []
    assert session.form.items[0].options[-1].declined


def test_a_form_whose_items_cannot_be_told_apart_is_refused():
    from portal.sdc import compile_form

    twice = {"linkId": "a", "type": "string", "text": "A"}
    with pytest.raises(Invalid):
        compile_form({"resourceType": "Questionnaire", "item": [twice, twice]})


def test_a_session_needs_no_clock_of_its_own(session):
    assert session.completed(NOW)["authored"] == "2026-12-02T14:02:00+01:00"


def test_computing_again_takes_a_refused_answer_away():
    session = begin("items: [{id: a, type: integer, text: A}, {id: b, type: integer, text: B, formula: '{a}', max: 9}]")
    session.set("a", 2)
    refused(session, "b", 10)
    session.reset("b")
    assert session.errors() == []
    assert session.state("b").value == 2


def test_an_answer_that_was_taken_once_is_taken_whatever_may_be_chosen_now():
    session = begin("items: [{id: a, type: choice, text: A, options: yes_no}]")
    answer = {"valueCoding": {"system": "urn:former", "code": "perhaps", "display": "Perhaps"}}
    session.take("a", [answer])
    assert session.given("a") == (answer,)


@pytest.mark.parametrize(("path", "given", "said"), [("number", 100, "99,5"), ("whole", 11, "entre 1 et 10")])
def test_a_bound_is_written_as_its_reader_writes_numbers(session, path, given, said):
    with pytest.raises(Invalid) as refusal:
        session.set(path, given)
    assert said in texts("fr").say(refusal.value.problems[0].message)
