"""Somebody who does not exist, for trying forms that look at the patient."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Fictitious:
    """`sex` as FHIR's gender; `age` in whole years, None: not known."""

    sex: str = "female"
    age: int | None = 40

    def contexts(self, today: date) -> dict[str, Any]:
        """The launch contexts that the portal gives, by name."""
        return {"patient": self._patient(today), "user": _USER, "encounter": _visit(today)}

    def _patient(self, today: date) -> Json:
        name = {"use": "official", "family": "FICTIF", "given": ["Camille"]}
        patient: Json = {"resourceType": "Patient", "id": "preview", "name": [name], "gender": self.sex}
        if self.age is not None:
            born = date(
                max(1, today.year - self.age), today.month, min(today.day, 28)
            )  # 29 February is not in every year
            patient["birthDate"] = born.isoformat()
        return patient


_USER: Json = {
    "resourceType": "Practitioner",
    "id": "preview",
    "name": [{"use": "official", "family": "FICTIF", "given": ["Dominique"]}],
}


def _visit(today: date) -> Json:
    return {
        "resourceType": "Encounter",
        "id": "preview",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": "Patient/preview"},
        "period": {"start": today.isoformat()},
    }
