"""What is asked of whom, and how far it is."""

from datetime import date, timedelta

import pytest

from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import Invalid, Refused
from portal.responses import State, assign, next_of, open_draft, save_answer, submit, todo
from tests.responses.conftest import ELSEWHERE, NURSE, Acts
from tests.responses.record import Record


@pytest.fixture
def nurse(acting_as: Acts) -> Acting:
    return acting_as(NURSE)


async def test_a_questionnaire_is_asked_once(nurse: Acting, record: Record) -> None:
    first = await assign(nurse, patient="p1", questionnaire="SMALL")
    assert await assign(nurse, patient="p1", questionnaire="SMALL") == first
    assert len([task for task in record.of("Task") if task["id"] != "t1"]) == 1


async def test_the_patient_sees_what_is_asked_of_them_only(nurse: Acting, acting: Acting) -> None:
    mine = await assign(nurse, patient="p1", questionnaire="SMALL")
    await assign(nurse, patient="p1", questionnaire="SMALL", filled_by="staff")
    assert {item.task for item in await todo(acting)} == {"t1", mine}


async def test_staff_see_what_their_centre_is_to_fill(nurse: Acting) -> None:
    task = await assign(nurse, patient="p1", questionnaire="SMALL", filled_by="staff")
    assert [item.task for item in await todo(nurse)] == [task]


async def test_staff_see_everything_asked_about_a_patient(nurse: Acting) -> None:
    task = await assign(nurse, patient="p1", questionnaire="SMALL", filled_by="staff")
    assert {item.task for item in await todo(nurse, patient="p1")} == {"t1", task}


async def test_the_nearest_due_date_comes_first_and_what_was_begun_before_it(
    nurse: Acting, acting: Acting, clock: FixedClock
) -> None:
    soon = await assign(nurse, patient="p1", questionnaire="SMALL", due=clock.today() + timedelta(1))
    assert [item.task for item in await todo(acting)] == [soon, "t1"]
    await begin(acting, "t1")
    assert [item.task for item in await todo(acting)] == ["t1", soon]


async def test_how_far_one_is_counts_answers_not_folded_yet(acting: Acting) -> None:
    await begin(acting, "t1")
    [item] = await todo(acting)
    assert (item.state, item.answered, item.questions) == (State.STARTED, 1, 7)


async def test_a_past_due_date_is_told(nurse: Acting, acting: Acting, clock: FixedClock) -> None:
    task = await assign(nurse, patient="p1", questionnaire="SMALL", due=clock.today())
    clock.tick(2 * 24 * 3600)
    assert {item.task for item in await todo(acting) if item.overdue} == {task}


async def test_a_due_date_in_the_past_is_refused(nurse: Acting) -> None:
    with pytest.raises(Invalid):
        await assign(nurse, patient="p1", questionnaire="SMALL", due=date(2026, 12, 1))


async def test_staff_of_another_centre_ask_nothing_and_see_nothing(acting_as: Acts) -> None:
    other = acting_as(ELSEWHERE)
    with pytest.raises(Refused):
        await assign(other, patient="p1", questionnaire="SMALL")
    with pytest.raises(Refused):
        await todo(other, patient="p1")


async def test_what_was_sent_is_shown_with_its_day(acting: Acting, clock: FixedClock) -> None:
    draft = await begin(acting, "t1")
    for path in ("q2", "q3"):
        draft.session.set(path, "0")
        await save_answer(acting, draft, path, "0")
    await submit(acting, draft)
    [item] = await todo(acting)
    assert (item.state, item.done_at) == (State.SENT, clock.now())


async def test_nothing_comes_next_when_all_is_sent(acting: Acting, record: Record) -> None:
    task = await record.read("Task", "t1")
    record._put({**task, "status": "completed"})
    assert await next_of(acting, "p1") is None


async def begin(acting: Acting, task: str):
    draft = await open_draft(acting, task)
    draft.session.set("q1", "1")
    await save_answer(acting, draft, "q1", "1")
    return draft
