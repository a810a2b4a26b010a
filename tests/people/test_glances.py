"""What a row of the list tells: forms, scores, visits and trials, each of its own patient."""

from datetime import date, timedelta
from typing import Any

from portal.fhir import Transaction, systems
from portal.people import find_patients
from portal.people.glances import Glance
from tests.people.world import World

TODAY = date(2026, 12, 2)


async def glance(world: World, *resources: dict[str, Any]) -> Glance:
    patient = await world.camille()
    write = Transaction()
    for number, resource in enumerate(resources):
        about = "for" if resource["resourceType"] == "Task" else "subject"
        write.create({"id": f"r{number}", about: {"reference": f"Patient/{patient}"}} | resource)
    await world.service.service.commit(write)
    return (await find_patients(world.anne)).rows[0].glance


def score(code: str, value: int, level: int, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": systems.OBSERVATION_CATEGORY, "code": "survey"}]}],
        "code": {"coding": [{"system": systems.SCORE, "code": code}]},
        "effectiveDateTime": day,
        "valueInteger": value,
        "interpretation": [{"coding": [{"system": systems.SEVERITY, "code": str(level)}]}],
    }


def task(status: str, modified: date) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "status": status,
        "intent": "order",
        "code": {"coding": [{"system": systems.SDC_TASK, "code": "complete-questionnaire"}]},
        "lastModified": f"{modified}T10:00:00Z",
    }


def visit(status: str, day: date, label: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": status,
        "class": {"system": systems.ENCOUNTER_CLASS, "code": "AMB"},
        "type": [{"text": label}],
        "period": {"start": f"{day}T09:00:00+01:00"},
    }


async def test_latest_score_is_told_with_its_change(world: World) -> None:
    found = await glance(world, score("PHQ9_TOTAL", 6, 1, "2026-06-01"), score("PHQ9_TOTAL", 16, 3, "2026-11-12"))
    assert found.score is not None
    assert (found.score.code, found.score.value, found.score.level, found.score.change) == ("PHQ9_TOTAL", 16, 3, 10)


async def test_of_two_scores_of_one_day_the_most_severe_is_told(world: World) -> None:
    found = await glance(world, score("YMRS_TOTAL", 30, 4, "2026-11-12"), score("PHQ9_TOTAL", 6, 1, "2026-11-12"))
    assert found.score is not None
    assert found.score.code == "YMRS_TOTAL"


async def test_forms_to_fill_are_counted_with_those_filled_lately(world: World) -> None:
    tasks = [("requested", 300), ("in-progress", 2), ("completed", 10), ("completed", 200), ("cancelled", 1)]
    found = await glance(world, *(task(status, TODAY - timedelta(days)) for status, days in tasks))
    assert (found.done, found.asked) == (1, 3)


async def test_next_visit_is_planned_and_the_current_one_has_begun(world: World) -> None:
    found = await glance(
        world,
        visit("planned", TODAY + timedelta(200), "M12"),
        visit("planned", TODAY + timedelta(20), "M6"),
        visit("planned", TODAY - timedelta(5), "missed"),
        visit("in-progress", TODAY - timedelta(30), "M3"),
        visit("finished", TODAY - timedelta(90), "Initial"),
    )
    assert found.visit is not None
    assert found.current is not None
    assert (found.visit.label, found.current.label) == ("M6", "M3")
