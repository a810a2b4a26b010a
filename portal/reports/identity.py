"""Whose paper it is, in one line: name, birth date, Fondacode."""

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.fhir import systems
from portal.i18n import Texts
from portal.people import family_of, given_of, patient_scope, spaced


async def identity_line(acting: Acting, patient: str, t: Texts) -> str:
    decide(acting.actor, Permission.PATIENT_IDENTITY_READ, await patient_scope(acting, patient))
    person = await acting.fhir.read("Patient", patient)
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_IDENTITY_READ, patient=patient)
    code = next((each["value"] for each in person.get("identifier", ()) if each.get("system") == systems.FONDACODE), "")
    born = str(person.get("birthDate", ""))
    parts = [
        f"{family_of(person)} {given_of(person)}".strip(),
        t("born on {day}", day="/".join(reversed(born.split("-")))) if born else "",
        f"Fondacode {spaced(code)}" if code else "",
    ]
    return ", ".join(part for part in parts if part)
