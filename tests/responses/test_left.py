"""Answers that a page left behind when it ended reach the record all the same."""

import pytest

from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import Unavailable
from portal.responses import fold_left_answers, open_draft, save_answer
from portal.responses.drafts import journal_of
from tests.responses.conftest import PORTAL, Acts
from tests.responses.record import Record, away


@pytest.fixture
async def left(acting: Acting) -> str:
    """A draft with an answer that nobody folded."""
    draft = await open_draft(acting, "t1")
    draft.session.set("q1", "2")
    await save_answer(acting, draft, "q1", "2")
    return draft.response


async def test_a_quiet_draft_is_brought_into_the_record(
    acting: Acting, acting_as: Acts, record: Record, left: str, clock: FixedClock
) -> None:
    clock.tick(600)
    assert await fold_left_answers(acting_as(PORTAL)) == 1
    assert record.versions[f"QuestionnaireResponse/{left}"][-1]["item"]
    assert await journal_of(acting, left).rows() == []


async def test_a_draft_that_is_being_answered_is_left_alone(acting_as: Acts, left: str, clock: FixedClock) -> None:
    clock.tick(60)
    assert await fold_left_answers(acting_as(PORTAL)) == 0


async def test_the_answer_stays_in_the_journal_while_the_record_is_away(
    acting: Acting, acting_as: Acts, record: Record, left: str, clock: FixedClock
) -> None:
    clock.tick(600)
    record.fault = away
    with pytest.raises(Unavailable):
        await fold_left_answers(acting_as(PORTAL))
    assert len(await journal_of(acting, left).rows()) == 1


async def test_a_page_that_comes_back_goes_on_where_it_was(
    acting: Acting, acting_as: Acts, left: str, clock: FixedClock
) -> None:
    clock.tick(600)
    await fold_left_answers(acting_as(PORTAL))
    draft = await open_draft(acting, "t1")
    draft.session.set("q2", "1")
    assert not (await save_answer(acting, draft, "q2", "1")).elsewhere
    assert draft.session.state("q1").value == "2"
