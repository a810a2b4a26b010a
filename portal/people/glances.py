"""What a list tells of each patient at a glance, fetched for the whole page at once: five searches, never one per row."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from portal.acting import Acting
from portal.fhir import systems
from portal.fhir.dates import day_of
from portal.people.scope import id_of
from portal.types import Json

LISTED = Path(__file__).parents[2] / "content" / "terminology" / "patient-list.yaml"
SCORES_SINCE = timedelta(days=300)
FORMS_SINCE = timedelta(days=90)
OPEN_FORMS = frozenset({"requested", "in-progress"})


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertGlance:
    """`rule` is the alert's code; `text` its words as stored."""

    task: str
    rule: str
    text: str
    on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreGlance:
    """The latest listed score. `change` is the difference from the one before of the same scale; `level` 0 to 4."""

    code: str
    value: Decimal
    level: int | None
    word: str
    change: Decimal | None
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitGlance:
    """One visit. `label` is the trial's French word for it, `kind` its code; `trial` is empty outside of any."""

    encounter: str
    trial: str
    kind: str
    label: str
    on: date
    planned: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialGlance:
    """A trial that the patient takes part in. `status` is ResearchSubject's."""

    id: str
    name: str
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    """`done` of `asked` questionnaires: those to fill now and those filled in the last 90 days.

    `visit` is the next one planned, `current` the latest that has begun and is not closed.
    """

    alert: AlertGlance | None
    alerts: int
    trials: tuple[TrialGlance, ...]
    done: int
    asked: int
    score: ScoreGlance | None
    visit: VisitGlance | None
    current: VisitGlance | None


async def glances(acting: Acting, patients: Sequence[str]) -> dict[str, Glance]:
    """One `Glance` for each of these ids."""
    if not patients:
        return {}
    whom = ",".join(f"Patient/{each}" for each in patients)
    today = acting.clock.today()
    since = (today - SCORES_SINCE).isoformat()
    filled = (today - FORMS_SINCE).isoformat()
    find = acting.fhir.find
    form = f"{systems.SDC_TASK}|complete-questionnaire"
    alerts, subjects, asked, done, scores, visits = await asyncio.gather(
        find(
            "Task",
            {
                "patient": whom,
                "code": f"{systems.TASK}|clinical-alert",
                "status": "requested",
                "_sort": "-authored-on",
                "_count": 200,
            },
        ),
        find("ResearchSubject", {"patient": whom, "_include": "ResearchSubject:study", "_count": 200}),
        find("Task", {"patient": whom, "code": form, "status": "requested,in-progress", "_count": 1000}),
        find("Task", {"patient": whom, "code": form, "status": "completed", "modified": f"ge{filled}", "_count": 1000}),
        find(
            "Observation",
            {
                "patient": whom,
                "code": ",".join(f"{systems.SCORE}|{code}" for code in listed_scores()),
                "date": f"ge{since}",
                "status": "final,amended",
                "_elements": "status,code,subject,effectiveDateTime,valueInteger,valueQuantity,interpretation",
                "_sort": "-date",
                "_count": 1000,
            },
        ),
        find(
            "Encounter",
            {
                "patient": whom,
                "status": "planned,arrived,in-progress",
                "_sort": "date",
                "_count": 500,
            },
        ),
    )
    alerts_of, subjects_of = _by_patient(alerts.resources, "for"), _by_patient(subjects.resources, "individual")
    asked_of, done_of = _by_patient(asked.resources, "for"), _by_patient(done.resources, "for")
    scores_of, visits_of = _by_patient(scores.resources, "subject"), _by_patient(visits.resources, "subject")
    return {
        each: Glance(
            alert=_gravest(alerts_of[each]),
            alerts=len(alerts_of[each]),
            trials=tuple(
                _trial(subject, subjects.included.get(subject["study"]["reference"])) for subject in subjects_of[each]
            ),
            done=len(done_of[each]),
            asked=len(done_of[each]) + len(asked_of[each]),
            score=_score(scores_of[each]),
            visit=next((visit for visit in map(_visit, visits_of[each]) if visit.planned and visit.on >= today), None),
            current=next((visit for visit in map(_visit, reversed(visits_of[each])) if not visit.planned), None),
        )
        for each in patients
    }


@cache
def listed_scores() -> tuple[str, ...]:
    """Codes of the scores worth a list's place."""
    return tuple(YAML(typ="safe").load(LISTED.read_text(encoding="utf-8"))["scores"])


def _by_patient(resources: Iterable[Json], element: str) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = defaultdict(list)
    for resource in resources:
        found[id_of(resource[element])].append(resource)
    return found


def _gravest(newest_first: list[Json]) -> AlertGlance | None:
    """What must be seen first: thoughts of death before a high score, then the newest."""
    task = min(newest_first, key=lambda each: each.get("priority") != "stat", default=None)
    return None if task is None else _alert(task)


def _alert(task: Json) -> AlertGlance:
    reason: Json = task.get("reasonCode", {})
    coding: list[Json] = reason.get("coding", [{}])
    return AlertGlance(
        task=task["id"],
        rule=coding[0].get("code", ""),
        text=task.get("description") or reason.get("text", ""),
        on=day_of(task["authoredOn"]) if "authoredOn" in task else None,
    )


def _trial(subject: Json, study: Json | None) -> TrialGlance:
    id_ = id_of(subject["study"])
    return TrialGlance(id=id_, name=(study or {}).get("title", id_), status=subject.get("status", ""))


def _score(newest_first: list[Json]) -> ScoreGlance | None:
    """The latest; of several on one day the most severe, because that is the one to see."""
    if not newest_first:
        return None
    day = day_of(newest_first[0]["effectiveDateTime"])
    latest = max(
        (each for each in newest_first if day_of(each["effectiveDateTime"]) == day),
        key=lambda each: severity(each) or 0,
    )
    code = score_code(latest)
    before = [each for each in newest_first if score_code(each) == code and day_of(each["effectiveDateTime"]) < day]
    value, previous = score_value(latest), score_value(before[0]) if before else None
    if value is None:
        return None
    return ScoreGlance(
        code=code,
        value=value,
        level=severity(latest),
        word=next((each.get("text", "") for each in latest.get("interpretation", [])), ""),
        change=None if previous is None else value - previous,
        on=day,
    )


def score_code(observation: Json) -> str:
    codings: list[Json] = observation["code"].get("coding", [])
    return next((each["code"] for each in codings if each.get("system") == systems.SCORE), "")


def score_value(observation: Json) -> Decimal | None:
    value = observation.get("valueInteger", observation.get("valueQuantity", {}).get("value"))
    return None if value is None else Decimal(str(value))


def severity(observation: Json) -> int | None:
    codings = (coding for each in observation.get("interpretation", []) for coding in each.get("coding", []))
    return next((int(each["code"]) for each in codings if each.get("system") == systems.SEVERITY), None)


def _visit(encounter: Json) -> VisitGlance:
    kinds: list[Json] = encounter.get("type", [])
    codings: list[Json] = kinds[0].get("coding", [{}]) if kinds else [{}]
    tags: list[Json] = encounter.get("meta", {}).get("tag", [])
    trial = next((each["code"] for each in tags if each.get("system") == systems.TRIAL), "")
    label = (kinds[0].get("text") if kinds else "") or codings[0].get("display") or codings[0].get("code", "")
    return VisitGlance(
        encounter=encounter["id"],
        trial=trial,
        kind=codings[0].get("code", ""),
        label=label,
        on=day_of(encounter["period"]["start"]),
        planned=encounter["status"] == "planned",
    )
