"""/personnes: the professionals, and one more."""

from collections.abc import Mapping

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.form import ChoiceQuestion, ListQuestion, Option, TextQuestion
from components.markup import h, page_head
from components.tables import Column, Page, PagedList, Query
from pages.base import Site, Visit
from pages.fields import AskDialog, Fields
from pages.links import Links
from portal.access import Role
from portal.i18n import N_, Texts
from portal.people import Centre, Professional, create_practitioner, find_practitioners, list_organizations

JOBS: Mapping[Role, str] = {
    Role.PSYCHIATRIST: N_("Psychiatrist"),
    Role.PSYCHOLOGIST: N_("Psychologist"),
    Role.NURSE: N_("Nurse"),
    Role.CARE_COORDINATOR: N_("Care coordinator"),
    Role.PRACTITIONER: N_("Practitioner"),
    Role.ARC: N_("Clinical research associate (ARC)"),
    Role.ADMIN: N_("Administrator"),
}
GENDERS = {"female": N_("Woman"), "male": N_("Man"), "unknown": N_("Not said")}
PAGE = 50


def register(site: Site) -> None:
    @site.page("/personnes", roles={Role.ADMIN})
    async def people(visit: Visit) -> None:
        t = visit.t
        centres = await list_organizations(visit.me)
        names = {centre.id: centre.name for centre in centres}
        links = Links()

        async def load(query: Query) -> Page:
            found = await find_practitioners(visit.me, page_link=links.of(query.page, "all"))
            links.keep(query.page, found.next_link)
            return Page(rows=tuple(_row(t, one, names) for one in found.rows), total=found.total, size=PAGE)

        with visit.frame(current="/personnes", place=t("Administration")).page(t("People")):
            dialog = _dialog(visit, centres)
            with ui.element("div").classes("headrow"):
                block(page_head(t("People"), t("Professionals who have an account here.")))
                Button(t("Add a professional"), dialog.open, mark="plus")
            columns = [
                Column(head=t("Name"), lead=True, full=True),
                Column(head=t("Role")),
                Column(head=t("Centres"), full=True),
                Column(head=t("E-mail"), full=True),
            ]
            await PagedList(t, columns, load, caption=t("Professionals")).start()


def _row(t: Texts, one: Professional, names: Mapping[str, str]) -> tuple[str | Markup, ...]:
    return (
        h('<span class="name">{} {}</span>', one.family, one.given),
        ", ".join(t(JOBS[role]) for role in one.roles if role in JOBS) or "–",
        ", ".join(names.get(centre, "") for centre in one.centres) or "–",
        one.email,
    )


def _dialog(visit: Visit, centres: list[Centre]) -> AskDialog:
    t = visit.t
    items = [
        TextQuestion(link_id="family", text=t("Last name"), autocomplete="off"),
        TextQuestion(link_id="given", text=t("First name"), autocomplete="off"),
        TextQuestion(link_id="email", text=t("E-mail address"), kind="email"),
        TextQuestion(link_id="phone", text=t("Mobile number"), kind="tel", hint=t("Not required.")),
        ListQuestion(
            link_id="gender",
            text=t("Gender"),
            options=tuple(Option(code=code, text=t(words)) for code, words in GENDERS.items()),
        ),
        ListQuestion(
            link_id="role",
            text=t("Role"),
            options=tuple(Option(code=str(role), text=t(words)) for role, words in JOBS.items()),
        ),
        ChoiceQuestion(
            link_id="organizations",
            text=t("Centres"),
            hint=t("Associates and administrators may have none."),
            options=tuple(Option(code=centre.id, text=centre.name) for centre in centres),
            many=True,
        ),
        TextQuestion(
            link_id="password",
            text=t("First password"),
            kind="password",
            hint=t("At least 12 characters. Give it to the person yourself."),
            autocomplete="new-password",
        ),
    ]

    async def send(fields: Fields) -> None:
        chosen = fields.values.get("organizations")
        await create_practitioner(
            visit.me,
            family=fields.text("family"),
            given=fields.text("given"),
            email=fields.text("email"),
            phone=fields.text("phone") or None,
            gender=fields.choice("gender") or "unknown",
            role=Role(fields.choice("role")),
            organizations=chosen if isinstance(chosen, tuple) else (),
            password=fields.text("password") or None,
        )

    required = {"role": t("Choose a role.")}
    return AskDialog(visit, t("Add a professional"), items, t("Add"), send, key="person", required=required)
