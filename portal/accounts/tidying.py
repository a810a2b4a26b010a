"""Forgetting what is over, so that the database neither grows for ever nor remembers who signed in when."""

from datetime import timedelta

from sqlalchemy import Connection, delete

from portal.accounts.door import Door, stamp
from portal.accounts.sessions import longest
from portal.db import challenges, counters, entries, sessions, spent, throttle, trusted_devices

A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=365)


async def forget_old(door: Door) -> None:
    """Drops proofs and codes a day after they died, limits not touched for a day, sessions a day after their longest life,
    browsers no longer known again, counts of wrong codes that nobody continued for a year.
    """
    yesterday = stamp(door.now - A_DAY)
    over, last_year = stamp(door.now - longest(door) - A_DAY), stamp(door.now - A_YEAR)

    def work(connection: Connection) -> None:
        connection.execute(delete(entries).where(entries.c.expires < yesterday))
        connection.execute(delete(challenges).where(challenges.c.expires < yesterday))
        connection.execute(delete(throttle).where(throttle.c.at < yesterday))
        connection.execute(delete(spent).where(spent.c.expires < yesterday))
        connection.execute(delete(trusted_devices).where(trusted_devices.c.expires < yesterday))
        connection.execute(delete(counters).where(counters.c.at < last_year))
        connection.execute(delete(sessions).where(sessions.c.created < over))

    await door.acting.db.write(work)
