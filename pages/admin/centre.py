"""/centres/{centre}: one centre, its studies and its people, what was changed of it; change, close, open again."""

import asyncio

from nicegui import ui

from components.blocks import Button, block
from components.dialogs import ConfirmDialog
from components.form import ListQuestion, Option
from components.markup import back_link, facts, h, link_button, note, page_head
from pages.admin.centres import chosen, networks, questions
from pages.admin.frame import admin_page, again, line, sheet
from pages.admin.words import history, state
from pages.base import Site, Visit
from pages.fields import AskDialog, Fields
from portal.access import Role
from portal.people import Centre, edit_organization, open_organization, organization_file
from portal.trials import TrialSummary, assign_trial, list_trials, withdraw_trial


def register(site: Site) -> None:
    @site.page("/centres/{centre}", roles={Role.ADMIN})
    async def show(visit: Visit, centre: str) -> None:
        t = visit.t
        file, trials = await asyncio.gather(organization_file(visit.me, centre), list_trials(visit.me))
        one = file.centre
        with admin_page(visit, one.name, "/centres"):
            block(back_link(t("Centres"), "/centres"))
            visit.errors_here()
            change = _changing(visit, one)
            with ui.element("div").classes("headrow"):
                block(page_head(one.name))
                with ui.element("div").classes("actions"):
                    Button(t("Change"), change.open, mark="edit")
                    _closing(visit, one)
            with ui.element("div").classes("flow-l"):
                known = {t("City"): one.city, t("Code"): one.code, t("Networks"): networks(t, one)}
                known |= {t("FINESS"): one.finess or "–", t("State"): state(t, active=one.active)}
                block(facts(known))
                if not one.active:
                    words = t("This centre takes no new patient, professional or study. What it holds stays.")
                    block(note(words, "warn", "lock"))
                _studies(visit, one, trials)
                with sheet(t("People")):
                    all_ = link_button(
                        t("Professionals of this centre"), f"/personnes?centre={one.id}", "side", "people"
                    )
                    block(h('<div class="keepfoot">{}</div>', all_))
                with sheet(t("History")):
                    block(history(t, file.changes, {one.id: one.name}))


def _studies(visit: Visit, centre: Centre, trials: list[TrialSummary]) -> None:
    t = visit.t
    theirs = [trial for trial in trials if centre.id in trial.organizations]
    others = [trial for trial in trials if centre.id not in trial.organizations]
    with sheet(t("Studies")):
        if not theirs:
            block(t("No study is open here yet."), "keepfoot soft", "p")
        for trial in theirs:
            withdrawing = ConfirmDialog(
                t,
                t("Withdraw the study from this centre?"),
                t("The centre includes nobody any more. Who takes part already stays in the study."),
                t("Withdraw"),
                visit.guard(lambda trial=trial: _withdraw(visit, trial.id, centre.id)),
                key=f"withdraw-{trial.id}",
            )
            with line(h("<b>{}</b>", trial.title)):
                label = t("Withdraw {name}", name=trial.title)
                Button(t("Withdraw"), withdrawing.open, "quiet", aria_label=label)
        if others and centre.active:
            options = tuple(Option(code=trial.id, text=trial.title) for trial in others)
            question = ListQuestion(link_id="organization", text=t("Study"), options=options)

            async def send(fields: Fields) -> None:
                await assign_trial(visit.me, fields.choice("organization"), centre.id)

            adding = AskDialog(
                visit,
                t("Open a study in this centre"),
                [question],
                t("Open the study"),
                send,
                key="study",
                required={"organization": t("Choose a study.")},
            )
            with ui.element("div").classes("keepfoot"):
                Button(t("Open a study in this centre"), adding.open, "side", "plus")


async def _withdraw(visit: Visit, trial: str, centre: str) -> None:
    await withdraw_trial(visit.me, trial, centre)
    again(visit)


def _changing(visit: Visit, centre: Centre) -> AskDialog:
    async def send(fields: Fields) -> None:
        await edit_organization(
            visit.me,
            centre.id,
            name=fields.text("name"),
            city=fields.text("city"),
            centre_code=fields.text("centre_code"),
            networks=chosen(fields, "networks"),
            finess=fields.text("finess"),
        )

    t = visit.t
    return AskDialog(visit, t("Change the centre"), questions(t, centre), t("Keep"), send, key="centre")


def _closing(visit: Visit, centre: Centre) -> None:
    t = visit.t

    async def turn(*, active: bool) -> None:
        await open_organization(visit.me, centre.id, active=active)
        again(visit)

    if not centre.active:
        Button(t("Open the centre again"), visit.guard(lambda: turn(active=True)), "side")
        return
    closing = ConfirmDialog(
        t,
        t("Close {name}?", name=centre.name),
        t(
            "It takes no new patient, professional or study from now on. Nothing is deleted, and it can be opened again."
        ),
        t("Close the centre"),
        visit.guard(lambda: turn(active=False)),
        key="closing",
    )
    Button(t("Close the centre"), closing.open, "side", "lock")
