"""Sends the waiting events of topic subscriptions, again and again until each destination has taken its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from portal.embedded.engine import Engine
from portal.embedded.failures import kind_and_place
from portal.embedded.outcome import Refusal
from portal.embedded.store import Kept, Store
from portal.embedded.subscriptions import Destination, Subscriptions, event_bundle, waiting

Deliver = Callable[[Destination, bytes], Awaitable[bool]]
"""Hands a Bundle to a destination; True when it was taken."""
Rest = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """What is under way for one destination; `wake` is set when something may wait for it."""

    destination: Destination
    wake: asyncio.Event
    task: asyncio.Task[None]


class Deliveries:
    """A task for each destination, so that none waits for another. One that did not take its events is tried again, ever
    less often, whatever is written meanwhile; its events keep their order.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        subscriptions: Subscriptions,
        deliver: Deliver,
        base: str,
        rest: Rest = asyncio.sleep,
    ) -> None:
        self.store = store
        self.engine = engine
        self.subscriptions = subscriptions
        self.deliver = deliver
        self.base = base
        self.rest = rest
        self._lines: dict[str, _Line] = {}
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._look()

    def follow(self, _: list[Kept]) -> None:
        """Told by the writer after each commit, from its own thread."""
        if self.subscriptions.destinations or self._lines:
            self._loop.call_soon_threadsafe(self._look)

    async def close(self) -> None:
        self._closed = True
        for line in self._lines.values():
            line.task.cancel()
        await asyncio.gather(*(line.task for line in self._lines.values()), return_exceptions=True)

    def _look(self) -> None:
        """One line for each destination that there is now. One that was made anew starts without a pause."""
        wanted = {} if self._closed else self.subscriptions.destinations
        for id_, line in list(self._lines.items()):
            if id_ not in wanted or not _same(line.destination, wanted[id_]):
                del self._lines[id_]
                line.task.cancel()
        for id_, destination in wanted.items():
            if id_ not in self._lines:
                wake = asyncio.Event()
                task = self._loop.create_task(self._run(destination, wake))
                self._lines[id_] = _Line(destination=destination, wake=wake, task=task)
            self._lines[id_].wake.set()

    async def _run(self, destination: Destination, wake: asyncio.Event) -> None:
        pause = FIRST_PAUSE
        while True:
            await wake.wait()
            wake.clear()
            while not await self._sent(destination):
                await self.rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            pause = FIRST_PAUSE

    async def _sent(self, destination: Destination) -> bool:
        """False when the destination did not take what waits for it, whatever the cause."""
        try:
            return await self._send_all(destination)
        except Refusal:
            log.warning("fhir events wait: the store did not answer")
        except Exception as problem:  # noqa: BLE001 – the events wait
            told = kind_and_place(problem)
            log.error("fhir events wait: %s", told, extra={"destination": destination.id})  # noqa: TRY400 – no text of it
        return False

    async def _send_all(self, destination: Destination) -> bool:
        while True:
            events = await self.store.read(lambda connection: waiting(connection, destination))
            if not events:
                return True
            body = await self.store.read(
                lambda connection, events=events: event_bundle(connection, self.engine, destination, events, self.base)
            )
            if not await self.deliver(destination, body):
                log.warning(
                    "fhir events wait: the destination did not take them", extra={"destination": destination.id}
                )
                return False
            last = events[-1][0]
            await self.store.write(
                lambda unit, last=last: unit.connection.execute(
                    "DELETE FROM event WHERE destination = ? AND eid <= ?", (destination.id, last)
                )
            )


def _same(one: Destination, other: Destination) -> bool:
    """Whether both are sent to alike; what they watch concerns the writer alone."""
    return replace(one, triggers=()) == replace(other, triggers=())
