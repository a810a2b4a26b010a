"""The table twin of each chart: every value, band, dose and range, newest first."""

from collections.abc import Sequence

from markupsafe import Markup

from components.charts.data import DrugBar, LabLine, LabPoint, ScoreLine, Stay
from components.charts.drugs import drug_rows
from components.markup import band, h
from components.tables import plain_table
from portal.i18n import Texts


def score_twin(t: Texts, lines: Sequence[ScoreLine], caption: str) -> Markup:
    """One row a day, one column an instrument."""
    days = sorted({point.at for line in lines for point in line.points}, reverse=True)
    found = [{point.at: point.value for point in line.points} for line in lines]
    rows = [
        [
            t.day(day),
            *(
                _score(t, line, values[day]) if day in values else "–"
                for line, values in zip(lines, found, strict=True)
            ),
        ]
        for day in days
    ]
    return plain_table(caption, [t("Date"), *(line.name for line in lines)], rows)


def drug_twin(t: Texts, bars: Sequence[DrugBar], stays: Sequence[Stay] = (), caption: str = "") -> Markup:
    """One row a dose, in the order of the timeline, then the stays."""
    rows: list[list[str | Markup]] = [
        [bar.drug, bar.dose, t.day(bar.start), t.day(bar.end) if bar.end else t("still taken")]
        for drug in drug_rows(bars)
        for bar in sorted((one for one in bars if one.drug == drug), key=lambda one: one.start, reverse=True)
    ]
    rows += [[stay.text, "", t.day(stay.start), t.day(stay.end) if stay.end else t("going on")] for stay in stays]
    heads = [t("Treatment"), t("Dose"), t("Start"), t("End")]
    return plain_table(caption or t("Treatments"), heads, rows)


def lab_twin(t: Texts, line: LabLine, caption: str = "") -> Markup:
    """One row a result, with the range of its own laboratory and what that says in words."""
    rows = [
        [t.day(point.at), _result(t, line, point), _range(t, line, point), side_words(t, point)]
        for point in sorted(line.points, key=lambda point: point.at, reverse=True)
    ]
    heads = [t("Date"), f"{line.name}, {line.unit}", t("Laboratory’s range"), t("Reading")]
    return plain_table(caption or line.name, heads, rows)


def lab_range(t: Texts, low: float | None, high: float | None, digits: int) -> str:
    """0,60 – 1,20 · > 60 · < 5, or a dash."""
    if low is not None and high is not None:
        return f"{t.number(low, digits)} – {t.number(high, digits)}"
    if low is not None:
        return f"> {t.number(low, digits)}"
    return f"< {t.number(high, digits)}" if high is not None else "–"


def side_words(t: Texts, point: LabPoint) -> Markup | str:
    """Above, below or in the range, in words; nothing when the laboratory gave no range."""
    if point.low is None and point.high is None:
        return ""
    words = {1: t("above"), -1: t("below"), 0: t("in the range")}[point.side]
    return h('<span class="out">{}</span>', words) if point.side else words


def _score(t: Texts, line: ScoreLine, value: float) -> Markup | str:
    number = t.number(value, line.digits)
    found = line.band(value)
    return band(found.level, f"{number}, {found.text}") if found else number


def _result(t: Texts, line: LabLine, point: LabPoint) -> Markup | str:
    number = t.number(point.value, line.digits)
    return h('{} <span class="muted">({})</span>', number, point.original) if point.original else number


def _range(t: Texts, line: LabLine, point: LabPoint) -> str:
    return lab_range(t, point.low, point.high, line.digits)


__all__ = ["drug_twin", "lab_range", "lab_twin", "score_twin", "side_words"]
