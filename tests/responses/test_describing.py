"""A resource of the record in a few words."""

from decimal import Decimal
from typing import Any

import pytest

from portal.i18n import texts
from portal.responses import described


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (
            {
                "resourceType": "Observation",
                "code": {"text": "Poids"},
                "valueQuantity": {"value": 62.5, "unit": "kg"},
                "effectiveDateTime": "2026-11-01T10:00:00+01:00",
            },
            "Poids : 62,5 kg (01/11/2026)",
        ),
        (
            {
                "resourceType": "Condition",
                "code": {"coding": [{"code": "F31", "display": "Trouble bipolaire"}]},
                "onsetDateTime": "2019",
            },
            "Trouble bipolaire (2019)",
        ),
        ({"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": "Lithium"}}, "Lithium"),
        ({"resourceType": "Practitioner", "name": [{"family": "Roy", "given": ["Anne"]}]}, "Anne Roy"),
        ({"resourceType": "Observation", "code": {"text": "Fumeur"}, "valueBoolean": True}, "Fumeur : Oui"),
        ({"system": "s", "code": "c", "display": "Chaud"}, "Chaud"),
        ({"value": Decimal("62.5"), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}, "62,5 kg"),
        ({"comparator": "<", "value": 5, "unit": "mg/L", "code": "mg/L"}, "< 5 mg/L"),
        ({"system": "http://unitsofmeasure.org", "code": "kg"}, "kg"),
        ("un mot", "un mot"),
        ({"resourceType": "Basic", "id": "b"}, ""),
        (None, ""),
    ],
)
def test_a_thing_is_told_in_a_few_words(thing: Any, words: str) -> None:
    assert described(texts("fr"), thing).replace("\u00a0", " ").replace("\u202f", " ") == words
