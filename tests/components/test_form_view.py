"""A section of a form: saving in order, going on, being stopped, never losing what was typed."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from nicegui import Client, ui

from components.form import (
    ChoiceItem,
    ChoiceQuestion,
    Computed,
    ComputedValue,
    DateField,
    DateQuestion,
    FormView,
    HelpNumbers,
    Item,
    Saved,
    SaveLine,
    Saver,
    Section,
    Value,
    Wrong,
    yes_no,
)
from components.form import saving as saving_module
from portal.errors import Invalid, Refused, Unavailable, problem
from portal.i18n import Texts

NOW = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)


def today() -> date:
    return NOW.date()


class Story:
    """Handlers that remember. What they answer is set by the test."""

    def __init__(self, t: Texts) -> None:
        self.t = t
        self.saved: list[tuple[str, Value]] = []
        self.kept = asyncio.Event()
        self.moves: list[tuple[int, bool]] = []
        self.submitted = 0
        self.raises: Exception | None = None
        self.items: tuple[Item, ...] | None = None
        self.wrong: Wrong | None = None

    async def answer(self, link_id: str, value: Value) -> Saved:
        await asyncio.sleep(0)
        if self.raises:
            raise self.raises
        self.saved.append((link_id, value))
        self.kept.set()
        return Saved(at=NOW, items=self.items)

    async def move(self, step: int, *, anyway: bool) -> Section | Wrong:
        self.moves.append((step, anyway))
        return self.wrong or Section(title="Suite", items=(), index=1, count=2)

    async def submit(self, *, anyway: bool) -> Wrong | None:
        await asyncio.sleep(0)
        self.submitted += 1
        return self.wrong


def asked(t: Texts) -> tuple[Item, ...]:
    return (
        ChoiceQuestion(link_id="q1", number="1.", text="Avez-vous mal dormi ?", options=yes_no(t)),
        DateQuestion(link_id="day", text="Depuis quand ?"),
        Computed(link_id="total", text="Score"),
    )


@pytest.fixture
def story(french: Texts) -> Story:
    return Story(french)


@pytest.fixture
def view(screen: Client, french: Texts, story: Story) -> FormView:
    section = Section(title="Sommeil", items=asked(french), count=2)
    return FormView(french, story, section, name="Questionnaire", today=today)


def words_of(view: FormView) -> str:
    return " ".join(each.content for each in view.body.descendants() if isinstance(each, ui.html))


def test_a_form_opens_with_what_it_is_and_ends_with_whose_it_is(screen: Client, french: Texts, story: Story) -> None:
    def at(index: int) -> str:
        section = Section(title="Sommeil", items=(), index=index, count=2)
        told = {"description": "Deux questions.", "source": "Auteurs, 1999."}
        return words_of(FormView(french, story, section, name="Questionnaire", today=today, **told))

    assert ("Deux questions." in at(0), "Auteurs, 1999." in at(0)) == (True, False)
    assert ("Deux questions." in at(1), "Auteurs, 1999." in at(1)) == (False, True)


def test_a_form_that_names_no_source_has_no_line_for_it(view: FormView) -> None:
    assert "Source et droits" not in words_of(view)


def choice(view: FormView) -> ChoiceItem:
    found = view.widgets["q1"]
    assert isinstance(found, ChoiceItem)
    return found


def day(view: FormView) -> DateField:
    found = view.widgets["day"]
    assert isinstance(found, DateField)
    return found


async def test_an_answer_is_saved_and_the_line_says_when(view: FormView, story: Story) -> None:
    await choice(view).choose("true")
    assert story.saved == [("q1", ("true",))]
    assert "Enregistré à 14\u00a0h\u00a002" in view.line.content


async def test_the_line_says_nothing_before_anything_is_saved(view: FormView) -> None:
    assert "Enregistré à" not in view.line.content


def test_a_save_of_another_day_says_its_day(screen: Client, french: Texts) -> None:
    yesterday, earlier = (SaveLine(french, today, NOW - timedelta(days=days)) for days in (1, 2))
    assert "Enregistré hier à 14" in yesterday.content
    assert "Enregistré le 21/11/2026" in earlier.content


async def test_a_question_that_becomes_due_appears_at_its_place(view: FormView, story: Story, french: Texts) -> None:
    first, *others = asked(french)
    more = ChoiceQuestion(link_id="q2", text="Souvent ?", options=yes_no(french))
    story.items = (first, more, *others)
    await choice(view).choose("true")
    order = [getattr(child, "link_id", "") for child in view.list.default_slot.children]
    assert order[:3] == ["q1", "q2", "day"]


async def test_a_question_no_longer_due_goes(view: FormView, story: Story, french: Texts) -> None:
    story.items = asked(french)[:1]
    await choice(view).choose("false")
    assert list(view.widgets) == ["q1"]
    assert len(view.list.default_slot.children) == 1


async def test_questions_that_stay_are_not_drawn_again(view: FormView, story: Story, french: Texts) -> None:
    before = choice(view)
    drawn = before.content
    first = asked(french)[0]
    assert isinstance(first, ChoiceQuestion)
    story.items = (ChoiceQuestion(link_id="q1", number="1.", text=first.text, options=first.options, value=("true",)),)
    await before.choose("true")
    assert choice(view) is before
    assert before.content == drawn


async def test_a_score_is_shown_as_soon_as_it_is_known(view: FormView, story: Story, french: Texts) -> None:
    story.items = (*asked(french)[:2], Computed(link_id="total", text="Score", shown="14", level=2, word="modérée"))
    await choice(view).choose("true")
    total = view.widgets["total"]
    assert isinstance(total, ComputedValue)
    assert "<b>14</b>" in total.content
    assert "modérée" in total.content


async def test_help_numbers_appear_by_the_answer_that_calls_for_them(
    view: FormView, story: Story, french: Texts
) -> None:
    first, *others = asked(french)
    story.items = (first, HelpNumbers(), *others)
    await choice(view).choose("true")
    assert "tel:3114" in view.list.default_slot.children[1].content


async def test_a_refused_answer_is_said_by_its_question(view: FormView, story: Story) -> None:
    story.raises = Invalid([problem("q1", "Choose an answer.")])
    await choice(view).choose("true")
    assert choice(view).error == "Choisissez une réponse."
    assert "Non enregistré" in view.line.content


async def test_a_right_that_was_taken_away_is_said_near_the_buttons(view: FormView, story: Story) -> None:
    story.raises = Refused("not-yours")
    await choice(view).choose("true")
    assert "note danger" in view.trouble.content


async def test_going_on_shows_the_next_section(view: FormView, story: Story) -> None:
    await view.go(1)
    assert story.moves == [(1, False)]
    assert view.section.title == "Suite"
    assert "Suite" in view.head.content


async def test_missing_answers_are_listed_and_pointed_out(view: FormView, story: Story) -> None:
    story.wrong = Wrong(sentences={"q1": "Choisissez une réponse."}, skippable=True)
    await view.go(1)
    assert "1 réponse à revoir" in view.faults.content
    assert "Question 1\u00a0: choisissez une réponse." in view.faults.content
    assert choice(view).error == "Choisissez une réponse."
    assert view.anyway.visible


async def test_one_may_go_on_without_answering_where_that_is_allowed(view: FormView, story: Story) -> None:
    story.wrong = Wrong(sentences={"q1": "Choisissez une réponse."}, skippable=True)
    await view.go(1)
    story.wrong = None
    await view.anyway.press()
    assert story.moves[-1] == (1, True)
    assert view.section.title == "Suite"


async def test_what_could_not_be_read_stops_going_on_but_not_going_back(view: FormView, story: Story) -> None:
    await day(view).enter("demain")
    await view.go(1)
    assert story.moves == []
    assert "Depuis quand" in view.faults.content
    await view.go(-1)
    assert story.moves == [(-1, False)]


async def test_two_presses_on_send_send_once(view: FormView, story: Story) -> None:
    await asyncio.gather(view.submit(), view.submit())
    await view.submit()
    assert story.submitted == 1


async def test_a_form_sent_back_can_be_sent_again(view: FormView, story: Story) -> None:
    story.wrong = Wrong(sentences={"q1": "Choisissez une réponse."})
    await view.submit()
    story.wrong = None
    await view.submit()
    assert story.submitted == 2


async def test_nothing_is_sent_while_an_answer_is_not_saved(view: FormView, story: Story) -> None:
    story.raises = Unavailable()
    await choice(view).choose("true")
    await view.submit()
    assert story.submitted == 0
    assert "Vos réponses enregistrées sont en sécurité" in view.trouble.content


async def test_an_answer_is_tried_again_until_the_server_is_back(
    view: FormView, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving_module, "RETRY_AFTER_SECONDS", (0.01,))
    story.raises = Unavailable()
    await choice(view).choose("true")
    assert "nous réessayons" in view.line.content
    story.raises = None
    await asyncio.wait_for(story.kept.wait(), 5)
    await view.saver.settle()
    assert story.saved == [("q1", ("true",))]
    assert "Enregistré à" in view.line.content


class Desk:
    """A place to save that answers when it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Value]] = []
        self.open = asyncio.Event()

    async def save(self, link_id: str, value: Value) -> str:
        await self.open.wait()
        self.taken.append((link_id, value))
        return "saved"


def saver(desk: Desk) -> Saver[str]:
    def ignore(*_: object) -> None:
        """Nobody looks."""

    return Saver(desk.save, on_saved=ignore, on_late=ignore, on_refused=ignore, alive=lambda: True)


async def test_answers_are_saved_in_the_order_given() -> None:
    desk = Desk()
    keep = saver(desk)
    waiting = [asyncio.create_task(keep.put(name, name)) for name in "abc"]
    await asyncio.sleep(0)
    desk.open.set()
    await asyncio.gather(*waiting)
    assert [name for name, _ in desk.taken] == ["a", "b", "c"]


async def test_a_second_answer_given_while_the_first_is_saved_is_saved_last() -> None:
    desk = Desk()
    keep = saver(desk)
    waiting = [asyncio.create_task(keep.put("q", value)) for value in ("first", "second", "third")]
    await asyncio.sleep(0)
    desk.open.set()
    await asyncio.gather(*waiting)
    assert desk.taken[-1] == ("q", "third")
    assert not keep.is_waiting("q")
