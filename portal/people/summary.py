"""The head of a record: who the patient is, whatever page of the record one looks at, independent of any trial."""

import asyncio
from dataclasses import dataclass
from datetime import date

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.fhir import systems
from portal.people import names
from portal.people.finding import age, born_on, fondacode_of
from portal.people.glances import Glance, glances
from portal.people.organizations import Centre, centres_named
from portal.people.scope import patient_scope
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientSummary:
    """`nir_end` is the last four characters of the social security number, all that a screen ever shows of it."""

    id: str
    family: str
    given: str
    gender: str
    birth_date: date | None
    age: int | None
    fondacode: str
    email: str
    phone: str
    nir_end: str
    centres: tuple[Centre, ...]
    glance: Glance


async def patient_summary(acting: Acting, patient: str) -> PatientSummary:
    """The head of one record. Raises `Refused` when no centre of the acting person follows this patient."""
    scope = await patient_scope(acting, patient)
    decide(acting.actor, Permission.PATIENT_IDENTITY_READ, scope)
    resource, glance, centres = await asyncio.gather(
        acting.fhir.read("Patient", patient), glances(acting, [patient]), centres_named(acting, scope.organizations)
    )
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_IDENTITY_READ, patient=patient)
    born = born_on(resource)
    return PatientSummary(
        id=patient,
        family=names.family_of(resource),
        given=names.given_of(resource),
        gender=resource.get("gender", "unknown"),
        birth_date=born,
        age=None if born is None else age(born, acting.clock.today()),
        fondacode=fondacode_of(resource),
        email=_contact(resource, "email"),
        phone=_contact(resource, "phone"),
        nir_end=_nir(resource)[-4:],
        centres=tuple(centres),
        glance=glance[patient],
    )


def _contact(patient: Json, system: str) -> str:
    return next((each["value"] for each in patient.get("telecom", []) if each.get("system") == system), "")


def _nir(patient: Json) -> str:
    return next((each["value"] for each in patient.get("identifier", []) if each.get("system") == systems.NIR), "")
