"""Is this person already in the record? Searched in every centre by the portal itself, told only as far as one may know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import PortalError
from portal.fhir import systems
from portal.i18n import N_
from portal.people import names
from portal.people.scope import organizations_of, patient_scope
from portal.types import Json

Certainty = Literal["certain", "probable", "possible"]
_RANK: dict[Certainty, int] = {"certain": 0, "probable": 1, "possible": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """A patient who may be the same person. `shared` when they are followed in a centre of the asking person;
    `self_made` when they created their account themselves and no centre has followed them yet.
    """

    patient: str
    certainty: Certainty
    shared: bool
    self_made: bool = False


class PossibleDuplicate(PortalError):
    """The surest likeness comes first. The ids of people followed elsewhere serve only to attach them, never to be shown."""

    default = N_("Someone has the same name and date of birth. Is it this person?")

    def __init__(self, found: list[Likeness]) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What is known and compared. Contacts and number in their stored form."""

    family: str
    given: str
    birth_date: date
    gender: str
    nir: str | None = None
    email: str | None = None
    phone: str | None = None


async def find_duplicates(acting: Acting, who: Identity) -> list[Likeness]:
    """Same number: certain. Same birth name, first name and birth date: probable. Near ones or a same contact: possible.

    Read by the portal's own client: a person of another centre must be found without being seen.
    """
    searches: list[dict[str, str]] = [{"birthdate": who.birth_date.isoformat()}]
    searches += [{"identifier": f"{systems.NIR}|{who.nir}"}] if who.nir else []
    searches += [{"email": who.email}] if who.email else []
    searches += [{"phone": who.phone}] if who.phone else []
    found: dict[str, Certainty] = {}
    self_made: set[str] = set()
    for search in searches:
        page = await acting.service.find("Patient", {**search, "_count": 200}, private=True)
        for patient in page.resources:
            if patient.get("active") is False:
                continue  # replaced by another record, which is found by itself
            certainty = compare(who, patient)
            if certainty is not None:
                found[patient["id"]] = certainty
                if is_self_made(patient):
                    self_made.add(patient["id"])
    centres = await organizations_of(acting, found)
    likely = [
        Likeness(
            patient=patient,
            certainty=certainty,
            shared=bool(centres[patient] & acting.actor.organizations),
            self_made=patient in self_made,
        )
        for patient, certainty in found.items()
    ]
    return sorted(likely, key=lambda each: _RANK[each.certainty])


async def signed_up_alike(acting: Acting, patient: str) -> bool:
    """Whether somebody who signed up by themselves has the name and date of birth of this patient."""
    decide(acting.actor, Permission.PATIENT_IDENTITY_READ, await patient_scope(acting, patient))
    record = await acting.fhir.read("Patient", patient)
    born = str(record.get("birthDate", ""))
    if len(born) != len("2026-12-02"):
        return False
    who = Identity(
        family=str(names.official(record).get("family", "")),
        given=names.given_of(record),
        birth_date=date.fromisoformat(born),
        gender=str(record.get("gender", "unknown")),
    )
    return any(each.self_made and each.patient != patient for each in await find_duplicates(acting, who))


def compare(who: Identity, patient: Json) -> Certainty | None:
    """How sure it is that this Patient is that person; None when nothing speaks for it."""
    if who.nir and who.nir in _values(patient.get("identifier", []), systems.NIR):
        return "certain"
    if patient.get("birthDate") == who.birth_date.isoformat():
        family, given = names.normalised(who.family), names.normalised(who.given).split(" ")[0]
        theirs = {names.normalised(str(name.get("family", ""))) for name in patient.get("name", []) if "family" in name}
        their_given = names.normalised(names.given_of(patient)).split(" ")[0]
        if family in theirs and given == their_given:
            return "probable"
        if any(names.distance(family, each) <= 2 for each in theirs) and names.distance(given, their_given) <= 2:
            return "possible"
        if given in theirs and family == their_given:
            return "possible"
    contacts = {contact.get("value") for contact in patient.get("telecom", [])}
    return "possible" if {who.email, who.phone} & contacts - {None} else None


def is_self_made(patient: Json) -> bool:
    """Whether a person made this Patient by signing up, and no centre has given it a Fondacode yet."""
    return not _values(patient.get("identifier", []), systems.FONDACODE)


def _values(identifiers: Iterable[Json], system: str) -> set[str]:
    return {each["value"] for each in identifiers if each.get("system") == system}
