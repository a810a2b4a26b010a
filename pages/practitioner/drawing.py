"""From what the record knows to what charts draw: plain values, in the reader's language."""

from collections.abc import Iterable
from datetime import date, timedelta

from components.charts import Band, DrugBar, DrugGroup, LabLine, LabPoint, Period, ScoreLine, ScorePoint
from portal.i18n import NBSP, Texts
from portal.record import Course, Life, Measure, ScoreSeries, Series
from portal.sdc import Form, ScoreDefinition

GROUPS = {
    "mood-stabiliser": DrugGroup.MOOD_STABILISER,
    "antipsychotic": DrugGroup.ANTIPSYCHOTIC,
    "antidepressant": DrugGroup.ANTIDEPRESSANT,
    "anxiolytic": DrugGroup.ANXIOLYTIC,
}
INSTRUMENTS = {"PHQ9": "PHQ-9", "GAD7": "GAD-7", "CGI": "CGI-S", "WHO5": "WHO-5", "ISA_FOLLOWUP": "ISA"}


def instrument(form: Form) -> str:
    """The short name by which clinicians know it: PHQ-9."""
    return INSTRUMENTS.get(form.code, form.code.removesuffix("_SZ").replace("_", "-"))


def score_line(t: Texts, series: ScoreSeries) -> ScoreLine:
    values = [float(point.value) for point in series.points]
    definition = series.definition
    name = instrument(series.form)
    if not definition.main:
        name = f"{name}, {definition.title(t.locale)}"
    return ScoreLine(
        code=instrument(series.form),
        name=name,
        points=tuple(ScorePoint(at=point.day, value=float(point.value)) for point in series.points),
        low=float(definition.low) if definition.low is not None else 0.0,
        high=float(definition.high) if definition.high is not None else max(values),
        bands=tuple(
            Band(low=_floor(definition, float(band.low)), text=band.label(t.locale), level=band.level)
            for band in definition.bands
        ),
    )


def lab_line(t: Texts, series: Series) -> LabLine:
    analyte = series.analyte
    return LabLine(
        name=analyte.label.text(t.locale),
        unit=analyte.shown,
        digits=analyte.digits,
        points=tuple(lab_point(measure) for measure in series.measures),
    )


def lab_point(measure: Measure) -> LabPoint:
    return LabPoint(
        at=measure.day,
        value=float(measure.value),
        low=None if measure.low is None else float(measure.low),
        high=None if measure.high is None else float(measure.high),
        original=measure.entered,
    )


def drug_bars(t: Texts, courses: Iterable[Course]) -> list[DrugBar]:
    return [
        DrugBar(
            drug=course.drug,
            dose=dose(t, course),
            start=course.start,
            end=course.end,
            strength=max(1, min(3, round(course.strength * 3))),
            group=GROUPS.get(course.drug_class.key, DrugGroup.OTHER),
            as_needed=course.as_needed,
        )
        for course in courses
    ]


def dose(t: Texts, course: Course) -> str:
    """1 000 mg a day where it can be worked out, else the words of the dosage."""
    return course.dose if course.daily_mg is None else f"{t.number(course.daily_mg)}{NBSP}mg"


def period_for(life: Life, today: date) -> Period:
    """From the first thing known, a little before it, at most three years back and at least half a year."""
    first = min(life.start or today, today - timedelta(days=180))
    return Period(start=max(first, today - timedelta(days=3 * 366)) - timedelta(days=12), today=today)


def _floor(definition: ScoreDefinition, low: float) -> float:
    """A band without a lower end begins where the scale does."""
    return low if low != float("-inf") else float(definition.low or 0)
