"""Filling a questionnaire: what is called saved is found again, from any page, after any stop."""

import pytest

from portal.access import Role
from portal.acting import Acting
from portal.clock import FixedClock
from portal.db import Database
from portal.errors import AlreadySent, ChangedElsewhere, NotFound, NotSaved, Refused, Unavailable
from portal.responses import Draft, fold, look_again, open_draft, save_answer, save_pending, save_place, submit
from tests.responses.conftest import ELSEWHERE, NURSE, Acts
from tests.responses.record import Record, answer_lost, away


async def give(acting: Acting, draft: Draft, path: str, value: object) -> bool:
    """Answer as a page does; true when answers of another page came with it."""
    draft.session.set(path, value)
    return (await save_answer(acting, draft, path, value)).elsewhere


async def found(acting: Acting, path: str) -> object:
    """The answer that a page opened now shows."""
    return (await open_draft(acting, "t1")).session.state(path).value


async def test_the_draft_is_one_for_all_devices(acting: Acting, record: Record) -> None:
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    assert phone.response == laptop.response
    assert len(record.of("QuestionnaireResponse")) == 1


async def test_a_begun_draft_is_named_by_its_task(acting: Acting, record: Record) -> None:
    draft = await open_draft(acting, "t1")
    task = await record.read("Task", "t1")
    assert task["status"] == "in-progress"
    assert task["output"][0]["valueReference"]["reference"] == f"QuestionnaireResponse/{draft.response}"


async def test_a_draft_belongs_to_its_visit_and_trial(acting: Acting, record: Record) -> None:
    await open_draft(acting, "t1")
    response = record.of("QuestionnaireResponse")[0]
    assert response["encounter"]["reference"] == "Encounter/e1"
    assert response["meta"]["tag"][0]["code"] == "ebipolar"


