"""Scores over time: one value a day, on the scale and bands of the form."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.authoring import Catalogue
from portal.fhir import systems
from portal.record import Course, Life, Treatment, courses
from portal.record.content import psychotropics
from portal.record.scores import read_scores

QUESTIONNAIRES = Path(__file__).parents[2] / "content" / "questionnaires"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(QUESTIONNAIRES)


def observed(value: int | None, at: str, *, code: str = "PHQ9_TOTAL", status: str = "final") -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "status": status,
        "code": {"coding": [{"system": systems.SCORE, "code": code}]},
        "effectiveDateTime": at,
        "derivedFrom": [{"reference": "QuestionnaireResponse/qr-1"}],
        "interpretation": [{"coding": [{"system": systems.SEVERITY, "code": "3"}]}],
    }
    return made if value is None else made | {"valueInteger": value}


def test_latest_value_of_a_day_stands_in_the_order_of_days(catalogue: Catalogue) -> None:
    found = read_scores(
        [
            observed(16, "2026-11-12T19:00:00Z"),
            observed(4, "2026-03-01T09:00:00+01:00"),
            observed(15, "2026-11-12T08:00:00Z"),
        ],
        catalogue,
    )
    (series,) = found
    assert [(point.day, point.value) for point in series.points] == [(date(2026, 3, 1), 4), (date(2026, 11, 12), 16)]
    assert (series.change, series.last.level, series.last.response) == (12, 3, "qr-1")


def test_missing_withdrawn_and_unknown_scores_are_left_out(catalogue: Catalogue) -> None:
    found = [
        observed(None, "2026-11-12"),
        observed(3, "2026-11-12", status="entered-in-error"),
        observed(3, "2026-11-12", code="UNKNOWN"),
    ]
    assert read_scores(found, catalogue) == []


def test_main_scores_come_first(catalogue: Catalogue) -> None:
    found = read_scores([observed(3, "2026-11-12", code="PHQ2_TOTAL"), observed(9, "2026-11-12")], catalogue)
    assert [series.code for series in found] == ["PHQ9_TOTAL", "PHQ2_TOTAL"]


def test_day_is_that_of_the_centres(catalogue: Catalogue) -> None:
    (series,) = read_scores([observed(9, "2026-11-12T23:30:00Z")], catalogue)
    assert series.last.day == date(2026, 11, 13)


def line(name: str, mg: int | None, start: date | None) -> Treatment:
    return Treatment(
        id=f"{name}-{mg}",
        version="1",
        patient="p",
        name=name,
        atc="N05AN01",
        drug_class=psychotropics().class_of("N05AN01"),
        dosage="",
        daily_mg=None if mg is None else Decimal(mg),
        as_needed=False,
        start=start,
        end=None,
        stop_reason="",
        note="",
        indication="",
        previous=None,
    )


def test_a_dose_is_as_strong_as_its_part_of_the_drug_s_highest() -> None:
    day = date(2026, 1, 1)
    made = courses([line("A", 500, day), line("A", 1000, day), line("B", None, day), line("C", 5, None)])
    assert [(course.drug, course.strength) for course in made] == [("A", 0.5), ("A", 1.0), ("B", 1.0)]


def test_life_begins_with_the_first_thing_known(catalogue: Catalogue) -> None:
    series = read_scores([observed(9, "2026-03-01")], catalogue)[0]
    taken: tuple[Course, ...] = courses([line("A", 500, date(2025, 6, 1))])
    assert Life(mania=None, depression=series, courses=taken, lithium=None).start == date(2025, 6, 1)
    assert Life(mania=None, depression=None, courses=(), lithium=None).start is None
