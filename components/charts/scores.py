"""Scores over time, with their severity bands."""

from collections.abc import Sequence

from components.charts.data import Band, Chart, Period, ScoreLine
from components.charts.panels import Panel, broken, heights, number_format, round_step, stack, today_mark, value_axis
from portal.i18n import Texts
from portal.types import Json

LINE_OF_TEXT = 13  # pixels


def score_chart(t: Texts, line: ScoreLine, period: Period, *, height: int = 200) -> Chart:
    """One instrument on its full range, bands behind it, their words after today."""
    panel = score_panel(t, line, period, height=height, narrow_height=height)
    words = t("{name} over time. The values are in the table.", name=line.name)
    tall, narrow = heights([panel])
    return Chart(options=stack(t, [panel], period, words), height=tall, narrow_height=narrow)


def score_panel(
    t: Texts,
    line: ScoreLine,
    period: Period,
    *,
    height: int,
    narrow_height: int,
    inverse: bool = False,
    names: Sequence[str] = (),
    gap: int = 18,
) -> Panel:
    """A panel of a bigger chart. `inverse` = zero on top, the score grows downwards (depression in a life chart)."""
    style = line.style
    points = [(point.at, point.value) for point in line.points if point.at >= period.start]
    series = {
        "name": line.name,
        "type": "line",
        "data": broken(points),
        "symbol": style.symbol,
        "symbolSize": 9,
        "showAllSymbol": True,
        "connectNulls": False,
        "lineStyle": {"width": 2.5, "type": style.dash, "color": style.colour},
        "itemStyle": {"color": style.colour},
        "emphasis": {"disabled": True},
        "z": 5,
        "clip": False,  # a point at the edge of the scale is drawn whole
        "tooltip": {":valueFormatter": number_format(t, line.digits)},
        "markArea": {
            "silent": True,
            "data": bands_behind(line.bands, line.high, pixels=height / (line.high - line.low)),
        },
        "markLine": {
            "silent": True,
            "symbol": "none",
            "label": {"show": False},
            "data": [today_mark(period), _zero(line.low)],
        },
    }
    return Panel(
        height=height,
        narrow_height=narrow_height,
        axis=value_axis(t, line.low, line.high, round_step(line.high - line.low, 4), 0, height=height, inverse=inverse),
        series=[series],
        names=tuple(names),
        gap=gap,
        narrow_gap=gap,
    )


def bands_behind(bands: Sequence[Band], high: float, *, pixels: float) -> list[list[Json]]:
    """Areas one above the other, darker as it gets worse; each says its word at the right end, but the quiet one.

    `pixels` a unit of the score: a band too thin for a line of text keeps its word for the table.
    """
    ordered = sorted(bands, key=lambda band: band.low)
    tops = [band.low for band in ordered[1:]] + [high]
    return [
        [
            {
                "yAxis": band.low,
                "itemStyle": {"color": f"var(--band-{band.level})", "opacity": 0.62},
                "label": {
                    "show": band.level > 0 and (top - band.low) * pixels >= LINE_OF_TEXT,
                    "formatter": band.text,
                    "position": "insideRight",
                    "color": "var(--ink-2)",
                    "fontSize": 12,
                    "distance": 8,
                },
            },
            {"yAxis": top},
        ]
        for band, top in zip(ordered, tops, strict=True)
    ]


def _zero(low: float) -> Json:
    return {"yAxis": low, "lineStyle": {"color": "var(--ink-2)", "type": "solid", "width": 1.5}}
