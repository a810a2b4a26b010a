"""/centres: the expert centres, and one more."""

from collections.abc import Mapping

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.form import ChoiceQuestion, Option, TextQuestion
from components.markup import h, page_head
from components.states import empty
from components.tables import plain_table
from pages.base import Site, Visit
from pages.fields import AskDialog, Fields
from portal.access import Role
from portal.i18n import N_, Texts
from portal.people import NETWORKS, Centre, create_organization, list_organizations

NETWORK_NAMES: Mapping[str, str] = {
    "bipolar": N_("Bipolar disorder"),
    "schizophrenia": N_("Schizophrenia"),
    "depression": N_("Resistant depression"),
    "asd": N_("Autism"),
}


def register(site: Site) -> None:
    @site.page("/centres", roles={Role.ADMIN})
    async def centres(visit: Visit) -> None:
        t = visit.t
        found = await list_organizations(visit.me)
        with visit.frame(current="/centres", place=t("Administration")).page(t("Centres")):
            dialog = _dialog(visit)
            with ui.element("div").classes("headrow"):
                block(page_head(t("Centres"), t.plural("{n} expert centre", "{n} expert centres", len(found))))
                Button(t("Add a centre"), dialog.open, mark="plus")
            block(_table(t, found), "sheet sheet-flush", "section")


def _table(t: Texts, found: list[Centre]) -> Markup:
    if not found:
        return empty(t("No centre yet"), t("Add the first one: patients and professionals belong to a centre."))
    return plain_table(
        t("Expert centres"),
        [t("Name"), t("City"), t("Code"), t("Networks"), t("FINESS")],
        [
            (
                h("<b>{}</b>", one.name),
                one.city,
                one.code,
                ", ".join(t(NETWORK_NAMES[network]) for network in one.networks),
                one.finess or "–",
            )
            for one in found
        ],
    )


def _dialog(visit: Visit) -> AskDialog:
    t = visit.t
    items = [
        TextQuestion(link_id="name", text=t("Name of the centre")),
        TextQuestion(link_id="city", text=t("City")),
        TextQuestion(
            link_id="centre_code",
            text=t("Two-digit code"),
            hint=t("It begins the Fondacode of the centre’s patients."),
            limit=2,
        ),
        ChoiceQuestion(
            link_id="networks",
            text=t("Networks"),
            options=tuple(Option(code=code, text=t(NETWORK_NAMES[code])) for code in NETWORKS),
            many=True,
        ),
        TextQuestion(link_id="finess", text=t("FINESS number"), hint=t("If you know it: nine characters."), limit=12),
    ]

    async def send(fields: Fields) -> None:
        networks = fields.values.get("networks")
        await create_organization(
            visit.me,
            name=fields.text("name"),
            city=fields.text("city"),
            centre_code=fields.text("centre_code"),
            networks=networks if isinstance(networks, tuple) else (),
            finess=fields.text("finess") or None,
        )

    return AskDialog(visit, t("Add a centre"), items, t("Add"), send, key="centre")
