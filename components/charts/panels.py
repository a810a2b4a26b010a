"""Panels one under the other on one true time axis, as ECharts options. One chart serves light, dark and paper.

Colours are CSS variables (SVG renderer); nothing moves; a narrow screen gets its own layout by a media rule.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from babel.dates import format_date

from components.charts.data import Period
from portal.i18n import Texts
from portal.types import Json

FONT = "Atkinson Next, sans-serif"
NARROW = 560  # pixels of the chart itself
BREAK_AFTER = timedelta(days=396)  # 13 months: a longer silence is not a line
MARGIN, NARROW_MARGIN, RIGHT = 132, 34, 8
NAME_ROOM = 20
LABEL_ROOM = 22
FOOT = 30  # room for the labels of the time axis
TODAY_LINE = {"color": "var(--ink-3)", "type": [2, 4]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One grid. `series` and its `narrow` overrides come without axis numbers; `names` stand in the left margin."""

    height: int
    narrow_height: int
    axis: Json
    series: list[Json]
    narrow: dict[int, Json] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    gap: int = 18
    narrow_gap: int = 30


def stack(t: Texts, panels: Sequence[Panel], period: Period, description: str) -> Json:
    """The whole options of a chart: panels from top to bottom, the time axis under the last one."""
    wide = _places(panels, narrow=False)
    slim = _places(panels, narrow=True)
    last = len(panels) - 1
    series = [
        one | {"xAxisIndex": index, "yAxisIndex": index} for index, panel in enumerate(panels) for one in panel.series
    ]
    overrides = [panel.narrow.get(n, {}) for panel in panels for n in range(len(panel.series))]
    # A rule that stops to match is not undone: the wide one gives back whatever the narrow one may have changed.
    restored = [{key: one[key] for key in other} for one, other in zip(series, overrides, strict=True)]
    margin = MARGIN if any(panel.names or panel.axis["type"] == "category" for panel in panels) else 44
    base = {
        "animation": False,
        "aria": {"enabled": True, "label": {"description": description}},
        "textStyle": {"color": "var(--ink-2)", "fontFamily": FONT, "fontSize": 13},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "backgroundColor": "var(--surface)",
            "borderColor": "var(--line)",
            "textStyle": {"color": "var(--ink)", "fontFamily": FONT, "fontSize": 13},
            "axisPointer": {"lineStyle": {"color": "var(--edge)"}},
        },
        "xAxis": [time_axis(t, period, index, labels=index == last) for index in range(len(panels))],
        "yAxis": [panel.axis | {"gridIndex": index} for index, panel in enumerate(panels)],
        "series": series,
    }
    return {
        "baseOption": base,
        "media": [
            {
                "query": {"maxWidth": NARROW},
                "option": {
                    "grid": [_grid(place, NARROW_MARGIN) for place in slim],
                    "yAxis": [_narrow_axis(panel) for panel in panels],
                    "series": overrides,
                    "graphic": {"elements": [*_names_above(panels, slim), *_hidden(panels)]},
                },
            },
            {
                "option": {
                    "grid": [_grid(place, margin) for place in wide],
                    "yAxis": [_wide_axis(panel) for panel in panels],
                    "series": restored,
                    "graphic": {"elements": _names_beside(panels, wide)},
                }
            },
        ],
    }


def heights(panels: Sequence[Panel]) -> tuple[int, int]:
    """Pixels that the panels need, on a wide and on a narrow screen."""
    return tuple(sum(_places(panels, narrow=narrow)[-1]) + FOOT for narrow in (False, True))  # type: ignore[return-value]


def time_axis(t: Texts, period: Period, grid: int, *, labels: bool) -> Json:
    """True to dates. January is written as the year; July between years; each month when the period is short."""
    span = period.days
    months = [format_date(date(2026, n, 1), "LLL", locale=t.locale) for n in range(1, 13)]
    shown = [0, 3, 6, 9] if period.is_short else [0, 6] if span < 2400 else [0]
    label = (
        f"value => {{ const d = new Date(value), m = d.getMonth(), names = {json.dumps(months)};"
        f" return m === 0 ? String(d.getFullYear()) : {json.dumps(shown)}.includes(m) ? names[m] : ''; }}"
    )
    pattern = "d.getDate(), d.getMonth() + 1].map(n => String(n).padStart(2, '0')).join('/') + '/' + d.getFullYear()"
    return {
        "type": "time",
        "gridIndex": grid,
        "min": period.start.isoformat(),
        "max": period.end.isoformat(),
        **({"maxInterval": 2.7e9} if period.is_short else {"minInterval": 15e9}),
        "axisLine": {"lineStyle": {"color": "var(--edge)"}},
        "axisTick": {"show": False},
        "splitLine": {"show": True, "lineStyle": {"color": "var(--line)"}},
        "axisPointer": {
            "label": {"show": False, ":formatter": f"at => {{ const d = new Date(at.value); return [{pattern}; }}"}
        },
        "axisLabel": {
            "show": labels,
            ":formatter": label,
            "color": "var(--ink-3)",
            "fontSize": 13,
            "hideOverlap": True,
            "margin": 12,
        },
    }


