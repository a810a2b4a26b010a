"""Whose account this is and what they may be here: read anew from the record at each page, so a withdrawn right stops at once.

Everything here is read by the portal's own client: the person is not signed in yet, or their rights are what is asked.
"""

import asyncio
from dataclasses import dataclass, field
from typing import cast

from portal.access import CARE_ROLES, Actor, Post, Role
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.door import Door
from portal.errors import NotFound, SignInNeeded
from portal.fhir import systems, version_read
from portal.types import Json

PRECEDENCE = (
    Role.PSYCHIATRIST,
    Role.PRACTITIONER,
    Role.PSYCHOLOGIST,
    Role.NURSE,
    Role.CARE_COORDINATOR,
    Role.ARC,
    Role.ORGANIZATION_ADMIN,
    Role.ADMIN,
)
"""Who holds several roles enters by the first of these; the session keeps it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A FHIR `User`. `reference` is who they are; `authenticator` the key of their authenticator app, or empty."""

    id: str
    email: str
    phone: str
    reference: str
    language: str = ""
    authenticator: str = field(default="", repr=False)

    @property
    def is_patient(self) -> bool:
        return self.reference.startswith("Patient/")


async def account(door: Door, user: str) -> Account:
    """Raises SignInNeeded when the account is closed or gone."""
    try:
        resource = await door.acting.service.read("User", user)
    except NotFound:
        raise SignInNeeded from None
    found = _account(resource)
    if found is None:
        raise SignInNeeded
    return found


async def amend_account(door: Door, user: str, changes: Json) -> None:
    """Changes an account by the portal's own client, at the version that is there now. Null removes an element."""
    resource = await door.acting.service.read("User", user)
    await door.acting.service.amend("User", user, changes, version=version_read(resource))


async def find_account(door: Door, contact: Contact) -> Account | None:
    """The one open account that has this contact; None also when several have it, because no code can then say whose."""
    field = "email" if contact.kind is ContactKind.EMAIL else "phoneNumber"
    page = await door.acting.service.find("User", {field: contact.value, "_count": 20}, private=True)
    same = [
        user for user in page.resources if str(user.get(field, "")).lower() == contact.value
    ]  # a search may be wider
    accounts = [found for found in map(_account, same) if found is not None]
    return accounts[0] if len(accounts) == 1 else None


async def actor(door: Door, user: str, role: Role | None = None) -> Actor:
    """The person in one role with their rights of this moment. Raises SignInNeeded when nothing is left of them.

    Roles of care are held together, each where it is held: a nurse here and a psychologist there is both in one session.
    Reviewing and administering are sessions of their own, because they must not see who the patients are.
    """
    return await actor_of(door, await account(door, user), role)


async def actor_of(door: Door, found: Account, role: Role | None = None) -> Actor:
    if found.is_patient:
        patient = await _open_person(door, found.reference)
        return _actor(found, Role.PATIENT, patient)
    params = {"practitioner": found.reference, "active": "true", "_count": 100}
    practitioner, roles = await asyncio.gather(
        _open_person(door, found.reference), door.acting.service.all("PractitionerRole", params)
    )
    held = {code for resource in roles for code in _codes(resource)}
    if role not in held:
        role = next((one for one in PRECEDENCE if one in held), None)
    if role is None:
        raise SignInNeeded
    together = CARE_ROLES if role in CARE_ROLES else {role}
    mine = [resource for resource in roles if _codes(resource) & together]
    trials = await _trials(door, found.reference) if role is Role.ARC else frozenset[str]()
    return _actor(found, role, practitioner, mine, trials)


async def _open_person(door: Door, reference: str) -> Json:
    try:
        person = await door.acting.service.follow(reference)
    except NotFound:
        raise SignInNeeded from None
    if person.get("active") is False:
        raise SignInNeeded
    return person


async def _trials(door: Door, practitioner: str) -> frozenset[str]:
    """The trials whose group of ARCs has this person."""
    groups = await door.acting.service.all(
        "Group", {"member": practitioner, "code": f"{systems.ROLE}|{Role.ARC}", "_count": 100}
    )
    tags = [tag for group in groups for tag in group.get("meta", {}).get("tag", [])]
    return frozenset(tag["code"] for tag in tags if tag.get("system") == systems.TRIAL)


def _actor(
    found: Account, role: Role, person: Json, roles: list[Json] | None = None, trials: frozenset[str] = frozenset()
) -> Actor:
    roles = roles or []
    posts = frozenset(
        Post(organization=_organization(resource), role=code)
        for resource in roles
        for code in _codes(resource) & CARE_ROLES
        if role in CARE_ROLES and "organization" in resource
    )
    name = _name(person)
    given, family = " ".join(name.get("given", [])[:1]), str(name.get("family", ""))
    return Actor(
        user=found.id,
        role=role,
        reference=found.reference,
        name=" ".join(part for part in (*name.get("prefix", []), given, family) if part),
        initials=(given[:1] + family[:1]).upper(),
        roles=tuple(sorted(f"PractitionerRole/{resource['id']}" for resource in roles)),
        organizations=frozenset(_organization(resource) for resource in roles if "organization" in resource),
        posts=posts,
        trials=trials,
    )


def _account(user: Json) -> Account | None:
    if user.get("inactive") is True or user.get("active") is False:
        return None
    link: Json = user.get("fhirUser") or {}
    reference = link.get("reference") or (f"{link['resourceType']}/{link['id']}" if "id" in link else "")
    if not reference:
        return None
    second: Json = user.get("twoFactor") or {}
    return Account(
        id=user["id"],
        email=user.get("email", ""),
        phone=user.get("phoneNumber", ""),
        reference=reference,
        language=str(user.get("preferredLanguage") or user.get("locale") or "")[:2],
        authenticator=second.get("secretKey", "") if second.get("enabled") else "",
    )


def _organization(role: Json) -> str:
    return str(role["organization"]["reference"]).split("/")[-1]


def _codes(role: Json) -> set[Role]:
    codings = [coding for concept in role.get("code", []) for coding in concept.get("coding", [])]
    known = {str(one) for one in PRECEDENCE}
    return {Role(one["code"]) for one in codings if one.get("system") == systems.ROLE and one.get("code") in known}


def _name(person: Json) -> Json:
    names = cast("list[Json]", person.get("name", []))
    return next((name for name in names if name.get("use") == "usual"), names[0] if names else {})
