"""Challenges: what a browser waits for when it is asked for a code. No code fits a challenge that has no account.

The code of a challenge is worked out of its id, which is luck, and of the key, which is kept outside the database: so the
database holds no code, not even hashed, and a message that is sent again after a failure has the same code in it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, and_, insert, select, update

from portal.accounts.door import Door, minutes, stamp
from portal.accounts.entries import allow_in
from portal.db import challenges


class Purpose(StrEnum):
    """What a code opens."""

    PATIENT = "patient"
    SECOND_FACTOR = "second-factor"


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


async def begin(
    door: Door, purpose: Purpose, channel: Channel, shown: str, *, who: str, browser: str, user: str | None = None
) -> Asked:
    """A new challenge; the former ones of this browser are dead. It has no code until one is sent."""
    id_, mine = door.acting.chance.id(), door.digest("browser", browser)
    expires = door.now + minutes(door.acting.settings.code_minutes)

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
                created=stamp(door.now),
                expires=stamp(expires),
                tries=0,
                used=False,
            )
        )

    await door.acting.db.write(work)
    return Asked(id=id_, purpose=purpose, channel=channel, shown=shown, expires=expires)


async def arm(door: Door, id_: str, *, user: str) -> bool:
    """Gives a challenge its account; False when it is dead, or another was begun meanwhile, so that nothing need be sent."""
    alive = and_(challenges.c.id == id_, challenges.c.used.is_(False), challenges.c.expires > stamp(door.now))

    def work(connection: Connection) -> bool:
        return connection.execute(update(challenges).where(alive).values(user=user)).rowcount == 1

    return await door.acting.db.write(work)


def code_of(door: Door, id_: str) -> str:
    """The code of a challenge, with as many digits as the setting says."""
    digits = door.acting.settings.code_digits
    luck = hmac.new(door.key.encode(), f"one-time code\0{id_}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(luck, 'big') % 10**digits:0{digits}d}"


async def waiting_for(door: Door, browser: str, purpose: Purpose) -> Asked | None:
    """The code that this browser waits for, so that a reload or a return from the mail shows the same step."""
    query = (
        select(challenges)
        .where(
            challenges.c.browser_hash == door.digest("browser", browser),
            challenges.c.purpose == purpose,
            challenges.c.used.is_(False),
            challenges.c.expires > stamp(door.now),
        )
        .order_by(challenges.c.created.desc())
    )
    row = await door.acting.db.read(lambda connection: connection.execute(query).first())
    return _asked(row) if row else None


def use_one_try(door: Door, connection: Connection, id_: str, browser: str) -> Row[tuple[str, ...]] | None:
    """Takes a try before anything is compared, so that a hundred at once are still five. The row as it is then, or None."""
    alive = and_(
        challenges.c.id == id_,
        challenges.c.browser_hash == door.digest("browser", browser),
        challenges.c.used.is_(False),
        challenges.c.expires > stamp(door.now),
        challenges.c.tries < door.acting.settings.code_tries,
    )
    if connection.execute(update(challenges).where(alive).values(tries=challenges.c.tries + 1)).rowcount != 1:
        return None
    return connection.execute(select(challenges).where(challenges.c.id == id_)).first()


def win(door: Door, connection: Connection, row: Row[tuple[str, ...]], browser: str) -> bool:
    """Of all who know the right code, the first one gets in."""
    first = update(challenges).where(challenges.c.id == row.id, challenges.c.used.is_(False)).values(used=True)
    if connection.execute(first).rowcount != 1:
        return False
    allow_in(door, connection, browser=browser, user=row.user)
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
