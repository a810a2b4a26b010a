"""Challenges: what a browser waits for when it is asked for a code. No code fits a challenge that has no account.

The code of a challenge is worked out of its id, which is luck, and of the key, which is kept outside the database: so the
database holds no code, not even hashed, and a message that is sent again after a failure has the same code in it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, and_, insert, select, update

from portal import jobs
from portal.accounts import failures
from portal.accounts.door import Door, minutes, stamp
from portal.accounts.entries import allow_in
from portal.accounts.sessions import Kind
from portal.db import challenges


class Purpose(StrEnum):
    """What a code opens."""

    PATIENT = "patient"
    SECOND_FACTOR = "second-factor"
    FRESH = "fresh"
    """Proving oneself once more before something is changed."""
    CONTACT = "contact"
    """The new address or number is one's own."""
    RECOVERY = "recovery"
    """The e-mail address of an account whose password is forgotten."""
    RECOVERY_SECOND = "recovery-second"
    """Another of its proofs."""


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    APP = "app"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A code that this browser waits for. `shown` is the masked contact, empty when it must not be told."""

    id: str
    purpose: Purpose
    channel: Channel
    shown: str
    expires: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A challenge of which one try was just used. `stopped` after too many wrong codes in a row: none is right any more."""

    row: Row[tuple[str, ...]]
    tries: int
    user: str | None
    stopped: bool


async def begin(
    door: Door,
    purpose: Purpose,
    channel: Channel,
    shown: str,
    *,
    who: str,
    browser: str,
    user: str | None = None,
    post: Mapping[str, str] | None = None,
) -> Asked:
    """A new challenge; the former ones of this browser are dead. `post` says to whom its message goes (see `posting`)."""
    id_, mine, now = door.acting.chance.id(), door.digest("browser", browser), door.now
    expires = now + minutes(door.acting.settings.code_minutes)

    def work(connection: Connection) -> None:
        former = update(challenges).where(challenges.c.browser_hash == mine, challenges.c.used.is_(False))
        connection.execute(former.values(used=True))
        connection.execute(
            insert(challenges).values(
                id=id_,
                purpose=purpose,
                channel=channel,
                shown=shown,
                browser_hash=mine,
                contact_hash=who,
                user=user,
                created=stamp(now),
                expires=stamp(expires),
                tries=0,
                used=False,
            )
        )
        if post is not None:
            jobs.enqueue(connection, JOB, {"challenge": id_, **post}, now=now, key=id_)

    await door.acting.db.write(work)
    return Asked(id=id_, purpose=purpose, channel=channel, shown=shown, expires=expires)


JOB = "one-time code"


async def arm(door: Door, id_: str, *, user: str) -> bool:
    """Gives a challenge its account, also a dead one, so that the next one finds whose it is. False when it is dead and
    nothing need be sent.
    """
    mine = challenges.c.id == id_
    alive = (mine, challenges.c.used.is_(False), challenges.c.expires > stamp(door.now))

    def work(connection: Connection) -> bool:
        connection.execute(update(challenges).where(mine).values(user=user))
        return connection.execute(select(challenges.c.id).where(*alive)).first() is not None

    return await door.acting.db.write(work)


def code_of(door: Door, id_: str) -> str:
    """The code of a challenge, with as many digits as the setting says."""
    digits = door.acting.settings.code_digits
    return f"{int.from_bytes(_luck(door, 'one-time code', id_), 'big') % 10**digits:0{digits}d}"


def link_of(door: Door, id_: str) -> str:
    """The secret of the challenge's link: 256 bits, so that nobody need count its tries."""
    return base64.urlsafe_b64encode(_luck(door, "one-time link", id_)).decode().rstrip("=")


def _luck(door: Door, what: str, id_: str) -> bytes:
    return hmac.new(door.key.encode(), f"{what}\0{id_}".encode(), hashlib.sha256).digest()


async def waiting_for(door: Door, browser: str, *purposes: Purpose) -> Asked | None:
    """The code that this browser waits for, so that a reload or a return from the mail shows the same step."""
    row = await _waiting(door, browser, purposes)
    return _asked(row) if row else None


async def _waiting(door: Door, browser: str, purposes: tuple[Purpose, ...]) -> Row[tuple[str, ...]] | None:
    query = (
        select(challenges)
        .where(
            challenges.c.browser_hash == door.digest("browser", browser),
            challenges.c.purpose.in_(purposes),
            challenges.c.used.is_(False),
            challenges.c.expires > stamp(door.now),
        )
        .order_by(challenges.c.created.desc())
    )
    return await door.acting.db.read(lambda connection: connection.execute(query).first())


async def linked(door: Door, browser: str, secret: str) -> Row[tuple[str, ...]] | None:
    """The challenge of this browser that has this link, if it waits for one and has an account."""
    row = await _waiting(door, browser, (Purpose.PATIENT, Purpose.SECOND_FACTOR, Purpose.FRESH))
    right = hmac.compare_digest(link_of(door, row.id if row else "").encode(), secret.encode())
    return row if row is not None and row.user and right else None


def use_one_try(door: Door, connection: Connection, id_: str, browser: str) -> Tried | None:
    """Takes a try, and counts a failure, before anything is compared: a hundred at once are still five, and still counted."""
    alive = and_(
        challenges.c.id == id_,
        challenges.c.browser_hash == door.digest("browser", browser),
        challenges.c.used.is_(False),
        challenges.c.expires > stamp(door.now),
        challenges.c.tries < door.acting.settings.code_tries,
    )
    if connection.execute(update(challenges).where(alive).values(tries=challenges.c.tries + 1)).rowcount != 1:
        return None
    row = connection.execute(select(challenges).where(challenges.c.id == id_)).one()
    by_app = row.channel == Channel.APP
    settings = door.acting.settings
    counted = failures.count(door, connection, failures.name(row.user or row.contact_hash, app=by_app))
    most = settings.app_failures if by_app else settings.code_failures
    return Tried(row=row, tries=int(row.tries), user=row.user, stopped=counted > most)


def win(
    door: Door,
    connection: Connection,
    row: Row[tuple[str, ...]],
    browser: str,
    *,
    kind: Kind = Kind.BROWSER,
    trust: bool = False,
) -> bool:
    """Of all who know the right code, the first one gets in. Failures are forgotten: whose account it is has been shown."""
    first = update(challenges).where(challenges.c.id == row.id, challenges.c.used.is_(False)).values(used=True)
    if connection.execute(first).rowcount != 1:
        return False
    failures.forget(connection, row.user or row.contact_hash)
    if row.purpose in {Purpose.PATIENT, Purpose.SECOND_FACTOR, Purpose.FRESH}:
        allow_in(door, connection, browser=browser, user=str(row.user), kind=kind, trust=trust)
    return True


async def find(door: Door, id_: str) -> Row[tuple[str, ...]] | None:
    query = select(challenges).where(challenges.c.id == id_)
    return await door.acting.db.read(lambda connection: connection.execute(query).first())


def _asked(row: Row[tuple[str, ...]]) -> Asked:
    return Asked(
        id=row.id,
        purpose=Purpose(row.purpose),
        channel=Channel(row.channel),
        shown=row.shown,
        expires=datetime.fromisoformat(row.expires),
    )
