"""What the scores of a sent response say: severity, meaning, and where they stand beside the former ones."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.access import Role
from portal.acting import Acting
from portal.clock import PARIS
from portal.fhir import systems
from portal.people import score_code, score_value
from portal.responses.audience import shown_only
from portal.responses.reading import ReadResponse
from portal.sdc import Band, ScoreDefinition, ScoreResult

MOST_POINTS = 12  # of a small curve


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    day: date
    value: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One score. `value` is None when answers are missing (`missing` of them). `former` are the values of earlier days,
    oldest first.
    """

    definition: ScoreDefinition
    value: Decimal | None
    band: Band | None
    missing: int
    former: tuple[Point, ...]

    @property
    def previous(self) -> Point | None:
        return self.former[-1] if self.former else None

    @property
    def change(self) -> Decimal | None:
        return self.value - self.former[-1].value if self.value is not None and self.former else None


async def results(acting: Acting, found: ReadResponse) -> tuple[Result, ...]:
    """The scores of a response that was read, main scores first; for patients those that they may see."""
    shown = [score for score in found.scores if _for(acting, score, found)]
    if not shown:
        return ()
    codes = ",".join(f"{systems.SCORE}|{score.definition.code}" for score in shown)
    search = {"patient": f"Patient/{found.patient}", "code": codes, "_sort": "-date", "_count": 200}
    stored = await acting.fhir.find("Observation", {**search, **shown_only(acting.actor)})
    return await asyncio.to_thread(_told, shown, stored.resources, found)


def _told(shown: list[ScoreResult], stored: list[dict[str, object]], found: ReadResponse) -> tuple[Result, ...]:
    own = f"QuestionnaireResponse/{found.id}"
    now = found.at.astimezone(PARIS)
    former: defaultdict[str, dict[date, Decimal]] = defaultdict(dict)
    for observation in sorted(stored, key=lambda each: str(each.get("effectiveDateTime", ""))):
        value, at = score_value(observation), _instant(observation.get("effectiveDateTime"))
        derived: object = observation.get("derivedFrom") or ()
        mine = isinstance(derived, list) and any(each.get("reference") == own for each in derived)
        if value is None or at is None or at >= now or mine or observation.get("status") == "entered-in-error":
            continue
        former[score_code(observation)][at.date()] = value
    made = [
        Result(
            definition=score.definition,
            value=None if score.value is None else Decimal(str(score.value)),
            band=score.band,
            missing=score.missing,
            former=tuple(
                Point(day=day, value=value) for day, value in list(former[score.definition.code].items())[-MOST_POINTS:]
            ),
        )
        for score in shown
    ]
    return tuple(sorted(made, key=lambda result: not result.definition.main))


def _for(acting: Acting, score: ScoreResult, found: ReadResponse) -> bool:
    if acting.actor.role is not Role.PATIENT:
        return True
    return found.form.shown_to_patient and score.definition.shown_to_patient


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(PARIS) if isinstance(value, str) and "T" in value else None
