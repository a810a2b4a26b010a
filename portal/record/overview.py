"""The record at one look: mood above and below a line, what was taken, what the blood showed, on one axis of time."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.acting import Acting
from portal.record.alerts import Alert, alerts
from portal.record.biology import Biology, biology
from portal.record.content import DrugClass, Watch, overview_plan
from portal.record.measures import Series
from portal.record.scores import ScoreSeries, scores
from portal.record.treatments import Treatment, treatments

LITHIUM = "lithium"


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """One dose of one drug between two days (`end` None: still taken). `strength` is its part of the highest dose, 0 to 1."""

    drug: str
    atc: str
    drug_class: DrugClass
    dose: str
    daily_mg: Decimal | None
    as_needed: bool
    start: date
    end: date | None
    strength: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """What the life chart draws. A side is None when the patient has no score for it."""

    mania: ScoreSeries | None
    depression: ScoreSeries | None
    courses: tuple[Course, ...]
    lithium: Series | None

    @property
    def start(self) -> date | None:
        """The first day on which anything is known; None when nothing is."""
        days = [series.points[0].day for series in (self.mania, self.depression) if series is not None]
        days += [course.start for course in self.courses]
        days += [self.lithium.measures[0].day] if self.lithium is not None else []
        return min(days, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """Series to watch because of a drug that is taken now."""

    watch: Watch
    series: tuple[Series, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    life: Life
    watched: Watched | None
    scores: tuple[ScoreSeries, ...]
    treatments: tuple[Treatment, ...]
    biology: Biology
    alerts: tuple[Alert, ...]


async def overview(acting: Acting, patient: str) -> Overview:
    """Everything that the first page of a record draws, read at once."""
    series, lines, blood, open_alerts = await asyncio.gather(
        scores(acting, patient), treatments(acting, patient), biology(acting, patient), alerts(acting, patient)
    )
    plan = overview_plan()
    return Overview(
        life=Life(
            mania=_preferred(series, plan.mania),
            depression=_preferred(series, plan.depression),
            courses=courses(lines),
            lithium=blood.of(LITHIUM),
        ),
        watched=_watched(lines, blood, plan.watch),
        scores=tuple(series),
        treatments=tuple(lines),
        biology=blood,
        alerts=tuple(open_alerts),
    )


def courses(lines: Iterable[Treatment]) -> tuple[Course, ...]:
    """Lines that have a beginning, in the order of timelines, each as strong as its dose beside the drug's highest."""
    dated = [line for line in lines if line.start is not None]
    highest: dict[str, Decimal] = {}
    for line in dated:
        highest[line.name] = max(highest.get(line.name, Decimal(0)), line.daily_mg or Decimal(0))
    return tuple(
        Course(
            drug=line.name,
            atc=line.atc,
            drug_class=line.drug_class,
            dose=line.dosage,
            daily_mg=line.daily_mg,
            as_needed=line.as_needed,
            start=line.start,
            end=line.end,
            strength=float(line.daily_mg / highest[line.name]) if line.daily_mg and highest[line.name] else 1.0,
        )
        for line in dated
        if line.start is not None
    )


def _preferred(series: Sequence[ScoreSeries], codes: Iterable[str]) -> ScoreSeries | None:
    by_code = {each.code: each for each in series}
    return next((by_code[code] for code in codes if code in by_code), None)


def _watched(lines: Iterable[Treatment], blood: Biology, watches: Iterable[Watch]) -> Watched | None:
    taken = [line.atc for line in lines if line.taken]
    for watch in watches:
        if any(atc.startswith(watch.atc) for atc in taken):
            series = tuple(filter(None, (blood.of(key) for key in watch.analytes)))
            if series:
                return Watched(watch=watch, series=series)
    return None