def value_axis(
    t: Texts, low: float, high: float, step: float, digits: int, *, height: int, inverse: bool = False
) -> Json:
    """Full range, no zoom; the round steps are written, or each second or third one where there is no room for all."""
    every = max(1, math.ceil((high - low) / step / max(1, height // LABEL_ROOM)))
    write = number_format(t, digits)
    shown = f"value => Math.round((value - {low}) / {step}) % {every} ? '' : ({write})(value)"
    return {
        "type": "value",
        "min": low,
        "max": high,
        "interval": step,
        "inverse": inverse,
        "splitLine": {"show": False},
        "axisLabel": {":formatter": shown, "color": "var(--ink-3)", "fontSize": 13},
    }


def number_format(t: Texts, digits: int, unit: str = "") -> str:
    """A JavaScript function that writes a number as the person's language does."""
    comma = ".replace('.', ',')" if t.locale == "fr" else ""
    tail = f" + {json.dumps(' ' + unit)}" if unit else ""
    return f"value => value == null ? '–' : Number(value).toFixed({digits}){comma}{tail}"


def broken(points: Sequence[tuple[date, float]]) -> list[list[object]]:
    """Points in order; where more than 13 months pass without one, an empty point breaks the line."""
    ordered = sorted(points)
    made: list[list[object]] = []
    for index, (at, value) in enumerate(ordered):
        made.append([at.isoformat(), value])
        if index + 1 < len(ordered) and ordered[index + 1][0] - at > BREAK_AFTER:
            middle = at + (ordered[index + 1][0] - at) / 2
            made.append([middle.isoformat(), None])
    return made


def round_step(span: float, at_most: int = 5) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts `span` in at most `at_most` pieces."""
    power = 10.0**-3
    while True:
        for unit in (1, 2, 5):
            if span / (unit * power) <= at_most:
                return unit * power
        power *= 10


def today_mark(period: Period) -> Json:
    return {"xAxis": period.today.isoformat(), "lineStyle": TODAY_LINE}


def _places(panels: Sequence[Panel], *, narrow: bool) -> list[tuple[int, int]]:
    """(top, height) of each panel."""
    places: list[tuple[int, int]] = []
    top = 8
    for index, panel in enumerate(panels):
        if index or (narrow and panel.names):
            top += panel.narrow_gap if narrow and index else NAME_ROOM if narrow else panel.gap
        height = panel.narrow_height if narrow else panel.height
        places.append((top, height))
        top += height
    return places


def _grid(place: tuple[int, int], left: int) -> Json:
    # ECharts would otherwise shrink one panel to hold its words, and its dates would no longer stand under the others'
    return {"left": left, "right": RIGHT, "top": place[0], "height": place[1], "outerBoundsMode": "none"}


def _narrow_axis(panel: Panel) -> Json:
    if panel.axis["type"] != "category":
        return {}
    # above its bar, not beside it
    label = {"inside": True, "verticalAlign": "bottom", "padding": [0, 0, 17, -8], "width": 230, "overflow": "truncate"}
    return {"axisLabel": label}


def _wide_axis(panel: Panel) -> Json:
    if panel.axis["type"] != "category":
        return {}
    label = {"inside": False, "verticalAlign": "middle", "padding": 0, "width": MARGIN - 16, "overflow": "break"}
    return {"axisLabel": label}


def _names_beside(panels: Sequence[Panel], places: Sequence[tuple[int, int]]) -> list[Json]:
    return [
        _text(f"name-{index}-{row}", word, 0, top + height // 2 - 9 * len(panel.names) + 17 * row, bold=not row)
        for index, (panel, (top, height)) in enumerate(zip(panels, places, strict=True))
        for row, word in enumerate(panel.names)
    ]


def _names_above(panels: Sequence[Panel], places: Sequence[tuple[int, int]]) -> list[Json]:
    return [
        # a panel that touches the one above it says its name underneath
        _text(
            f"name-{index}-0",
            ", ".join(panel.names),
            NARROW_MARGIN + 2,
            top - 20 if panel.narrow_gap else top + height + 6,
            bold=True,
        )
        for index, (panel, (top, height)) in enumerate(zip(panels, places, strict=True))
        if panel.names
    ]


def _hidden(panels: Sequence[Panel]) -> list[Json]:
    """Second lines of names, of which a narrow screen makes one line."""
    return [
        _text(f"name-{index}-{row}", "", 0, 0, bold=False)
        for index, panel in enumerate(panels)
        for row in range(1, len(panel.names))
    ]


def _text(key: str, words: str, left: int, top: int, *, bold: bool) -> Json:
    font = f"{600 if bold else 400} 13px {FONT}"
    style = {"text": words, "fill": "var(--ink-2)", "font": font}
    return {"type": "text", "id": key, "left": left, "top": top, "silent": True, "style": style}


__all__ = [
    "Panel",
    "broken",
    "heights",
    "number_format",
    "round_step",
    "stack",
    "time_axis",
    "today_mark",
    "value_axis",
]
