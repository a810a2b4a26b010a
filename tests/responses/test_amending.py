"""Correcting a sent response: the versions stay, scores follow, the reason is kept."""

import pytest

from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import Invalid, NotFound, Refused, VersionConflict
from portal.responses import (
    amend,
    amending,
    keep_amendment,
    open_amendment,
    open_draft,
    read_response,
    responses_of,
    save_answer,
    submit,
)
from tests.responses.conftest import ELSEWHERE, NURSE, Acts
from tests.responses.record import Record


@pytest.fixture
def nurse(acting_as: Acts) -> Acting:
    return acting_as(NURSE)


@pytest.fixture
async def sent(acting: Acting, clock: FixedClock) -> str:
    """A response that Camille sent: 1, 2, 0."""
    draft = await open_draft(acting, "t1")
    for path, value in {"q1": "1", "q2": "2", "q3": "0"}.items():
        draft.session.set(path, value)
        await save_answer(acting, draft, path, value)
    done = await submit(acting, draft)
    clock.tick(3600)
    return done.response


async def test_a_correction_is_a_new_version(nurse: Acting, record: Record, sent: str) -> None:
    before = len(record.versions[f"QuestionnaireResponse/{sent}"])
    await amend(nurse, sent, {"q1": "3"}, reason="typing-error")
    versions = record.versions[f"QuestionnaireResponse/{sent}"]
    assert len(versions) == before + 1
    assert (versions[-2]["status"], versions[-1]["status"]) == ("completed", "amended")


async def test_the_score_takes_the_place_of_the_former_one(nurse: Acting, record: Record, sent: str) -> None:
    await amend(nurse, sent, {"q1": "3"}, reason="typing-error")
    [score] = record.of("Observation")
    assert (score["status"], score["valueQuantity"]["value"]) == ("amended", 5)


async def test_the_score_stays_on_the_day_it_was_given(nurse: Acting, record: Record, sent: str) -> None:
    given = record.of("Observation")[0]["effectiveDateTime"]
    await amend(nurse, sent, {"q1": "3"}, reason="typing-error")
    assert record.of("Observation")[0]["effectiveDateTime"] == given


async def test_who_corrected_and_why_is_kept(nurse: Acting, record: Record, sent: str) -> None:
    former = record.versions[f"QuestionnaireResponse/{sent}"][-1]["meta"]["versionId"]
    await amend(nurse, sent, {"q1": "3"}, reason="other", text="La patiente a rappelé")
    [provenance] = record.of("Provenance")
    assert provenance["agent"][0]["who"] == {"reference": "Practitioner/n1", "display": "Inès Kaci"}
    assert provenance["reason"][0]["coding"][0]["code"] == "other"
    assert provenance["reason"][0]["text"] == "La patiente a rappelé"
    assert provenance["entity"][0]["what"]["reference"] == f"QuestionnaireResponse/{sent}/_history/{former}"


async def test_a_correction_that_shows_dark_thoughts_raises_an_alert(nurse: Acting, record: Record, sent: str) -> None:
    await amend(nurse, sent, {"q3": "2"}, reason="source-corrected")
    assert (await record.read("Task", f"alert-{sent}-dark-thoughts"))["status"] == "requested"


async def test_a_correction_does_not_open_a_seen_alert_again(nurse: Acting, record: Record, sent: str) -> None:
    await amend(nurse, sent, {"q3": "2"}, reason="source-corrected")
    alert = await record.read("Task", f"alert-{sent}-dark-thoughts")
    record._put({**alert, "status": "completed"})
    await amend(nurse, sent, {"q3": "0"}, reason="typing-error")
    await amend(nurse, sent, {"q3": "1"}, reason="typing-error")
    assert (await record.read("Task", alert["id"]))["status"] == "completed"


@pytest.mark.parametrize(
    ("reason", "text", "place"), [("", "", "reason"), ("whim", "", "reason"), ("other", " ", "text")]
)
async def test_a_correction_without_a_reason_is_refused(
    nurse: Acting, sent: str, reason: str, text: str, place: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await amend(nurse, sent, {"q1": "3"}, reason=reason, text=text)
    assert refusal.value.problems[0].place == place


async def test_a_correction_that_changes_nothing_makes_no_version(nurse: Acting, record: Record, sent: str) -> None:
    before = len(record.versions[f"QuestionnaireResponse/{sent}"])
    with pytest.raises(Invalid):
        await amend(nurse, sent, {"q1": "1"}, reason="typing-error")
    assert len(record.versions[f"QuestionnaireResponse/{sent}"]) == before


async def test_two_corrections_at_once_do_not_overwrite_each_other(nurse: Acting, sent: str) -> None:
    first, second = await open_amendment(nurse, sent), await open_amendment(nurse, sent)
    first.session.set("q1", "3")
    second.session.set("q2", "0")
    await keep_amendment(nurse, first, reason="typing-error")
    with pytest.raises(VersionConflict):
        await keep_amendment(nurse, second, reason="typing-error")


async def test_a_draft_is_not_corrected(nurse: Acting, acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    with pytest.raises(NotFound):
        await open_amendment(nurse, draft.response)


async def test_staff_of_another_centre_and_the_patient_cannot_correct(
    acting: Acting, acting_as: Acts, sent: str
) -> None:
    for who in (acting, acting_as(ELSEWHERE)):
        with pytest.raises(Refused):
            await amend(who, sent, {"q1": "3"}, reason="typing-error")


async def test_every_version_is_read_with_what_it_changed(nurse: Acting, sent: str) -> None:
    await amend(nurse, sent, {"q1": "3"}, reason="typing-error")
    read = await read_response(nurse, sent)
    newest, first = read.versions
    assert (newest.name, newest.reason) == ("Inès Kaci", "typing-error")
    [change] = newest.changes
    assert change.before
    assert change.after
    assert (change.before.values, change.after.values) == (("1",), ("3",))
    assert {answer.path: answer.values for answer in first.answers}["q1"] == ("1",)
    assert read.scores[0].value == 5


async def test_answers_are_read_in_words(nurse: Acting, sent: str, fr) -> None:
    read = await read_response(nurse, sent)
    assert [answer.text(fr) for answer in read.answers[:3]] == ["Parfois", "Souvent", "Jamais"]


async def test_a_draft_is_read_by_nobody(nurse: Acting, acting: Acting) -> None:
    draft = await open_draft(acting, "t1")
    with pytest.raises(NotFound):
        await read_response(nurse, draft.response)


async def test_sent_responses_are_listed_with_their_scores(nurse: Acting, sent: str) -> None:
    [row] = await responses_of(nurse, "p1")
    assert (row.id, row.by_patient, row.trial) == (sent, True, "ebipolar")
    assert [(score.code, score.value) for score in row.scores] == [("SMALL.total", 3)]


async def test_reading_is_in_the_audit_trail(nurse: Acting, record: Record, sent: str) -> None:
    await read_response(nurse, sent)
    event = record.of("AuditEvent")[-1]
    assert (event["action"], event["agent"][0]["who"]["reference"]) == ("R", "Practitioner/n1")


async def test_what_is_typed_while_a_correction_is_kept_is_not_in_it(
    nurse: Acting, record: Record, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    amendment = await open_amendment(nurse, sent)
    amendment.session.set("q1", "3")
    true_way = amending.amend_meant

    async def slow(*args, **options):
        amendment.session.set("q2", None)
        return await true_way(*args, **options)

    monkeypatch.setattr(amending, "amend_meant", slow)
    await keep_amendment(nurse, amendment, reason="typing-error")
    [score] = record.of("Observation")
    assert score["valueQuantity"]["value"] == 5
