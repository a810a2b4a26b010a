"""Professionals who signed up and wait: nothing opens for them until an administrator of their organisation accepts, or
the foundation's for an organisation that is not in the list. They are told either way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Row, delete, select

from portal import audit, notifications
from portal.access import Permission, Role, Scope, decide, may
from portal.accounts import letters
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.details import SIGN_UP_ROLES, needs_centre
from portal.accounts.door import Door, stamp
from portal.acting import Acting
from portal.db import entries, pending_accounts
from portal.errors import Invalid, NotFound, problem
from portal.fhir import Entry, Transaction
from portal.i18n import N_, texts
from portal.people import admit, centres_named, family_of, given_of
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingAccount:
    """Somebody who says who they are. `organization` is an id, `place` its name; when it was not in the list,
    `organization` is empty and `place` is what they typed. `asked` in UTC.
    """

    id: str
    family: str
    given: str
    email: str
    phone: str
    gender: str
    role: Role
    organization: str
    place: str
    asked: datetime


async def pending(acting: Acting) -> list[PendingAccount]:
    """Who waits for this administrator, the longest waiting first."""
    query = select(pending_accounts).order_by(pending_accounts.c.asked)
    rows = await acting.db.read(lambda connection: connection.execute(query).all())
    mine = [row for row in rows if may(acting.actor, Permission.ACCOUNT_LIST_PENDING, _scope(row.organization))]
    if not mine:
        decide(acting.actor, Permission.ACCOUNT_LIST_PENDING, Scope(organizations=acting.actor.organizations))
        return []
    ids = ",".join(row.practitioner for row in mine)
    # By the portal's own client: these people belong to nobody's centre yet.
    people = {each["id"]: each for each in await acting.service.all("Practitioner", {"_id": ids, "_count": 200})}
    named = await centres_named(acting, {row.organization for row in mine} - {""})
    places = {centre.id: centre.name for centre in named}
    return [
        _account(row, people[row.practitioner], places.get(row.organization) or str(row.other))
        for row in mine
        if people.get(row.practitioner, {}).get("active") is False
    ]


async def accept(acting: Acting, id_: str, *, organizations: Iterable[str] = (), role: Role | None = None) -> str:
    """Opens the account, in these centres and this role (what was asked, unless told otherwise), and tells the person.

    Returns the Practitioner's id. Raises Invalid naming the field, NotFound when it was decided already,
    VersionConflict when somebody else is deciding now.
    """
    row = await _row(acting, id_)
    decide(acting.actor, Permission.ACCOUNT_ACCEPT, _scope(row.organization))
    role = role or Role(row.role)
    if role not in SIGN_UP_ROLES or role is Role.PATIENT:
        raise Invalid([problem("role", N_("Choose a role."))])
    centres = list(dict.fromkeys(organizations)) or ([row.organization] if row.organization else [])
    if needs_centre(role) and not centres:
        raise Invalid([problem("organizations", N_("Choose at least one centre."))])
    for centre in centres:
        decide(acting.actor, Permission.ACCOUNT_ACCEPT, _scope(centre))
    if len([one for one in await centres_named(acting, centres) if one.active]) != len(centres):
        raise Invalid([problem("organizations", N_("Choose at least one centre."))])
    person = await _candidate(acting, row)
    write = Transaction()
    admit(acting, write, person, user=row.user, role=role, organizations=centres)
    entity = f"Practitioner/{row.practitioner}"
    write.create(audit.event(acting, audit.Action.UPDATE, Permission.ACCOUNT_ACCEPT, entity=entity, reason=str(role)))
    await acting.service.commit(write)  # accounts are written by the portal alone
    await _forget(acting, id_)
    address = f"{acting.settings.address}/pro"
    await notifications.send(acting, letters.accepted(texts(row.language), _mail_of(person), address))
    return str(row.practitioner)


async def refuse(acting: Acting, id_: str, reason: str) -> None:
    """Erases what the person had given and tells them why, in the administrator's own words. Raises as `accept`."""
    row = await _row(acting, id_)
    decide(acting.actor, Permission.ACCOUNT_REFUSE, _scope(row.organization))
    if not reason.strip():
        raise Invalid([problem("reason", N_("Write a few words: the person will read them."))])
    person = await _candidate(acting, row)
    contact = _mail_of(person)
    write = Transaction()
    version = person["meta"]["versionId"]
    write.entries.append(Entry(method="DELETE", url=f"User/{row.user}"))
    write.entries.append(Entry(method="DELETE", url=f"Practitioner/{row.practitioner}", if_match=version))
    # What is gone cannot be referred to: the trail keeps its id.
    write.create(audit.event(acting, audit.Action.DELETE, Permission.ACCOUNT_REFUSE, reason=str(row.practitioner)))
    await acting.service.commit(write)
    await _forget(acting, id_)
    await notifications.send(acting, letters.refused(texts(row.language), contact, reason.strip()))


async def is_waiting(door: Door, browser: str) -> bool:
    """Whether this browser has just proven, with both factors, to be somebody who still waits."""
    query = (
        select(pending_accounts.c.id)
        .join(entries, entries.c.user == pending_accounts.c.user)
        .where(entries.c.browser_hash == door.digest("browser", browser), entries.c.expires > stamp(door.now))
    )
    return await door.acting.db.read(lambda connection: connection.execute(query).first()) is not None


def _scope(organization: str) -> Scope:
    """An organisation that is not in the list is the foundation's affair."""
    return Scope(organizations=frozenset({organization} if organization else ()))


async def _row(acting: Acting, id_: str) -> Row[tuple[str, ...]]:
    query = select(pending_accounts).where(pending_accounts.c.id == id_)
    row = await acting.db.read(lambda connection: connection.execute(query).first())
    if row is None:
        raise NotFound
    return row


async def _candidate(acting: Acting, row: Row[tuple[str, ...]]) -> Json:
    """The person as they stand in the record, still inactive."""
    person = await acting.service.read("Practitioner", row.practitioner)
    if person.get("active") is not False:
        await _forget(acting, row.id)  # decided already, by somebody whose work was cut short
        raise NotFound
    return person


async def _forget(acting: Acting, id_: str) -> None:
    over = delete(pending_accounts).where(pending_accounts.c.id == id_)
    await acting.db.write(lambda connection: connection.execute(over))


def _account(row: Row[tuple[str, ...]], person: Json, place: str) -> PendingAccount:
    return PendingAccount(
        id=row.id,
        family=family_of(person),
        given=given_of(person),
        email=_contact(person, "email"),
        phone=_contact(person, "phone"),
        gender=str(person.get("gender", "unknown")),
        role=Role(row.role),
        organization=row.organization,
        place=place,
        asked=datetime.fromisoformat(row.asked),
    )


def _contact(person: Json, system: str) -> str:
    telecom = cast("list[Json]", person.get("telecom", []))
    return next((str(each["value"]) for each in telecom if each.get("system") == system), "")


def _mail_of(person: Json) -> Contact:
    return Contact(kind=ContactKind.EMAIL, value=_contact(person, "email"))


__all__ = ["PendingAccount", "accept", "is_waiting", "pending", "refuse"]
