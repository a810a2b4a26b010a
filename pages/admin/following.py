"""/suivis: which centres follow a patient, found by Fondacode alone; /suivis/{patient}: add one, end one."""

import asyncio

from components.blocks import block
from components.markup import back_link, h, page_head
from components.tables import Column, Page, PagedList, Query
from pages.admin.frame import admin_page, sheet
from pages.admin.words import ROLES
from pages.base import Site, Visit
from pages.followings import following_lines
from pages.links import Links
from portal.access import Role
from portal.people import find_followed, followings, list_organizations, spaced

SIZE = 25


def register(site: Site) -> None:
    @site.page("/suivis", roles=ROLES)
    async def patients(visit: Visit) -> None:
        t = visit.t
        names = {one.id: one.name for one in await list_organizations(visit.me)}
        links = Links()
        everywhere = visit.me.actor.role is Role.ADMIN

        async def load(query: Query) -> Page:
            found = await find_followed(visit.me, fondacode=query.search, page_link=links.of(query.page, query.search))
            links.keep(query.page, found.next_link)
            rows = tuple(
                (
                    h('<a class="name num" href="/suivis/{}">{}</a>', one.patient, spaced(one.fondacode)),
                    ", ".join(names.get(centre, "–") for centre in one.centres),
                )
                for one in found.rows
            )
            return Page(rows=rows, total=found.total, size=SIZE)

        with admin_page(visit, t("Patients’ centres"), "/centres", tab="/suivis"):
            lead = t("Without a name and without anything medical: a patient is found by the whole Fondacode.")
            if not everywhere:
                lead = t("The patients whom your centres follow, by Fondacode, without anything medical.")
            block(page_head(t("Patients’ centres"), lead))
            nothing = (t("No patient shown"), t("Type the ten digits of the Fondacode."))
            listed = PagedList(
                t,
                [Column(head="Fondacode", lead=True, full=True), Column(head=t("Followed by"), full=True)],
                load,
                caption=t("Patients by Fondacode"),
                search_label="Fondacode",
                nothing=nothing if everywhere else None,
            )
            await listed.start()

    @site.page("/suivis/{patient}", roles=ROLES)
    async def one(visit: Visit, patient: str) -> None:
        t = visit.t
        found, centres = await asyncio.gather(followings(visit.me, patient), list_organizations(visit.me))
        with admin_page(visit, t("Centres that follow"), "/centres", tab="/suivis"):
            block(back_link(t("Patients’ centres"), "/suivis"))
            block(page_head(t("Centres that follow this patient")))
            visit.errors_here()
            with sheet(t("Followed by")):
                following_lines(visit, patient, found, centres)
