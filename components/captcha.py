"""The proof of work on a page: the browser works by itself, a line says how far it is. Nothing to see, hear or solve.

captcha = Captcha(t, issue)                 # `issue()` makes a new task, see portal.accounts.proof_of_work
await verify(door, await captcha.solution())   # when the form is sent; the next task has begun by then
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from nicegui import ui

from components.assets import assets
from components.icons import icon
from components.markup import h
from portal.accounts.proof_of_work import Challenge, Solution
from portal.errors import ProofOfWorkRefused
from portal.i18n import Texts

PATIENCE = 90.0  # seconds for the slowest telephone


class Captcha(ui.html):
    """A quiet line of the form. A screen reader hears it once when the check is done, and only then."""

    def __init__(self, t: Texts, issue: Callable[[], Challenge]) -> None:
        self.t, self.issue = t, issue
        super().__init__("", sanitize=False, tag="div")
        self.classes("captcha")
        self.props.update({"role": "status"})
        self.on("solved", lambda sent: self.solved(sent.args), js_handler="(event) => emit(event.detail)")
        self._renew()

    async def solution(self, *, last: bool = False) -> Solution:
        """The browser's answer, waited for if it is still at work; each is handed out once, and the next task begins
        unless this is the `last`. ProofOfWorkRefused after a minute and a half without an answer.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self._done.wait()
        except TimeoutError:
            self._renew()
            raise ProofOfWorkRefused from None
        answer = Solution(challenge=self.challenge, number=self._number)
        if not last:
            self._renew()
        return answer

    def solved(self, sent: Any) -> None:
        """The browser says its number. For an older task than the present one it counts for nothing."""
        if not isinstance(sent, dict) or sent.get("salt") != self.challenge.salt or not isinstance(sent["number"], int):
            return
        self._number = sent["number"]
        self._done.set()
        self.set_content(
            str(h("{}<span>{}</span>", icon("check"), self.t("Automatic check done: you are not a robot.")))
        )

    def _renew(self) -> None:
        self.challenge, self._number, self._done = self.issue(), -1, asyncio.Event()
        self.set_content(str(h("<span>{}</span>", self.t("Automatic check under way. You have nothing to do."))))
        task = {key: value for key, value in asdict(self.challenge).items() if key in {"salt", "digest", "most"}}
        script = json.dumps(assets().url("work.js"))
        with self:
            ui.run_javascript(
                f"import({script}).then((made) => made.work({json.dumps(self.html_id)}, {json.dumps(task)}))"
            )
