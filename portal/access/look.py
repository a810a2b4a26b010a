"""One request against one grant: who asks, and which resources they see by it."""

from dataclasses import dataclass
from typing import Any

from portal.access.facts import Record, followed, id_in, patient_of, posts, reference_of, tags_of, teams
from portal.access.grants import Grant, Rows
from portal.access.needs import FOR_PATIENTS, Need
from portal.fhir import systems
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One request against one grant."""

    grant: Grant
    request: Json
    record: Record
    me: str

    @property
    def kind(self) -> str:
        return str(self.request["params"].get("resource/type", ""))

    def centres(self) -> frozenset[str]:
        """Centres where the acting person holds one of the grant's roles now."""
        return frozenset(place for role, place in posts(self.record, self.me) if role in self.grant.roles and place)

    def sees(self, resource: Json) -> bool:
        """Whether this resource is among the grant's rows."""
        match self.grant.rows:
            case Rows.ALL:
                return True
            case Rows.CENTRES:
                return bool(self.centres() & self._centres_of(resource))
            case Rows.TRIALS:
                return bool(tags_of(resource, systems.TRIAL) & teams(self.record, self.me))
            case Rows.RECORD:
                return self.me == f"Patient/{patient_of(resource, self.record)}"
            case Rows.SHOWN:
                return self.me == f"Patient/{patient_of(resource, self.record)}" and _shown(resource, self.me)

    def _centres_of(self, resource: Json) -> frozenset[str]:
        match resource.get("resourceType"):
            case "PractitionerRole":
                return frozenset({id_in(resource.get("organization"))} - {""})
            case "Practitioner":
                held = posts(self.record, f"Practitioner/{resource.get('id')}")
                return frozenset(place for _, place in held if place)
            case _:
                return followed(self.record, patient_of(resource, self.record))


def like(need: Need, resource: Json, me: str) -> bool:
    """Whether the resource is of the sort that this need is for."""
    codes = _codes(resource) if need.codes else set[str]()
    if need.codes and not (codes and codes <= need.codes):
        return False
    if need.statuses and resource.get("status") not in need.statuses:
        return False
    value: Any = resource
    for step in need.mine.split(".") if need.mine else ():
        value = value.get(step) if isinstance(value, dict) else None
    return not need.mine or reference_of(value) == me


def _codes(resource: Json) -> set[str]:
    given: Any = resource.get("category" if resource.get("resourceType") == "Observation" else "code")
    concepts = given if isinstance(given, list) else [given]
    return {
        str(coding.get("code"))
        for concept in concepts if isinstance(concept, dict)
        for coding in concept.get("coding", []) if isinstance(coding, dict)
    }  # fmt: skip


def _shown(resource: Json, me: str) -> bool:
    if (
        FOR_PATIENTS.partition("|")[2] in tags_of(resource, systems.AUDIENCE)
        or resource.get("resourceType") == "Patient"
    ):
        return True
    return resource.get("status") == "in-progress" and reference_of(resource.get("source")) == me
