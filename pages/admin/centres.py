"""/centres: the expert centres, searched, and one more."""

from collections.abc import Sequence

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.form import AnyQuestion, ChoiceQuestion, Option, TextQuestion
from components.markup import h, page_head
from components.tables import Column, Filter, Page, PagedList, Query
from pages.admin.frame import admin_page
from pages.admin.words import NETWORK_NAMES, state
from pages.base import Site, Visit
from pages.fields import AskDialog, Fields
from portal.access import Role
from portal.i18n import Texts
from portal.people import NETWORKS, Centre, create_organization, find_organizations

SIZE = 50


def register(site: Site) -> None:
    @site.page("/centres", roles={Role.ADMIN})
    async def centres(visit: Visit) -> None:
        t = visit.t

        async def load(query: Query) -> Page:
            active = {"open": True, "closed": False}.get(query.filters["state"])
            found = await find_organizations(visit.me, query.search, active=active)
            first = query.page * SIZE
            rows = tuple(_row(t, one) for one in found[first : first + SIZE])
            return Page(rows=rows, total=len(found), size=SIZE)

        with admin_page(visit, t("Centres"), "/centres", tab="/centres"):
            dialog = _dialog(visit)
            with ui.element("div").classes("headrow"):
                block(page_head(t("Centres"), t("Patients and professionals belong to a centre.")))
                Button(t("Add a centre"), dialog.open, mark="plus")
            columns = [
                Column(head=t("Name"), lead=True, full=True),
                Column(head=t("City")),
                Column(head=t("Code"), phone_label=t("Code")),
                Column(head=t("Networks"), full=True),
                Column(head=t("FINESS"), wide_only=True),
                Column(head=t("State")),
            ]
            states = {"": t("Any"), "open": t("Active"), "closed": t("Not active")}
            await PagedList(
                t,
                columns,
                load,
                caption=t("Expert centres"),
                search_label=t("Name, city, code or FINESS"),
                filters=[Filter(name="state", label=t("State"), options=states)],
            ).start()


def _row(t: Texts, one: Centre) -> tuple[str | Markup, ...]:
    return (
        h('<a class="name" href="/centres/{}">{}</a>', one.id, one.name),
        one.city,
        one.code,
        networks(t, one),
        one.finess or "–",
        state(t, active=one.active),
    )


def networks(t: Texts, centre: Centre) -> str:
    return ", ".join(t(NETWORK_NAMES[network]) for network in centre.networks)


def questions(t: Texts, centre: Centre | None = None) -> Sequence[AnyQuestion]:
    """What a centre is asked for; filled with what is known of `centre`."""
    return [
        TextQuestion(link_id="name", text=t("Name of the centre"), value=centre.name if centre else ""),
        TextQuestion(link_id="city", text=t("City"), value=centre.city if centre else ""),
        TextQuestion(
            link_id="centre_code",
            text=t("Two-digit code"),
            hint=t("It begins the Fondacode of the centre’s patients."),
            limit=2,
            value=centre.code if centre else "",
        ),
        ChoiceQuestion(
            link_id="networks",
            text=t("Networks"),
            options=tuple(Option(code=code, text=t(NETWORK_NAMES[code])) for code in NETWORKS),
            many=True,
            value=centre.networks if centre else (),
        ),
        TextQuestion(
            link_id="finess",
            text=t("FINESS number"),
            hint=t("If you know it: nine characters."),
            limit=12,
            value=centre.finess if centre else "",
        ),
    ]


def chosen(fields: Fields, name: str) -> tuple[str, ...]:
    """The codes ticked."""
    value = fields.values.get(name)
    return value if isinstance(value, tuple) else ()


def _dialog(visit: Visit) -> AskDialog:
    t = visit.t

    async def send(fields: Fields) -> None:
        await create_organization(
            visit.me,
            name=fields.text("name"),
            city=fields.text("city"),
            centre_code=fields.text("centre_code"),
            networks=chosen(fields, "networks"),
            finess=fields.text("finess") or None,
        )

    return AskDialog(visit, t("Add a centre"), questions(t), t("Add"), send, key="centre")
