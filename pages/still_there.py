"""Before a page closes for want of action it asks, a minute ahead; any key or touch on the page keeps the session alive."""

from datetime import timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from components.blocks import Button, block
from components.markup import h
from portal.accounts import sessions

if TYPE_CHECKING:
    from pages.visit import Visit

WARN_BEFORE = timedelta(seconds=60)
SCRIPT = """<script>(() => {
  let told = 0;
  const tell = () => { if (Date.now() - told > 10000) { told = Date.now(); emitEvent("activity"); } };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, tell, { capture: true, passive: true });
})()</script>"""


class StillThere:
    """Call it inside the page of a signed-in person, once the page is built."""

    def __init__(self, visit: "Visit") -> None:
        self.visit, t = visit, visit.t
        ui.add_body_html(SCRIPT)
        ui.on("activity", self.act)
        with ui.element("div").classes("still-there") as self.box:
            sentence = t("Are you still there? This page closes in one minute, to protect what it shows.")
            block(h("<p>{}</p>", sentence), role="alert")
            Button(t("Yes, I go on"), self.act)
        self.box.set_visibility(False)

    async def act(self) -> None:
        """The person has done something. A session that is dead stays dead."""
        visit = self.visit
        session = await sessions.by_id(visit.site.door, visit.session.id) if visit.session else None
        if session is not None:
            await sessions.touch(visit.site.door, session)
            self.box.set_visibility(False)

    def look(self, left: timedelta) -> None:
        """Asks when little time is left; any page of the same session, in another tab too, takes the question away."""
        asking = left <= WARN_BEFORE
        if asking != self.box.visible:
            self.box.set_visibility(asking)
