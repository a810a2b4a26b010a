"""The pages that are open now, by session: when a session dies, its pages are sent away within two seconds."""

import asyncio
from typing import TYPE_CHECKING

import structlog
from nicegui import Client, ui

from portal.accounts import Door, sessions
from portal.errors import PortalError

if TYPE_CHECKING:
    from pages.still_there import StillThere
    from pages.visit import Visit

LOOK_EVERY = 1.0  # seconds

log = structlog.get_logger("portal.pages")


class OpenPages:
    def __init__(self, door: Door) -> None:
        self._door = door
        self._visits: dict[str, tuple[Visit, StillThere]] = {}
        self._sent_away: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def add(self, client: Client, visit: "Visit", still_there: "StillThere") -> None:
        self._visits[client.id] = (visit, still_there)
        client.on_delete(lambda: self._forget(client.id))

    def start(self) -> None:
        self._task = asyncio.create_task(self._look(), name="open pages")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> None:
        """Send away the pages whose session is dead, and ask those that soon will be; what has not left by the next look
        is cut off.
        """
        for stubborn in self._sent_away & self._visits.keys():
            if stubborn in Client.instances:
                Client.instances[stubborn].delete()
        self._sent_away.clear()
        if not self._visits:
            return
        asked = list(self._visits.items())  # what opens meanwhile was not asked about, and is looked at the next time
        ids = {visit.session.id for _, (visit, _) in asked if visit.session is not None}
        left = await sessions.time_left(self._door, ids)
        for client_id, (visit, still_there) in asked:
            client = Client.instances.get(client_id)
            if client is None or visit.session is None:
                self._forget(client_id)
            elif visit.session.id not in left:
                with client:
                    ui.navigate.to(visit.signed_out)
                self._sent_away.add(client_id)
            else:
                with client:
                    still_there.look(left[visit.session.id])

    def _forget(self, client_id: str) -> None:
        self._visits.pop(client_id, None)
        self._sent_away.discard(client_id)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.sweep()
            except PortalError as error:
                log.warning("open_pages.look_failed", cause=type(error).__name__)
