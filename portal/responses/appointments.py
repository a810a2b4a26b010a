"""What a patient's home says beside the questionnaires: their first name, their centres, their visits to come."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.clock import PARIS
from portal.people import centres_named, given_of
from portal.responses.drafts import scope_of
from portal.types import Json

MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointment:
    """A visit that is planned. `kind` is its name in the study, in French as the study wrote it; `centre` may be empty."""

    day: date
    kind: str
    centre: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """The person and where they are followed. `visits` to come, nearest first."""

    given: str
    centres: tuple[str, ...]
    visits: tuple[Appointment, ...]


async def around(acting: Acting) -> Around:
    """For the patient who is signed in."""
    patient = acting.actor.id
    decide(acting.actor, Permission.PATIENT_READ, await scope_of(acting, patient))
    today = acting.clock.today()
    planned = {
        "patient": f"Patient/{patient}",
        "status": "planned",
        "date": f"ge{today}",
        "_sort": "date",
        "_count": MOST,
    }
    person, encounters, episodes = await asyncio.gather(
        acting.fhir.read("Patient", patient),
        acting.fhir.find("Encounter", planned),
        acting.fhir.find("EpisodeOfCare", {"patient": f"Patient/{patient}", "status": "active", "_count": MOST}),
    )
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_READ, patient=patient)
    followed = [_centre_id(each.get("managingOrganization")) for each in episodes.resources]
    visited = [_centre_id(each.get("serviceProvider")) for each in encounters.resources]
    names = {each.id: each.name for each in await centres_named(acting, {*followed, *visited} - {""})}
    return Around(
        given=given_of(person).partition(" ")[0] if given_of(person) else "",
        centres=tuple(names[each] for each in dict.fromkeys(followed) if each in names),
        visits=tuple(_appointment(each, names) for each in encounters.resources if "start" in each.get("period", {})),
    )


def _appointment(encounter: Json, names: dict[str, str]) -> Appointment:
    kinds: list[Json] = encounter.get("type", [])
    return Appointment(
        day=datetime.fromisoformat(encounter["period"]["start"]).astimezone(PARIS).date(),
        kind=kinds[0].get("text", "") if kinds else "",
        centre=names.get(_centre_id(encounter.get("serviceProvider")), ""),
    )


def _centre_id(reference: Json | None) -> str:
    return str(reference["reference"]).rpartition("/")[2] if reference else ""
