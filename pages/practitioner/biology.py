"""/patients/{patient}/biologie: every analyte with its last value, its laboratory's range and its line; one chart at a time."""

from markupsafe import Markup
from nicegui import ui

from components.blocks import block, set_block
from components.charts import ChartCard, Mark, lab_chart, lab_range, lab_twin, period_of, side_words
from components.icons import icon
from components.markup import h, join, link_button, page_head, spark
from components.states import empty
from pages.base import Site, Visit
from pages.practitioner.drawing import dose, lab_line, lab_point
from pages.practitioner.record import ROLES, head_of, record_page
from portal.access import Permission, Scope, may
from portal.i18n import Texts
from portal.record import Biology, Course, Series, analytes, biology, courses, treatments

LITHIUM_ATC = "N05AN01"
TO_CHART = "if (window.innerWidth < 1024) portal.focus('courbe-titre')"  # beside the rows it is seen anyway


def register(site: Site) -> None:
    @site.page("/patients/{patient}/biologie", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        found = await biology(visit.me, patient)
        lithium = [each for each in courses(await treatments(visit.me, patient)) if each.atc == LITHIUM_ATC]
        with record_page(visit, head, "/biologie", css="record-bio"):
            block(_heading(visit, patient, found), tag="div").classes("biohead")
            if not found.groups:
                words = t("No biology yet: the first sample appears here, with the range of its laboratory.")
                block(empty(t("No biology yet"), words), "sheet")
                return
            Tab(visit, found, lithium)


def _heading(visit: Visit, patient: str, found: Biology) -> Markup:
    t, last = visit.t, found.last
    lead = t("Ranges are those of the laboratory that gave each result.")
    if last is not None:
        taken = t("Last sample on {day}", day=t.day(last.day))
        state = {True: t("fasting"), False: t("not fasting"), None: ""}[last.fasting]
        lead = ", ".join(part for part in (taken, state, last.laboratory) if part) + ". " + lead
    writes = may(visit.me.actor, Permission.BIOLOGY_WRITE, Scope(organizations=visit.me.actor.organizations))
    button = link_button(t("Add a sample"), f"/patients/{patient}/biologie/nouveau", "main", "plus") if writes else None
    return page_head(t("Biology"), lead, end=button, level=2)


class Tab(ui.element):
    """The rows and the chart of the one that is pressed."""

    def __init__(self, visit: Visit, found: Biology, lithium: list[Course]) -> None:
        super().__init__("div")
        self.classes("biotab")
        self.visit, self.t, self.found, self.lithium = visit, visit.t, found, lithium
        self.current = found.groups[0].series[0].analyte.key
        with self:
            self.rows = block(self._rows(), "sheet sheet-flush bio")
            self.rows.on("click", visit.guard(self._pressed), js_handler="(event) => portal.press(event, emit)")
            self.place = ui.element("div").props("id=courbe")
        self._draw()

    def choose(self, key: str) -> None:
        """What pressing a row does; tests call it too. An unknown key is ignored."""
        if self.found.of(key) is not None and key != self.current:
            self.current = key
            set_block(self.rows, self._rows())
            self._draw()

    def _pressed(self, event: object) -> None:
        sent = getattr(event, "args", None)
        if isinstance(sent, dict) and isinstance(sent.get("analyte"), str):
            self.choose(sent["analyte"])
            ui.run_javascript(TO_CHART)

    def _draw(self) -> None:
        series = self.found.of(self.current)
        assert series is not None
        t, line = self.t, lab_line(self.t, series)
        period = period_of(self.visit.me.clock.today(), line.points)
        marks = [Mark(at=each.start, text=dose(t, each)) for each in self.lithium] if self.current == "lithium" else []
        self.place.clear()
        with self.place:
            block("", "sr", id="courbe-titre", tabindex="-1")
            ChartCard(
                t,
                line.name,
                lambda: [lab_chart(t, line, period, marks=marks, height=210)],
                twin=lab_twin(t, line),
                note=line.unit,
                key=[(line.name, "var(--series-1)", "line"), (t("Range of the laboratory"), "var(--band-0)", "swatch")],
                lazy=False,
            )

    def _rows(self) -> Markup:
        t = self.t
        return join(
            h(
                '<h3>{}</h3><div class="rows">{}</div>',
                analytes().groups[group.key].label.text(t.locale),
                join(_row(t, series, current=series.analyte.key == self.current) for series in group.series),
            )
            for group in self.found.groups
        )


def _row(t: Texts, series: Series, *, current: bool) -> Markup:
    point, analyte, change = lab_point(series.last), series.analyte, series.change
    out = " out" if point.side else ""
    arrow = icon("up") if point.side > 0 else icon("down") if point.side < 0 else ""
    moved = (
        t("{change} since the one before", change=f"{'+' if change > 0 else '−'}{t.number(abs(change))}")
        if change
        else ""
    )
    usual = t("usual values") if series.last.usual and (point.low, point.high) != (None, None) else ""
    shape = (
        '<button type="button" class="biorow" data-analyte="{key}"{current}><span><span class="strong">{name}</span>'
        '<small>{small}</small></span><span class="value{out}"><b>{comparator}{value}</b><span class="muted small">{unit}</span>'
        '</span><span class="range"><span class="sr">{label} </span>{bounds}<small class="{out}">{arrow}{words}</small></span>{spark}</button>'
    )
    return h(
        shape,
        key=analyte.key,
        current=Markup(' aria-current="true"') if current else "",
        name=analyte.label.text(t.locale),
        small=" · ".join(part for part in (t.day(point.at), moved) if part),
        out=out,
        comparator=series.last.comparator,
        value=t.number(point.value, analyte.digits),
        unit=analyte.shown,
        label=t("Laboratory’s range"),
        bounds=lab_range(t, point.low, point.high, analyte.digits),
        arrow=arrow,
        words=usual if usual and not point.side else side_words(t, point),
        spark=spark([float(each.value) for each in series.measures[-10:]], point.low, point.high),
    )
