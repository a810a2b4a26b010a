"""The transport of the demonstration: messages stay in the portal's own database, where a page shows them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from portal.acting import Acting
from portal.db import messages
from portal.notifications.messages import Message

MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A message as it left; `at` in UTC."""

    id: int
    message: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class Outbox:
    acting: Acting

    async def send(self, message: Message) -> None:
        row = insert(messages).values(
            kind=message.kind,
            recipient=message.to,
            subject=message.subject,
            body=message.body,
            at=self.acting.clock.now().isoformat(timespec="milliseconds"),
        )
        await self.acting.db.write(lambda connection: connection.execute(row))


async def latest(acting: Acting, most: int = MOST_SHOWN) -> list[Kept]:
    """The messages sent, newest first."""
    query = select(messages).order_by(messages.c.id.desc()).limit(most)
    rows = await acting.db.read(lambda connection: connection.execute(query).all())
    return [
        Kept(
            id=row.id,
            message=Message(kind=row.kind, to=row.recipient, subject=row.subject, body=row.body),
            at=datetime.fromisoformat(row.at),
        )
        for row in rows
    ]
