"""Sessions kept by the server: a row for each, found by the hash of the cookie's secret; ended by one update.

How long one lives depends on whose it is and where: see `limits`.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, Update, and_, insert, or_, select, update

from portal.access import Role
from portal.accounts.door import Door, stamp
from portal.db import sessions

SEEN_EVERY = timedelta(seconds=30)  # how precise the idle limit is; a row is written at most that often
ITS_OWN = frozenset({Role.PATIENT, Role.RELATIVE})  # who is here for their own answers


class Kind(StrEnum):
    """Where a session lives. A kiosk is a tablet that many people take in their hands, so it forgets soon."""

    BROWSER = "browser"
    KIOSK = "kiosk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One signed-in browser. `id` is the hash of its secret; `device` says browser and system in words; `proven` is when
    the person last proved who they are.
    """

    id: str
    user: str
    role: Role
    reference: str
    created: datetime
    last_seen: datetime
    device: str
    kind: Kind
    proven: datetime


def session_id(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def start(
    door: Door,
    *,
    user: str,
    role: Role,
    reference: str,
    device: str,
    before: str = "",
    kind: Kind = Kind.BROWSER,
    created: datetime | None = None,
) -> str:
    """A new session; returns the secret for the cookie. `before` is the browser's former secret, dead from now on;
    `created` when this continues a session that began then.
    """
    secret, now = door.acting.chance.token(), stamp(door.now)

    def work(connection: Connection) -> None:
        if before:
            connection.execute(_ending(sessions.c.id_hash == session_id(before), now))
        connection.execute(
            insert(sessions).values(
                id_hash=session_id(secret),
                user=user,
                role=role,
                reference=reference,
                created=stamp(created) if created else now,
                last_seen=now,
                proven=now,
                device=device[:120],
                kind=kind,
            )
        )

    await door.acting.db.write(work)
    return secret


async def current(door: Door, secret: str | None) -> Session | None:
    """The live session of this cookie, or None when there is none, it was ended, or it went over a limit."""
    if not secret:
        return None
    return await by_id(door, session_id(secret))


async def by_id(door: Door, id_: str) -> Session | None:
    query = select(sessions).where(sessions.c.id_hash == id_, live(door))
    row = await door.acting.db.read(lambda connection: connection.execute(query).first())
    return _session(row) if row else None


async def touch(door: Door, session: Session) -> None:
    """The person has done something: the idle limit counts from now."""
    if door.now - session.last_seen < min(SEEN_EVERY, limits(door, session.role, session.kind)[0] / 10):
        return
    now = stamp(door.now)
    change = update(sessions).where(sessions.c.id_hash == session.id, live(door)).values(last_seen=now)
    await door.acting.db.write(lambda connection: connection.execute(change))


async def end(door: Door, id_: str) -> None:
    """Sign out one browser."""
    change = _ending(sessions.c.id_hash == id_, stamp(door.now))
    await door.acting.db.write(lambda connection: connection.execute(change))


async def end_all(door: Door, user: str) -> None:
    """Sign out everywhere. See `ending.end_everywhere` for an account that is closed or whose password was changed."""
    change = _ending(sessions.c.user == user, stamp(door.now))
    await door.acting.db.write(lambda connection: connection.execute(change))


async def sessions_of(door: Door, user: str) -> list[Session]:
    """Where this person is signed in now, latest first."""
    query = select(sessions).where(sessions.c.user == user, live(door)).order_by(sessions.c.last_seen.desc())
    rows = await door.acting.db.read(lambda connection: connection.execute(query).all())
    return [_session(row) for row in rows]


async def time_left(door: Door, ids: Collection[str]) -> dict[str, timedelta]:
    """How long each of these still lives without action; those that are dead are left out."""
    query = select(sessions).where(sessions.c.id_hash.in_(ids), live(door))
    rows = await door.acting.db.read(lambda connection: connection.execute(query).all())
    alive = [(one, *limits(door, one.role, one.kind)) for one in map(_session, rows)]
    return {one.id: min(one.last_seen + idle, one.created + whole) - door.now for one, idle, whole in alive}


def is_fresh(door: Door, session: Session) -> bool:
    """Whether the person proved who they are a short while ago: needed to change a contact, a password, a factor."""
    return door.now - session.proven < timedelta(minutes=door.acting.settings.fresh_minutes)


def limits(door: Door, role: Role, kind: Kind = Kind.BROWSER) -> tuple[timedelta, timedelta]:
    """Longest time without action, longest time in all."""
    settings = door.acting.settings
    if kind is Kind.KIOSK:
        return timedelta(seconds=settings.kiosk_idle_seconds), timedelta(minutes=settings.kiosk_session_minutes)
    if role in ITS_OWN:
        return timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    return timedelta(minutes=settings.staff_idle_minutes), timedelta(hours=settings.staff_session_hours)


def longest(door: Door) -> timedelta:
    """No session of anybody lives longer."""
    return max(limits(door, role, kind)[1] for role in (Role.PATIENT, Role.ADMIN) for kind in Kind)


def live(door: Door) -> ColumnElement[bool]:
    """What `limits` says, for the database."""
    own, kiosk = sessions.c.role.in_(sorted(ITS_OWN)), sessions.c.kind == Kind.KIOSK
    groups = (
        (kiosk, limits(door, Role.PATIENT, Kind.KIOSK)),
        (and_(~kiosk, own), limits(door, Role.PATIENT)),
        (and_(~kiosk, ~own), limits(door, Role.ADMIN)),
    )
    within = [
        and_(who, sessions.c.last_seen > stamp(door.now - idle), sessions.c.created > stamp(door.now - whole))
        for who, (idle, whole) in groups
    ]
    return and_(sessions.c.ended.is_(None), or_(*within))


def _ending(which: ColumnElement[bool], now: str) -> Update:
    return update(sessions).where(which, sessions.c.ended.is_(None)).values(ended=now)


def _session(row: Row[tuple[str, ...]]) -> Session:
    return Session(
        id=row.id_hash,
        user=row.user,
        role=Role(row.role),
        reference=row.reference,
        created=datetime.fromisoformat(row.created),
        last_seen=datetime.fromisoformat(row.last_seen),
        device=row.device,
        kind=Kind(row.kind),
        proven=datetime.fromisoformat(row.proven or row.created),
    )
