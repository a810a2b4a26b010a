"""Sending a questionnaire: checked, all or nothing, once."""

import asyncio

import pytest
from sqlalchemy import update

from portal.acting import Acting
from portal.clock import FixedClock
from portal.db import places
from portal.errors import AlreadySent, BeingSent, ChangedElsewhere, Invalid, Unavailable
from portal.responses import Draft, assign, fold, open_draft, save_answer, submit
from portal.responses.drafts import journal_of
from portal.types import Json
from tests.responses.conftest import NURSE, Acts
from tests.responses.record import Record, answer_lost, away

FINE = {"q1": "1", "q2": "2", "q3": "0"}
DARK = {"q1": "1", "q2": "2", "q3": "1"}


async def filled(acting: Acting, answers: dict[str, str]) -> Draft:
    draft = await open_draft(acting, "t1")
    for path, value in answers.items():
        draft.session.set(path, value)
        await save_answer(acting, draft, path, value)
    return draft


def works(_moment: str) -> None:
    return


async def test_sending_completes_the_response_and_its_task(acting: Acting, record: Record) -> None:
    draft = await filled(acting, FINE)
    await submit(acting, draft)
    assert (await record.read("QuestionnaireResponse", draft.response))["status"] == "completed"
    assert (await record.read("Task", "t1"))["status"] == "completed"


async def test_the_score_becomes_an_observation_of_the_trial(acting: Acting, record: Record) -> None:
    draft = await filled(acting, FINE)
    await submit(acting, draft)
    [score] = record.of("Observation")
    assert score["id"] == f"{draft.response}-small-total"
    assert score["valueQuantity"]["value"] == 3
    assert score["meta"]["tag"][0]["code"] == "ebipolar"
    assert score["derivedFrom"] == [{"reference": f"QuestionnaireResponse/{draft.response}"}]


async def test_dark_thoughts_raise_an_alert(acting: Acting, record: Record) -> None:
    draft = await filled(acting, DARK)
    sent = await submit(acting, draft)
    alert = await record.read("Task", f"alert-{draft.response}-dark-thoughts")
    assert [rule.id for rule in sent.alerts] == ["dark-thoughts"]
    assert (alert["status"], alert["priority"]) == ("requested", "stat")
    assert alert["focus"]["reference"] == f"QuestionnaireResponse/{draft.response}"
    assert alert["for"]["reference"] == "Patient/p1"


async def test_calm_answers_raise_none(acting: Acting, record: Record) -> None:
    sent = await submit(acting, await filled(acting, FINE))
    assert sent.alerts == ()
    assert not [task for task in record.of("Task") if task["id"].startswith("alert")]


async def test_missing_answers_are_named_and_nothing_is_sent(acting: Acting, record: Record) -> None:
    draft = await filled(acting, {"q1": "1"})
    with pytest.raises(Invalid) as refusal:
        await submit(acting, draft)
    assert [problem.place for problem in refusal.value.problems] == ["q2", "q3"]
    assert (await record.read("QuestionnaireResponse", draft.response))["status"] == "in-progress"


async def test_answering_goes_on_after_missing_answers_were_named(acting: Acting) -> None:
    draft = await filled(acting, {"q1": "1", "q2": "1"})
    with pytest.raises(Invalid):
        await submit(acting, draft)
    draft.session.set("q3", "0")
    await save_answer(acting, draft, "q3", "0")
    assert (await submit(acting, draft)).response == draft.response


async def test_a_double_click_sends_once(acting: Acting, record: Record) -> None:
    draft = await filled(acting, DARK)
    first, second = await asyncio.gather(submit(acting, draft), submit(acting, draft))
    assert first == second
    assert len([task for task in record.of("Task") if task["id"].startswith("alert")]) == 1
    assert len(record.versions[f"QuestionnaireResponse/{draft.response}"]) == 2


async def test_a_page_that_closes_after_sending_leaves_the_response_sent(acting: Acting, record: Record) -> None:
    draft = await filled(acting, FINE)
    await submit(acting, draft)
    draft.session.set("q1", "3")
    await fold(acting, draft)
    assert (await record.read("QuestionnaireResponse", draft.response))["status"] == "completed"


async def test_sending_from_two_devices_sends_once(acting: Acting, record: Record) -> None:
    phone = await filled(acting, FINE)
    laptop = await open_draft(acting, "t1")
    first, second = await asyncio.gather(submit(acting, phone), submit(acting, laptop))
    assert first.response == second.response
    assert len(record.versions[f"QuestionnaireResponse/{phone.response}"]) == 2


