"""/personnes: the professionals, searched and paged by the server; inviting one more."""

from collections.abc import Collection, Mapping

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.form import AnyQuestion, ChoiceQuestion, ListQuestion, Option, TextQuestion
from components.markup import h, page_head, tag
from components.tables import Column, Filter, Page, PagedList, Query
from pages.admin.centres import chosen
from pages.admin.frame import admin_page
from pages.admin.words import GENDERS, JOBS, ROLES, job, jobs_to_give
from pages.base import Site, Visit
from pages.fields import AskDialog, Fields
from pages.links import Links
from portal.access import Role
from portal.accounts.invitations import invite_practitioner
from portal.i18n import Texts
from portal.people import GRANTED, PAGE_OF_STAFF, Centre, Professional, find_practitioners, list_organizations

ACTIVE = {"open": True, "closed": False}


def register(site: Site) -> None:
    @site.page("/personnes", roles=ROLES)
    async def people(visit: Visit) -> None:
        t = visit.t
        centres = await reachable(visit)
        names = {centre.id: centre.name for centre in await list_organizations(visit.me)}
        links = Links()

        async def load(query: Query) -> Page:
            asked = (query.search, *sorted(query.filters.items()))
            found = await find_practitioners(
                visit.me,
                text=query.search,
                role=Role(query.filters["role"]) if query.filters["role"] else None,
                organization=query.filters["centre"] or None,
                active=ACTIVE.get(query.filters["state"]),
                page_link=links.of(query.page, asked),
            )
            links.keep(query.page, found.next_link)
            return Page(rows=tuple(_row(t, one, names) for one in found.rows), total=found.total, size=PAGE_OF_STAFF)

        with admin_page(visit, t("People"), "/personnes", tab="/personnes"):
            dialog = _dialog(visit, centres)
            with ui.element("div").classes("headrow"):
                block(page_head(t("People"), t("Professionals who have an account here.")))
                Button(t("Invite a professional"), dialog.open, mark="plus")
            columns = [
                Column(head=t("Name"), lead=True, full=True),
                Column(head=t("Role"), full=True),
                Column(head=t("Centres"), full=True),
                Column(head=t("E-mail"), full=True),
            ]
            listed = PagedList(
                t,
                columns,
                load,
                caption=t("Professionals"),
                search_label=t("Name or whole e-mail address"),
                filters=_filters(visit, centres),
            )
            await listed.start()


def _filters(visit: Visit, centres: list[Centre]) -> list[Filter]:
    t, asked = visit.t, visit.query.get("centre", "")
    by_centre = {centre.id: centre.name for centre in centres}
    every = {"": t("Any")}
    # The one that the address names comes first: a list shows what its first option says.
    ordered = ({asked: by_centre[asked]} if asked in by_centre else {}) | every | by_centre
    return [
        Filter(name="role", label=t("Role"), options=every | {str(role): t(words) for role, words in JOBS.items()}),
        Filter(name="centre", label=t("Centre"), options=ordered),
        Filter(name="state", label=t("State"), options=every | {"open": t("Active"), "closed": t("Not active")}),
    ]


def _row(t: Texts, one: Professional, names: Mapping[str, str]) -> tuple[str | Markup, ...]:
    closed = Markup() if one.active else h(" {}", tag(t("Not active"), "warn", "lock"))
    return (
        h('<a class="name" href="/personnes/{}">{} {}</a>{}', one.id, one.family, one.given, closed),
        ", ".join(job(t, role) for role in one.roles) or "–",
        ", ".join(names.get(centre, "") for centre in one.centres) or "–",
        one.email,
    )


async def reachable(visit: Visit) -> list[Centre]:
    """The open centres in which this administrator may act."""
    actor = visit.me.actor
    everywhere = actor.role is Role.ADMIN
    found = await list_organizations(visit.me)
    return [one for one in found if one.active and (everywhere or one.id in actor.organizations)]


def role_question(visit: Visit, value: Role | None = None, *, among: Collection[Role] = GRANTED) -> AnyQuestion:
    """The roles that this administrator may give, or those of them that are `among` these."""
    t = visit.t
    jobs = jobs_to_give(t, visit.me.actor.role)
    options = tuple(Option(code=code, text=words) for code, words in jobs.items() if Role(code) in among)
    return ListQuestion(link_id="role", text=t("Role"), options=options, value=(str(value),) if value else ())


def _dialog(visit: Visit, centres: list[Centre]) -> AskDialog:
    t = visit.t
    only = (centres[0].id,) if len(centres) == 1 and visit.me.actor.role is not Role.ADMIN else ()
    items = [
        TextQuestion(link_id="family", text=t("Last name")),
        TextQuestion(link_id="given", text=t("First name")),
        TextQuestion(link_id="email", text=t("E-mail address"), kind="email"),
        TextQuestion(link_id="phone", text=t("Mobile number"), kind="tel", hint=t("Not required.")),
        ListQuestion(
            link_id="gender",
            text=t("Gender"),
            options=tuple(Option(code=code, text=t(words)) for code, words in GENDERS.items()),
        ),
        role_question(visit),
        ChoiceQuestion(
            link_id="organizations",
            text=t("Centres"),
            hint=t("Associates and administrators of the foundation may have none."),
            options=tuple(Option(code=centre.id, text=centre.name) for centre in centres),
            many=True,
            value=only,
        ),
    ]

    async def send(fields: Fields) -> None:
        await invite_practitioner(
            visit.me,
            family=fields.text("family"),
            given=fields.text("given"),
            email=fields.text("email"),
            phone=fields.text("phone"),
            gender=fields.choice("gender") or "unknown",
            role=Role(fields.choice("role")),
            organizations=chosen(fields, "organizations"),
            language=t.locale,
        )

    lead = t("They get an e-mail with a link, follow it once and complete their account. Nothing opens before that.")
    return AskDialog(
        visit,
        t("Invite a professional"),
        items,
        t("Send the invitation"),
        send,
        key="person",
        lead=lead,
        required={"role": t("Choose a role.")},
    )
