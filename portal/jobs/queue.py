"""The queue is a table of the portal's own database, so what is in it is on disk, and survives whatever happens to a process.

A worker takes a row by writing its claim and a later time to it: should the worker die, another takes it then.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.acting import Acting
from portal.db import Database, jobs
from portal.types import Json

CLAIMED_FOR = timedelta(minutes=2)  # longer than any work takes


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One piece of work in a worker's hands. `tries` counts this one."""

    id: int
    name: str
    args: Json
    tries: int
    claim: str


async def defer(
    acting: Acting, name: str, args: Mapping[str, object], *, due: datetime | None = None, key: str | None = None
) -> None:
    """Work to be done soon, or not before `due`. A second one with the same `key` is not put in while the first waits."""
    now = acting.clock.now()
    await acting.db.write(lambda connection: enqueue(connection, name, args, now=now, due=due, key=key))


def enqueue(
    connection: Connection,
    name: str,
    args: Mapping[str, object],
    *,
    now: datetime,
    due: datetime | None = None,
    key: str | None = None,
) -> None:
    """The same within a transaction: work and change are both kept, or neither."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(jobs).values(
        name=name,
        args=json.dumps(dict(args)),
        key=key,
        created=_stamp(now),
        due=_stamp(due or now),
        tries=0,
        claim="",
        cause="",
    )
    connection.execute(row.on_conflict_do_nothing(index_elements=["key"]))


def next_due(connection: Connection, now: datetime) -> tuple[int, str] | None:
    """Id and time of the first piece of work that is due."""
    query = select(jobs.c.id, jobs.c.due).where(jobs.c.due <= _stamp(now)).order_by(jobs.c.due, jobs.c.id).limit(1)
    found = connection.execute(query).first()
    return (found.id, found.due) if found else None


def take(connection: Connection, now: datetime, claim: str) -> Job | None:
    """The next piece of work, ours from now on; None when there is none, or another worker was quicker."""
    first = next_due(connection, now)
    if first is None:
        return None
    id_, due = first
    mine = update(jobs).where(jobs.c.id == id_, jobs.c.due == due)
    mine = mine.values(claim=claim, due=_stamp(now + CLAIMED_FOR), tries=jobs.c.tries + 1)
    if connection.execute(mine).rowcount != 1:
        return None
    taken = connection.execute(select(jobs).where(jobs.c.id == id_)).one()
    return Job(id=taken.id, name=taken.name, args=json.loads(taken.args), tries=taken.tries, claim=claim)


async def is_waiting(acting: Acting, key: str) -> bool:
    """Whether work of that key is still to be done."""
    query = select(jobs.c.id).where(jobs.c.key == key)
    return await acting.db.read(lambda connection: connection.execute(query).first()) is not None


def drop(connection: Connection, job: Job) -> None:
    """It is done, or given up."""
    connection.execute(delete(jobs).where(_ours(job)))


def put_back(connection: Connection, job: Job, due: datetime, cause: str) -> None:
    """It failed: try again then."""
    connection.execute(update(jobs).where(_ours(job)).values(claim="", due=_stamp(due), cause=cause[:60]))


async def overdue(db: Database, now: datetime, by: timedelta) -> int:
    """How many pieces of work should have been begun that long ago: a worker is missing when there are any."""
    query = select(func.count()).select_from(jobs).where(jobs.c.due < _stamp(now - by))
    return await db.read(lambda connection: connection.execute(query).scalar_one())


def _ours(job: Job) -> ColumnElement[bool]:
    return and_(jobs.c.id == job.id, jobs.c.claim == job.claim)


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
