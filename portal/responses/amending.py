"""Correcting a sent response: a new version with who, why and what, its scores replaced, its review told."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import audit
from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.errors import Invalid, NotFound, Problem, problem
from portal.fhir import Entry, Transaction, systems
from portal.i18n import N_
from portal.responses.alerts import alert_tasks
from portal.responses.answers import Answer, Change, answers_in, changes_between
from portal.responses.audience import hidden_scores
from portal.responses.drafts import scope_of
from portal.responses.locking import refuse_when_locked
from portal.responses.meanings import amend_meant, meant
from portal.responses.reading import SENT, sent_at, trials_of
from portal.responses.scores import observations
from portal.responses.surroundings import Surroundings, session_amid, surroundings_of
from portal.review import answers_changed
from portal.sdc import AlertRule, Form, FormSession, ScoreResult, extract
from portal.types import Json

REASONS: Mapping[str, str] = {
    "typing-error": N_("Typing error"),
    "source-corrected": N_("The source was corrected"),
    "late-information": N_("Information that came later"),
    "patient-request": N_("The patient asked for it"),
    "query": N_("Answer to a remark of the study"),
    "other": N_("Another reason"),
}


@dataclass(kw_only=True, slots=True)
class Amendment:
    """A correction being prepared on one page: `session` takes the new answers; nothing is kept before `amend`.

    `before` is the version that was read: a correction made elsewhere in between is not overwritten.
    """

    form: Form
    around: Surroundings
    scope: Scope
    before: Json
    session: FormSession


@dataclass(frozen=True, kw_only=True, slots=True)
class Amended:
    """`changes` are the answers that are no longer the same, consequences included; `response` the id, which stays."""

    response: str
    version: str
    changes: tuple[Change, ...]
    scores: tuple[ScoreResult, ...]


async def open_amendment(acting: Acting, response: str, *, locale: str = "fr") -> Amendment:
    """Begin to correct a sent response. Raises `Refused`, `NotFound` (also for a draft), `ResponseLocked`."""
    before = await acting.fhir.read("QuestionnaireResponse", response)
    form = acting.catalogue.by_canonical(before["questionnaire"])
    if form is None or before["status"] not in SENT:
        raise NotFound(status=404)
    patient = before["subject"]["reference"].removeprefix("Patient/")
    scope = await scope_of(acting, patient, form=form, trials=trials_of(before))
    decide(acting.actor, Permission.RESPONSE_AMEND, scope)
    await refuse_when_locked(acting, response)
    entity = f"QuestionnaireResponse/{response}"
    await audit.record(acting, audit.Action.READ, Permission.RESPONSE_AMEND, patient=patient, entity=entity)
    around = await surroundings_of(acting, form, patient, encounter=before.get("encounter", {}).get("reference", ""))
    session = await session_amid(acting, around, lambda: around.session(before, now=sent_at(before), locale=locale))
    return Amendment(form=form, around=around, scope=scope, before=before, session=session)


async def amend(
    acting: Acting, response: str, changes: Mapping[str, Any], *, reason: str, text: str = "", locale: str = "fr"
) -> Amended:
    """Correct the answers at these paths. `reason` is a code of REASONS; "other" wants a `text`."""
    amendment = await open_amendment(acting, response, locale=locale)
    for path, value in changes.items():
        amendment.session.set(path, value)
    return await keep_amendment(acting, amendment, reason=reason, text=text)


async def keep_amendment(acting: Acting, amendment: Amendment, *, reason: str, text: str = "") -> Amended:
    """Keep the correction as a new version, in one transaction with its scores, new alerts and the review's trail.

    Raises `Invalid` (answers by path; "reason" and "text" for the reason; an empty place when nothing was changed),
    `VersionConflict` when somebody corrected it in between.
    """
    decide(acting.actor, Permission.RESPONSE_AMEND, amendment.scope)
    await refuse_when_locked(acting, amendment.before["id"])
    now = acting.clock.now()
    corrected = Corrected.of(amendment, now, _about_reason(reason, text))
    after, before = corrected.response, amendment.before
    former = await asyncio.to_thread(FormSession, amendment.form, before, now=sent_at(before), as_sent=True)
    changes = changes_between(answers_in(former), corrected.answers)
    if not changes:
        raise Invalid([problem("", N_("No answer was changed."))])
    transaction = _transaction(amendment, former, corrected, now)
    transaction.create(_provenance(acting, amendment, reason, text, now))
    form = amendment.form
    was, meaning = await asyncio.to_thread(lambda: [meant(form, each, now) for each in (amendment.before, after)])
    await amend_meant(acting, transaction, was, meaning)
    await answers_changed(acting, transaction, amendment.before, after)
    patient, entity = amendment.scope.patient, f"QuestionnaireResponse/{after['id']}"
    transaction.create(
        audit.event(acting, audit.Action.UPDATE, Permission.RESPONSE_AMEND, patient=patient, entity=entity)
    )
    # Written by the portal's own client: nobody may write scores, alerts or the review's trail by hand.
    stored = (await acting.service.commit(transaction))[0] or after
    return Amended(
        response=after["id"],
        version=stored["meta"].get("versionId", ""),
        changes=changes,
        scores=corrected.scores,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Corrected:
    """The answers as they were when the correction was kept, and found complete: what is typed meanwhile is not among them."""

    response: Json
    answers: tuple[Answer, ...]
    scores: tuple[ScoreResult, ...]
    alerts: tuple[AlertRule, ...]

    @classmethod
    def of(cls, amendment: Amendment, now: datetime, problems: Sequence[Problem]) -> "Corrected":
        """Raises `Invalid` with these problems and each answer that is missing or wrong."""
        session = amendment.session
        if wrong := [*problems, *session.errors()]:
            raise Invalid(wrong)
        return cls(
            response=amended_response(amendment, now),
            answers=answers_in(session),
            scores=tuple(session.scores()),
            alerts=tuple(session.alerts()),
        )


def amended_response(amendment: Amendment, now: datetime) -> Json:
    """The new version. When it was first sent stays: scores belong to that day, whenever a typing error is corrected."""
    others = [e for e in amendment.before.get("extension", ()) if e.get("url") != systems.JOURNAL_REVISION]
    after = {**amendment.session.completed(now), "meta": amendment.before["meta"], "status": "amended"}
    after["authored"] = amendment.before.get("authored", after["authored"])
    after.pop("extension", None)
    return {**after, "extension": others} if others else after


def _transaction(amendment: Amendment, former: FormSession, corrected: Corrected, now: datetime) -> Transaction:
    form, before, after = amendment.form, amendment.before, corrected.response
    transaction = Transaction()
    transaction.update(after)
    hidden = hidden_scores(form)
    made = observations(after, extract(form, after), hidden=hidden)
    for observation in made:
        transaction.create({**observation, "status": "amended", "issued": now.isoformat(timespec="seconds")})
    kept = {observation["id"] for observation in made}
    for observation in observations(before, extract(form, before), hidden=hidden):
        if observation["id"] not in kept:  # the corrected answers give this score no value any more
            transaction.create({**observation, "status": "entered-in-error"})
    known = {rule.id for rule in former.alerts()}
    for alert in alert_tasks(after, [rule for rule in corrected.alerts if rule.id not in known], now):
        transaction.entries.append(Entry(method="POST", url="Task", resource=alert, if_none_exist=f"_id={alert['id']}"))
    return transaction


def _provenance(acting: Acting, amendment: Amendment, reason: str, text: str, now: datetime) -> Json:
    before = amendment.before
    entity = f"QuestionnaireResponse/{before['id']}/_history/{before['meta']['versionId']}"
    why: Json = {"coding": [{"system": systems.AMENDMENT_REASON, "code": reason}]}
    if text.strip():
        why["text"] = text.strip()
    provenance: Json = {
        "resourceType": "Provenance",
        "id": acting.chance.id(),
        "target": [{"reference": f"QuestionnaireResponse/{before['id']}"}],
        "recorded": now.isoformat(timespec="milliseconds"),
        "reason": [why],
        "agent": [{"who": {"reference": acting.actor.reference, "display": acting.actor.name}}],
        "entity": [{"role": "revision", "what": {"reference": entity}}],
    }
    tags: list[Json] = before["meta"].get("tag", [])
    return {**provenance, "meta": {"tag": tags}} if tags else provenance


def _about_reason(reason: str, text: str) -> list[Problem]:
    if reason not in REASONS:
        return [problem("reason", N_("Say why you correct it."))]
    if reason == "other" and not text.strip():
        return [problem("text", N_("Write the reason in a few words."))]
    return []
