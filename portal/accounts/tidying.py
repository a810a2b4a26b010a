"""Forgetting what is over, so that the database neither grows for ever nor remembers who signed in when."""

from datetime import timedelta

from sqlalchemy import Connection, delete

from portal.accounts.door import Door, stamp
from portal.accounts.sessions import limits
from portal.db import challenges, entries, sessions, throttle

A_DAY = timedelta(days=1)


async def forget_old(door: Door) -> None:
    """Drops proofs and codes a day after they died, limits not touched for a day, sessions a day after their longest life."""
    yesterday = stamp(door.now - A_DAY)
    _, longest = limits(door)
    over = stamp(door.now - longest - A_DAY)

    def work(connection: Connection) -> None:
        connection.execute(delete(entries).where(entries.c.expires < yesterday))
        connection.execute(delete(challenges).where(challenges.c.expires < yesterday))
        connection.execute(delete(throttle).where(throttle.c.at < yesterday))
        connection.execute(delete(sessions).where(sessions.c.created < over))

    await door.acting.db.write(work)
