"""After failures the browser must do a proof of work before the next try. The person waits a moment and does nothing."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from nicegui import ui

from components.captcha import Captcha
from pages.base import Visit
from portal.accounts.proof_of_work import Solution, challenge
from portal.errors import WorkNeeded

T = TypeVar("T")


class RobotCheck:
    """Build it where the line about the check is to appear, then `await check.run(ask)`."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.place = ui.element("div")

    async def run(self, ask: Callable[[Solution | None], Awaitable[T]]) -> T:
        """`ask(None)`; when that wants a proof of work, `ask(proof)`."""
        try:
            return await ask(None)
        except WorkNeeded:
            with self.place:
                captcha = Captcha(self.visit.t, lambda: challenge(self.visit.site.door))
            try:
                return await ask(await captcha.solution(last=True))
            finally:
                if not self.place.is_deleted:
                    self.place.clear()
