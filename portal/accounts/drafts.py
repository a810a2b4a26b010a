"""An account on its way: what was typed and what was proven, kept by the server for one tab of one browser, for an hour.

Nothing of it stands in the browser, so a reload shows the same step with the same fields, and a shared computer forgets.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, not_, or_, select, update

from portal.access import Role
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.door import Door, minutes, stamp
from portal.db import sign_ups
from portal.errors import BeingSent, LinkDead

FINISHES_WITHIN = 1.0  # minutes; a making that takes longer has failed
MOST_TYPED = 4000  # characters kept of all fields together


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A code that the page waits for. `shown` is the masked contact."""

    kind: ContactKind
    shown: str
    expires: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """`typed` holds the fields; `sent` once the form was sent; `invitation` the id of the one being followed, or empty."""

    id: str
    role: Role
    invitation: str
    sent: bool
    typed: Mapping[str, str] = field(repr=False)
    proven: frozenset[str] = field(repr=False)
    proof: Proof | None

    def has_proven(self, door: Door, contact: Contact) -> bool:
        return contact_hash(door, contact) in self.proven


async def find(door: Door, id_: str, browser: str) -> Draft | None:
    """The draft of this tab; None when there is none, it is over, or it is another browser's."""
    row = await door.acting.db.read(lambda connection: _row(door, connection, id_, browser))
    return _draft(door, row) if row is not None else None


async def keep(door: Door, id_: str, browser: str, role: Role, typed: Mapping[str, str]) -> Draft:
    """Keeps the fields, from the first one on. Raises LinkDead when this address is another browser's."""
    kept = {name: text[:MOST_TYPED] for name, text in typed.items() if text}

    def work(connection: Connection) -> Row[tuple[str, ...]]:
        forget_over(door, connection, id_, browser)
        start(door, connection, id_, browser, role)
        change = update(sign_ups).where(sign_ups.c.id == id_, _live(door, browser))
        if connection.execute(change.values(typed=json.dumps(kept), touched=stamp(door.now))).rowcount != 1:
            raise LinkDead
        return connection.execute(select(sign_ups).where(sign_ups.c.id == id_)).one()

    return _draft(door, await door.acting.db.write(work))


def start(door: Door, connection: Connection, id_: str, browser: str, role: Role, *, invitation: str = "") -> None:
    """An empty draft under this id, unless there is one."""
    if connection.execute(select(sign_ups.c.id).where(sign_ups.c.id == id_)).first() is None:
        row = insert(sign_ups).values(
            id=id_,
            browser_hash=door.digest("browser", browser),
            role=role,
            typed="{}",
            sent=bool(invitation),
            invitation=invitation,
            touched=stamp(door.now),
        )
        connection.execute(row)


def forget_over(door: Door, connection: Connection, id_: str, browser: str) -> None:
    """What this tab kept too long ago gives way to what it holds now."""
    mine = and_(sign_ups.c.id == id_, sign_ups.c.browser_hash == door.digest("browser", browser))
    connection.execute(delete(sign_ups).where(mine, not_(_live(door, browser))))


async def set_sent(door: Door, draft: Draft, browser: str, *, sent: bool) -> None:
    """The form was sent; or is to be corrected, which sends it again."""
    await _change(door, draft, browser, sent=sent)


async def drop(door: Door, id_: str, browser: str) -> None:
    """The account is made, or the person erases what they typed."""
    mine = and_(sign_ups.c.id == id_, sign_ups.c.browser_hash == door.digest("browser", browser))
    await door.acting.db.write(lambda connection: connection.execute(delete(sign_ups).where(mine)))


async def claim(door: Door, draft: Draft, browser: str) -> None:
    """Only one making at a time for one draft and for one contact. Raises BeingSent for the others."""
    since = stamp(door.now - minutes(FINISHES_WITHIN))
    proven = [*draft.proven]
    same = or_(
        sign_ups.c.id == draft.id,
        and_(sign_ups.c.email_proven != "", sign_ups.c.email_proven.in_(proven)),
        and_(sign_ups.c.phone_proven != "", sign_ups.c.phone_proven.in_(proven)),
    )

    def work(connection: Connection) -> None:
        busy = select(sign_ups.c.id).where(same, sign_ups.c.finishing > since)
        mine = update(sign_ups).where(sign_ups.c.id == draft.id, _live(door, browser)).values(finishing=stamp(door.now))
        if connection.execute(busy).first() is not None or connection.execute(mine).rowcount != 1:
            raise BeingSent

    await door.acting.db.write(work)


async def unclaim(door: Door, draft: Draft, browser: str) -> None:
    """The account could not be made: the person may try again."""
    await _change(door, draft, browser, finishing="")


def contact_hash(door: Door, contact: Contact) -> str:
    return door.digest("contact", contact.value)


def _live(door: Door, browser: str) -> ColumnElement[bool]:
    oldest = stamp(door.now - minutes(door.acting.settings.sign_up_minutes))
    return and_(sign_ups.c.browser_hash == door.digest("browser", browser), sign_ups.c.touched > oldest)


def live_row(door: Door, id_: str, browser: str) -> ColumnElement[bool]:
    """Names one draft of one browser, while it is alive."""
    return and_(sign_ups.c.id == id_, _live(door, browser))


def _row(door: Door, connection: Connection, id_: str, browser: str) -> Row[tuple[str, ...]] | None:
    return connection.execute(select(sign_ups).where(live_row(door, id_, browser))).first()


async def _change(door: Door, draft: Draft, browser: str, **values: object) -> None:
    change = update(sign_ups).where(live_row(door, draft.id, browser)).values(**values, touched=stamp(door.now))
    if await door.acting.db.write(lambda connection: connection.execute(change).rowcount) != 1:
        raise LinkDead


def _draft(door: Door, row: Row[tuple[str, ...]]) -> Draft:
    return Draft(
        id=row.id,
        role=Role(row.role),
        invitation=row.invitation,
        sent=bool(row.sent),
        typed=json.loads(row.typed),
        proven=frozenset({row.email_proven, row.phone_proven} - {""}),
        proof=_proof(door, row),
    )


def _proof(door: Door, row: Row[tuple[str, ...]]) -> Proof | None:
    if not row.proof_kind or row.proof_expires <= stamp(door.now):
        return None
    expires = datetime.fromisoformat(row.proof_expires)
    return Proof(kind=ContactKind(row.proof_kind), shown=row.proof_shown, expires=expires)
