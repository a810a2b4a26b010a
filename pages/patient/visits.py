"""/visites: the visits to come."""

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.markup import h, join, page_head
from components.states import empty
from pages.base import Site, Visit
from portal.access import Role
from portal.i18n import Texts
from portal.responses import Appointment, around


def register(site: Site) -> None:
    @site.page("/visites", roles={Role.PATIENT})
    async def visits(visit: Visit) -> None:
        t = visit.t
        about = await around(visit.me)
        with visit.frame(current="/visites").page(t("My visits"), width="reading"):
            block(page_head(t("My visits"), t("To move a visit, call your centre.") if about.visits else ""))
            with ui.element("div").classes("flow-l"):
                if about.visits:
                    block(join(_row(t, each) for each in about.visits), "plain flow", "ul")
                else:
                    sentence = t("When your centre plans a visit, it appears here.")
                    block(empty(t("No visit is planned"), sentence, mark="calendar"), "sheet")


def _row(t: Texts, visit: Appointment) -> Markup:
    below = ", ".join(part for part in (visit.centre, visit.kind) if part)
    return h('<li><p class="visitdate"><b>{}</b></p><p class="soft">{}</p></li>', t.date(visit.day), below)
