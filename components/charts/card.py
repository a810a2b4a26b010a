"""A chart on screen: title, period, key, the drawing, and its table twin behind one button."""

from collections.abc import Callable, Sequence
from typing import Literal

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.charts.data import Chart, ScoreLine, Style
from components.markup import h, join
from portal.i18n import Texts

KeyEntry = tuple[str, str, Literal["line", "dash", "swatch"]]
"""Words, CSS colour, and how it is drawn."""


class ChartCard(ui.element):
    """Draws once the card comes into sight (`lazy`), so that a page with twenty charts opens as fast as with one.

    `charts` makes the drawing; `twin` holds every value, band and dose, and is printed with it.
    """

    def __init__(
        self,
        t: Texts,
        title: str,
        charts: Callable[[], Sequence[Chart]],
        *,
        twin: Markup,
        note: str = "",
        key: Sequence[KeyEntry] = (),
        level: int = 2,
        lazy: bool = True,
    ) -> None:
        super().__init__("section")
        self.t, self.as_table = t, False
        self.classes("sheet chart-card")
        with self:
            with ui.element("header"):
                small = h('<p class="muted small">{}</p>', note) if note else ""
                block(h("<h{lv}>{}</h{lv}>{}", title, small, lv=level))
                self.swap = Button(t("See as a table"), self.flip, "quiet", "table").classes("end")
            with ui.element("div").classes("picture") as self.picture:
                if key:
                    block(chart_key(key), "key")
                if lazy:
                    Sight(lambda: draw(self.picture, charts()))
                else:
                    draw(self.picture, charts())
            self.twin = block(twin, "twin away")

    def flip(self) -> None:
        """Shows the table instead of the drawing, and back. The hidden half is printed all the same."""
        self.as_table = not self.as_table
        self.twin.classes(toggle="away")
        self.picture.classes(toggle="away")
        words = self.t("See the chart") if self.as_table else self.t("See as a table")
        self.swap.set_text(words, "chart" if self.as_table else "table")


def draw(into: ui.element, charts: Sequence[Chart]) -> None:
    """Puts drawings into an element. ECharts is loaded by the browser at the first one."""
    with into:
        for chart in charts:
            made = ui.echart(chart.options, renderer="svg").classes("chart")
            made.style(f"--h:{chart.height}px;--hn:{chart.narrow_height}px")
            made.props["role"] = "img"
            made.props["aria-label"] = chart.description  # before ECharts has drawn it, too


class Sight(ui.element):
    """An empty place that builds what belongs there when the person is about to see it, once."""

    def __init__(self, build: Callable[[], None]) -> None:
        super().__init__("div")
        self._build = build
        self.classes("unseen")
        self.props["data-lazy"] = "true"
        self.on("seen", self.seen, js_handler="() => emit()")

    def seen(self) -> None:
        """What coming into sight does; tests call it too."""
        if "unseen" in self.classes:
            self.classes(remove="unseen")
            self._build()


def chart_key(entries: Sequence[KeyEntry]) -> Markup:
    """The key above a chart."""
    css = {"line": "", "dash": "dash", "swatch": "swatch"}
    row = '<span><i class="{}" style="--k:{}"></i>{}</span>'
    return join(h(row, css[how], colour, words) for words, colour, how in entries)


def score_key(line: ScoreLine, words: str = "") -> KeyEntry:
    """The key entry of an instrument, in its own style."""
    style: Style = line.style
    return words or line.name, style.colour, "line" if style.dash == "solid" else "dash"


__all__ = ["ChartCard", "KeyEntry", "Sight", "chart_key", "draw", "score_key"]
