"""The answer journal: what was acknowledged is there, numbered without gaps, once."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.db import Database
from portal.errors import AlreadySent, BeingSent, ChangedElsewhere
from portal.responses.journal import Journal, PerhapsSent


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open_folder(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def journal(db: Database, clock: FixedClock, chance: SeededChance) -> Journal:
    made = Journal(db=db, clock=clock, chance=chance, response="r1", author="Patient/p1")
    await made.open(folded=0)
    return made


async def test_an_acknowledged_answer_survives_a_stop(journal: Journal, db: Database, tmp_path: Path) -> None:
    await journal.append("q1", "2", "k1")
    await db.close()
    again = await Database.open_folder(tmp_path)
    other = Journal(db=again, clock=journal.clock, chance=journal.chance, response="r1", author="Patient/p1")
    assert [(row.path, row.value) for row in await other.rows()] == [("q1", "2")]
    await again.close()


async def test_the_digits_of_a_decimal_are_kept(journal: Journal) -> None:
    await journal.append("weight", Decimal("7.50"), "k1")
    assert str((await journal.rows())[0].value) == "7.50"


async def test_a_repeated_send_is_one_answer(journal: Journal) -> None:
    first = await journal.append("q1", "2", "k1")
    assert await journal.append("q1", "2", "k1") == first
    assert len(await journal.rows()) == 1


async def test_numbers_follow_each_other_after_rows_are_folded_away(journal: Journal) -> None:
    await journal.append("q1", "1", "k1")
    await journal.drop(1)
    assert (await journal.append("q2", "1", "k2")).revision == 2


async def test_answers_given_at_once_get_numbers_without_gaps(journal: Journal) -> None:
    rows = await asyncio.gather(*(journal.append("q1", str(n), f"k{n}") for n in range(30)))
    assert sorted(row.revision for row in rows) == list(range(1, 31))


async def test_no_answer_is_taken_while_the_form_is_being_sent(journal: Journal) -> None:
    await journal.seal()
    with pytest.raises(BeingSent):
        await journal.append("q1", "1", "k1")


async def test_answers_are_taken_again_when_sending_failed(journal: Journal) -> None:
    await journal.seal()
    await journal.unseal()
    assert (await journal.append("q1", "1", "k1")).revision == 1


async def test_a_sending_that_never_told_its_end_is_to_be_asked_about(journal: Journal, clock: FixedClock) -> None:
    await journal.seal()
    clock.tick(61)
    with pytest.raises(PerhapsSent):
        await journal.append("q1", "1", "k1")


async def test_no_answer_is_taken_once_the_form_is_sent(journal: Journal) -> None:
    await journal.append("q1", "1", "k1")
    await journal.close(folded=1)
    await journal.unseal()
    with pytest.raises(AlreadySent):
        await journal.append("q1", "2", "k2")


async def test_a_restored_older_database_gives_no_number_twice(journal: Journal) -> None:
    await journal.append("q1", "1", "k1")
    place = await journal.open(folded=8)
    assert place.revision == 8
    assert (await journal.append("q1", "2", "k2")).revision == 9


async def test_a_line_moved_elsewhere_is_not_answered_by_mistake(journal: Journal) -> None:
    await journal.append("-meds[0]", None, "k1")
    with pytest.raises(ChangedElsewhere):
        await journal.append("meds[0]/dose", "1", "k2", after=0)
    assert len(await journal.rows()) == 1


async def test_another_device_resumes_in_the_same_section(journal: Journal) -> None:
    await journal.move(2)
    place = await journal.open(folded=0)
    assert place.section == 2
