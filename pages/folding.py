"""Keeping the draft in the record up to date while somebody fills a form, without their waiting for it."""

import asyncio

import structlog
from nicegui import background_tasks

from pages.base import Visit
from portal import responses
from portal.errors import AlreadySent, RecordError
from portal.responses import Draft

QUIET_SECONDS = 20  # without an answer, before the draft in the record is brought up to date

log = structlog.get_logger("portal.pages.forms")


class Folding:
    """Brings the draft in the record up to date behind the person's back: after a quiet time, at a section's end, on leave.

    While the record is away it goes on trying; every answer is in the journal meanwhile.
    """

    def __init__(self, visit: Visit, draft: Draft) -> None:
        self.visit, self.draft = visit, draft
        self._timer: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """The page is gone: the journal keeps what the record could not be given."""
        if self._timer is not None:
            self._timer.cancel()

    def touched(self) -> None:
        """An answer was given: count the quiet time from now."""
        self.stop()
        self._timer = background_tasks.create(self._when_quiet(), name="fold a draft after a quiet time")

    def now(self) -> None:
        """Without waiting for it: the person goes on."""
        background_tasks.create(self.fold(), name="fold a draft")

    async def fold(self) -> bool:
        """True when the record holds every answer, or will never take them because they were sent."""
        try:
            await responses.fold(self.visit.me, self.draft)
        except AlreadySent:
            return True
        except RecordError as error:
            log.info("form.fold_waits", cause=type(error).__name__)
            return False
        return True

    async def _when_quiet(self) -> None:
        while True:
            await asyncio.sleep(QUIET_SECONDS)
            if await asyncio.shield(self.fold()):
                return
