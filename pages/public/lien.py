"""/lien: where the link of a message leads. The secret stands behind the #, which no browser sends: asking for the page
changes nothing, and nobody's log has it. The button sends it, once, from the browser that had asked for it.
"""

from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from components.blocks import block, set_block
from components.frames import welcome
from components.markup import h, link_button, note
from pages.base import Site, Visit
from pages.language import local_path
from portal.accounts import codes
from portal.errors import CodeRefused


def register(site: Site) -> None:
    @site.page("/lien")
    async def link(visit: Visit) -> None:
        t = visit.t
        with welcome(t, t("Sign in")), ui.element("div").classes("flow"):
            block(
                h(
                    '<h1 tabindex="-1">{}</h1><p class="lead">{}</p>',
                    t("Sign in"),
                    t("You have followed the link of our message. One press and you are in."),
                )
            )
            visit.errors_here()
            said = block("", role="alert")
            button = block(h("<span>{}</span>", t("Sign in")), "btn btn-main btn-wide", "button", type="button")

            async def opened(sent: Any) -> None:
                try:
                    await codes.open_link(site.door, str(sent)[:200], browser=visit.browser)
                except CodeRefused as error:
                    set_block(said, note(t.say(error.message), "warn", "alert"))
                    return
                ui.navigate.to("/auth/enter?" + urlencode({"retour": local_path(visit.query.get("retour", "/"))}))

            press = visit.guard(opened)
            button.on("click", lambda event: press(event.args), js_handler="() => emit(location.hash.slice(1))")
            block(h('<p class="actions">{}</p>', link_button(t("Back to sign-in"), "/connexion", "quiet")))
