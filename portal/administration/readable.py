"""The audit trail for people: names of professionals, Fondacodes of patients; and what they type, as references."""

from collections.abc import Iterable

from portal.access import Permission, decide
from portal.acting import Acting
from portal.audit import Entry
from portal.errors import Invalid, problem
from portal.fhir import systems
from portal.i18n import N_
from portal.people import family_of, find_practitioners, given_of
from portal.types import Json

NOBODY = "Practitioner/nobody"
"""A reference that no line of the trail carries."""


async def names_in(acting: Acting, entries: Iterable[Entry]) -> dict[str, str]:
    """What to call the people of these lines, by reference: professionals by name, patients by Fondacode alone."""
    decide(acting.actor, Permission.AUDIT_READ)
    references = {one for entry in entries for one in (entry.who, entry.patient, entry.touched)}
    staff = await _found(acting, "Practitioner", references, "name")
    patients = await _found(acting, "Patient", references, "identifier")
    return {f"Practitioner/{one['id']}": f"{family_of(one)} {given_of(one)}".strip() for one in staff} | {
        f"Patient/{one['id']}": _fondacode(one) for one in patients
    }


async def person_typed(acting: Acting, text: str) -> str:
    """References of the professionals of that name or e-mail address, joined by commas; empty when nothing was typed."""
    decide(acting.actor, Permission.AUDIT_READ)
    if not text.strip():
        return ""
    found = await find_practitioners(acting, text=text)
    return ",".join(f"Practitioner/{one.id}" for one in found.rows) or NOBODY


async def patient_typed(acting: Acting, text: str) -> str:
    """The reference of the patient of that whole Fondacode; empty when nothing was typed. Raises `Invalid` (patient)."""
    decide(acting.actor, Permission.AUDIT_READ)
    code = text.replace(" ", "")
    if not code:
        return ""
    # By the portal's own client: an administrator reads no Patient.
    found = await acting.service.first_match("Patient", {"identifier": f"{systems.FONDACODE}|{code}"})
    if found is None:
        raise Invalid([problem("patient", N_("No patient has this Fondacode."))])
    return f"Patient/{found['id']}"


async def _found(acting: Acting, kind: str, references: set[str], elements: str) -> list[Json]:
    ids = sorted(one.removeprefix(f"{kind}/") for one in references if one.startswith(f"{kind}/"))
    if not ids:
        return []
    return await acting.service.all(kind, {"_id": ",".join(ids), "_elements": elements, "_count": 200})


def _fondacode(patient: Json) -> str:
    codes = (one["value"] for one in patient.get("identifier", []) if one.get("system") == systems.FONDACODE)
    return next(codes, "")
