"""/a-faire: what waits for the team over all its patients: alerts, forms to fill, remarks of studies."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.icons import icon
from components.markup import h, join, page_head, tag
from components.states import empty
from pages.base import Site, Visit
from pages.practitioner.record import ROLES
from pages.practitioner.words import alert_words
from portal.people import names_of, own_centres, patients_with
from portal.record import Alert, alerts
from portal.responses import State, TodoItem, todo
from portal.review import Remark, open_remarks

SHOWN = 15  # patients with an alert; the others under one line that opens


def register(site: Site) -> None:
    @site.page("/a-faire", roles=ROLES)
    async def show(visit: Visit) -> None:
        t, acting = visit.t, visit.me
        centres, found, asked, queried = await asyncio.gather(
            own_centres(acting), alerts(acting), todo(acting), patients_with(acting, "data-query")
        )
        waiting = [item for item in asked if item.state in {State.NEW, State.STARTED}]
        said = await open_remarks(acting, queried)
        who = await names_of(acting, [*(item.asked.patient for item in waiting), *(each.patient for each in said)])
        place = ", ".join(centre.city for centre in centres)
        with visit.frame(current="/a-faire", place=place).page(t("To do"), width="home"):
            block(page_head(t("To do"), t("What waits for your team, for all its patients.")))
            if not (found or waiting or said):
                words = t("Alerts, questionnaires that the team fills and remarks of studies appear here.")
                block(empty(t("Nothing to do today"), words, "done"), "sheet")
                return
            with ui.element("div").classes("flow-l"):
                _part(t("Alerts"), _alerts(visit, found), t("No alert."))
                rows = join(_form(visit, each, who) for each in waiting)
                _part(t("Questionnaires to fill by the team"), rows, t("None to fill."))
                _part(t("Remarks of studies"), _remarks(visit, said, who), t("No remark waits."))


def _part(title: str, rows: Markup, nothing: str) -> None:
    inside = h('<div class="rows">{}</div>', rows) if rows else h('<p class="pad soft">{}</p>', nothing)
    block(h('<h2 class="pad-head">{}</h2>{}', title, inside), "sheet sheet-flush", "section")


def _alerts(visit: Visit, found: Sequence[Alert]) -> Markup:
    """One row a patient, with their gravest alert and how many others; a long list opens."""
    by_patient: dict[str, list[Alert]] = {}
    for alert in found:
        by_patient.setdefault(alert.patient, []).append(alert)
    rows = [_alert(visit, each) for each in by_patient.values()]
    if len(rows) <= SHOWN:
        return join(rows)
    words = visit.t.plural("{n} more patient", "{n} more patients", len(rows) - SHOWN)
    more = h(
        '<details class="pad"><summary>{}</summary><div class="rows">{}</div></details>', words, join(rows[SHOWN:])
    )
    return join([*rows[:SHOWN], more])


def _alert(visit: Visit, alerts: Sequence[Alert]) -> Markup:
    t, first = visit.t, alerts[0]
    words = tag(alert_words(t, visit.me.catalogue, first.rule, first.text), "danger", "alert")
    others = tag(f"+ {len(alerts) - 1}", "danger") if len(alerts) > 1 else Markup()
    name, where = f"{first.family} {first.given}", f"/patients/{first.patient}#a-lire"
    shape = '<a class="task" href="{}"><b>{}</b><small>{} {} {}</small>{}</a>'
    return h(shape, where, name, words, others, t.moment(first.at), icon("next"))


def _form(visit: Visit, item: TodoItem, who: Mapping[str, str]) -> Markup:
    t, patient = visit.t, item.asked.patient
    due = t("before {day}", day=t.day(item.asked.due)) if item.asked.due else ""
    late = tag(t("Late"), "warn") if item.overdue else ""
    title = item.form.title(t.locale)
    where = f"/patients/{patient}/remplir/{item.task}"
    return h(
        '<a class="task" href="{}"><b>{}</b><small>{} {} {}</small>{}</a>',
        where,
        title,
        who.get(patient, ""),
        due,
        late,
        icon("next"),
    )


def _remarks(visit: Visit, said: Iterable[Remark], who: Mapping[str, str]) -> Markup:
    t = visit.t
    return join(
        h(
            '<a class="task" href="/patients/{}/questionnaires/{}#remarques"><b>{}</b><small>{}, {}</small>{}</a>',
            each.patient,
            each.response,
            each.lines[-1].text if each.lines else t("Remark"),
            who.get(each.patient, ""),
            t.day(each.opened),
            icon("next"),
        )
        for each in said
    )
