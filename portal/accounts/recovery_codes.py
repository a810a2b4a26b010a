"""Ten codes on paper, for who has lost everything else. Each works once; they are shown once and kept hashed.

A code is 16 letters: the first four say which one it is, the other twelve (60 bits) are secret.
"""

from sqlalchemy import Connection, delete, func, insert, select, update

from portal.accounts.door import Door, stamp
from portal.db import recovery_codes as table

HOW_MANY = 10
LETTERS = frozenset("0123456789abcdefghjkmnpqrstvwxyz")
ALIKE = str.maketrans("oil", "011")  # what people read instead of letters that we do not use


def may_be(typed: str) -> bool:
    return len(_plain(typed)) == 16 and set(_plain(typed)) <= LETTERS


async def renew(door: Door, user: str) -> list[str]:
    """Ten new codes, to be shown once; the former ones are dead. Such as 7k2m-x9pq-04ws-zz1c."""
    codes: dict[str, str] = {}
    while len(codes) < HOW_MANY:
        luck = door.acting.chance.id()[:16]
        codes[luck[:4]] = luck[4:]
    rows = [
        {"user": user, "selector": selector, "hash": await door.hashing.hash(secret), "used": None}
        for selector, secret in codes.items()
    ]

    def work(connection: Connection) -> None:
        connection.execute(delete(table).where(table.c.user == user))
        connection.execute(insert(table), rows)

    await door.acting.db.write(work)
    return ["-".join((selector, secret[:4], secret[4:8], secret[8:])) for selector, secret in codes.items()]


async def left(door: Door, user: str) -> int:
    """How many codes can still be used."""
    query = select(func.count()).select_from(table).where(table.c.user == user, table.c.used.is_(None))
    return await door.acting.db.read(lambda connection: connection.execute(query).scalar_one())


async def opens(door: Door, user: str, typed: str) -> bool:
    """Whether this is a code of this account that was never used; it is used up by the answer. One hash, whatever is typed."""
    selector, secret = _plain(typed)[:4], _plain(typed)[4:]
    mine = (table.c.user == user, table.c.selector == selector, table.c.used.is_(None))
    query = select(table.c.hash).where(*mine)
    stored = await door.acting.db.read(lambda connection: connection.execute(query).scalar())
    if not await door.hashing.fits(stored, secret):
        return False
    used = update(table).where(*mine).values(used=stamp(door.now))
    return await door.acting.db.write(lambda connection: connection.execute(used).rowcount == 1)


def _plain(typed: str) -> str:
    return "".join(letter for letter in typed.lower() if letter.isalnum()).translate(ALIKE)
