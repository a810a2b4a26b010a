from decimal import Decimal

import pytest

from portal.sdc import FormSession
from tests.sdc.small import NOW, begin

FORM = """
items:
- id: body
  text: Body
  extract: true
  category: vital-signs
  items:
  - {id: weight, type: decimal, unit: kg, loinc: 29463-7, text: Weight}
  - {id: smoker, type: boolean, loinc: 72166-2, text: Smoker}
  - {id: since, type: date, loinc: 83845-7, precision: year, text: Since}
  - {id: note, type: string, text: Note}
  - {id: private, type: integer, loinc: 1-8, extract: false, text: Private}
- {id: mood, text: Mood, options: [{code: a, score: 1, fr: A}, {code: b, score: 20, fr: B}]}
scores:
- id: total
  title: {fr: Total, en: Total score}
  loinc: 44261-6
  sum: [mood]
  bands:
  - {from: 0, to: 9, level: 0, label: {fr: bas, en: low}}
  - {from: 10, to: 20, level: 4, label: {fr: haut, en: high}}
"""


@pytest.fixture
def session() -> FormSession:
    about = {
        "subject": {"reference": "Patient/7"},
        "author": {"reference": "Patient/7"},
        "encounter": {"reference": "Encounter/1"},
    }
    return begin(FORM, about=about)


def extracted(session: FormSession) -> dict[str, dict]:
    found = session.extract({**session.completed(NOW), "id": "r1"})
    return {observation["code"]["coding"][-1]["code"]: observation for observation in found}


def test_a_score_becomes_an_observation_that_points_at_the_response(session):
    session.set("mood", "b")
    score = extracted(session)["44261-6"]
    assert score["valueQuantity"]["value"] == 20
    assert score["derivedFrom"] == [{"reference": "QuestionnaireResponse/r1"}]
    assert score["category"][0]["coding"][0]["code"] == "survey"
    assert score["code"]["coding"][0]["code"] == "SMALL_TOTAL"
    assert (score["subject"], score["encounter"]) == ({"reference": "Patient/7"}, {"reference": "Encounter/1"})
    assert score["performer"] == [{"reference": "Patient/7"}]
    assert score["effectiveDateTime"] == score["issued"] == "2026-12-02T14:02:00+01:00"


def test_its_band_is_the_interpretation_and_all_bands_the_reference_range(session):
    session.set("mood", "b")
    score = extracted(session)["44261-6"]
    assert score["interpretation"][0]["text"] == "haut"
    assert score["interpretation"][0]["coding"][0]["code"] == "4"
    assert [(each["low"]["value"], each["high"]["value"], each["text"]) for each in score["referenceRange"]] == [
        (0, 9, "bas"), (10, 20, "haut")
    ]  # fmt: skip


def test_a_number_keeps_its_unit_and_its_digits(session):
    session.set("weight", "72.50")
    quantity = extracted(session)["29463-7"]["valueQuantity"]
    assert str(quantity["value"]) == "72.50"
    assert quantity == {"value": Decimal("72.50"), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}


def test_marks_and_categories_hold_for_what_is_beneath(session):
    session.set("weight", 72)
    assert extracted(session)["29463-7"]["category"][0]["coding"][0]["code"] == "vital-signs"


def test_false_is_a_value_and_a_date_becomes_a_date_time(session):
    session.set("smoker", False)
    session.set("since", "2019")
    found = extracted(session)
    assert found["72166-2"]["valueBoolean"] is False
    assert found["83845-7"]["valueDateTime"] == "2019"


def test_what_has_no_code_or_is_left_out_gives_nothing(session):
    session.set("note", "x")
    session.set("private", 3)
    assert extracted(session) == {}


def test_no_score_no_observation(session):
    assert extracted(session) == {}
