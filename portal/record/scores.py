"""Scores over time, one series an instrument's score, with the scale and the bands that the form itself publishes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.authoring import Catalogue
from portal.fhir.dates import day_of
from portal.people import patient_scope, score_code, score_value, severity
from portal.sdc import Band, Form, ScoreDefinition
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class ScorePoint:
    """`response` is the id of the QuestionnaireResponse that gave it."""

    day: date
    value: Decimal
    level: int | None
    response: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreSeries:
    """One value a day (the latest of that day), oldest first, never empty."""

    form: Form
    definition: ScoreDefinition
    points: tuple[ScorePoint, ...]

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def last(self) -> ScorePoint:
        return self.points[-1]

    @property
    def change(self) -> Decimal | None:
        return self.last.value - self.points[-2].value if len(self.points) > 1 else None

    def band(self, value: Decimal) -> Band | None:
        return self.definition.band(value)


async def scores(acting: Acting, patient: str, *, since: date | None = None) -> list[ScoreSeries]:
    """The series of every score that the catalogue knows, main scores first, in the order of the catalogue."""
    decide(acting.actor, Permission.RESPONSE_READ, await patient_scope(acting, patient))
    search = {"patient": f"Patient/{patient}", "category": "survey", "_sort": "date", "_count": 500}
    if since is not None:
        search["date"] = f"ge{since.isoformat()}"
    found = await acting.fhir.all("Observation", search)
    await audit.record(acting, audit.Action.READ, Permission.RESPONSE_READ, patient=patient)
    return read_scores(found, acting.catalogue)


def read_scores(observations: Iterable[Json], catalogue: Catalogue) -> list[ScoreSeries]:
    by_code: dict[str, dict[date, ScorePoint]] = defaultdict(dict)
    for observation in sorted(observations, key=lambda each: each.get("effectiveDateTime", "")):
        value = score_value(observation)
        if value is None or observation.get("status") not in {"final", "amended"}:
            continue
        sources = (each["reference"].split("/")[-1] for each in observation.get("derivedFrom", []))
        point = ScorePoint(
            day=day_of(observation["effectiveDateTime"]),
            value=value,
            level=severity(observation),
            response=next(sources, ""),
        )
        by_code[score_code(observation)][point.day] = point
    return [
        ScoreSeries(form=form, definition=definition, points=tuple(by_code[definition.code].values()))
        for main in (True, False)
        for form in catalogue
        for definition in form.scores
        if definition.main is main and definition.code in by_code
    ]
