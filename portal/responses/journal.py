"""The answer journal: each answer is one durable row before anybody is told that it is saved.

Rows of a response are numbered 1, 2, 3… without gaps, so that a device sees at once whether another has written in
between. A stored draft says up to which number it holds the rows (`folded`); rows are taken away only once they are in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from portal.chance import Chance
from portal.clock import Clock
from portal.db import Database, journal, places
from portal.errors import AlreadySent, BeingSent, ChangedElsewhere
from portal.fhir.jsons import dumps, loads
from portal.types import Json

FOR_EVER = "9999"
SENDING = timedelta(seconds=60)  # longer than any call to the FHIR server may last


class PerhapsSent(BeingSent):
    """A sending began and never told how it ended: the record knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One answer. `path` is the question's (`+path` and `-path` add and remove a line), `value` what the form takes, `answers`
    the same as FHIR stores it (None for a line).
    """

    revision: int
    path: str
    value: Any
    at: datetime
    answers: Sequence[Json] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a draft stands. `revision` is that of its latest answer, `at` when it was given.

    `sealed_until` is empty, or the instant after which a sending that has not ended will not end by itself.
    """

    section: int
    revision: int
    at: datetime
    sealed_until: str

    @property
    def sent(self) -> bool:
        return self.sealed_until >= FOR_EVER


@dataclass(frozen=True, kw_only=True, slots=True)
class Journal:
    """The journal of one response. `author` is the reference of who answers."""

    db: Database
    clock: Clock
    chance: Chance
    response: str
    author: str

    async def open(self, folded: int) -> Place:
        """Make ready for answers to a draft that holds rows up to `folded`; the place of an open draft is kept."""
        at = _iso(self.clock.now())

        def work(connection: Connection) -> Place:
            row = connection.execute(select(places).where(places.c.response == self.response)).one_or_none()
            if row is None:
                values = {"section": 0, "revision": folded, "sealed_until": "", "at": at}
                connection.execute(insert(places).values(response=self.response, **values))
            elif row.revision < folded:  # this database was restored from an older copy
                connection.execute(_at_place(self.response).values(revision=folded))
            return _place(connection, self.response)

        return await self.db.write(work)

    async def place(self) -> Place | None:
        """None when no draft was ever open here."""

        def work(connection: Connection) -> Place | None:
            known = connection.execute(select(places.c.response).where(places.c.response == self.response)).first()
            return _place(connection, self.response) if known else None

        return await self.db.read(work)

    async def append(
        self, path: str, value: Any, key: str, *, answers: Sequence[Json] | None = None, after: int | None = None
    ) -> Row:
        """Keep one answer; on return it is on disk. A repeated `key` gives the row of the first time.

        `after` refuses (`ChangedElsewhere`) unless the latest row is that one. Raises `AlreadySent`, `BeingSent`,
        `PerhapsSent`.
        """
        now = self.clock.now()
        content, stored = dumps(value).decode(), dumps(answers).decode()

        def work(connection: Connection) -> Row:
            before = connection.execute(_SAME, {"of": self.response, "gesture": key}).one_or_none()
            if before is not None:
                return _row(before)
            # The update locks the place, so that numbers follow each other in the order of the commits.
            given = connection.execute(_NEXT, {"of": self.response, "now": _iso(now)}).one_or_none()
            if given is None:
                place = _place(connection, self.response)
                if place.sent:
                    raise AlreadySent
                raise BeingSent if place.sealed_until >= _iso(now) else PerhapsSent
            if after is not None and given.revision != after + 1:
                raise ChangedElsewhere
            row: dict[str, Any] = {
                "response": self.response,
                "revision": given.revision,
                "path": path,
                "value": content,
                "answers": stored,
                "key": key,
                "author": self.author,
                "at": _iso(now),
            }
            connection.execute(_ANSWER, row)
            return Row(revision=given.revision, path=path, value=value, at=now, answers=answers)

        return await self.db.write(work)

    async def rows(self, after: int = 0) -> list[Row]:
        """Answers that came after that revision, oldest first."""
        wanted = (journal.c.response == self.response) & (journal.c.revision > after)
        query = select(journal).where(wanted).order_by(journal.c.revision)
        return await self.db.read(lambda connection: [_row(row) for row in connection.execute(query)])

    async def drop(self, folded: int) -> None:
        """Take away the rows that the stored draft holds."""
        done = (journal.c.response == self.response) & (journal.c.revision <= folded)
        await self.db.write(lambda connection: connection.execute(delete(journal).where(done)))

    async def move(self, section: int) -> None:
        """Remember the section where the person is."""
        await self.db.write(
            lambda connection: connection.execute(_at_place(self.response).values(section=section)),
        )

    async def seal(self) -> int:
        """Take no more answers while the questionnaire is being sent; returns the latest revision.

        Should the machine stop in between, the seal says after a minute that nobody knows how it ended.
        """
        now = self.clock.now()

        def work(connection: Connection) -> int:
            place = _place(connection, self.response)
            if place.sent:
                raise AlreadySent
            connection.execute(_at_place(self.response).values(sealed_until=_iso(now + SENDING)))
            return place.revision

        return await self.db.write(work)

    async def unseal(self) -> None:
        """Take answers again: it could not be sent."""
        still_open = _at_place(self.response).where(places.c.sealed_until < FOR_EVER)
        await self.db.write(lambda connection: connection.execute(still_open.values(sealed_until="")))

    async def close(self, folded: int) -> None:
        """It was sent with the rows up to `folded`: no answer is taken any more."""

        def work(connection: Connection) -> None:
            done = (journal.c.response == self.response) & (journal.c.revision <= folded)
            connection.execute(delete(journal).where(done))
            connection.execute(_at_place(self.response).values(sealed_until=FOR_EVER))

        await self.db.write(work)


async def latest_answers(db: Database, responses: list[str]) -> dict[str, Place]:
    """Where several drafts stand, by response, for a list of them."""
    query = select(places).where(places.c.response.in_(responses))
    rows = await db.read(lambda connection: connection.execute(query).all())
    return {row.response: _as_place(row) for row in rows}


# Made once, because every answer of everybody goes through them.
_SAME = select(journal).where(journal.c.response == bindparam("of"), journal.c.key == bindparam("gesture"))
_NEXT = (
    update(places)
    .where(places.c.response == bindparam("of"), places.c.sealed_until == "")
    .values(revision=places.c.revision + 1, at=bindparam("now"))
    .returning(places.c.revision)
)
_ANSWER = insert(journal)


def _at_place(response: str) -> Any:
    return update(places).where(places.c.response == response)


def _place(connection: Connection, response: str) -> Place:
    return _as_place(connection.execute(select(places).where(places.c.response == response)).one())


def _as_place(row: Any) -> Place:
    at = datetime.fromisoformat(row.at)
    return Place(section=row.section, revision=row.revision, at=at, sealed_until=row.sealed_until)


def _row(row: Any) -> Row:
    at = datetime.fromisoformat(row.at)
    return Row(revision=row.revision, path=row.path, value=loads(row.value), at=at, answers=loads(row.answers))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
