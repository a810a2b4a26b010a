"""Messages that will never arrive: an address that does not exist, a number that takes none. Administrators see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.access import Permission, decide
from portal.acting import Acting
from portal.db import refusals as table

MOST_SHOWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedMessage:
    """`shown` is the masked contact, `about` what the message was for (code, invitation…), `cause` a code such as
    "smtp-550", `at` in UTC.
    """

    id: int
    kind: str
    shown: str
    about: str
    cause: str
    tries: int
    at: datetime


async def refusals(acting: Acting, most: int = MOST_SHOWN) -> list[RefusedMessage]:
    """For administrators: the messages given up, newest first. Without a name, a whole address or what was written."""
    decide(acting.actor, Permission.MESSAGE_LIST_REFUSED)
    query = select(table).order_by(table.c.id.desc()).limit(most)
    rows = await acting.db.read(lambda connection: connection.execute(query).all())
    return [
        RefusedMessage(
            id=row.id,
            kind=row.kind,
            shown=row.shown,
            about=row.about,
            cause=row.cause,
            tries=row.tries,
            at=datetime.fromisoformat(row.at),
        )
        for row in rows
    ]


def masked(to: str) -> str:
    """Enough to know one's own, too little to tell another's: ca•••••@example.fr, +33 •• •• •• •• 01."""
    if "@" in to:
        name, _, domain = to.partition("@")
        return f"{name[:2]}•••••@{domain}"[:80]
    return f"{to[:3]} •• •• •• •• {to[-2:]}"
