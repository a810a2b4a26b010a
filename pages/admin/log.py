"""/journal: who did what, when, to whose data, and with what outcome; filtered, paged, and as CSV (/journal.csv)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, set_block
from components.form import AnyQuestion, DateQuestion, ListQuestion, Option, TextQuestion
from components.markup import h, link_button, page_head, tag
from components.tables import Column, Page, PagedList, Query
from pages.admin.frame import admin_page
from pages.admin.words import job
from pages.base import Site, Visit
from pages.fields import Fields
from pages.links import Links
from pages.wrong import wrong_page
from portal.access import Permission, Role, decide
from portal.administration import names_in, patient_typed, person_typed
from portal.audit import Action, Entry, Filters, Outcome, export, trail
from portal.errors import PortalError, SignInNeeded
from portal.i18n import N_, Texts
from portal.people import spaced

SIZE = 50
ACTIONS: Mapping[Action, str] = {
    Action.CREATE: N_("Created"),
    Action.READ: N_("Read"),
    Action.UPDATE: N_("Changed"),
    Action.DELETE: N_("Deleted"),
    Action.EXECUTE: N_("Done"),
}
OUTCOMES: Mapping[Outcome, str] = {Outcome.DONE: N_("Allowed"), Outcome.REFUSED: N_("Refused")}


@dataclass(kw_only=True, slots=True)
class Asked:
    """What the list shows now, and the ways to its pages."""

    filters: Filters = field(default_factory=Filters)
    links: Links = field(default_factory=Links)


def register(site: Site) -> None:
    @site.page("/journal", roles={Role.ADMIN})
    async def journal(visit: Visit) -> None:
        t, asked = visit.t, Asked()
        with admin_page(visit, t("Log"), "/journal"):
            block(
                page_head(t("Log"), t("Who read or changed what, refused attempts too. Patients stand by Fondacode."))
            )
            with ui.element("div").classes("flow"):
                with ui.element("details").classes("sheet sheet-flush"):
                    block(t("Filter"), "pad-head", "summary")
                    with ui.element("div").classes("pad flow"):
                        fields = Fields(visit, _questions(t), key="log")
                        with ui.element("div").classes("actions"):
                            Button(t("Show"), lambda: _show(visit, asked, fields, place, way))
                way = block(_export_link(t, asked.filters), "actions")
                with ui.element("div") as place:
                    await _list(visit, asked).start()

    @site.route("/journal.csv")
    async def download(request: Request) -> Response:
        try:
            visit = await site.visit(request, {Role.ADMIN})
            decide(visit.me.actor, Permission.AUDIT_EXPORT)
        except SignInNeeded:
            return RedirectResponse("/pro?retour=/journal", status_code=303)
        except PortalError as error:
            return wrong_page(request, site.texts(request), error)
        return _csv(visit)


def _questions(t: Texts) -> list[AnyQuestion]:
    every = Option(code="", text=t("Any"))
    actions = tuple(Option(code=str(code), text=t(words)) for code, words in ACTIONS.items())
    outcomes = tuple(Option(code=str(code), text=t(words)) for code, words in OUTCOMES.items())
    return [
        TextQuestion(link_id="person", text=t("Professional"), hint=t("Name, or whole e-mail address.")),
        TextQuestion(link_id="patient", text=t("Patient"), hint=t("The whole Fondacode.")),
        ListQuestion(link_id="action", text=t("What was done"), options=(every, *actions)),
        ListQuestion(link_id="outcome", text=t("Outcome"), options=(every, *outcomes)),
        DateQuestion(link_id="since", text=t("From")),
        DateQuestion(link_id="until", text=t("Until")),
    ]


async def _show(visit: Visit, asked: Asked, fields: Fields, place: ui.element, way: ui.html) -> None:
    """What the button does: reads the filters, then shows the first page of what they leave."""

    async def read(_: Fields) -> None:
        action, outcome = fields.choice("action"), fields.choice("outcome")
        asked.filters = Filters(
            person=await person_typed(visit.me, fields.text("person")),
            patient=await patient_typed(visit.me, fields.text("patient")),
            action=Action(action) if action else None,
            outcome=Outcome(outcome) if outcome else None,
            since=fields.day("since"),
            until=fields.day("until"),
        )

    if await fields.send(read):
        set_block(way, _export_link(visit.t, asked.filters))
        place.clear()
        with place:
            await _list(visit, asked).start()


def _list(visit: Visit, asked: Asked) -> PagedList:
    t, links = visit.t, Links()

    async def load(query: Query) -> Page:
        found = await trail(visit.me, asked.filters, page_link=links.of(query.page, asked.filters))
        links.keep(query.page, found.next_link)
        names = await names_in(visit.me, found.rows)
        return Page(rows=tuple(_row(t, one, names) for one in found.rows), total=found.total, size=SIZE)

    columns = [
        Column(head=t("When"), lead=True),
        Column(head=t("Who"), full=True),
        Column(head=t("What"), full=True),
        Column(head=t("Patient")),
        Column(head=t("Outcome")),
    ]
    return PagedList(t, columns, load, caption=t("Log"), nothing=(t("Nothing noted"), t("Change the filters.")))


def _row(t: Texts, one: Entry, names: Mapping[str, str]) -> tuple[str | Markup, ...]:
    patient = names.get(one.patient, "")
    done = t(ACTIONS[Action(one.action)]) if one.action in set(Action) else one.action
    touched = names.get(one.touched, "") if one.touched.startswith("Practitioner/") else ""
    return (
        h('<span class="num nowrap">{}</span>', t.moment(one.at)),
        h('<b>{}</b><br><span class="muted">{}</span>', _who(t, one, names), _as(t, one)),
        h("{} <code>{}</code>{}", done, one.what, h("<br>{}", touched) if touched else ""),
        h('<span class="num nowrap">{}</span>', spaced(patient)) if patient else "–",
        tag(t("Refused"), "danger", "lock") if one.refused else t("Allowed"),
    )


def _who(t: Texts, one: Entry, names: Mapping[str, str]) -> str:
    if one.who.startswith("Patient/"):
        return t("Patient {code}", code=spaced(names.get(one.who, "–")))
    return names.get(one.who, "") or t("the portal itself")


def _as(t: Texts, one: Entry) -> str:
    return job(t, Role(one.role)) if one.role in set(Role) - {Role.SERVICE, Role.PATIENT} else ""


def _export_link(t: Texts, filters: Filters) -> Markup:
    """Only opaque references and codes stand in the address."""
    given = {
        "person": filters.person,
        "patient": filters.patient,
        "action": str(filters.action or ""),
        "outcome": str(filters.outcome or ""),
        "since": filters.since.isoformat() if filters.since else "",
        "until": filters.until.isoformat() if filters.until else "",
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return link_button(t("Download as CSV"), f"/journal.csv{'?' if query else ''}{query}", "side", "down")


def _csv(visit: Visit) -> StreamingResponse:
    asked, base = visit.query, Filters(person=visit.query.get("person", ""), patient=visit.query.get("patient", ""))
    filters = replace(
        base,
        action=Action(asked["action"]) if asked.get("action") in set(Action) else None,
        outcome=Outcome(asked["outcome"]) if asked.get("outcome") in set(Outcome) else None,
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
    )
    name = f"journal-{visit.portal.clock.today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}

    async def pieces() -> AsyncIterator[bytes]:
        yield b"\xef\xbb\xbf"  # so that spreadsheets read the accents
        async for piece in export(visit.me, filters):
            yield piece.encode()

    return StreamingResponse(pieces(), media_type="text/csv; charset=utf-8", headers=headers)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
