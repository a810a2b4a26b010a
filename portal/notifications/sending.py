"""From “this message is to leave” to “it was accepted, or will never be”."""

from dataclasses import asdict

import structlog
from sqlalchemy import Connection, insert
from sqlalchemy.dialects import postgresql, sqlite

from portal import jobs
from portal.acting import Acting
from portal.db import counters
from portal.db import refusals as table
from portal.errors import GivenUp, NotSent
from portal.jobs import Task
from portal.notifications.messages import Message
from portal.notifications.outbox import Outbox
from portal.notifications.refused import masked
from portal.notifications.transports import transport_for
from portal.types import Json

TASK = "message"

log = structlog.get_logger("portal.notifications")


async def send(acting: Acting, message: Message) -> None:
    """On its way once this returns: in the queue, or, where messages stay in the outbox, in it already."""
    if isinstance(transport_for(acting, message.kind), Outbox):
        await deliver(acting, message)
    else:
        await jobs.defer(acting, TASK, asdict(message))


async def deliver(acting: Acting, message: Message) -> None:
    """Sends it now. Raises NotSent."""
    transport = transport_for(acting, message.kind)
    if message.kind == "sms" and not isinstance(transport, Outbox):
        await _count_sms(acting)
    await transport.send(message)


def task(acting: Acting) -> Task:
    """What the job of a message does."""

    async def run(args: Json) -> None:
        try:
            await deliver(acting, Message(**args))
        except NotSent as error:
            if error.for_good:
                raise GivenUp(error.cause) from None
            raise

    async def given_up(args: Json, cause: str, tries: int) -> None:
        await note_refusal(acting, Message(**args), cause, tries)

    return Task(run=run, given_up=given_up, tries=acting.settings.message_tries)


async def note_refusal(acting: Acting, message: Message, cause: str, tries: int) -> None:
    """Keeps that this message will never arrive, for the administrators' list."""
    row = insert(table).values(
        kind=message.kind,
        shown=masked(message.to),
        about=message.about,
        cause=cause[:60],
        tries=tries,
        at=acting.clock.now().isoformat(timespec="milliseconds"),
    )
    await acting.db.write(lambda connection: connection.execute(row))


async def _count_sms(acting: Acting) -> None:
    """Text messages cost money, and a machine could ask for thousands: so many a day in all, and an alarm."""
    day, most = f"sms {acting.clock.today().isoformat()}", acting.settings.sms_per_day
    now = acting.clock.now().isoformat(timespec="milliseconds")

    def work(connection: Connection) -> int:
        add = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = add(counters).values(name=day, count=1, at=now)
        more = row.on_conflict_do_update(index_elements=["name"], set_={"count": counters.c.count + 1, "at": now})
        return connection.execute(more.returning(counters.c.count)).scalar_one()

    sent = await acting.db.write(work)
    if sent > most:
        log.error("notifications.sms_budget_spent", sent=sent, most=most)
        raise NotSent("sms-budget-of-the-day", for_good=True)
