"""Limits that soften by themselves: a bucket leaks at a steady pace, each try pours one in, a full one refuses for a while.

Nobody can be locked out for good. A bucket's name is a keyed hash: the database does not say whose it is.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from portal.accounts import proof_of_work
from portal.accounts.door import Door, stamp
from portal.accounts.proof_of_work import Solution
from portal.db import throttle
from portal.errors import TooManyTries, WorkNeeded
from portal.i18n import N_

WHOLE = 1000  # the table counts in thousandths
WITH_WORK = 4  # times as many as without


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
        levels = _levels(door, connection, limits, now)
        latest = _free_at(levels, now)
        if latest is None:
            _pour(door, connection, levels, now)
        return latest

    _refuse(door, await door.acting.db.write(work))


async def admit(door: Door, *limits: Limit, failures: tuple[str, ...] = (), work: Solution | None = None) -> None:
    """Counts one try. Beyond a limit, or after failures (see `note_failure`) of one of those named, the browser must do a
    proof of work: raises WorkNeeded, and with `work` it goes on, up to four times the limits; then TooManyTries.

    So who floods somebody's contact makes that person's browser work a little: it never shuts them out.
    """
    now = door.now
    if work is not None:
        await proof_of_work.verify(door, work)
    soft = (*limits, *(_failures(door, who) for who in failures))
    hard = tuple(Limit(kind=f"{one.kind} with work", who=one.who, per_hour=one.per_hour * WITH_WORK) for one in limits)

    def count(connection: Connection) -> datetime | None:
        levels, most = _levels(door, connection, soft, now), _levels(door, connection, hard, now)
        if work is None and _free_at(levels, now) is not None:
            raise WorkNeeded
        latest = _free_at(most, now)
        if latest is None:
            _pour(door, connection, most + [one for one in levels if one[0] in limits], now)
        return latest

    _refuse(door, await door.acting.db.write(count))


def note_failure(door: Door, connection: Connection, *whose: str) -> None:
    """A wrong code or password: of a contact (its hash) and of a network address."""
    _pour(door, connection, _levels(door, connection, tuple(_failures(door, who) for who in whose), door.now), door.now)


Level = tuple[Limit, int]


def _failures(door: Door, who: str) -> Limit:
    return Limit(kind="failed", who=who, per_hour=door.acting.settings.work_after)


def _levels(door: Door, connection: Connection, limits: tuple[Limit, ...], now: datetime) -> list[Level]:
    return [(limit, _level(connection, limit.bucket(door), limit.per_hour, now)) for limit in limits]


def _level(connection: Connection, bucket: str, per_hour: int, now: datetime) -> int:
    row = connection.execute(select(throttle).where(throttle.c.bucket == bucket)).first()
    if row is None:
        return 0
    leaked = (now - datetime.fromisoformat(row.at)).total_seconds() * per_hour * WHOLE / 3600
    return max(0, round(row.level - leaked))


def _pour(door: Door, connection: Connection, levels: list[Level], now: datetime) -> None:
    for limit, level in levels:
        bucket, most = limit.bucket(door), (limit.per_hour + 1) * WHOLE
        connection.execute(delete(throttle).where(throttle.c.bucket == bucket))
        connection.execute(insert(throttle).values(bucket=bucket, level=min(level + WHOLE, most), at=stamp(now)))


def _free_at(levels: list[Level], now: datetime) -> datetime | None:
    """When the last of the full ones has room again; None when all have."""
    over = [(level + WHOLE - limit.per_hour * WHOLE, limit.per_hour) for limit, level in levels]
    waits = [much * 3600 / (per_hour * WHOLE) for much, per_hour in over if much > 0]
    return now + timedelta(seconds=max(waits)) if waits else None


def _refuse(door: Door, until: datetime | None) -> None:
    if until is not None:
        minutes = max(2, math.ceil((until - door.now).total_seconds() / 60))
        raise TooManyTries(
            until, N_("Too many tries. Try again in {minutes} minutes or call your centre."), minutes=minutes
        )
