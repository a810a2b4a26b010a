"""Saving answers one after the other, trying again while the server is away, and telling the truth about it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from nicegui import background_tasks, ui

from components.blocks import set_block
from components.form.items import Value
from components.markup import h, late, saved
from portal.clock import PARIS
from portal.errors import PortalError, Unavailable
from portal.i18n import Texts

Outcome = TypeVar("Outcome")
RETRY_AFTER_SECONDS = (2, 4, 8, 15)  # then every 15 s


class SaveLine(ui.html):
    """“Saved at 14:02”, always on screen while answering.

    Three sentences stand ready; the page's script shows “saving” after a second without an answer from the server, and
    “no connection” when the line is cut, because the server cannot say that.
    """

    def __init__(self, t: Texts, today: Callable[[], date], at: datetime | None = None) -> None:
        super().__init__("", sanitize=False, tag="span")
        self.t, self.today, self.revision = t, today, 0
        self.classes("saveline")
        self.props.update({"role": "status", "data-saveline": "true"})
        saving = h('<span class="saved saving">{}</span>', t("Saving…"))
        cut = h('<span class="offline">{}</span>', late(t("Not saved yet: no connection")))
        self._waiting = h("{}{}", saving, cut)
        self._show(saved(self.words(at)) if at else h("<span></span>"))

    def words(self, at: datetime) -> str:
        t, ago = self.t, self.today() - at.astimezone(PARIS).date()
        if not ago:
            return t("Saved at {time}", time=t.time(at))
        if ago == timedelta(days=1):
            return t("Saved yesterday at {time}", time=t.time(at))
        return t("Saved on {day} at {time}", day=t.day(at), time=t.time(at))

    def saved_at(self, at: datetime) -> None:
        self._show(saved(self.words(at)))

    def retrying(self) -> None:
        self._show(late(self.t("Not saved yet: we are trying again. Keep this page open.")))

    def refused(self) -> None:
        self._show(late(self.t("Not saved")))

    def _show(self, now: object) -> None:
        self.revision += 1
        self.props["data-revision"] = str(self.revision)
        set_block(self, h('<span class="now">{}</span>{}', now, self._waiting))
        self.update()


class Saver(Generic[Outcome]):
    """Hands answers to `save` in the order in which they were given.

    While the server is away the last answer to each question waits here and is tried again; the person goes on.
    """

    def __init__(
        self,
        save: Callable[[str, Value], Awaitable[Outcome]],
        *,
        on_saved: Callable[[Outcome], None],
        on_late: Callable[[], None],
        on_refused: Callable[[str, PortalError], None],
        alive: Callable[[], bool],
    ) -> None:
        self._save, self._alive = save, alive
        self._on_saved, self._on_late, self._on_refused = on_saved, on_late, on_refused
        self._waiting: dict[str, Value] = {}
        self._lock = asyncio.Lock()
        self._retrying = False

    def is_waiting(self, link_id: str) -> bool:
        """True while the latest answer to this question is not saved."""
        return link_id in self._waiting

    async def put(self, link_id: str, value: Value) -> None:
        """Saves this answer after those before it."""
        self._waiting.pop(link_id, None)
        self._waiting[link_id] = value
        if not await self.settle() and not self._retrying:
            self._retrying = True
            background_tasks.create(self._retry(), name="save answers again")

    async def settle(self) -> bool:
        """Waits for the answers under way; True when none is left unsaved."""
        async with self._lock:
            while self._waiting:
                link_id, value = next(iter(self._waiting.items()))
                try:
                    outcome = await self._save(link_id, value)
                except Unavailable:
                    self._on_late()
                    return False
                except PortalError as error:
                    self._forget(link_id, value)  # trying again would not help
                    self._on_refused(link_id, error)
                except BaseException:
                    self._forget(link_id, value)
                    raise
                else:
                    self._forget(link_id, value)
                    self._on_saved(outcome)
        return True

    def _forget(self, link_id: str, value: Value) -> None:
        if self._waiting.get(link_id) is value:  # a newer answer may have come meanwhile
            del self._waiting[link_id]

    async def _retry(self) -> None:
        try:
            for tries in range(10_000):
                await asyncio.sleep(RETRY_AFTER_SECONDS[min(tries, len(RETRY_AFTER_SECONDS) - 1)])
                if not self._alive() or await self.settle():
                    return
        finally:
            self._retrying = False
