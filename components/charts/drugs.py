"""Treatments as a timeline: one row a drug, a step a dose, darker when higher; hospital stays in ink above them."""

from collections.abc import Sequence
from datetime import date

from components.charts.data import GROUP_ORDER, Chart, DrugBar, Injection, Period, Stay
from components.charts.panels import Panel, heights, stack, today_mark
from portal.i18n import Texts
from portal.types import Json

OPACITY = {1: 0.35, 2: 0.82, 3: 1.0}
ROW, NARROW_ROW = 30, 46
PLOT, NARROW_PLOT = 600, 270  # pixels across, about: decides whether a dose fits inside its bar
LETTER = 7.5


def drug_chart(
    t: Texts,
    bars: Sequence[DrugBar],
    period: Period,
    *,
    stays: Sequence[Stay] = (),
    injections: Sequence[Injection] = (),
) -> Chart:
    """The timeline alone."""
    panel = drug_panel(t, bars, period, stays=stays, injections=injections)
    tall, narrow = heights([panel])
    words = t("Treatments over time. Doses and dates are in the table.")
    return Chart(options=stack(t, [panel], period, words), height=tall, narrow_height=narrow)


def drug_panel(
    t: Texts,
    bars: Sequence[DrugBar],
    period: Period,
    *,
    stays: Sequence[Stay] = (),
    injections: Sequence[Injection] = (),
) -> Panel:
    """The timeline as a panel. Rows: stays, then drugs by class, each class in the order of its first dose."""
    shown = [bar for bar in bars if (bar.end or period.today) > period.start]
    seen_stays = [stay for stay in stays if (stay.end or period.today) > period.start]
    stays_row = t("Stays")
    rows = [*([stays_row] if seen_stays else []), *drug_rows(shown)]
    wide: list[Json] = []
    narrow: dict[int, Json] = {}
    for bar in shown:
        narrow[len(wide)] = {"data": _ends(bar, shown, period, NARROW_PLOT), "lineStyle": {"width": 18}}
        wide.append(_bar(bar, shown, period))
    wide += [_stay(stay, stays_row, period) for stay in seen_stays]
    ticks = [[one.at.isoformat(), one.drug] for one in injections if one.at >= period.start and one.drug in rows]
    if ticks:
        wide.append(_ticks(t, ticks))
    if wide:
        wide[0] = wide[0] | {
            "markLine": {"silent": True, "symbol": "none", "label": {"show": False}, "data": [today_mark(period)]}
        }
    return Panel(
        height=max(1, len(rows)) * ROW,
        narrow_height=max(1, len(rows)) * NARROW_ROW,
        axis=_rows_axis(rows),
        series=wide,
        narrow=narrow,
        narrow_gap=28,
    )


def drug_rows(bars: Sequence[DrugBar]) -> list[str]:
    """Names of the drugs from top to bottom."""
    ordered = sorted(bars, key=lambda bar: (GROUP_ORDER.index(bar.group), bar.start))
    return list(dict.fromkeys(bar.drug for bar in ordered))


def _bar(bar: DrugBar, bars: Sequence[DrugBar], period: Period) -> Json:
    return {
        "name": f"{bar.drug} {bar.dose}",
        "type": "line",
        "symbol": "circle",
        "symbolSize": 0.1,  # none at all would also drop the label
        "tooltip": {"show": False},
        "silent": True,
        "clip": True,
        "data": _ends(bar, bars, period, PLOT),
        "lineStyle": {
            "width": 20,
            "cap": "butt",
            "type": (4, 3) if bar.as_needed else "solid",
            "color": f"var(--series-{int(bar.group)})",
            "opacity": OPACITY[max(1, min(3, bar.strength))],
        },
    }


def _ends(bar: DrugBar, bars: Sequence[DrugBar], period: Period, plot: int) -> list[Json]:
    """Both ends. The dose is written inside a long bar, after the last short one, else only in the table."""
    start, end = max(bar.start, period.start), bar.end or period.today
    width = (end - start).days * plot / max(1, (period.end - period.start).days)
    inside = width > len(bar.dose) * LETTER + 12
    last = max((other.start for other in bars if other.drug == bar.drug), default=bar.start) == bar.start
    label = {"show": True, "position": "right", "distance": 6, "formatter": bar.dose, "fontSize": 12, "fontWeight": 600}
    on_bar = label | {"color": "var(--surface)" if bar.strength > 1 and not bar.as_needed else "var(--ink)"}
    after = label | {"color": "var(--ink-2)"}
    return [
        _end(start, bar.drug, on_bar if inside else None),
        _end(end, bar.drug, after if last and not inside and bar.end else None),
    ]


def _end(at: date, row: str, label: Json | None) -> Json:
    return {"value": [at.isoformat(), row]} | ({"label": label} if label else {})


def _stay(stay: Stay, row: str, period: Period) -> Json:
    start, end = max(stay.start, period.start), stay.end or period.today
    return {
        "name": stay.text,
        "type": "line",
        "symbol": "none",
        "tooltip": {"show": False},
        "silent": True,
        "clip": True,
        "data": [[start.isoformat(), row], [end.isoformat(), row]],
        "lineStyle": {"width": 20, "cap": "butt", "color": "var(--ink)"},
    }


def _ticks(t: Texts, ticks: list[list[str]]) -> Json:
    return {
        "name": t("Injections"),
        "type": "scatter",
        "symbol": "rect",
        "symbolSize": [3, 24],
        "itemStyle": {"color": "var(--ink)"},
        "tooltip": {"show": False},
        "silent": True,
        "data": ticks,
    }


def _rows_axis(rows: list[str]) -> Json:
    label = {"show": True, "color": "var(--ink-2)", "fontSize": 13, "lineHeight": 14, "margin": 12}
    bare = {"show": False}
    return {
        "type": "category",
        "data": rows,
        "inverse": True,
        "axisLine": bare,
        "axisTick": bare,
        "splitLine": bare,
        "axisLabel": label,
    }
