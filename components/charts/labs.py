"""Biology over time: each result on the range that its own laboratory gave, drawn as a step."""

from collections.abc import Sequence

from components.charts.data import Chart, LabLine, LabPoint, Mark, Period
from components.charts.panels import Panel, broken, heights, number_format, round_step, stack, today_mark, value_axis
from portal.i18n import Texts
from portal.types import Json

RANGE = "var(--band-0)"


def lab_chart(t: Texts, line: LabLine, period: Period, *, marks: Sequence[Mark] = (), height: int = 190) -> Chart:
    """One analyte; `marks` are days worth a word, such as a change of dose."""
    panel = lab_panel(t, line, period, height=height, marks=marks)
    tall, narrow = heights([panel])
    words = t("{name} over time, in {unit}. The values are in the table.", name=line.name, unit=line.unit)
    top = 20 if marks else 0
    options = stack(t, [panel], period, words)
    if marks:  # their words stand above the panel
        for rule in options["media"]:
            rule["option"]["grid"][0]["top"] += top
    return Chart(options=options, height=tall + top, narrow_height=narrow + top)


def lab_panel(
    t: Texts,
    line: LabLine,
    period: Period,
    *,
    height: int = 66,
    narrow_height: int = 0,
    names: Sequence[str] = (),
    marks: Sequence[Mark] = (),
) -> Panel:
    """The analyte as a panel: range below, line above it, a red triangle and the value where it leaves its range."""
    points = sorted((point for point in line.points if point.at >= period.start), key=lambda point: point.at)
    low, high, step = limits(points)
    main = {
        "name": line.name,
        "type": "line",
        "symbol": "rect" if names else "circle",
        "symbolSize": 8,
        "showAllSymbol": True,
        "emphasis": {"disabled": True},
        "z": 5,
        "clip": False,
        "lineStyle": {"width": 2.25, "color": "var(--series-1)"},
        "itemStyle": {"color": "var(--series-1)"},
        "data": _data(t, line, points, period),
        "tooltip": {":valueFormatter": number_format(t, line.digits, line.unit)},
        "markLine": {
            "silent": True,
            "symbol": "none",
            "label": {"show": False},
            "data": [today_mark(period), *(_mark(mark, period) for mark in marks if mark.at >= period.start)],
        },
    }
    digits = 0 if step >= 1 else 1 if step >= 0.1 else 2
    return Panel(
        height=height,
        narrow_height=narrow_height or height,
        axis=value_axis(t, low, high, step, digits, height=height),
        series=[*range_steps(points, period, low, high), main],
        names=tuple(names),
    )


def limits(points: Sequence[LabPoint]) -> tuple[float, float, float]:
    """Lowest, highest and step of the axis: everything drawn fits, ranges included, with a little air."""
    values = [point.value for point in points]
    bounds = [bound for point in points for bound in (point.low, point.high) if bound is not None]
    if not values:
        return 0, 1, 1
    low, high = min(values + bounds), max(values + bounds)
    air = (high - low) * 0.12 or abs(high) * 0.1 or 1
    step = round_step(high - low + 2 * air, 7)
    floor = (low - air) // step * step
    return (0.0 if low >= 0 > floor else round(floor, 6)), round(-(-(high + air) // step) * step, 6), step


def range_steps(points: Sequence[LabPoint], period: Period, low: float, high: float) -> list[Json]:
    """Two stacked lines without a stroke: where the range begins, and its height, coloured. Nothing without a range."""
    ranged = [point for point in points if point.low is not None or point.high is not None]
    if not ranged:
        return []
    days = [period.start, *(point.at for point in ranged), period.end]
    ends = [ranged[0], *ranged, ranged[-1]]
    floors = [low if one.low is None else one.low for one in ends]
    tops = [high if one.high is None else one.high for one in ends]
    bare = {
        "type": "line",
        "step": "middle",  # each range holds halfway to the results before and after it
        "symbol": "none",
        "silent": True,
        "stack": "range",
        "stackStrategy": "all",
        "lineStyle": {"opacity": 0},
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
        "z": 1,
    }
    base = [[day.isoformat(), floor] for day, floor in zip(days, floors, strict=True)]
    span = [[day.isoformat(), top - floor] for day, top, floor in zip(days, tops, floors, strict=True)]
    return [
        bare | {"name": "", "data": base},
        bare | {"name": "", "data": span, "areaStyle": {"color": RANGE, "opacity": 1}},
    ]


def _data(t: Texts, line: LabLine, points: Sequence[LabPoint], period: Period) -> list[Json | list[object]]:
    out = {point.at.isoformat(): point for point in points if point.side}
    late = period.start + (period.end - period.start) * 0.8
    made: list[Json | list[object]] = []
    for pair in broken([(point.at, point.value) for point in points]):
        point = out.get(str(pair[0]))
        if point is None:
            made.append(pair)
            continue
        label = {
            "show": True,
            "formatter": t.number(point.value, line.digits),
            "position": "left" if point.at > late else "right",
            "offset": [0, -7 * point.side],  # beside the line, not on it
            "color": "var(--danger)",
            "fontWeight": 700,
            "fontSize": 13,
        }
        made.append(
            {
                "value": pair,
                "symbol": "triangle",
                "symbolSize": 12,
                "symbolRotate": 0 if point.side > 0 else 180,
                "itemStyle": {"color": "var(--danger)"},
                "label": label,
            }
        )
    return made


def _mark(mark: Mark, period: Period) -> Json:
    side = "left" if mark.at < period.start + (period.end - period.start) / 2 else "right"  # words stay on the chart
    label = {"show": True, "formatter": mark.text, "color": "var(--ink-2)", "fontSize": 12, "position": "end"}
    label |= {"align": side}
    return {"xAxis": mark.at.isoformat(), "lineStyle": {"color": "var(--ink-3)", "type": [2, 4]}, "label": label}
