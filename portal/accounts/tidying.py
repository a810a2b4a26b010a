"""Forgetting what is over, so that the database neither grows for ever nor remembers who signed in when."""

from datetime import timedelta

from sqlalchemy import Connection, delete, select

from portal.accounts.door import Door, minutes, stamp
from portal.accounts.invitations import Standing, has_account
from portal.accounts.sessions import longest
from portal.db import (
    challenges,
    counters,
    entries,
    invitations,
    sessions,
    sign_ups,
    spent,
    throttle,
    trusted_devices,
)
from portal.errors import NotFound
from portal.fhir import Entry, Transaction

A_DAY = timedelta(days=1)
INVITATIONS_KEPT = timedelta(days=90)
A_YEAR = timedelta(days=365)


async def forget_old(door: Door) -> None:
    """Drops proofs and codes a day after they died, limits not touched for a day, sessions a day after their longest life,
    browsers no longer known again, counts of wrong codes that nobody continued for a year; what was typed in a sign-up
    that nobody finished, invitations long over and who never followed theirs.
    """
    yesterday = stamp(door.now - A_DAY)
    unfinished = stamp(door.now - minutes(door.acting.settings.sign_up_minutes))
    over, last_year = stamp(door.now - longest(door) - A_DAY), stamp(door.now - A_YEAR)

    def work(connection: Connection) -> None:
        connection.execute(delete(entries).where(entries.c.expires < yesterday))
        connection.execute(delete(challenges).where(challenges.c.expires < yesterday))
        connection.execute(delete(throttle).where(throttle.c.at < yesterday))
        connection.execute(delete(spent).where(spent.c.expires < yesterday))
        connection.execute(delete(trusted_devices).where(trusted_devices.c.expires < yesterday))
        connection.execute(delete(sign_ups).where(sign_ups.c.touched < unfinished))
        connection.execute(delete(counters).where(counters.c.at < last_year))
        connection.execute(delete(sessions).where(sessions.c.created < over))

    await door.acting.db.write(work)
    await forget_invited(door)


async def forget_invited(door: Door) -> None:
    """Three months after its link died an invitation is forgotten, and with it the professional whom it never made."""
    long_over = invitations.c.expires < stamp(door.now - INVITATIONS_KEPT)
    rows = await door.acting.db.read(lambda connection: connection.execute(select(invitations).where(long_over)).all())
    for row in rows:
        kind, _, id_ = row.reference.partition("/")
        if kind == "Practitioner" and row.state != Standing.ACCEPTED:
            await _forget_candidate(door, id_)
        gone = delete(invitations).where(invitations.c.id == row.id)
        await door.acting.db.write(lambda connection, gone=gone: connection.execute(gone))


async def _forget_candidate(door: Door, practitioner: str) -> None:
    """Only who is still nobody: somebody invited anew, or made a professional otherwise, stays."""
    try:
        person = await door.acting.service.read("Practitioner", practitioner)
    except NotFound:
        return
    if person.get("active") is False and not await has_account(door.acting, f"Practitioner/{practitioner}"):
        write = Transaction()
        version = person["meta"]["versionId"]
        write.entries.append(Entry(method="DELETE", url=f"Practitioner/{practitioner}", if_match=version))
        await door.acting.service.commit(write)
