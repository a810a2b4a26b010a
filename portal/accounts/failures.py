"""Wrong codes in a row, by account: after so many, no code of that kind is taken until it was shown otherwise whose it is.

That other way is never closed: the link of a message has 256 bits, and nobody guesses it.
"""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.accounts.door import Door, stamp
from portal.db import counters


def name(who: str, *, app: bool = False) -> str:
    """`who` is an account's id, or the hash of a contact that nobody has: unknown contacts are counted alike."""
    return f"{'wrong app codes' if app else 'wrong codes'} {who}"[:96]


def count(door: Door, connection: Connection, counter: str) -> int:
    """One more; how many in a row with this one."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(counters).values(name=counter, count=1, at=stamp(door.now))
    more = row.on_conflict_do_update(
        index_elements=["name"], set_={"count": counters.c.count + 1, "at": stamp(door.now)}
    )
    return connection.execute(more.returning(counters.c.count)).scalar_one()


def forget(connection: Connection, who: str) -> None:
    names = (name(who), name(who, app=True))
    connection.execute(delete(counters).where(counters.c.name.in_(names)))


async def stopped(door: Door, user: str, *, app: bool = False) -> bool:
    """Whether this account takes no more codes of that kind for now."""
    settings = door.acting.settings
    query = select(counters.c.count).where(counters.c.name == name(user, app=app))
    found = await door.acting.db.read(lambda connection: connection.execute(query).scalar())
    return (found or 0) >= (settings.app_failures if app else settings.code_failures)
