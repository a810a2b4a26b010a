"""Limits that soften by themselves: a bucket leaks at a steady pace, each try pours one in, a full one refuses for a while.

Nobody can be locked out for good. A bucket's name is a keyed hash: the database does not say whose it is.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from portal.accounts.door import Door, stamp
from portal.db import throttle
from portal.errors import TooManyTries
from portal.i18n import N_

WHOLE = 1000  # the table counts in thousandths


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """`kind` and `who` name the bucket ("code to contact", a hash or an address); `per_hour` at most."""

    kind: str
    who: str
    per_hour: int

    def bucket(self, door: Door) -> str:
        return f"{self.kind}:{door.digest('throttle', f'{self.kind}:{self.who}')}"


async def take(door: Door, *limits: Limit) -> None:
    """Counts one try against every limit, or none: raises TooManyTries with the time to come back."""
    now = door.now

    def work(connection: Connection) -> datetime | None:
        levels = {
            limit.bucket(door): (_level(connection, limit.bucket(door), limit.per_hour, now), limit) for limit in limits
        }
        free = [_free_at(level, limit.per_hour, now) for level, limit in levels.values()]
        latest = max(free, default=now)
        if latest > now:
            return latest
        for bucket, (level, _limit) in levels.items():
            connection.execute(delete(throttle).where(throttle.c.bucket == bucket))
            connection.execute(insert(throttle).values(bucket=bucket, level=level + WHOLE, at=stamp(now)))
        return None

    until = await door.acting.db.write(work)
    if until is not None:
        minutes = max(2, math.ceil((until - now).total_seconds() / 60))
        raise TooManyTries(
            until, N_("Too many tries. Try again in {minutes} minutes or call your centre."), minutes=minutes
        )


def _level(connection: Connection, bucket: str, per_hour: int, now: datetime) -> int:
    row = connection.execute(select(throttle).where(throttle.c.bucket == bucket)).first()
    if row is None:
        return 0
    leaked = (now - datetime.fromisoformat(row.at)).total_seconds() * per_hour * WHOLE / 3600
    return max(0, round(row.level - leaked))


def _free_at(level: int, per_hour: int, now: datetime) -> datetime:
    over = level + WHOLE - per_hour * WHOLE
    return now if over <= 0 else now + timedelta(seconds=over * 3600 / (per_hour * WHOLE))
