"""/qui-a-consulte: who looked at my record, in plain words: who, as what, of which centre, when, and at what."""

from collections.abc import Mapping
from itertools import groupby

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.markup import h, join, page_head, tag
from components.states import empty
from pages.base import Site, Visit
from portal import audit
from portal.access import Permission, Role
from portal.audit import Looked, LooksPage
from portal.clock import PARIS
from portal.i18n import N_, Texts

HERE = "/qui-a-consulte"
JOBS: Mapping[str, str] = {
    Role.PSYCHIATRIST: N_("Psychiatrist"),
    Role.PSYCHOLOGIST: N_("Psychologist"),
    Role.NURSE: N_("Nurse"),
    Role.CARE_COORDINATOR: N_("Care coordinator"),
    Role.PRACTITIONER: N_("Practitioner"),
    Role.ARC: N_("Clinical research associate, without your name"),
    Role.ORGANIZATION_ADMIN: N_("Administrator of the centre"),
    Role.ADMIN: N_("Administrator of the foundation"),
}
DONE: Mapping[str, str] = {
    Permission.ALERT_ACKNOWLEDGE: N_("read an alert about you"),
    Permission.ALERT_READ: N_("read an alert about you"),
    Permission.BIOLOGY_READ: N_("read your laboratory results"),
    Permission.BIOLOGY_WRITE: N_("wrote a laboratory result"),
    Permission.FILE_READ: N_("opened a document"),
    Permission.FILE_WRITE: N_("added a document"),
    Permission.PATIENT_CREATE: N_("created your record"),
    Permission.PATIENT_IDENTITY_READ: N_("opened your record"),
    Permission.PATIENT_LINK: N_("let a centre follow you"),
    Permission.PATIENT_LINKS_READ: N_("looked which centres follow you"),
    Permission.PATIENT_READ: N_("opened your record"),
    Permission.PATIENT_UNLINK: N_("ended the care of a centre"),
    Permission.QUERY_ANSWER: N_("answered a question on your answers"),
    Permission.QUERY_READ: N_("read the questions on your answers"),
    Permission.QUESTIONNAIRE_ASSIGN: N_("asked you for a questionnaire"),
    Permission.RELATIVE_CREATE_LINK: N_("asked somebody close to you for a questionnaire"),
    Permission.RESPONSE_AMEND: N_("corrected your answers"),
    Permission.RESPONSE_FILL: N_("filled a questionnaire about you"),
    Permission.RESPONSE_LOCK: N_("locked your answers"),
    Permission.RESPONSE_READ: N_("read your answers"),
    Permission.RESPONSE_VALIDATE: N_("validated your answers"),
    Permission.REVIEW_DECIDE: N_("checked your answers for a study"),
    Permission.REVIEW_READ: N_("read your answers for a study"),
    Permission.SUBJECT_ENROL: N_("entered you in a study"),
    Permission.SUBJECT_READ: N_("read your visits of a study"),
    Permission.TREATMENT_READ: N_("read your treatments"),
    Permission.TREATMENT_WRITE: N_("changed your treatments"),
}
"""What was done, as the person it was done to would say it."""


def register(site: Site) -> None:
    @site.page(HERE, roles={Role.PATIENT})
    async def who_looked(visit: Visit) -> None:
        t = visit.t
        first = await audit.looks(visit.me)
        title = t("Who looked at my record")
        with visit.frame(current="/compte").page(title, width="reading"):
            lead = t("Each time somebody opens your record or writes in it, it is noted here.")
            block(page_head(title, lead))
            with ui.element("div").classes("flow-l") as place:
                if first.rows:
                    _more(visit, place, first)
                else:
                    block(empty(t("Nobody yet"), t("Nobody but you has opened your record."), mark="lock"), "sheet")


def _more(visit: Visit, place: ui.element, page: LooksPage) -> None:
    """These days, and a button for those before, which takes its own place."""
    with place:
        block(days(visit.t, page.rows), "flow-l")
        if page.next_link is None:
            return
        with ui.element("div") as below:

            async def before() -> None:
                found = await audit.looks(visit.me, page_link=page.next_link)
                below.delete()
                _more(visit, place, found)

            Button(visit.t("Show what was before"), visit.guard(before), "side")


def days(t: Texts, rows: tuple[Looked, ...]) -> Markup:
    """A heading for each day, under it a line for each person, with what they did and when."""
    return join(
        h(
            '<section class="flow"><h2>{}</h2><ul class="plain flow">{}</ul></section>',
            t.date(day),
            _day(t, list(group)),
        )
        for day, group in groupby(rows, key=lambda row: row.at.astimezone(PARIS).date())
    )


def _day(t: Texts, rows: list[Looked]) -> Markup:
    """In the order of the day's latest; a person who came several times has one entry."""
    by_person: dict[tuple[str, str, tuple[str, ...]], list[Looked]] = {}
    for row in rows:
        by_person.setdefault((row.name, row.role, row.centres), []).append(row)
    return join(_person(t, who, theirs) for who, theirs in by_person.items())


def _person(t: Texts, who: tuple[str, str, tuple[str, ...]], rows: list[Looked]) -> Markup:
    name, role, centres = who
    job = t(JOBS[role]) if role in JOBS else ""
    said: dict[tuple[str, bool], list[str]] = {}
    for row in rows:
        moments = said.setdefault((t(DONE.get(row.what, N_("opened your record"))), row.refused), [])
        if (moment := t.time(row.at)) not in moments:
            moments.append(moment)
    lines = join(
        h('<li>{}{} <span class="muted num">{}</span></li>', what, _refused(t, refused), ", ".join(moments))
        for (what, refused), moments in said.items()
    )
    below = ", ".join(part for part in (job, *centres) if part)
    return h(
        '<li class="sheet"><p class="strong">{}</p><p class="muted">{}</p><ul class="plain">{}</ul></li>',
        name or t("Somebody whose account no longer exists"),
        below,
        lines,
    )


def _refused(t: Texts, refused: bool) -> Markup:
    return h(" {}", tag(t("refused"))) if refused else Markup("")
