"""A message as work of the queue: made when its turn comes, tried again while its server is away, noted when refused for good."""

from collections.abc import Awaitable, Callable

from portal import notifications
from portal.accounts.door import Door
from portal.errors import GivenUp, NotSent
from portal.jobs import Task
from portal.notifications import Message
from portal.types import Json

Make = Callable[[Door, Json], Awaitable[Message | None]]
"""The message that the arguments of the job mean; None when there is nobody to write to, or no longer a reason."""


def message_task(door: Door, make: Make) -> Task:
    async def run(args: Json) -> None:
        made = await make(door, args)
        if made is None:
            return
        try:
            await notifications.deliver(door.acting, made)
        except NotSent as error:
            if error.for_good:
                raise GivenUp(error.cause) from None
            raise

    async def given_up(args: Json, cause: str, tries: int) -> None:
        made = await make(door, args)
        if made is not None:
            await notifications.note_refusal(door.acting, made, cause, tries)

    return Task(run=run, given_up=given_up, tries=door.acting.settings.message_tries)
