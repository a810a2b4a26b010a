"""The cast as FHIR resources, put there directly so that page tests do not depend on the verbs that create people.

Ids are the first names in plain letters: Patient/camille, Practitioner/anne, User/u-anne, Organization/montpellier.
"""

import unicodedata

from portal.access import Role
from portal.app import Portal
from portal.fhir import Transaction, systems
from portal.types import Json
from tests.cast import CRETEIL, MONTPELLIER, PATIENTS, Person

PASSWORD = "une phrase longue et calme"
ROLES = {
    "administrator": Role.ADMIN,
    "administrator of the centre": Role.ORGANIZATION_ADMIN,
    "nurse": Role.NURSE,
    "psychiatrist": Role.PSYCHIATRIST,
    "arc": Role.ARC,
}
CENTRES = {MONTPELLIER: "montpellier", CRETEIL: "creteil"}
CODES = {"montpellier": "01", "creteil": "02"}


def plain(text: str) -> str:
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()


def person_id(person: Person) -> str:
    return plain(person.given)


def account_id(person: Person) -> str:
    return f"u-{person_id(person)}"


async def settle(portal: Portal, people: tuple[Person, ...]) -> None:
    transaction = Transaction()
    for name, id_ in CENTRES.items():
        transaction.create(_centre(name, id_))
    for person in people:
        for resource in _patient(person) if person in PATIENTS else _professional(person):
            transaction.create(resource)
    trials = sorted({trial for person in people if person not in PATIENTS for trial in person.trials})
    for trial in trials:
        transaction.create(_arcs(trial, [one for one in people if one not in PATIENTS and trial in one.trials]))
    await portal.service().service.commit(transaction)


def _centre(name: str, id_: str) -> Json:
    return {
        "resourceType": "Organization",
        "id": id_,
        "active": True,
        "name": name,
        "identifier": [{"system": systems.CENTRE_CODE, "value": CODES[id_]}],
        "address": [{"city": name.removeprefix("Centre expert ")}],
    }


def _patient(person: Person) -> list[Json]:
    id_, centre = person_id(person), CENTRES[person.centre]
    return [
        {
            "resourceType": "Patient",
            "id": id_,
            "active": True,
            "name": [{"use": "official", "family": person.family, "given": [person.given]}],
            "birthDate": "1988-05-17",
            "gender": "female" if person.given == "Camille" else "male",
            "identifier": [{"system": systems.FONDACODE, "value": f"{CODES[centre]}-{id_.upper()[:4]}"}],
        },
        {
            "resourceType": "EpisodeOfCare",
            "id": f"{id_}-{centre}",
            "status": "active",
            "patient": {"reference": f"Patient/{id_}"},
            "managingOrganization": {"reference": f"Organization/{centre}"},
            "period": {"start": "2025-01-10"},
        },
        _user(person, f"Patient/{id_}"),
    ]


def _professional(person: Person) -> list[Json]:
    id_ = person_id(person)
    role: Json = {
        "resourceType": "PractitionerRole",
        "id": f"{id_}-role",
        "active": True,
        "practitioner": {"reference": f"Practitioner/{id_}"},
        "code": [{"coding": [{"system": systems.ROLE, "code": str(ROLES[person.job])}]}],
    }
    if person.centre:
        role["organization"] = {"reference": f"Organization/{CENTRES[person.centre]}"}
    return [
        {
            "resourceType": "Practitioner",
            "id": id_,
            "active": True,
            "name": [{"use": "official", "family": person.family, "given": [person.given]}],
        },
        role,
        {**_user(person, f"Practitioner/{id_}"), "password": PASSWORD},
    ]


def _user(person: Person, reference: str) -> Json:
    user: Json = {
        "resourceType": "User",
        "id": account_id(person),
        "userName": person.email,
        "email": person.email,
        "fhirUser": {"reference": reference},
    }
    return {**user, "phoneNumber": person.phone} if person.phone else user


def _arcs(trial: str, members: list[Person]) -> Json:
    return {
        "resourceType": "Group",
        "id": f"arcs-{trial}",
        "type": "practitioner",
        "actual": True,
        "code": {"coding": [{"system": systems.ROLE, "code": str(Role.ARC)}]},
        "member": [{"entity": {"reference": f"Practitioner/{person_id(one)}"}} for one in members],
        "meta": {"tag": [{"system": systems.TRIAL, "code": trial}]},
    }
