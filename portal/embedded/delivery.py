"""Sends the waiting events of topic subscriptions, again and again until each destination has taken its own."""

import asyncio
import logging
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable

from portal.embedded.engine import Engine
from portal.embedded.outcome import Refusal
from portal.embedded.store import Kept, Store
from portal.embedded.subscriptions import Destination, Subscriptions, event_bundle, waiting

Deliver = Callable[[Destination, bytes], Awaitable[bool]]
"""Hands a Bundle to a destination; True when it was taken."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
log = logging.getLogger(__name__)


class Deliveries:
    """One task that wakes at each commit. A destination that does not answer is tried again, ever less often."""

    def __init__(self, store: Store, engine: Engine, subscriptions: Subscriptions, deliver: Deliver, base: str) -> None:
        self.store = store
        self.engine = engine
        self.subscriptions = subscriptions
        self.deliver = deliver
        self.base = base
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run())
        self._wake.set()

    def follow(self, _: list[Kept]) -> None:
        if self.subscriptions.destinations:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            await self._wake.wait()
            self._wake.clear()
            done = [await self._send_all(d) for d in list(self.subscriptions.destinations.values())]
            if all(done):
                pause = FIRST_PAUSE
                continue
            self._loop.call_later(pause, self._wake.set)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _send_all(self, destination: Destination) -> bool:
        """False when the destination did not take what waits for it."""
        while True:
            try:
                events = await self.store.read(lambda connection: waiting(connection, destination))
                if not events:
                    return True
                body = await self.store.read(
                    lambda connection, events=events: event_bundle(
                        connection, self.engine, destination, events, self.base
                    )
                )
                if not await self.deliver(destination, body):
                    return False
                last = events[-1][0]
                await self.store.write(
                    lambda unit, last=last: unit.connection.execute(
                        "DELETE FROM event WHERE destination = ? AND eid <= ?", (destination.id, last)
                    )
                )
            except Refusal:
                log.warning("fhir events wait: the store did not answer")
                return False


async def deliver_by_http(destination: Destination, body: bytes) -> bool:
    """POST to the destination's endpoint; anything but 2xx in time is a failure."""
    return await asyncio.to_thread(_post, destination, body)


def _post(destination: Destination, body: bytes) -> bool:
    if not destination.endpoint.startswith(("http://", "https://")):
        return False
    headers = {"content-type": "application/fhir+json", **dict(destination.headers)}
    request = urllib.request.Request(destination.endpoint, data=body, headers=headers, method="POST")  # noqa: S310 – http(s) only, above
    try:
        with urllib.request.urlopen(request, timeout=destination.timeout) as answer:  # noqa: S310 – http(s) only, above
            return 200 <= answer.status < 300
    except (urllib.error.URLError, OSError, ValueError):
        log.warning("fhir events wait: the destination did not answer", extra={"destination": destination.id})
        return False
