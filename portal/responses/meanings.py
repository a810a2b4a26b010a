"""What the templates and definitions of a form make of its answers: conditions, allergies, family history…, in the record.

Written with the answers, by the portal's own client, and only ever resources of these types about the patient of the form:
a file of a form must not be a way to write anything else. Scores and other Observations by mark are `scores`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from portal.acting import Acting
from portal.errors import NotFound
from portal.fhir import Transaction, stable_id
from portal.sdc import Form, extract_bundle
from portal.types import Json

log = structlog.get_logger("portal.responses")

_VERIFICATION = "http://terminology.hl7.org/CodeSystem/{}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """`whose` is the element that names the patient; `withdrawn` what makes it a mistake of the record."""

    whose: str
    withdrawn: Json


def _verified(system: str) -> Json:
    coding = {"system": _VERIFICATION.format(system), "code": "entered-in-error"}
    return {"verificationStatus": {"coding": [coding]}, "clinicalStatus": None}


_STATUS: Json = {"status": "entered-in-error"}
KINDS: Mapping[str, _Kind] = {
    "AllergyIntolerance": _Kind(whose="patient", withdrawn=_verified("allergyintolerance-verification")),
    "Condition": _Kind(whose="subject", withdrawn=_verified("condition-ver-status")),
    "FamilyMemberHistory": _Kind(whose="patient", withdrawn=_STATUS),
    "Immunization": _Kind(whose="patient", withdrawn=_STATUS),
    "MedicationStatement": _Kind(whose="subject", withdrawn=_STATUS),
    "Observation": _Kind(whose="subject", withdrawn=_STATUS),
    "Procedure": _Kind(whose="subject", withdrawn=_STATUS),
}


def meant(form: Form, response: Json, now: datetime) -> list[Json]:
    """The resources that a sent response means, each under an id that the same response gives again; none for most forms.

    What is of another type, about somebody else or without order is left out and told to the operator, not to the person:
    a fault of the form must not stop an answer.
    """
    if not form.extracts:
        return []
    extracted = extract_bundle(form, response, now=now, new_uuid=_numbered(response["id"]), observations=False)
    for fault in extracted.faults:
        log.warning("responses.not_extracted", form=form.code, item=fault.link_id)
    found = [_of_patient(form, response, entry) for entry in extracted.bundle["entry"]]
    tags: list[Json] = response.get("meta", {}).get("tag", [])
    return [{**each, **({"meta": {"tag": tags}} if tags else {})} for each in found if each is not None]


def write_meant(transaction: Transaction, resources: Iterable[Json]) -> None:
    """The writes of a first sending. The resources name each other by the addresses of their entries."""
    for each in resources:
        transaction.create(each, full_url=f"urn:uuid:{each['id']}")


async def amend_meant(acting: Acting, transaction: Transaction, before: list[Json], after: list[Json]) -> None:
    """Brings what a correction changed into the record. What it left alone stays as the record has it, whoever changed it
    since; what the answers do not mean any more is marked as entered in error.
    """
    former = {(each["resourceType"], each["id"]): each for each in before}
    for each in after:
        known = former.pop((each["resourceType"], each["id"]), None)
        if known == each:
            continue
        stored = await _stored(acting, each)
        if stored is None:
            write_meant(transaction, [each])
        else:
            transaction.update({**each, "meta": stored["meta"]})
    for each in former.values():
        stored = await _stored(acting, each)
        if stored is not None:
            changed = {**stored, **KINDS[each["resourceType"]].withdrawn}
            transaction.update({key: value for key, value in changed.items() if value is not None})


async def _stored(acting: Acting, resource: Json) -> Json | None:
    try:
        return await acting.service.read(resource["resourceType"], resource["id"])
    except NotFound:
        return None


def _of_patient(form: Form, response: Json, entry: Json) -> Json | None:
    resource: Any = entry.get("resource")
    kind = KINDS.get(resource.get("resourceType", "")) if isinstance(resource, dict) else None
    whom = response["subject"]["reference"]
    named = resource.get(kind.whose, {}).get("reference", whom) if kind else ""
    if kind is None or named != whom or "id" in resource:
        log.warning("responses.not_extracted", form=form.code, item="", cause="type, patient or id")
        return None
    address = str(entry.get("fullUrl", "")).removeprefix("urn:uuid:")
    return {**resource, "id": address, kind.whose: {"reference": whom}}


def _numbered(response: str) -> Callable[[], str]:
    """UUIDs that the same response gives in the same order again."""
    made = 0

    def new() -> str:
        nonlocal made
        made += 1
        return str(UUID(stable_id(response, "meant", made)))

    return new
