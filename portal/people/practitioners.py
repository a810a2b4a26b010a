"""Professionals: psychiatrists, psychologists, nurses, coordinators, ARCs and administrators, with their account."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from portal import audit
from portal.access import CARE_ROLES, Permission, Role, Scope, decide, may
from portal.acting import Acting
from portal.errors import Invalid, Problem, problem
from portal.fhir import Transaction, systems
from portal.i18n import N_
from portal.people import names
from portal.people.contacts import parse_email, parse_phone
from portal.people.identifiers import parse_rpps
from portal.people.organizations import centres_named
from portal.people.scope import id_of
from portal.people.users import add_account, contacts_in_use
from portal.types import Json

GENDERS = ("female", "male", "other", "unknown")
PAGE_OF_STAFF = 50
NOWHERE = ""
"""Stands for the centre of who works for none in particular: the foundation's administrator, some ARCs."""

GRANTED = (*sorted(CARE_ROLES), Role.ARC, Role.ORGANIZATION_ADMIN, Role.ADMIN)
"""Roles that a professional can be given."""

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
    centres = list(dict.fromkeys(organizations))
    await may_grant(acting, Permission.PRACTITIONER_CREATE, role, centres)
    wrong = _missing(family, given, gender)
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
        place, link = post_at(acting, who, role, centre)
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


async def find_practitioners(
    acting: Acting,
    *,
    text: str = "",
    role: Role | None = None,
    organization: str | None = None,
    active: bool | None = None,
    page_link: str | None = None,
) -> ProfessionalPage:
    """Professionals by name, 50 a page; `page_link` is the `next_link` of the page before, and brings its own choices.

    Every word of `text` must be in the name; an e-mail address must be whole. `role` and `organization` are what they
    hold now. Who administers organisations finds the people of these only.
    """
    decide(acting.actor, Permission.PRACTITIONER_LIST)
    if page_link:
        page = await acting.service.turn("Practitioner", page_link)
    else:
        search: dict[str, str | int | Sequence[str]] = {"_sort": "family,given", "_count": PAGE_OF_STAFF}
        if active is not None:
            search["active"] = str(active).lower()
        if "@" in text:
            search["email"] = text.strip().lower()
        elif text.strip():
            search["name:contains"] = names.searched(text)
        holders = await _holders(acting, role, organization)
        if holders is not None:
            search["_id"] = ",".join(sorted(holders)) or "nobody"
        page = await acting.service.find("Practitioner", search, private=True)
    await audit.record(acting, audit.Action.READ, Permission.PRACTITIONER_LIST)
    places: dict[str, list[Json]] = defaultdict(list)
    if page.resources:
        ids = ",".join(f"Practitioner/{each['id']}" for each in page.resources)
        async for place in acting.service.every(
            "PractitionerRole", {"practitioner": ids, "active": "true", "_count": 500}
        ):
            places[id_of(place["practitioner"])].append(place)
    rows = [_professional(each, places[each["id"]]) for each in page.resources]
    return ProfessionalPage(rows=rows, total=page.total, next_link=page.next_link)


async def _holders(acting: Acting, role: Role | None, organization: str | None) -> set[str] | None:
    """Ids of who holds that role there now; None when everybody is asked for."""
    search: dict[str, str | int] = {"active": "true", "_elements": "practitioner", "_count": 500}
    if not may(acting.actor, Permission.PRACTITIONER_SET_ROLES):  # only those of their own centres
        own = acting.actor.organizations & {organization} if organization else acting.actor.organizations
        search["organization"] = ",".join(f"Organization/{one}" for one in sorted(own)) or "Organization/none"
    elif organization:
        search["organization"] = f"Organization/{organization}"
    if role is not None:
        search["role"] = f"{systems.ROLE}|{role}"
    if role is None and "organization" not in search:
        return None
    return {id_of(each["practitioner"]) for each in await acting.service.all("PractitionerRole", search)}


async def may_grant(acting: Acting, right: Permission, role: Role, organizations: Collection[str]) -> None:
    """May the acting person give this role in each of these centres? `Refused` when not, `Invalid` when it makes no sense.

    Only who may act anywhere makes an administrator of the foundation, or anybody who belongs to no centre.
    """
    wanted = set(organizations) - {NOWHERE}
    if role not in GRANTED:
        raise Invalid([problem("role", N_("Choose a role."))])
    if not wanted and role not in _WITHOUT_CENTRE:
        raise Invalid([problem("organizations", N_("Choose at least one centre."))])
    for organization in wanted or {NOWHERE}:
        decide(acting.actor, right, at(organization, role))
    if len([one for one in await centres_named(acting, wanted) if one.active]) != len(wanted):
        raise Invalid([problem("organizations", N_("This centre is closed. Choose another."))])


def at(organization: str, role: Role) -> Scope:
    """What a decision on holding this role there is about: an administrator of the foundation is in no centre's hand."""
    here = organization != NOWHERE and role is not Role.ADMIN
    return Scope(organizations=frozenset({organization})) if here else Scope()


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


def post_at(acting: Acting, who: Json, role: Role, centre: str | None) -> tuple[Json, Json]:
    """The PractitionerRole at one centre, and what the account's Role links to."""
    place: Json = {
        "resourceType": "PractitionerRole",
        "id": acting.chance.id(),
        "active": True,
        "period": {"start": acting.clock.today().isoformat()},
        "practitioner": who,
        "code": [{"coding": [{"system": systems.ROLE, "code": str(role)}]}],
    }
    link: Json = {"practitioner": who, "practitionerRole": {"reference": f"PractitionerRole/{place['id']}"}}
    if centre is not None:
        place["organization"] = link["organization"] = {"reference": f"Organization/{centre}"}
    return place, link


def _missing(family: str, given: str, gender: str) -> list[Problem]:
    wrong: list[Problem] = []
    if not names.tidy(family):
        wrong.append(problem("family", N_("Write the last name.")))
    if not names.tidy(given):
        wrong.append(problem("given", N_("Write the first name.")))
    if gender not in GENDERS:
        wrong.append(problem("gender", N_("Choose an answer.")))
    return wrong
