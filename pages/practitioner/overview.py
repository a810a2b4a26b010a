"""/patients/{patient}: mood, treatments and lithium on one axis; what to read; the last scores."""

from dataclasses import replace
from functools import partial

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.charts import ChartCard, drug_twin, lab_twin, life_chart, period_of, score_chart, score_key, score_twin
from components.markup import h, join
from components.states import empty
from pages.base import Site, Visit
from pages.practitioner import sides
from pages.practitioner.drawing import drug_bars, lab_line, period_for, score_line
from pages.practitioner.inviting import way_in
from pages.practitioner.record import ROLES, head_of, record_page
from portal.i18n import N_, Texts
from portal.record import Overview, ScoreSeries, overview


def register(site: Site) -> None:
    @site.page("/patients/{patient}", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        head = await head_of(visit, patient)
        seen = await overview(visit.me, patient)
        with record_page(visit, head, "", css="record-two"):
            with ui.element("div").classes("maincol"):
                life_card(visit, seen)
                if seen.watched is not None:
                    block(sides.watched(visit.t, seen.watched), "sheet chart-card", "section")
                score_cards(visit, seen)
            with ui.element("div").classes("sidecol"):
                sides.to_read(visit, seen)
                if seen.scores:
                    block(sides.last_scores(visit.t, seen.scores), tag="section")
                block(sides.taken_now(visit.t, patient, seen.treatments), tag="section")
                block(sides.next_visit(visit, head), tag="section")
                await way_in(visit, patient)


def life_card(visit: Visit, seen: Overview) -> None:
    t, life = visit.t, seen.life
    if life.start is None:
        words = t("The first score or treatment will draw it. Ask for a questionnaire, or write what is taken.")
        block(empty(t("No line of life yet"), words, "chart"), "sheet", "section")
        return
    bars = drug_bars(t, life.courses)
    lithium = replace(lab_line(t, life.lithium), name=t("Lithium")) if life.lithium is not None else None
    period = period_for(life, visit.me.clock.today())
    mania = score_line(t, life.mania) if life.mania is not None else None
    depression = score_line(t, life.depression) if life.depression is not None else None
    draw = partial(life_chart, t, period, mania=mania, depression=depression, drugs=bars, lithium=lithium)
    keys = [
        score_key(line, t(words, name=line.name))
        for line, words in ((mania, N_("{name}, mania")), (depression, N_("{name}, depression")))
        if line is not None
    ]
    ChartCard(
        t,
        t("Mood, treatments, lithium"),
        lambda: list(filter(None, [draw()])),
        twin=_twin(t, seen),
        note=t("{month} to today", month=t.month(period.start)),
        key=keys,
        lazy=False,
    )


def _twin(t: Texts, seen: Overview) -> Markup:
    """Everything that the life chart draws, as tables."""
    life = seen.life
    lines = [score_line(t, each) for each in (life.depression, life.mania) if each is not None]
    parts: list[tuple[str, Markup]] = []
    if lines:
        parts.append((t("Mood scores"), score_twin(t, lines, t("Mood scores"))))
    if life.courses:
        parts.append((t("Treatments"), drug_twin(t, drug_bars(t, life.courses))))
    if life.lithium is not None:
        parts.append((t("Lithium in the blood"), lab_twin(t, lab_line(t, life.lithium))))
    return join(h("<h3>{}</h3>{}", title, table) for title, table in parts)


def score_cards(visit: Visit, seen: Overview) -> None:
    """One small chart a main score; each is built when it comes into sight."""
    drawn = [each for each in seen.scores if each.definition.main and each.definition.bands and len(each.points) > 1]
    if not drawn:
        return
    with ui.element("div").classes("chartgrid"):
        for series in drawn:
            _score_card(visit, series)


def _score_card(visit: Visit, series: ScoreSeries) -> None:
    t, line = visit.t, score_line(visit.t, series)
    period = period_of(visit.me.clock.today(), line.points)
    ChartCard(
        t,
        line.name,
        lambda: [score_chart(t, line, period, height=150)],
        twin=score_twin(t, [line], line.name),
        note=series.form.title(t.locale),
        level=2,
    )
