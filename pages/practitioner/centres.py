"""/patients/{patient}/centres: which centres follow the patient, since when and until when; add one, end one."""

import asyncio

from nicegui import ui

from components.blocks import block
from components.markup import back_link, page_head
from pages.base import Site, Visit
from pages.followings import following_lines
from pages.practitioner.record import ROLES, head_of, record_page
from portal.people import all_centres, followings


def register(site: Site) -> None:
    @site.page("/patients/{patient}/centres", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        found, centres = await asyncio.gather(followings(visit.me, patient), all_centres(visit.me))
        with record_page(visit, head, ""):
            block(back_link(t("Overview"), f"/patients/{patient}"))
            lead = t("The teams of these centres see the whole record.")
            block(page_head(t("Centres that follow this patient"), lead, level=2))
            with ui.element("section").classes("sheet sheet-flush"):
                block(t("Followed by"), "pad-head", "h3")
                following_lines(visit, patient, found, centres)
