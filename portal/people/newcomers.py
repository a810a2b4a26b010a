"""People on their way into the record: who signed up or was invited. Everything is added to a transaction of the caller,
who has decided that it may be.
"""

from collections.abc import Iterable
from datetime import date

from portal.access import Role
from portal.acting import Acting
from portal.fhir import Transaction
from portal.people import names
from portal.people.duplicates import Identity
from portal.people.patients import patient_resource
from portal.people.practitioners import post_at
from portal.people.users import add_account, add_roles
from portal.types import Json


def add_own_record(
    acting: Acting,
    write: Transaction,
    *,
    family: str,
    given: str,
    birth_date: date,
    gender: str,
    email: str,
    phone: str,
    nir: str,
) -> tuple[str, str]:
    """Somebody's own Patient, which no centre follows and nobody else sees, and their account; the ids of both."""
    who = Identity(
        family=family,
        given=given,
        birth_date=birth_date,
        gender=gender,
        nir=nir or None,
        email=email or None,
        phone=phone or None,
    )
    id_ = acting.chance.id()
    write.create(patient_resource(id_, who))
    return id_, add_patient_account(acting, write, id_, email=email, phone=phone)


def add_patient_account(acting: Acting, write: Transaction, patient: str, *, email: str, phone: str) -> str:
    """The account by which this patient signs in; its id."""
    reference = f"Patient/{patient}"
    return add_account(
        acting,
        write,
        reference=reference,
        role=Role.PATIENT,
        links=[{"patient": {"reference": reference}}],
        email=email or None,
        phone=phone or None,
    )


def add_candidate(
    acting: Acting, write: Transaction, *, family: str, given: str, gender: str, role: Role, email: str, phone: str
) -> str:
    """A Practitioner who is not active yet: no role, no centre, no account. Returns its id."""
    id_ = acting.chance.id()
    telecom: list[Json] = [{"system": "email", "value": email, "use": "work"}] if email else []
    telecom += [{"system": "phone", "value": phone, "use": "work"}] if phone else []
    write.create(
        {
            "resourceType": "Practitioner",
            "id": id_,
            "active": False,
            "name": [names.human_name(family, given, prefix="Dr" if role is Role.PSYCHIATRIST else "")],
            "telecom": telecom,
            "gender": gender,
        }
    )
    return id_


def admit(
    acting: Acting, write: Transaction, practitioner: Json, *, user: str, role: Role, organizations: Iterable[str]
) -> None:
    """Makes a candidate, as read, an active professional with one PractitionerRole per centre."""
    who: Json = {"reference": f"Practitioner/{practitioner['id']}"}
    write.update({**practitioner, "active": True})  # refused when somebody else has just decided
    links: list[Json] = []
    for centre in list(dict.fromkeys(organizations)) or [None]:
        post, link = post_at(acting, who, role, centre)
        write.create(post)
        links.append(link)
    add_roles(acting, write, user=user, role=role, links=links)


def replace_record(write: Transaction, own: Json, *, by: Json) -> None:
    """A self-made Patient gives way to the record that a centre keeps of the same person: both say so, for good."""
    here, there = {"reference": f"Patient/{own['id']}"}, {"reference": f"Patient/{by['id']}"}
    write.update({**own, "active": False, "link": [{"other": there, "type": "replaced-by"}]})
    write.update({**by, "link": [*by.get("link", []), {"other": here, "type": "replaces"}]})
