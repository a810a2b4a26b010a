"""Keeping answers: to the journal at once, to the record in its own time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import AlreadySent, BeingSent, ChangedElsewhere, NotSaved, RecordError, VersionConflict
from portal.responses.drafts import (
    ADD,
    AGAIN,
    REMOVE,
    Draft,
    Pending,
    apply,
    current,
    journal_of,
    marked,
    reload,
    revision_of,
    scope_now,
)
from portal.responses.journal import PerhapsSent, Row
from portal.types import Json

FOLD_ATTEMPTS = 3

log = structlog.get_logger("portal.responses")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """Another page gave this question another answer, which this page had not seen when it gave its own."""

    path: str
    value: Any
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """An answer that is on disk. `elsewhere` when answers of another page were found with it: redraw the questions.

    `rival`: the answer given here has taken the place of one that its author had not seen; both are known until somebody
    says which one holds.
    """

    at: datetime
    elsewhere: bool
    rival: Rival | None = None


async def save_answer(acting: Acting, draft: Draft, path: str, value: Any, key: str | None = None) -> Saved:
    """Keep an answer that `draft.session` has already taken; on return it is on disk.

    `key` names this gesture, so that sending it again is harmless. Raises `NotSaved` (it stays in `draft.pending`),
    `ChangedElsewhere` (the session shows the new state), `AlreadySent`, `BeingSent`.
    """
    decide(acting.actor, Permission.RESPONSE_FILL, await scope_now(acting, draft))
    return await _save(acting, draft, path, value, key)


async def save_pending(acting: Acting, draft: Draft) -> Saved | None:
    """Try again to keep what could not be kept. None when there was nothing. Raises as `save_answer`."""
    async with draft.answering:
        return await _keep_pending(acting, draft)


async def add_copy(acting: Acting, draft: Draft, path: str) -> Saved:
    """One more copy of the repeating group that `path` belongs to. Raises `Invalid` when there may be no more, else as `save_answer`."""
    decide(acting.actor, Permission.RESPONSE_FILL, await scope_now(acting, draft))
    draft.session.add(path)
    return await _save(acting, draft, f"{ADD}{path}", None)


async def remove_copy(acting: Acting, draft: Draft, path: str) -> Saved:
    """Take this copy of a repeating group away, with its answers."""
    decide(acting.actor, Permission.RESPONSE_FILL, await scope_now(acting, draft))
    draft.session.remove(path)
    return await _save(acting, draft, f"{REMOVE}{path}", None)


async def compute_again(acting: Acting, draft: Draft, path: str) -> Saved:
    """Give an answer that the person changed back to the form's computation."""
    decide(acting.actor, Permission.RESPONSE_FILL, await scope_now(acting, draft))
    draft.session.reset(path)
    return await _save(acting, draft, f"{AGAIN}{path}", None)


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
            if draft.seen == draft.folded or draft.sent or any(each.moves_lines for each in draft.pending):
                return  # a line that the journal does not know of yet would come or go twice
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


async def _save(acting: Acting, draft: Draft, path: str, value: Any, key: str | None = None) -> Saved:
    """Nothing is waited for between what the session has taken and `pending`, by which a fold knows of it."""
    asked = path[0] not in {ADD, REMOVE, AGAIN} and path in draft.session.paths
    answers = draft.session.given(path) if asked else None
    draft.pending.append(Pending(path=path, value=value, key=key or acting.chance.id(), answers=answers))
    async with draft.answering:
        saved = await _keep_pending(acting, draft)
    return saved or Saved(at=draft.saved_at or acting.clock.now(), elsewhere=False)  # a gesture before took it along


async def _keep_pending(acting: Acting, draft: Draft) -> Saved | None:
    """Everything given here goes to the journal in the order it was given. The caller holds `answering`."""
    saved = None
    while draft.pending:
        kept = await _keep(acting, draft, draft.pending[0])
        before = saved or kept
        saved = Saved(at=kept.at, elsewhere=kept.elsewhere or before.elsewhere, rival=kept.rival or before.rival)
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
    rival = None
    if elsewhere:
        stored = draft.stored
        rival = _rival(answer, row, await _catch_up(acting, draft), stored, draft)
    else:
        draft.seen = max(draft.seen, row.revision)
    return Saved(at=row.at, elsewhere=elsewhere, rival=rival)


def _rival(answer: Pending, mine: Row, rows: list[Row], stored: Json, draft: Draft) -> Rival | None:
    """What another page answered to the same question in between; from the record when its rows were folded away."""
    if answer.path[0] in {ADD, REMOVE, AGAIN}:
        return None
    others = [row for row in rows if row.path == answer.path and row.revision < mine.revision]
    if others:
        last = others[-1]
        return Rival(path=last.path, value=last.value, at=last.at) if last.value != answer.value else None
    if draft.stored is stored:
        return None
    now, held = mine.at, [draft.stored, stored]
    theirs, known = (draft.around.session(each, now=now, locale=draft.locale) for each in held)
    if answer.path not in theirs.paths or answer.path not in known.paths:
        return None
    value = theirs.state(answer.path).value
    if value in (None, [], answer.value) or value == known.state(answer.path).value:
        return None
    return Rival(
        path=answer.path, value=value, at=datetime.fromisoformat(draft.stored.get("authored", now.isoformat()))
    )


async def _append(acting: Acting, draft: Draft, answer: Pending) -> Row:
    on_a_line = answer.moves_lines or "[" in answer.path
    after = draft.seen if on_a_line else None
    journal = journal_of(acting, draft.response)
    return await journal.append(answer.path, answer.value, answer.key, answers=answer.answers, after=after)


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


async def _catch_up(acting: Acting, draft: Draft) -> list[Row]:
    """Give the session the answers that were written since it last looked; returns those that the journal still has."""
    rows = await journal_of(acting, draft.response).rows(draft.seen)
    gap = [row.revision for row in rows] != list(range(draft.seen + 1, draft.seen + 1 + len(rows)))
    if gap or not rows or any(each.moves_lines for each in draft.pending):
        await reload(acting, draft)  # some were folded away meanwhile, or a line that waits would move twice
        return rows
    for row in rows:
        apply(draft.session, row)
    draft.seen = rows[-1].revision
    for waiting in draft.pending:
        apply(draft.session, waiting)
    return rows
