"""/etudes: which centre includes in which study, and which associate reviews it."""

import asyncio
from collections.abc import Mapping

from nicegui import ui

from components.blocks import Button, block
from components.dialogs import ConfirmDialog
from components.form import ListQuestion, Option
from components.markup import h, page_head
from pages.admin.frame import admin_page, again, line, sheet
from pages.base import Site, Visit
from pages.fields import Fields, Send, ask
from portal.access import Role
from portal.people import Centre, Professional, find_practitioners, list_organizations
from portal.trials import TrialSummary, assign_trial, list_trials, name_arc, withdraw_arc, withdraw_trial


def register(site: Site) -> None:
    @site.page("/etudes", roles={Role.ADMIN})
    async def studies(visit: Visit) -> None:
        t = visit.t
        trials, centres, arcs = await asyncio.gather(
            list_trials(visit.me), list_organizations(visit.me), associates(visit)
        )
        with admin_page(visit, t("Studies"), "/etudes", tab="/etudes"):
            lead = t("A study is a file of the portal. Here it is opened in centres and given to associates.")
            block(page_head(t("Studies"), lead))
            visit.errors_here()
            with ui.element("div").classes("flow-l"):
                for trial in trials:
                    with sheet(trial.title, id=f"etude-{trial.id}"):
                        _centres(visit, trial, centres)
                        _associates(visit, trial, arcs)


async def associates(visit: Visit) -> dict[str, Professional]:
    """Every ARC, by id."""
    found: dict[str, Professional] = {}
    link: str | None = None
    while True:
        page = await find_practitioners(visit.me, role=Role.ARC, active=True, page_link=link)
        found |= {one.id: one for one in page.rows}
        link = page.next_link
        if link is None:
            return found


def _centres(visit: Visit, trial: TrialSummary, centres: list[Centre]) -> None:
    t = visit.t
    names = {one.id: one.name for one in centres}
    block(t("Centres that include"), "pad-head keephead", "h3")
    if not trial.organizations:
        block(t("None yet: nobody can be included."), "keepfoot soft", "p")
    for centre in trial.organizations:
        name = names.get(centre, "–")
        withdrawing = ConfirmDialog(
            t,
            t("Withdraw the study from this centre?"),
            t("The centre includes nobody any more. Who takes part already stays in the study."),
            t("Withdraw"),
            visit.guard(lambda centre=centre: _withdraw_centre(visit, trial.id, centre)),
            key=f"withdraw-{trial.id}-{centre}",
        )
        with line(h('<a href="/centres/{}">{}</a>', centre, name)):
            Button(t("Withdraw"), withdrawing.open, "quiet", aria_label=t("Withdraw {name}", name=name))
    others = {one.id: one.name for one in centres if one.active and one.id not in trial.organizations}

    async def send(fields: Fields) -> None:
        await assign_trial(visit.me, trial.id, fields.choice("organization"))

    _adding(visit, t("Open in a centre"), "organization", t("Centre"), others, send, t("Choose a centre."), trial.title)


def _associates(visit: Visit, trial: TrialSummary, arcs: Mapping[str, Professional]) -> None:
    t = visit.t
    block(t("Associates who review"), "pad-head keephead", "h3")
    if not trial.arcs:
        block(t("None yet: nobody reviews the answers."), "keepfoot soft", "p")
    for arc in trial.arcs:
        person = arcs.get(arc)
        name = f"{person.family} {person.given}" if person else t("An account that is closed")
        withdraw = visit.guard(lambda arc=arc: _withdraw_arc(visit, trial.id, arc))
        with line(h('<a href="/personnes/{}">{}</a>', arc, name)):
            Button(t("Withdraw"), withdraw, "quiet", aria_label=t("Withdraw {name}", name=name))
    others = {one.id: f"{one.family} {one.given}" for one in arcs.values() if one.id not in trial.arcs}

    async def send(fields: Fields) -> None:
        await name_arc(visit.me, trial.id, fields.choice("arc"))

    _adding(
        visit, t("Give to an associate"), "arc", t("Associate"), others, send, t("Choose an associate."), trial.title
    )


def _adding(
    visit: Visit, words: str, name: str, label: str, others: Mapping[str, str], send: Send, missing: str, title: str
) -> None:
    if not others:
        return
    options = tuple(Option(code=code, text=text) for code, text in others.items())

    def add() -> None:
        question = ListQuestion(link_id=name, text=label, options=options)
        ask(visit, words, [question], visit.t("Add"), send, key=f"add-{name}", lead=title, required={name: missing})

    with ui.element("div").classes("keepfoot"):
        Button(words, add, "side", "plus", aria_label=f"{words} ({title})")


async def _withdraw_centre(visit: Visit, trial: str, centre: str) -> None:
    await withdraw_trial(visit.me, trial, centre)
    again(visit)


async def _withdraw_arc(visit: Visit, trial: str, arc: str) -> None:
    await withdraw_arc(visit.me, trial, arc)
    again(visit)
