"""What charts are drawn from: frozen values, free of FHIR, with days as dates and numbers in the unit shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A published severity band: from `low` up to the next one. `level` 0 (none) to 4 (worst)."""

    low: float
    text: str
    level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScorePoint:
    """One score on one day. `source` says where it comes from (visit, form), for the table."""

    at: date
    value: float
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """Colour, mark and dash of a line: always all three, so that none carries the meaning alone."""

    series: int
    symbol: str
    dash: str | tuple[int, int] = "solid"

    @property
    def colour(self) -> str:
        return f"var(--series-{self.series})"


STYLES: dict[str, Style] = {
    "madrs": Style(series=3, symbol="circle"),
    "ymrs": Style(series=2, symbol="diamond", dash=(7, 4)),
    "phq-9": Style(series=3, symbol="circle"),
    "qids-sr16": Style(series=3, symbol="circle"),
    "asrm": Style(series=2, symbol="diamond", dash=(7, 4)),
    "gad-7": Style(series=4, symbol="rect"),
    "egf": Style(series=5, symbol="triangle"),
    "cgi-s": Style(series=6, symbol="roundRect", dash=(2, 3)),
}
"""The same instrument looks the same on every screen. Any other takes the first style."""
PLAIN = Style(series=1, symbol="circle")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreLine:
    """One instrument over time. `low` and `high` are the scale's full range; `code` chooses its style."""

    code: str
    name: str
    points: tuple[ScorePoint, ...]
    low: float
    high: float
    bands: tuple[Band, ...] = ()
    digits: int = 0

    @property
    def style(self) -> Style:
        return STYLES.get(self.code.lower(), PLAIN)

    def band(self, value: float) -> Band | None:
        return next((band for band in sorted(self.bands, key=lambda one: -one.low) if value >= band.low), None)


class DrugGroup(IntEnum):
    """Rows of a timeline come in this order, and each class keeps its colour."""

    MOOD_STABILISER = 1
    ANTIPSYCHOTIC = 4
    ANTIDEPRESSANT = 2
    ANXIOLYTIC = 3
    OTHER = 6


GROUP_ORDER = (
    DrugGroup.MOOD_STABILISER,
    DrugGroup.ANTIPSYCHOTIC,
    DrugGroup.ANTIDEPRESSANT,
    DrugGroup.ANXIOLYTIC,
    DrugGroup.OTHER,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrugBar:
    """One dose of one drug between two days; `end` None = still taken. `strength` 1 (its lowest dose) to 3."""

    drug: str
    dose: str
    start: date
    end: date | None = None
    strength: int = 3
    group: DrugGroup = DrugGroup.OTHER
    as_needed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Injection:
    """One injection of a depot drug, a tick on the drug's row."""

    drug: str
    at: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """A hospital stay, in ink."""

    text: str
    start: date
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LabPoint:
    """One result with the range that its own laboratory gave. `original` = as reported, when the unit was converted."""

    at: date
    value: float
    low: float | None = None
    high: float | None = None
    original: str = ""

    @property
    def side(self) -> int:
        """1 above its range, -1 below, 0 inside or without a range."""
        if self.high is not None and self.value > self.high:
            return 1
        return -1 if self.low is not None and self.value < self.low else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LabLine:
    """One analyte over time, in one unit."""

    name: str
    unit: str
    points: tuple[LabPoint, ...]
    digits: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A day worth a dotted line: a change of dose, a visit."""

    at: date
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The days that a chart shows, with `today` in it. After today an empty strip holds the words of the bands."""

    start: date
    today: date

    @property
    def end(self) -> date:
        return self.today + timedelta(days=max(20, self.days // (4 if self.is_short else 6)))

    @property
    def days(self) -> int:
        return (self.today - self.start).days

    @property
    def is_short(self) -> bool:
        """About a year or less: months are written under it."""
        return self.days < 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """ECharts options and the heights they were made for, in pixels, on a wide and on a narrow screen."""

    options: Json
    height: int
    narrow_height: int

    @property
    def description(self) -> str:
        """What it shows, in words, for who does not see it."""
        return str(self.options["baseOption"]["aria"]["label"]["description"])


def period_of(today: date, *lines: Sequence[ScorePoint] | Sequence[LabPoint], years: int = 3) -> Period:
    """From the first point, at most `years` before today, a little before it so that the point does not touch the edge."""
    days = [point.at for line in lines for point in line]
    first = max(min(days, default=today), today - timedelta(days=366 * years))
    return Period(start=min(first, today - timedelta(days=180)) - timedelta(days=12), today=today)
