"""What access rules ask of the server's record: whose a resource is, who works where, who follows whom. Pure but for that."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from portal.access.needs import PATIENT_OF, TARGET_OF
from portal.fhir import systems
from portal.types import Json

T = TypeVar("T")


class Record(Protocol):
    """What the server holds, answered from its indexes. `remember` keeps an answer until rights or links change."""

    def find(self, kind: str, id_: str) -> Json | None: ...
    def versions(self, kind: str, id_: str) -> list[Json]: ...
    def search(self, kind: str, params: dict[str, str]) -> list[Json]: ...
    def remember(self, key: tuple[str, str], answer: Callable[[], T]) -> T: ...


def followed(record: Record, patient: str) -> frozenset[str]:
    """Ids of the centres that follow this patient now."""
    if not patient:
        return frozenset()

    def ask() -> frozenset[str]:
        found = record.search("EpisodeOfCare", {"patient": f"Patient/{patient}", "status": "active"})
        return frozenset(id_in(each.get("managingOrganization")) for each in found) - {""}

    return record.remember(("followed", patient), ask)


def posts(record: Record, practitioner: str) -> frozenset[tuple[str, str]]:
    """(role, centre) of every role held now; an empty centre for a role without one."""

    def ask() -> frozenset[tuple[str, str]]:
        found = record.search("PractitionerRole", {"practitioner": practitioner, "active": "true"})
        return frozenset(
            (str(coding.get("code")), id_in(each.get("organization")))
            for each in found for concept in each.get("code", []) for coding in concept.get("coding", [])
            if coding.get("system") == systems.ROLE
        )  # fmt: skip

    return record.remember(("posts", practitioner), ask)


def teams(record: Record, practitioner: str) -> frozenset[str]:
    """Trials whose team of ARCs the person is in."""

    def ask() -> frozenset[str]:
        groups = record.search("Group", {"member": practitioner, "code": f"{systems.ROLE}|arc"})
        return frozenset(
            trial
            for group in groups
            if any(
                reference_of(member.get("entity")) == practitioner and not member.get("inactive")
                for member in group.get("member", [])
            )
            for trial in tags_of(group, systems.TRIAL)
        )

    return record.remember(("teams", practitioner), ask)


def patient_of(resource: Json, record: Record) -> str:
    """Id of the patient a resource is about; empty when it names none, or several."""
    kind = str(resource.get("resourceType", ""))
    if kind == "Patient":
        return str(resource.get("id", ""))
    if kind in TARGET_OF:
        targets = resource.get(TARGET_OF[kind])
        found = {_patient_at(record, reference_of(each)) for each in (targets if isinstance(targets, list) else [])}
        return found.pop() if len(found) == 1 else ""
    reference = reference_of(resource.get(PATIENT_OF.get(kind, "")))
    if reference.startswith("Patient/"):
        return reference.removeprefix("Patient/")
    return _patient_at(record, reference) if kind == "Binary" else ""


def _patient_at(record: Record, reference: str) -> str:
    """The patient of what a reference leads to."""
    kind, _, id_ = reference.partition("/")
    id_ = id_.partition("/")[0]
    if kind in TARGET_OF or kind == "Binary" or kind not in PATIENT_OF:
        return ""
    found = record.find(kind, id_)
    return patient_of(found, record) if found else ""


def tags_of(resource: Json, system: str) -> frozenset[str]:
    tags = (resource.get("meta") or {}).get("tag") or []
    return frozenset(str(tag.get("code")) for tag in tags if isinstance(tag, dict) and tag.get("system") == system)


def reference_of(value: Any) -> str:
    given = value.get("reference") if isinstance(value, dict) else None
    return given if isinstance(given, str) else ""


def id_in(value: Any) -> str:
    return reference_of(value).rpartition("/")[2]
