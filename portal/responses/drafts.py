"""A questionnaire being filled: each answer is on disk before it is called saved, and the draft in the record follows.

Three copies, each a step behind the former: the page's session, the journal, the QuestionnaireResponse. Whoever opens the
draft gets the response with the journal's later rows on it, so that a stopped machine or a second device loses nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from portal.access import Role, Scope
from portal.acting import Acting
from portal.errors import AlreadySent, Forbidden, Invalid, Unavailable
from portal.fhir import systems
from portal.people import organizations_of, patient_scope
from portal.responses.journal import Journal, Row
from portal.responses.surroundings import Surroundings, session_amid
from portal.responses.tasks import Asked
from portal.sdc import Change, Form, FormSession
from portal.types import Json

ADD, REMOVE, AGAIN = (
    "+",
    "-",
    "=",
)  # before a path: add a line to this repeating group, take this line away, compute anew

SCOPE_SECONDS = 2.0

log = structlog.get_logger("portal.responses")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """An answer given on this page that the journal has not said it has. `key` names the gesture; `answers` are the answer as
    FHIR stores it.
    """

    path: str
    value: Any
    key: str
    answers: Sequence[Json] | None = None

    @property
    def moves_lines(self) -> bool:
        """Whether the session must not be given it twice."""
        return self.path[0] in {ADD, REMOVE}


@dataclass(kw_only=True, slots=True)
class Draft:
    """One page's hold on a draft. `session` gives what to show; `section` is the index of the section to show first.

    `seen` is the revision of the latest answer it knows, `folded` that of the latest in `stored`, the response in the
    record. `scope_read` is when the centres in `scope` were last read (monotonic). `pending` are answers given here that are not on disk yet, in the order they were given.
    """

    asked: Asked
    form: Form
    around: Surroundings
    scope: Scope
    locale: str
    stored: Json
    session: FormSession
    seen: int
    folded: int
    section: int
    saved_at: datetime | None
    scope_read: float = float("-inf")
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


async def load(acting: Acting, around: Surroundings, response: str, locale: str) -> tuple[Json, FormSession, int]:
    """The response with the journal's later rows on it, and the revision of the latest of them.

    The journal is read first: a row that is folded and dropped between the two reads is then in the response.
    """
    rows = await journal_of(acting, response).rows()
    stored = await stored_response(acting, response)
    if stored["status"] != "in-progress":
        await journal_of(acting, response).close(revision_of(stored))
        raise AlreadySent
    folded = revision_of(stored)
    later, now = [row for row in rows if row.revision > folded], acting.clock.now()
    session = await session_amid(acting, around, lambda: replayed(around, stored, later, now, locale), needed=False)
    return stored, session, max([folded, *(row.revision for row in rows)])


def replayed(around: Surroundings, stored: Json, rows: list[Row], now: datetime, locale: str) -> FormSession:
    session = around.session(stored, now=now, locale=locale)
    for row in rows:
        if apply(session, row) is None:
            log.warning("responses.row_not_taken", response=stored["id"], revision=row.revision)
    return session


async def reload(acting: Acting, draft: Draft) -> None:
    """Take the answers as record and journal hold them, with those not kept yet on top. The caller holds `answering`."""
    draft.stored, draft.session, draft.seen = await load(acting, draft.around, draft.response, draft.locale)
    draft.folded = revision_of(draft.stored)
    for waiting in draft.pending:
        apply(draft.session, waiting)


def apply(session: FormSession, given: Row | Pending) -> Change | None:
    """Give one answer of the journal to a session. What was taken once is taken again, though its possible answers may not be
    known now (a value set that is away). None when its line is gone.
    """
    path = given.path
    try:
        if path.startswith(ADD):
            return session.add(path[1:])
        if path.startswith(REMOVE):
            return session.remove(path[1:])
        if path.startswith(AGAIN):
            return session.reset(path[1:])
        try:
            return session.set(path, given.value)
        except Invalid:
            return None if given.answers is None else session.take(path, given.answers)
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


async def stored_response(acting: Acting, response: str) -> Json:
    """The response in the record, for who fills it. Raises `AlreadySent` when it was sent and its patient may not see it."""
    try:
        return await acting.fhir.read("QuestionnaireResponse", response)
    except Forbidden:
        if acting.actor.role is Role.PATIENT:
            raise AlreadySent from None
        raise


async def scope_now(acting: Acting, draft: Draft) -> Scope:
    """The facts of now on a draft: a centre that no longer follows the patient fills no more, within two seconds.

    While the record cannot be asked the former facts hold, because answers must not be lost; it will refuse them itself.
    """
    mine = acting.actor.role in {Role.PATIENT, Role.RELATIVE, Role.SERVICE}
    now = acting.clock.monotonic()
    if not mine and now - draft.scope_read >= SCOPE_SECONDS:
        patient = draft.asked.patient
        try:
            centres = await organizations_of(acting, [patient])
        except Unavailable:
            return draft.scope
        draft.scope, draft.scope_read = replace(draft.scope, organizations=centres[patient]), now
    return draft.scope


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
