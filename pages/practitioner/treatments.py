"""/patients/{patient}/traitements: what is taken now, the timeline, what was taken; add, change, stop."""

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.charts import ChartCard, Period, drug_chart, drug_twin
from components.markup import h, page_head
from components.states import empty
from components.tables import plain_table
from pages.base import Site, Visit
from pages.practitioner import treatment_dialogs
from pages.practitioner.drawing import drug_bars
from pages.practitioner.record import ROLES, head_of, record_page
from portal.access import Permission, Scope, may
from portal.i18n import Texts
from portal.record import STOP_REASONS, Treatment, courses, treatments

MARGIN, LONGEST = timedelta(days=12), timedelta(days=5 * 366)


def register(site: Site) -> None:
    @site.page("/patients/{patient}/traitements", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        lines = await treatments(visit.me, patient)
        scope = Scope(organizations=visit.me.actor.organizations)
        writes = may(visit.me.actor, Permission.TREATMENT_WRITE, scope)
        with record_page(visit, head, "/traitements"):
            with ui.element("div").classes("headrow"):
                block(page_head(t("Treatments"), t("Psychotropics and others, as people say they take them."), level=2))
                if writes:
                    Button(t("Add a treatment"), lambda: treatment_dialogs.add(visit, patient), mark="plus")
            if not lines:
                words = t("No treatment yet: the first line written here draws the timeline and the life chart.")
                block(empty(t("No treatment is noted."), words), "sheet")
                return
            current(visit, [line for line in lines if line.taken], writes=writes)
            timeline(visit, lines)
            history(t, [line for line in lines if not line.taken])


def current(visit: Visit, lines: Sequence[Treatment], *, writes: bool) -> None:
    """One row a line that is taken now, with what can be done to it."""
    t = visit.t
    with ui.element("section").classes("sheet sheet-flush"):
        block(t("Taken now"), "pad-head", "h3")
        if not lines:
            block(t("Nothing is taken now."), "pad soft", "p")
        for line in lines:
            with ui.element("div").classes("drugrow"):
                block(_drug(t, line))
                if writes:
                    with ui.element("div").classes("actions"):
                        _action(t("Change the dose"), line, lambda line=line: treatment_dialogs.change(visit, line))
                        _action(t("Stop"), line, lambda line=line: treatment_dialogs.stop(visit, line))
                        _action(
                            t("Entered by mistake"), line, lambda line=line: treatment_dialogs.withdraw(visit, line)
                        )


def _action(words: str, line: Treatment, action: treatment_dialogs.Action) -> None:
    Button(words, action, "quiet", aria_label=f"{words} : {line.name}")


def _drug(t: Texts, line: Treatment) -> Markup:
    since = t("since {day}", day=t.day(line.start)) if line.start else ""
    small = ", ".join(part for part in (line.drug_class.label.text(t.locale), since, line.indication) if part)
    said = line.daily_mg is not None and f"{line.daily_mg} mg" in line.dosage.replace(",", ".")
    daily = t("{mg} mg a day", mg=t.number(line.daily_mg)) if line.daily_mg is not None and not said else ""
    daily = h(' <span class="muted num">({})</span>', daily) if daily else Markup()
    mark = h('<i class="drugmark" data-class="{}"></i>', line.drug_class.key)
    return h("{}<span><b>{}</b> {}{}<small>{}</small></span>", mark, line.name, line.dosage, daily, small)


def timeline(visit: Visit, lines: Sequence[Treatment]) -> None:
    t, today = visit.t, visit.me.clock.today()
    bars = drug_bars(t, courses(lines))
    if not bars:
        return
    first = min(bar.start for bar in bars)
    period = Period(start=max(first - MARGIN, today - LONGEST), today=today)
    ChartCard(
        t,
        t("Timeline"),
        lambda: [drug_chart(t, bars, period)],
        twin=drug_twin(t, bars),
        note=t("{month} to today", month=t.month(period.start)),
        level=3,
    )


def history(t: Texts, lines: Sequence[Treatment]) -> None:
    """What was taken, the latest first, and why it was stopped."""
    if not lines:
        return
    newest = sorted(lines, key=lambda line: (line.end is not None, line.end), reverse=True)
    rows = [
        [
            line.name,
            line.dosage,
            t.day(line.start) if line.start else "–",
            t.day(line.end) if line.end else "–",
            why(t, line),
        ]
        for line in newest
    ]
    heads = [t("Treatment"), t("Dosage"), t("Start"), t("End"), t("Reason")]
    table = plain_table(t("Treatments that have ended"), heads, rows)
    block(h('<h3 class="pad-head">{}</h3>{}', t("Before"), table), "sheet sheet-flush", "section")


def why(t: Texts, line: Treatment) -> str:
    reason = t(STOP_REASONS[line.stop_reason]) if line.stop_reason in STOP_REASONS else ""
    reason = t("Change of dose") if line.stop_reason == "dose" else reason
    return ", ".join(part for part in (reason, line.note) if part) or "–"