async def test_a_page_that_has_not_seen_the_latest_answers_does_not_send_them(acting: Acting) -> None:
    phone = await filled(acting, FINE)
    laptop = await open_draft(acting, "t1")
    phone.session.set("q1", "3")
    await save_answer(acting, phone, "q1", "3")
    with pytest.raises(ChangedElsewhere):
        await submit(acting, laptop)
    assert laptop.session.state("q1").value == "3"
    assert await submit(acting, laptop)


async def test_a_sending_whose_answer_was_lost_is_read_back(acting: Acting, record: Record) -> None:
    draft = await filled(acting, FINE)
    record.fault = answer_lost
    assert (await submit(acting, draft)).response == draft.response


async def test_nothing_is_lost_when_the_record_is_away(acting: Acting, record: Record) -> None:
    draft = await filled(acting, FINE)
    record.fault = away
    with pytest.raises(Unavailable):
        await submit(acting, draft)
    record.fault = works
    assert (await submit(acting, draft)).scores[0].value == 3


async def test_answers_go_on_being_saved_after_sending_failed(acting: Acting, record: Record) -> None:
    draft = await filled(acting, FINE)
    record.fault = away
    with pytest.raises(Unavailable):
        await submit(acting, draft)
    draft.session.set("q1", "3")
    await save_answer(acting, draft, "q1", "3")
    record.fault = works
    assert (await submit(acting, draft)).scores[0].value == 5


async def test_no_answer_is_called_saved_while_nobody_knows_whether_it_was_sent(
    acting: Acting, record: Record, clock: FixedClock
) -> None:
    draft = await filled(acting, FINE)

    def silent_from_then_on(moment: str) -> None:
        if moment == "after":
            record.fault = away
            raise Unavailable(maybe_done=True)

    record.fault = silent_from_then_on
    with pytest.raises(Unavailable):
        await submit(acting, draft)
    draft.session.set("q1", "3")
    with pytest.raises(BeingSent):
        await save_answer(acting, draft, "q1", "3")
    record.fault = works
    draft.pending.clear()
    assert (await submit(acting, draft)).response == draft.response


async def test_what_comes_next_is_named(acting: Acting, acting_as: Acts) -> None:
    draft = await filled(acting, FINE)
    following = await assign(acting_as(NURSE), patient="p1", questionnaire="SMALL")
    assert (await submit(acting, draft)).next_task == following


async def test_the_sending_is_in_the_audit_trail(acting: Acting, record: Record) -> None:
    draft = await filled(acting, FINE)
    await submit(acting, draft)
    event = record.of("AuditEvent")[-1]
    assert event["agent"][0]["who"]["reference"] == "Patient/p1"
    assert event["entity"][-1]["what"]["reference"] == f"QuestionnaireResponse/{draft.response}"


async def test_a_draft_whose_sending_was_cut_off_by_a_stop_takes_answers_again(
    acting: Acting, clock: FixedClock
) -> None:
    draft = await filled(acting, FINE)
    await journal_of(acting, draft.response).seal()
    clock.tick(61)
    draft.session.set("q1", "3")
    await save_answer(acting, draft, "q1", "3")
    assert (await submit(acting, draft)).scores[0].value == 5


async def test_an_answer_is_refused_when_the_cut_off_sending_had_happened(
    acting: Acting, record: Record, clock: FixedClock
) -> None:
    draft = await filled(acting, FINE)
    stale = await open_draft(acting, "t1")
    await submit(acting, draft)
    await acting.db.write(lambda connection: connection.execute(update(places).values(sealed_until="2026-12-02T00:00")))
    stale.session.set("q1", "3")
    with pytest.raises(AlreadySent):
        await save_answer(acting, stale, "q1", "3")


async def test_what_is_typed_while_the_answers_are_on_their_way_is_not_sent(
    acting: Acting, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await filled(acting, FINE)
    true_way = record.read

    async def read(kind: str, id_: str) -> Json:
        if kind == "Task":
            draft.session.set("q1", None)
        return await true_way(kind, id_)

    monkeypatch.setattr(record, "read", read)
    sent = await submit(acting, draft)
    monkeypatch.undo()
    [score] = record.of("Observation")
    assert score["valueQuantity"]["value"] == 3
    assert [each.value for each in sent.scores] == [3]