async def test_an_answer_is_found_on_another_device_before_it_is_folded(acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    await give(acting, draft, "q1", "2")
    assert await found(acting, "q1") == "2"


async def test_an_answer_is_found_after_it_is_folded(acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    await give(acting, draft, "q1", "2")
    await fold(acting, draft)
    assert await found(acting, "q1") == "2"


async def test_folding_writes_one_version_for_many_answers(acting: Acting, record: Record) -> None:
    draft = await open_draft(acting, "t1")
    for path in ("q1", "q2", "q3"):
        await give(acting, draft, path, "1")
    await fold(acting, draft)
    await fold(acting, draft)
    assert len(record.versions[f"QuestionnaireResponse/{draft.response}"]) == 2


async def test_rows_stay_when_the_answer_to_a_fold_is_lost(acting: Acting, record: Record, db: Database) -> None:
    draft = await open_draft(acting, "t1")
    await give(acting, draft, "q1", "2")
    record.fault = answer_lost
    with pytest.raises(Unavailable):
        await fold(acting, draft)
    record.fault = lambda _moment: None
    assert await found(acting, "q1") == "2"
    await fold(acting, draft)
    assert await found(acting, "q1") == "2"


async def test_answers_are_saved_while_the_record_is_away(acting: Acting, record: Record) -> None:
    draft = await open_draft(acting, "t1")
    record.fault = away
    await give(acting, draft, "q1", "2")
    with pytest.raises(Unavailable):
        await fold(acting, draft)
    record.fault = lambda _moment: None
    assert await found(acting, "q1") == "2"


async def test_the_newest_answer_of_two_pages_wins(acting: Acting) -> None:
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    await give(acting, phone, "q1", "1")
    await give(acting, laptop, "q1", "3")
    await fold(acting, phone)
    assert await found(acting, "q1") == "3"


async def test_a_stale_page_learns_of_the_other_page_with_its_next_answer(acting: Acting) -> None:
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    await give(acting, phone, "q1", "1")
    assert await give(acting, laptop, "q2", "2")
    assert laptop.session.state("q1").value == "1"


async def test_a_stale_page_learns_of_answers_that_were_folded_away(acting: Acting) -> None:
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    await give(acting, phone, "q1", "1")
    await fold(acting, phone)
    assert await give(acting, laptop, "q2", "2")
    assert (laptop.session.state("q1").value, laptop.session.state("q2").value) == ("1", "2")


async def test_a_page_that_is_looked_at_again_shows_the_other_pages_answers(acting: Acting) -> None:
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    await give(acting, phone, "q1", "1")
    assert await look_again(acting, laptop)
    assert laptop.session.state("q1").value == "1"


async def test_looking_again_at_an_unchanged_draft_changes_nothing(acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    await give(acting, draft, "q1", "1")
    assert not await look_again(acting, draft)


async def test_a_page_that_folds_after_another_keeps_both_pages_answers(acting: Acting) -> None:
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    await give(acting, phone, "q1", "1")
    await fold(acting, phone)
    laptop.session.set("q2", "2")
    await save_answer(acting, laptop, "q2", "2")
    await fold(acting, laptop)
    assert (await found(acting, "q1"), await found(acting, "q2")) == ("1", "2")


async def test_answers_that_cannot_be_written_wait_and_are_kept_in_order(
    acting: Acting, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await open_draft(acting, "t1")
    with monkeypatch.context() as broken:
        broken.setattr(Database, "write", _disk_full)
        for value in ("1", "2"):
            draft.session.set("q1", value)
            with pytest.raises(NotSaved):
                await save_answer(acting, draft, "q1", value)
    assert draft.pending
    await save_pending(acting, draft)
    assert await found(acting, "q1") == "2"


async def _disk_full(*_: object) -> object:
    from sqlalchemy.exc import OperationalError

    raise OperationalError("insert", {}, Exception("disk full"))


async def test_a_line_added_on_one_page_is_found_on_another(acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    draft.session.add("drug[0]")
    await save_answer(acting, draft, "+drug[0]", None)
    await give(acting, draft, "drug[1]/name", "Lithium")
    assert await found(acting, "drug[1]/name") == "Lithium"


async def test_a_line_removed_elsewhere_is_not_answered_by_mistake(acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    draft.session.add("drug[0]")
    await save_answer(acting, draft, "+drug[0]", None)
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    phone.session.remove("drug[0]")
    await save_answer(acting, phone, "-drug[0]", None)
    with pytest.raises(ChangedElsewhere):
        await give(acting, laptop, "drug[0]/name", "Lithium")
    assert laptop.session.copies("drug[0]") == ["drug[0]"]


async def test_another_device_resumes_in_the_same_section(acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    await save_place(acting, draft, 1)
    assert (await open_draft(acting, "t1")).section == 1


async def test_the_time_of_the_latest_answer_is_told_when_coming_back(acting: Acting, clock: FixedClock) -> None:
    draft = await open_draft(acting, "t1")
    await give(acting, draft, "q1", "1")
    given = clock.now()
    clock.tick(3600)
    assert (await open_draft(acting, "t1")).saved_at == given


async def test_a_form_that_nobody_has_answered_is_not_called_saved(acting: Acting) -> None:
    assert (await open_draft(acting, "t1")).saved_at is None


async def test_a_sent_questionnaire_does_not_open_again(acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    for path in ("q1", "q2", "q3"):
        await give(acting, draft, path, "0")
    await submit(acting, draft)
    with pytest.raises(AlreadySent):
        await open_draft(acting, "t1")


async def test_a_page_left_open_says_that_the_questionnaire_was_sent(acting: Acting) -> None:
    phone, laptop = await open_draft(acting, "t1"), await open_draft(acting, "t1")
    for path in ("q1", "q2", "q3"):
        await give(acting, phone, path, "0")
    await submit(acting, phone)
    with pytest.raises(AlreadySent):
        await give(acting, laptop, "q1", "1")
    with pytest.raises(AlreadySent):
        await look_again(acting, laptop)


async def test_another_patient_cannot_open_the_draft(acting_as: Acts) -> None:
    from portal.access import Actor

    other = Actor(user="u9", role=Role.PATIENT, reference="Patient/p9", name="Bruno Delmas")
    with pytest.raises(Refused):
        await open_draft(acting_as(other), "t1")


async def test_staff_of_the_centre_can_fill_it_and_staff_of_another_cannot(acting_as: Acts) -> None:
    assert (await open_draft(acting_as(NURSE), "t1")).form
    with pytest.raises(Refused):
        await open_draft(acting_as(ELSEWHERE), "t1")


async def test_a_cancelled_request_does_not_open(acting: Acting, record: Record) -> None:
    task = await record.read("Task", "t1")
    record._put({**task, "status": "cancelled"})
    with pytest.raises(NotFound):
        await open_draft(acting, "t1")
