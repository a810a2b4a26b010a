"""Answers left in the journal by pages that ended without a last word: brought into the record by the portal itself."""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import select

from portal.access import Permission, decide
from portal.acting import Acting
from portal.db import journal, places
from portal.errors import NotFound, VersionConflict
from portal.responses.drafts import journal_of, marked, replayed, revision_of
from portal.responses.surroundings import surroundings_of

QUIET = timedelta(minutes=5)

log = structlog.get_logger("portal.responses")


async def fold_left_answers(acting: Acting) -> int:
    """Fold every draft that nobody has answered for five minutes; returns how many. For the portal itself, at times.

    Raises `Unavailable` when the record cannot be reached: the journal keeps everything until the next time.
    """
    decide(acting.actor, Permission.RESPONSE_FILL)
    quiet = (acting.clock.now() - QUIET).isoformat(timespec="milliseconds")
    query = select(journal.c.response).join(places, places.c.response == journal.c.response).where(places.c.at < quiet)
    left = await acting.db.read(lambda connection: sorted(set(connection.execute(query).scalars())))
    return sum([await _fold(acting, response) for response in left])


async def _fold(acting: Acting, response: str) -> bool:
    own = journal_of(acting, response)
    rows = await own.rows()
    try:
        stored = await acting.service.read("QuestionnaireResponse", response)
        form = acting.catalogue.by_canonical(stored["questionnaire"])
        later = [row for row in rows if row.revision > revision_of(stored)]
        if form is None or stored["status"] != "in-progress":
            log.warning("responses.left_after_sending", response=response, rows=len(later))
            return False
        now = acting.clock.now()
        around = await surroundings_of(acting, form, stored["subject"]["reference"].removeprefix("Patient/"))
        session = await asyncio.to_thread(replayed, around, stored, later, now, "fr")
        revision = max([revision_of(stored), *(row.revision for row in rows)])
        await acting.service.replace(marked({**session.response(), "meta": stored["meta"]}, revision, now))
    except (VersionConflict, NotFound):
        return False  # somebody has it open after all, or it is gone
    await own.drop(revision)
    return True
