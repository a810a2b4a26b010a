"""A browser and its system in words, for a person's own list; and browsers that a professional wants known again.

Known again means: the password is enough there, for as many days as the setting says. Off unless it is set.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from portal.accounts.door import Door, stamp
from portal.accounts.sessions import session_id
from portal.db import trusted_devices

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Such as "Firefox · Windows": only what is recognised, empty for anything else."""
    found = [next((name for mark, name in kinds if mark in user_agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in found if name)


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownDevice:
    """`id` is the hash of the browser's secret."""

    id: str
    device: str
    created: datetime
    expires: datetime


async def trust(door: Door, user: str, device: str) -> str:
    """Knows this browser again from now on; returns the secret for its cookie, or nothing where the setting says never."""
    days = door.acting.settings.trusted_device_days
    if not days:
        return ""
    secret = door.acting.chance.token()
    row = insert(trusted_devices).values(
        id_hash=session_id(secret),
        user=user,
        device=device,
        created=stamp(door.now),
        expires=stamp(door.now + timedelta(days=days)),
    )
    await door.acting.db.write(lambda connection: connection.execute(row))
    return secret


async def is_trusted(door: Door, user: str, secret: str) -> bool:
    """Whether this browser is one that this account wanted known again. Never once the setting says so no more."""
    query = select(trusted_devices.c.user).where(
        trusted_devices.c.id_hash == session_id(secret), trusted_devices.c.expires > stamp(door.now)
    )
    found = await door.acting.db.read(lambda connection: connection.execute(query).scalar())
    return found == user and door.acting.settings.trusted_device_days > 0


async def trusted_by(door: Door, user: str) -> list[KnownDevice]:
    query = select(trusted_devices).where(trusted_devices.c.user == user, trusted_devices.c.expires > stamp(door.now))
    rows = await door.acting.db.read(lambda connection: connection.execute(query).all())
    return [
        KnownDevice(
            id=row.id_hash,
            device=row.device,
            created=datetime.fromisoformat(row.created),
            expires=datetime.fromisoformat(row.expires),
        )
        for row in rows
    ]


async def forget_device(door: Door, user: str, id_: str) -> None:
    """One's own only."""
    mine = delete(trusted_devices).where(trusted_devices.c.id_hash == id_, trusted_devices.c.user == user)
    await door.acting.db.write(lambda connection: connection.execute(mine))
