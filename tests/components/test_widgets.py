"""Question widgets: what is typed or ticked becomes an answer, and nothing else does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nicegui import Client

from components.form import (
    ChoiceItem,
    ChoiceQuestion,
    DateField,
    DateQuestion,
    DropDown,
    ListQuestion,
    NumberField,
    NumberQuestion,
    Option,
    ScaleItem,
    ScaleQuestion,
    TextArea,
    TextField,
    TextQuestion,
    Value,
    yes_no,
)
from portal.i18n import Texts, texts

FREQUENCY = (Option(code="0", text="Jamais"), Option(code="1", text="Souvent"))
SLEEP = ChoiceQuestion(link_id="q1", number="1.", text="Avez-vous mal dormi ?", options=FREQUENCY)
PILLS = ChoiceQuestion(
    link_id="q2", text="Pour dormir ?", many=True, options=(*FREQUENCY, Option(code="none", text="Rien", alone=True))
)
MOOD = ScaleQuestion(link_id="q3", text="Votre humeur", low_text="basse", high_text="haute")
WEIGHT = NumberQuestion(link_id="q4", text="Votre poids", unit="kg", low=Decimal(30), high=Decimal(250))
SINCE = DateQuestion(link_id="q5", text="Depuis quand ?", latest=date(2026, 11, 23))
WORDS = TextQuestion(link_id="q6", text="Un mot ?", limit=20, lines=3)


class Answers(list[tuple[str, Value]]):
    """Remembers what a widget tells."""

    def __call__(self, link_id: str, value: Value) -> None:
        self.append((link_id, value))


@pytest.fixture
def told() -> Answers:
    return Answers()


def today() -> date:
    return date(2026, 11, 23)


async def test_a_tick_tells_the_code_not_the_position(screen: Client, french: Texts, told: Answers) -> None:
    await ChoiceItem(french, SLEEP, told).receive(["1"])
    assert told == [("q1", ("1",))]


@pytest.mark.parametrize("sent", [["2"], ["-1"], ["1.5"], "x", None, {}, [None], [["0"]], ["¹"], 3])
async def test_a_position_that_does_not_exist_is_ignored(
    screen: Client, french: Texts, told: Answers, sent: Any
) -> None:
    await ChoiceItem(french, SLEEP, told).receive(sent)
    assert told == []


async def test_several_answers_may_be_given(screen: Client, french: Texts, told: Answers) -> None:
    await ChoiceItem(french, PILLS, told).choose("1", "0")
    assert told == [("q2", ("0", "1"))]


async def test_an_answer_that_stands_alone_drives_the_others_out(screen: Client, french: Texts, told: Answers) -> None:
    await ChoiceItem(french, PILLS, told).choose("0", "none")
    assert told == [("q2", ("none",))]


async def test_all_ticks_may_be_taken_away(screen: Client, french: Texts, told: Answers) -> None:
    await ChoiceItem(french, PILLS, told).receive([])
    assert told == [("q2", ())]


async def test_one_answer_is_kept_where_one_is_asked(screen: Client, french: Texts, told: Answers) -> None:
    await ChoiceItem(french, SLEEP, told).choose("0", "1")
    assert told == [("q1", ("0",))]


def test_the_present_answer_is_marked(screen: Client, french: Texts, told: Answers) -> None:
    assert ChoiceItem(french, replace(SLEEP, value=("1",)), told).content.count(" checked") == 1


def test_a_locked_question_cannot_be_changed(screen: Client, french: Texts, told: Answers) -> None:
    item = ChoiceItem(french, replace(SLEEP, locked="Répondu le 19/11/2026"), told)
    assert item.content.count(" disabled") == len(FREQUENCY)
    assert not item._event_listeners


def test_an_error_stands_by_the_question_and_is_tied_to_it(screen: Client, french: Texts, told: Answers) -> None:
    item = ChoiceItem(french, SLEEP, told)
    item.show_error("Choisissez une réponse.")
    assert item.props["aria-describedby"] == "q-q1-error"
    assert 'id="q-q1-error"' in item.content
    assert "has-error" in item.classes


async def test_answering_takes_the_error_away_without_redrawing_the_marks(
    screen: Client, french: Texts, told: Answers
) -> None:
    item = ChoiceItem(french, SLEEP, told)
    item.show_error("Choisissez une réponse.")
    drawn = item.content
    await item.choose("1")
    assert "has-error" not in item.classes
    assert item.content == drawn


@given(text=st.text())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_wording_breaks_out_of_a_question(screen: Client, text: str) -> None:
    item = ChoiceItem(texts("fr"), replace(SLEEP, text=text, options=(Option(code=text, text=text),)), Answers())
    assert item.content.count("<input") == 1
    assert item.content.count("<label") == 1
    item.delete()


async def test_a_list_answers_with_the_code(screen: Client, french: Texts, told: Answers) -> None:
    jobs = ListQuestion(link_id="job", text="Profession", options=FREQUENCY)
    item = DropDown(french, jobs, told)
    await item.receive("1")
    await item.receive("")
    await item.receive("7")
    assert told == [("job", ("1",)), ("job", ())]


def test_a_scale_has_no_value_before_it_is_touched(screen: Client, french: Texts, told: Answers) -> None:
    item = ScaleItem(french, MOOD, told)
    assert "Pas encore de réponse" in item.content
    assert 'class="unset"' in item.content


@pytest.mark.parametrize("sent", ["101", "-1", "abc", None, "5.5", []])
async def test_a_place_outside_the_scale_is_ignored(screen: Client, french: Texts, told: Answers, sent: Any) -> None:
    await ScaleItem(french, MOOD, told).receive(sent)
    assert told == []


async def test_a_touched_scale_tells_its_place(screen: Client, french: Texts, told: Answers) -> None:
    await ScaleItem(french, MOOD, told).receive("64")
    assert told == [("q3", Decimal(64))]


async def test_a_number_takes_the_persons_decimal_mark(
    screen: Client, told: Answers, french: Texts, english: Texts
) -> None:
    weight = replace(WEIGHT, value=Decimal("72.50"))
    assert 'value="72,5"' in NumberField(french, weight, told).content
    assert 'value="72.5"' in NumberField(english, weight, told).content


async def test_a_number_out_of_bounds_is_said_and_not_told(screen: Client, french: Texts, told: Answers) -> None:
    item = NumberField(french, WEIGHT, told)
    await item.enter("12")
    assert told == []
    assert item.unread
    assert item.error == "Le nombre doit être entre 30 et 250."


async def test_a_short_date_is_rewritten_in_full(screen: Client, french: Texts, told: Answers) -> None:
    item = DateField(french, SINCE, told, today=today)
    await item.enter("27/3/26")
    assert told == [("q5", "2026-03-27")]
    assert 'value="27/03/2026"' in item.content


async def test_a_date_to_come_is_refused_where_it_must_be_past(screen: Client, french: Texts, told: Answers) -> None:
    item = DateField(french, SINCE, told, today=today)
    await item.enter("24/11/2026")
    assert item.error == "La date doit être dans le passé."


async def test_what_could_not_be_read_stays_in_the_field(screen: Client, french: Texts, told: Answers) -> None:
    item = DateField(french, SINCE, told, today=today)
    await item.enter("demain")
    assert 'value="demain"' in item.content


async def test_emptying_a_field_is_no_answer(screen: Client, french: Texts, told: Answers) -> None:
    await NumberField(french, replace(WEIGHT, value=Decimal(70)), told).enter("  ")
    assert told == [("q4", None)]


async def test_a_text_too_long_for_the_server_is_refused_in_words(screen: Client, french: Texts, told: Answers) -> None:
    item = TextArea(french, WORDS, told)
    await item.enter("x" * 21)
    assert told == []
    assert item.error.startswith("Ce texte est trop long")


async def test_a_text_too_long_to_be_sent_is_refused_in_words(screen: Client, french: Texts, told: Answers) -> None:
    item = TextArea(french, WORDS, told)
    await item.receive({"over": 2_000_000})
    assert "2\u00a0000\u00a0000" in item.error
    assert item.unread


def test_a_text_cannot_close_its_own_field(screen: Client, french: Texts, told: Answers) -> None:
    item = TextArea(french, replace(WORDS, value="</textarea><script>x</script>"), told)
    assert item.content.count("</textarea>") == 1


def test_a_field_is_tied_to_its_label_and_hint(screen: Client, french: Texts, told: Answers) -> None:
    item = TextField(french, TextQuestion(link_id="a b", text="Nom", hint="Celui de naissance"), told)
    assert '<label for="q-a_20_b-field">' in item.content
    assert 'aria-describedby="q-a_20_b-hint"' in item.content


def test_yes_and_no_are_said_in_the_persons_language(french: Texts, english: Texts) -> None:
    assert [option.text for option in yes_no(french)] == ["Oui", "Non"]
    assert [option.text for option in yes_no(english)] == ["Yes", "No"]


def test_a_value_from_elsewhere_does_not_disturb_a_field_being_corrected(
    screen: Client, french: Texts, told: Answers
) -> None:
    item = NumberField(french, WEIGHT, told)
    item.typed, item.unread = "soixante", True
    item.set_value(Decimal(70))
    assert item.typed == "soixante"


def test_a_question_takes_over_new_answers_to_choose_from(screen: Client, french: Texts, told: Answers) -> None:
    item = ChoiceItem(french, SLEEP, told)
    item.adopt(replace(SLEEP, options=(*FREQUENCY, Option(code="2", text="Toujours")), value=("2",)))
    assert "Toujours" in item.content
    assert item.value == ("2",)
