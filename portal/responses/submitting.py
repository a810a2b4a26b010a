"""Sending a questionnaire: checked here, then one transaction, then the journal lets go. Twice is the same as once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from portal import audit
from portal.access import Permission, Role, decide
from portal.acting import Acting
from portal.errors import AlreadySent, ChangedElsewhere, Invalid, RecordError, Rejected, Unavailable, VersionConflict
from portal.fhir import Entry, Transaction
from portal.responses import tasks
from portal.responses.alerts import alert_tasks
from portal.responses.audience import hidden_scores
from portal.responses.drafts import Draft, journal_of, marked, reload, scope_now
from portal.responses.meanings import meant, write_meant
from portal.responses.reading import trials_of
from portal.responses.saving import FOLD_ATTEMPTS, save_pending
from portal.responses.scores import observations
from portal.responses.signing import Signature, signature_of
from portal.responses.todo import next_of
from portal.sdc import AlertRule, Form, ScoreResult, extract
from portal.types import Json

log = structlog.get_logger("portal.responses")


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """A response that is sent. `alerts` are the rules its answers meet; `next_task` is what the person may fill next."""

    response: str
    at: datetime
    scores: tuple[ScoreResult, ...]
    alerts: tuple[AlertRule, ...]
    next_task: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """The answers as they were when the person sent them, and found complete: what is typed while they are on their way is
    not among them.
    """

    completed: Json
    at: datetime
    scores: tuple[ScoreResult, ...]
    alerts: tuple[AlertRule, ...]

    @classmethod
    def of(cls, draft: Draft, now: datetime) -> "Ready":
        """Raises `Invalid` with each answer that is missing or wrong."""
        session = draft.session
        problems = session.errors()
        if problems:
            raise Invalid(problems)
        completed = {**session.completed(now), "meta": draft.stored["meta"]}
        completed = {**marked(completed, draft.seen, now), "authored": completed["authored"]}
        return cls(completed=completed, at=now, scores=tuple(session.scores()), alerts=tuple(session.alerts()))


async def submit(acting: Acting, draft: Draft, *, signature: Signature | None = None) -> Submitted:
    """Send the questionnaire. A second call, from this page or another, changes nothing and tells the same. `signature` is
    for a form that asks for one.

    Raises `Invalid` with each answer that is missing or wrong (places are paths), `ChangedElsewhere` when another page
    has answered in between (look first), `NotSaved`, and `Unavailable` when the record cannot be reached: then nothing is
    sent, and everything is kept.
    """
    decide(acting.actor, Permission.RESPONSE_FILL, await scope_now(acting, draft))
    async with draft.storing:
        await save_pending(acting, draft)
        async with draft.answering:
            journal = journal_of(acting, draft.response)
            try:
                latest = await journal.seal()
            except AlreadySent:
                return await _sent(acting, draft)
            try:
                if latest != draft.seen:
                    await reload(acting, draft)
                    raise ChangedElsewhere
                ready, completed = await _commit(acting, draft, Ready.of(draft, acting.clock.now()), signature)
            except AlreadySent:
                return await _sent(acting, draft)
            except Unavailable as error:
                if not error.maybe_done:  # else answers wait until it is known what was sent
                    await journal.unseal()
                raise
            except BaseException:
                await journal.unseal()
                raise
            await journal.close(draft.seen)
            draft.stored = completed
    return await _told(acting, draft, ready.scores, ready.alerts)


async def _commit(acting: Acting, draft: Draft, ready: Ready, signature: Signature | None) -> tuple[Ready, Json]:
    """What was sent, and the response as the record has it. The one transaction. Written by the portal's own client: nobody may write scores, alerts or the audit trail by hand.

    Another page may have folded the same answers in between: then the draft is read again and sent as it is. When the record
    refuses it, it is sent without what templates of the form mean: a fault of those must not stop the answers.
    """
    meaning = draft.form.extracts
    for _ in range(FOLD_ATTEMPTS):
        task = await acting.service.read("Task", draft.asked.id)
        named = not trials_of(draft.stored)
        signed = signature_of(acting.actor, draft.form, signature, ready.at, named=named) if signature else None
        completed, transaction = await asyncio.to_thread(sending, draft.form, ready, task, signed, meaning=meaning)
        patient = draft.asked.patient
        entity = f"QuestionnaireResponse/{completed['id']}"
        transaction.create(
            audit.event(acting, audit.Action.UPDATE, Permission.RESPONSE_FILL, patient=patient, entity=entity)
        )
        try:
            stored = await acting.service.commit(transaction)
        except VersionConflict:
            await reload(acting, draft)
            ready = Ready.of(draft, acting.clock.now())
        except Rejected as error:
            if not meaning:
                raise
            log.warning("responses.meanings_refused", form=draft.form.code, status=error.status)
            meaning = False
        except Unavailable as error:
            if not error.maybe_done:
                raise
            return ready, await _what_was_done(acting, draft)
        else:
            return ready, stored[0] or completed
    raise VersionConflict(status=412)


def sending(
    form: Form, ready: Ready, task: Json, signature: Json | None = None, *, meaning: bool = True
) -> tuple[Json, Transaction]:
    """The completed response, and everything that is written with it. Pure."""
    completed: Json = ready.completed
    now = ready.at
    if signature is not None:
        completed = {**completed, "extension": [*completed.get("extension", ()), signature]}
    transaction = Transaction()
    transaction.update(completed)
    transaction.update(tasks.done(task, completed["id"], now))
    for observation in observations(completed, extract(form, completed), hidden=hidden_scores(form)):
        transaction.create(observation)
    for alert in alert_tasks(completed, ready.alerts, now):
        transaction.entries.append(Entry(method="POST", url="Task", resource=alert, if_none_exist=f"_id={alert['id']}"))
    if meaning:
        write_meant(transaction, meant(form, completed, now))
    return completed, transaction


async def _what_was_done(acting: Acting, draft: Draft) -> Json:
    """The sent response, when a transaction whose answer was lost has happened.

    Raises `Unavailable` when it has not, with `maybe_done` when that cannot be known yet.
    """
    try:
        stored = await acting.service.read("QuestionnaireResponse", draft.response)
    except RecordError:
        raise Unavailable(maybe_done=True) from None
    if stored["status"] == "in-progress":
        raise Unavailable
    return stored


async def _sent(acting: Acting, draft: Draft) -> Submitted:
    """It was sent before, from here or from another page."""
    draft.stored = await acting.fhir.read("QuestionnaireResponse", draft.response)
    if draft.stored["status"] == "in-progress":  # the machine stopped between the two databases: never seen, but told
        raise AlreadySent
    return await _told(acting, draft, draft.session.scores(), draft.session.alerts())


async def _told(acting: Acting, draft: Draft, scores: Sequence[ScoreResult], alerts: Sequence[AlertRule]) -> Submitted:
    return Submitted(
        response=draft.response,
        at=datetime.fromisoformat(draft.stored["authored"]),
        scores=tuple(scores),
        alerts=tuple(alerts),
        next_task=None if acting.actor.role is Role.RELATIVE else await next_of(acting, draft.asked.patient),
    )
