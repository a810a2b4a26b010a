"""/accueil: the next questionnaire first, then the others, those sent, the next visit, the help numbers."""

from datetime import date

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.markup import h, help_numbers
from components.states import empty
from pages.base import Site, Visit
from pages.patient import tasks
from portal.access import Role
from portal.i18n import Texts
from portal.responses import Appointment, Around, State, TodoItem, around, todo


def register(site: Site) -> None:
    @site.page("/accueil", roles={Role.PATIENT})
    async def home(visit: Visit) -> None:
        t, acting = visit.t, visit.me
        asked, about = await todo(acting), await around(acting)
        today = acting.clock.today()
        with visit.frame(current="/accueil").page(t("Home"), width="home"):
            block(_hello(t, about, today), "hello")
            with ui.element("div").classes("split"):
                with ui.element("div").classes("flow-l"):
                    _questionnaires(t, asked, today)
                with ui.element("div").classes("flow-l"):
                    if about.visits:
                        block(next_visit(t, about.visits[0]), "aside-block", "section")
                    block(help_numbers(t))


def _questionnaires(t: Texts, asked: list[TodoItem], today: date) -> None:
    waiting = [item for item in asked if item.state in {State.NEW, State.STARTED}]
    sent = [item for item in asked if item.state is State.SENT]
    if waiting:
        block(tasks.next_sheet(t, waiting[0], today), "sheet next", "section")
    else:
        block(nothing_to_do(t, first=not sent), "sheet")
    if waiting[1:]:
        with ui.element("section"):
            block(t("Then"), "between", "h2")
            block(tasks.rows(t, waiting[1:], today), "sheet sheet-flush rows")
    if sent:
        block(already_sent(t, sent), tag="section")


def nothing_to_do(t: Texts, *, first: bool) -> Markup:
    """An empty list says what will appear and when; a first visit, what this place is for."""
    if first:
        return empty(
            t("Welcome"),
            t("This is where you answer your centre's questionnaires. When it sends you one, it appears here."),
        )
    return empty(t("Nothing to do today"), t("When your centre sends a questionnaire, it appears here."), mark="done")


def already_sent(t: Texts, sent: list[TodoItem]) -> Markup:
    return h(
        '<details><summary>{} <span class="muted">{}</span></summary><ul class="plain donelist">{}</ul></details>',
        t("Already sent"),
        t.plural("{n} questionnaire", "{n} questionnaires", len(sent)),
        tasks.sent_rows(t, sent),
    )


def next_visit(t: Texts, visit: Appointment) -> Markup:
    return h(
        '<h2>{}</h2><p class="visitdate"><b>{}</b></p><p class="soft">{}</p><p><a href="/visites">{}</a></p>',
        t("My next visit"),
        t.date(visit.day),
        visit.centre,
        t("See my visits"),
    )


def _hello(t: Texts, about: Around, today: date) -> Markup:
    hello = t("Hello {name}", name=about.given) if about.given else t("Hello")
    return h('<h1 tabindex="-1" data-focus>{}</h1><p class="lead">{}</p>', hello, _when(t, about, today))


def _when(t: Texts, about: Around, today: date) -> str:
    if about.visits:
        visit = about.visits[0]
        days = (visit.day - today).days
        if days == 0:
            return t("Your visit is today.")
        if not visit.centre:
            return t.plural("Your visit is tomorrow.", "Your visit is in {n} days.", days)
        return t.plural(
            "Your visit is tomorrow: {centre}.", "Your visit is in {n} days: {centre}.", days, centre=visit.centre
        )
    if about.centres:
        return t("Your centre: {centre}.", centre=", ".join(about.centres))
    return ""
