"""A questionnaire being filled: each answer is on disk before it is called saved, and the draft in the record follows.

Three copies, each a step behind the former: the page's session, the journal, the QuestionnaireResponse. Whoever opens the
draft gets the response with the journal's later rows on it, so that a stopped machine or a second device loses nothing.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.errors import (
    AlreadySent,
    BeingSent,
    ChangedElsewhere,
    Invalid,
    NotFound,
    NotSaved,
    RecordError,
    VersionConflict,
)
from portal.fhir import Entry, Transaction, systems
from portal.people import patient_scope
from portal.responses import tasks
from portal.responses.journal import Journal, PerhapsSent, Row
from portal.sdc import Change, Form, FormSession
from portal.types import Json

FOLD_ATTEMPTS = 3
ADD, REMOVE = "+", "-"  # before a path: add a line to this repeating group, take this line away

log = structlog.get_logger("portal.responses")


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """An answer that is on disk. `elsewhere` when answers of another page were found with it: redraw the questions."""

    at: datetime
    elsewhere: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """An answer given on this page that the journal has not said it has. `key` names the gesture."""

    path: str
    value: Any
    key: str


@dataclass(kw_only=True, slots=True)
class Draft:
    """One page's hold on a draft. `session` gives what to show; `section` is the index of the section to show first.

    `seen` is the revision of the latest answer it knows, `folded` that of the latest in `stored`, the response in the
    record. `pending` are answers given here that are not on disk yet, in the order they were given.
    """

    asked: tasks.Asked
    form: Form
    scope: Scope
    locale: str
    stored: Json
    session: FormSession
    seen: int
    folded: int
    section: int
    saved_at: datetime | None
    pending: list[Pending] = field(default_factory=list[Pending])
    answering: asyncio.Lock = field(default_factory=asyncio.Lock)
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def response(self) -> str:
        return str(self.stored["id"])

    @property
    def sent(self) -> bool:
        """What was sent is never a draft again, whatever this page still holds."""
        return self.stored["status"] != "in-progress"


async def open_draft(acting: Acting, task: str, *, locale: str = "fr") -> Draft:
    """The draft that answers a Task, begun at the first call; the same one for every device.

    Raises `AlreadySent`, `Refused`, `NotFound`.
    """
    stored_task = await acting.fhir.read("Task", task)
    asked = tasks.read_task(stored_task)
    form = acting.catalogue.by_canonical(asked.questionnaire) if asked else None
    if asked is None or form is None or asked.state is tasks.State.CANCELLED:
        raise NotFound(status=404)
    scope = await scope_of(acting, asked.patient, owner=asked.owner, form=form)
    decide(acting.actor, Permission.RESPONSE_FILL, scope)
    if asked.state is tasks.State.SENT:
        raise AlreadySent
    if asked.response is None:
        await _begin(acting, stored_task, asked, form, locale)
    response = asked.response or tasks.response_id(task)
    stored, session, seen = await _load(acting, response, form, locale)
    folded = revision_of(stored)
    place = await journal_of(acting, response).open(folded)
    if place.sent:
        raise AlreadySent
    return Draft(
        asked=asked,
        form=form,
        scope=scope,
        locale=locale,
        stored=stored,
        session=session,
        seen=seen,
        folded=folded,
        section=min(place.section, len(form.sections) - 1),
        saved_at=place.at if place.revision else None,
    )


async def save_answer(acting: Acting, draft: Draft, path: str, value: Any, key: str | None = None) -> Saved:
    """Keep an answer that `draft.session` has already taken; on return it is on disk.

    `key` names this gesture, so that sending it again is harmless. Raises `NotSaved` (it stays in `draft.pending`),
    `ChangedElsewhere` (the session shows the new state), `AlreadySent`, `BeingSent`.
    """
    decide(acting.actor, Permission.RESPONSE_FILL, draft.scope)
    draft.pending.append(Pending(path=path, value=value, key=key or acting.chance.id()))
    async with draft.answering:
        saved = await _keep_pending(acting, draft)
    return saved or Saved(at=draft.saved_at or acting.clock.now(), elsewhere=False)  # a gesture before took it along


async def save_pending(acting: Acting, draft: Draft) -> Saved | None:
    """Try again to keep what could not be kept. None when there was nothing. Raises as `save_answer`."""
    async with draft.answering:
        return await _keep_pending(acting, draft)


async def save_place(acting: Acting, draft: Draft, section: int) -> None:
    """Remember that the person is in the section of this index, for the next device."""
    draft.section = section
    await journal_of(acting, draft.response).move(section)


async def look_again(acting: Acting, draft: Draft) -> bool:
    """True when another page has answered in the meantime; the session then holds its answers too.

    Raises `AlreadySent` when it was sent.
    """
    async with draft.answering:
        place = await journal_of(acting, draft.response).place()
        if place is not None and place.sent:
            raise AlreadySent
        if place is None or place.revision <= draft.seen:
            return False
        await _catch_up(acting, draft)
        return True


async def fold(acting: Acting, draft: Draft) -> None:
    """Bring the response in the record up to date, then let go of the rows it holds. Does nothing when it is up to date.

    Raises `RecordError` when the record cannot be reached: every answer stays in the journal. Raises `AlreadySent`.
    """
    async with draft.storing:
        for _ in range(FOLD_ATTEMPTS):
            if draft.seen == draft.folded or draft.sent:
                return
            revision = draft.seen
            response = marked(current(draft), revision, acting.clock.now())
            try:
                stored = await acting.fhir.replace(response)
            except VersionConflict:
                async with draft.answering:
                    await reload(acting, draft)
                continue
            draft.stored, draft.folded = stored, revision
            await journal_of(acting, draft.response).drop(revision)
            return
        raise VersionConflict(status=412)


async def reload(acting: Acting, draft: Draft) -> None:
    """Take the answers as record and journal hold them, with those not kept yet on top. The caller holds `answering`."""
    draft.stored, draft.session, draft.seen = await _load(acting, draft.response, draft.form, draft.locale)
    draft.folded = revision_of(draft.stored)
    for waiting in draft.pending:
        apply(draft.session, waiting.path, waiting.value)


def apply(session: FormSession, path: str, value: Any) -> Change | None:
    """Give one answer of the journal to a session. None when the form does not take it any more."""
    try:
        if path.startswith(ADD):
            return session.add(path[1:])
        if path.startswith(REMOVE):
            return session.remove(path[1:])
        return session.set(path, value)
    except Invalid:
        return None


def current(draft: Draft) -> Json:
    """The response as the page shows it, to replace the stored version."""
    return {**draft.session.response(), "meta": draft.stored["meta"]}


def marked(response: Json, revision: int, now: datetime) -> Json:
    """The response with the revision of the latest answer that it holds."""
    others = [each for each in response.get("extension", ()) if each.get("url") != systems.JOURNAL_REVISION]
    marker: Json = {"url": systems.JOURNAL_REVISION, "valueInteger": revision}
    return {**response, "extension": [*others, marker], "authored": now.isoformat(timespec="seconds")}


def revision_of(response: Json) -> int:
    extensions: list[Json] = response.get("extension", [])
    return next((each["valueInteger"] for each in extensions if each.get("url") == systems.JOURNAL_REVISION), 0)


def journal_of(acting: Acting, response: str) -> Journal:
    return Journal(
        db=acting.db, clock=acting.clock, chance=acting.chance, response=response, author=acting.actor.reference
    )


async def scope_of(
    acting: Acting,
    patient: str,
    *,
    owner: str | None = None,
    form: Form | None = None,
    trials: frozenset[str] | None = None,
) -> Scope:
    """The facts that access rules compare; `trials` are those of the resource itself, when it is read and not the patient."""
    shown = form is None or form.shown_to_patient
    if acting.actor.reference == f"Patient/{patient}":
        return Scope(patient=patient, filled_by=owner, shown_to_patient=shown, trials=trials or frozenset())
    known = await patient_scope(acting, patient)
    return Scope(
        patient=patient,
        organizations=known.organizations,
        trials=known.trials if trials is None else trials,
        filled_by=owner,
        shown_to_patient=shown,
    )


async def _begin(acting: Acting, task: Json, asked: tasks.Asked, form: Form, locale: str) -> None:
    """Creates the response once: two devices that open the Task at the same time make the same one, and one of them wins."""
    now = acting.clock.now()
    response = tasks.response_id(asked.id)
    about: Json = {
        "id": response,
        "subject": {"reference": f"Patient/{asked.patient}"},
        "author": {"reference": acting.actor.reference},
        "source": {"reference": acting.actor.reference},
    }
    if "encounter" in task:
        about["encounter"] = task["encounter"]
    if tags := task.get("meta", {}).get("tag"):
        about["meta"] = {"tag": tags}
    given = {"patient": await acting.fhir.read("Patient", asked.patient)} if _asks_about_patient(form) else {}
    session = await asyncio.to_thread(FormSession, form, now=now, locale=locale, about=about, given=given)
    transaction = Transaction()
    transaction.entries.append(
        Entry(
            method="POST",
            url="QuestionnaireResponse",
            resource=marked(session.response(), 0, now),
            if_none_exist=f"_id={response}",
        )
    )
    transaction.update(tasks.begun(task, response, now))
    try:
        await acting.fhir.commit(transaction)
    except VersionConflict:
        again = tasks.read_task(await acting.fhir.read("Task", asked.id))
        if again is None or again.response != response:
            raise


async def _load(acting: Acting, response: str, form: Form, locale: str) -> tuple[Json, FormSession, int]:
    """The response with the journal's later rows on it, and the revision of the latest of them.

    The journal is read first: a row that is folded and dropped between the two reads is then in the response.
    """
    rows = await journal_of(acting, response).rows()
    stored = await acting.fhir.read("QuestionnaireResponse", response)
    if stored["status"] != "in-progress":
        await journal_of(acting, response).close(revision_of(stored))
        raise AlreadySent
    folded = revision_of(stored)
    session = await asyncio.to_thread(
        replayed, form, stored, [row for row in rows if row.revision > folded], acting.clock.now(), locale
    )
    return stored, session, max([folded, *(row.revision for row in rows)])


def replayed(form: Form, stored: Json, rows: list[Row], now: datetime, locale: str) -> FormSession:
    session = FormSession(form, stored, now=now, locale=locale)
    for row in rows:
        if apply(session, row.path, row.value) is None:
            log.warning("responses.row_not_taken", response=stored["id"], revision=row.revision)
    return session


async def _keep_pending(acting: Acting, draft: Draft) -> Saved | None:
    """Everything given here goes to the journal in the order it was given. The caller holds `answering`."""
    saved = None
    while draft.pending:
        kept = await _keep(acting, draft, draft.pending[0])
        saved = Saved(at=kept.at, elsewhere=kept.elsewhere or (saved is not None and saved.elsewhere))
    return saved


async def _keep(acting: Acting, draft: Draft, answer: Pending) -> Saved:
    """Append one answer, and take in those of other pages that came before it."""
    try:
        row = await _append(acting, draft, answer)
    except PerhapsSent:
        await _learn_how_it_ended(acting, draft)
        row = await _append(acting, draft, answer)
    except SQLAlchemyError as error:
        log.warning("responses.not_saved", response=draft.response, cause=type(error).__name__)
        raise NotSaved from None
    except AlreadySent:
        draft.pending.clear()
        raise
    except ChangedElsewhere:
        draft.pending.remove(answer)
        await reload(acting, draft)
        raise
    draft.pending.remove(answer)
    draft.saved_at = row.at
    elsewhere = row.revision > draft.seen + 1
    if elsewhere:
        await _catch_up(acting, draft)
    else:
        draft.seen = max(draft.seen, row.revision)
    return Saved(at=row.at, elsewhere=elsewhere)


async def _append(acting: Acting, draft: Draft, answer: Pending) -> Row:
    on_a_line = answer.path[0] in {ADD, REMOVE} or "[" in answer.path
    journal = journal_of(acting, draft.response)
    return await journal.append(answer.path, answer.value, answer.key, after=draft.seen if on_a_line else None)


async def _learn_how_it_ended(acting: Acting, draft: Draft) -> None:
    """A sending began long ago and never told its end. Until the record says it, no answer may be called saved.

    Raises `AlreadySent` when it was sent, `BeingSent` while the record cannot be asked.
    """
    try:
        stored = await acting.fhir.read("QuestionnaireResponse", draft.response)
    except RecordError:
        raise BeingSent from None
    journal = journal_of(acting, draft.response)
    if stored["status"] == "in-progress":
        await journal.unseal()
        return
    await journal.close(revision_of(stored))
    draft.pending.clear()
    raise AlreadySent


async def _catch_up(acting: Acting, draft: Draft) -> None:
    """Give the session the answers that other pages wrote since it last looked."""
    rows = await journal_of(acting, draft.response).rows(draft.seen)
    if [row.revision for row in rows] != list(range(draft.seen + 1, draft.seen + 1 + len(rows))) or not rows:
        await reload(acting, draft)  # some were folded away meanwhile
        return
    for row in rows:
        apply(draft.session, row.path, row.value)
    draft.seen = rows[-1].revision
    for waiting in draft.pending:
        apply(draft.session, waiting.path, waiting.value)


def _asks_about_patient(form: Form) -> bool:
    return any(
        each["url"].endswith("/sdc-questionnaire-launchContext") for each in form.questionnaire.get("extension", ())
    )
