"""/merci/{task}: what happens with the answers now, help when they call for it, and the next questionnaire."""

from datetime import datetime

from fastapi import Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.frames import landscape
from components.markup import h, help_numbers, link_button, note
from pages.base import Site, Visit
from pages.results import results_list
from portal.access import Role
from portal.acting import Acting
from portal.clock import PARIS
from portal.errors import RecordError, Refused
from portal.i18n import Texts
from portal.responses import Around, Result, SentForm, State, TodoItem, around, read_response, results, sent_form, todo


def register(site: Site) -> None:
    @site.page("/merci/{task}", roles={Role.PATIENT})
    async def thanks(visit: Visit, task: str) -> Response | None:
        t, acting = visit.t, visit.me
        sent = await sent_form(acting, task)
        if sent is None:
            return RedirectResponse(f"/questionnaire/{task}", status_code=303)
        about = await around(acting)
        told = await _results(acting, sent)
        waiting = [item for item in await todo(acting) if item.state in {State.NEW, State.STARTED}]
        with visit.frame(current="/accueil").page(t("Thank you"), width="reading", css="flow-l"):
            if sent.alert:  # nothing before the numbers: they are on the first screen of a phone
                block(_thanks(t, about, sent.at))
                block(_hard_time(t), "lead", "p")
                block(help_numbers(t, t("You can call now")))
                block(_told(t, about), "told", "section")
                block(_ways(t, waiting, sent), "actions")
            else:
                landscape()
                block(_thanks(t, about, sent.at))
                if told:
                    words = t("These results are a help to talk with your team. They are not a diagnosis.")
                    block(h("<h2>{}</h2>{}{}", t("Results"), note(words), results_list(t, told)), "sheet", "section")
                block(_told(t, about), "told", "section")
                block(_ways(t, waiting, sent), "actions")
                block(help_numbers(t))
            ui.run_javascript("document.querySelector('h1')?.focus({preventScroll: true})")
        return None


async def _results(acting: Acting, sent: SentForm) -> tuple[Result, ...]:
    """What the person may see of their scores. Thanks are said whether the record can tell them now or not."""
    if not sent.form.shown_to_patient:
        return ()
    try:
        return await results(acting, await read_response(acting, sent.response))
    except (Refused, RecordError):
        return ()


def _thanks(t: Texts, about: Around, at: datetime) -> Markup:
    local = at.astimezone(PARIS)
    centre = about.centres[0] if about.centres else ""
    sentence = (
        t("Your answers were sent to your centre: {centre}.", centre=centre)
        if centre
        else t("Your answers were sent to your centre.")
    )
    return h(
        '<h1 tabindex="-1">{}</h1><p class="lead">{} <span class="muted num">{}</span></p>',
        t("Thank you {name}", name=about.given) if about.given else t("Thank you"),
        sentence,
        t("On {day} at {time}.", day=t.day(local), time=t.time(local)),
    )


def _hard_time(t: Texts) -> str:
    return t("Some answers show that this is a hard time. You need not wait for the visit to talk about it.")


def _told(t: Texts, about: Around) -> Markup:
    """Who reads the answers, and when."""
    when = t("Your answers are read before your visit, not right away.")
    visit = t("Your next visit is on {day}.", day=t.date(about.visits[0].day)) if about.visits else ""
    return h("<h2>{}</h2><p>{} {}</p>", t("And now"), when, visit)


def _ways(t: Texts, waiting: list[TodoItem], sent: SentForm) -> Markup:
    home = link_button(t("Back to the home page"), "/accueil", "side" if waiting else "main")
    read = (
        link_button(t("Read my answers again"), f"/questionnaires/{sent.response}", "quiet")
        if sent.form.shown_to_patient
        else ""
    )
    if not waiting:
        return h("{}{}", home, read)
    name = waiting[0].form.title(t.locale)
    onward = link_button(t("Continue: {name}", name=name), f"/questionnaire/{waiting[0].task}")
    return h("{}{}{}", onward, home, read)
