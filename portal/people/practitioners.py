"""Professionals: psychiatrists, psychologists, nurses, coordinators, ARCs and administrators, with their account."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from portal import audit
from portal.access import Permission, Role, decide
from portal.acting import Acting
from portal.errors import Invalid, Problem, problem
from portal.fhir import Transaction, systems
from portal.i18n import N_
from portal.people import names
from portal.people.contacts import parse_email, parse_phone
from portal.people.identifiers import parse_rpps
from portal.people.scope import id_of
from portal.people.users import add_account, contacts_in_use
from portal.types import Json

GENDERS = ("female", "male", "other", "unknown")
_WITHOUT_CENTRE = frozenset({Role.ARC, Role.ADMIN})


@dataclass(frozen=True, kw_only=True, slots=True)
class Professional:
    """`centres` are ids of organisations; `roles` what they are there."""

    id: str
    family: str
    given: str
    email: str
    roles: tuple[Role, ...]
    centres: tuple[str, ...]
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfessionalPage:
    rows: list[Professional]
    total: int
    next_link: str | None


SHORTEST_PASSWORD = 12


async def create_practitioner(
    acting: Acting,
    *,
    family: str,
    given: str,
    email: str,
    phone: str | None = None,
    gender: str = "unknown",
    role: Role,
    organizations: Iterable[str],
    rpps: str | None = None,
    password: str | None = None,
) -> str:
    """A professional with one PractitionerRole per centre and an account. Returns the Practitioner's id.

    ARCs and administrators may have no centre. Raises `Invalid` naming the fields to correct.
    """
    decide(acting.actor, Permission.PRACTITIONER_CREATE)
    centres = list(dict.fromkeys(organizations))
    wrong = _missing(family, given, gender, role, centres)
    email, phone = parse_email(email), parse_phone(phone) if phone else None
    wrong += await contacts_in_use(acting, email=email, phone=phone)
    if password is not None and len(password) < SHORTEST_PASSWORD:
        wrong.append(problem("password", N_("A password has at least {least} characters."), least=SHORTEST_PASSWORD))
    if wrong:
        raise Invalid(wrong)
    id_ = acting.chance.id()
    who: Json = {"reference": f"Practitioner/{id_}"}
    telecom: list[Json] = [{"system": "email", "value": email, "use": "work"}]
    telecom += [{"system": "phone", "value": phone, "use": "work"}] if phone else []
    practitioner: Json = {
        "resourceType": "Practitioner",
        "id": id_,
        "active": True,
        "name": [names.human_name(family, given, prefix="Dr" if role is Role.PSYCHIATRIST else "")],
        "telecom": telecom,
        "gender": gender,
    }
    if rpps:
        practitioner["identifier"] = [{"system": systems.RPPS, "value": parse_rpps(rpps)}]
    write = Transaction()
    write.create(practitioner)
    links: list[Json] = []
    for centre in centres or [None]:
        place, link = _role(acting, who, role, centre)
        write.create(place)
        links.append(link)
    add_account(
        acting,
        write,
        reference=who["reference"],
        role=role,
        links=links,
        email=email,
        phone=phone,
        password=password,
    )
    what = Permission.PRACTITIONER_CREATE
    write.create(audit.event(acting, audit.Action.CREATE, what, entity=who["reference"]))
    await acting.service.commit(write)  # accounts are written by the portal alone
    return id_


async def list_practitioners(acting: Acting, *, page_link: str | None = None) -> ProfessionalPage:
    """Professionals by name, 50 a page; `page_link` is the `next_link` of the page before."""
    decide(acting.actor, Permission.PRACTITIONER_LIST)
    page = (
        await acting.service.turn("Practitioner", page_link)
        if page_link
        else await acting.service.find("Practitioner", {"_sort": "family,given", "_count": 50})
    )
    places: dict[str, list[Json]] = defaultdict(list)
    if page.resources:
        ids = ",".join(f"Practitioner/{each['id']}" for each in page.resources)
        async for place in acting.service.every("PractitionerRole", {"practitioner": ids, "_count": 500}):
            places[id_of(place["practitioner"])].append(place)
    rows = [_professional(each, places[each["id"]]) for each in page.resources]
    return ProfessionalPage(rows=rows, total=page.total, next_link=page.next_link)


def _professional(practitioner: Json, places: list[Json]) -> Professional:
    codes = {coding["code"] for place in places for code in place.get("code", []) for coding in code["coding"]}
    mails = (each["value"] for each in practitioner.get("telecom", []) if each.get("system") == "email")
    return Professional(
        id=practitioner["id"],
        family=names.family_of(practitioner),
        given=names.given_of(practitioner),
        email=next(mails, ""),
        roles=tuple(role for role in Role if role in codes),
        centres=tuple(id_of(place["organization"]) for place in places if "organization" in place),
        active=practitioner.get("active", True),
    )


def _role(acting: Acting, who: Json, role: Role, centre: str | None) -> tuple[Json, Json]:
    """The PractitionerRole at one centre, and what the account's Role links to."""
    place: Json = {
        "resourceType": "PractitionerRole",
        "id": acting.chance.id(),
        "active": True,
        "practitioner": who,
        "code": [{"coding": [{"system": systems.ROLE, "code": str(role)}]}],
    }
    link: Json = {"practitioner": who, "practitionerRole": {"reference": f"PractitionerRole/{place['id']}"}}
    if centre is not None:
        place["organization"] = link["organization"] = {"reference": f"Organization/{centre}"}
    return place, link


def _missing(family: str, given: str, gender: str, role: Role, centres: list[str]) -> list[Problem]:
    wrong: list[Problem] = []
    if not names.tidy(family):
        wrong.append(problem("family", N_("Write the last name.")))
    if not names.tidy(given):
        wrong.append(problem("given", N_("Write the first name.")))
    if gender not in GENDERS:
        wrong.append(problem("gender", N_("Choose an answer.")))
    if not centres and role not in _WITHOUT_CENTRE:
        wrong.append(problem("organizations", N_("Choose at least one centre.")))
    return wrong
