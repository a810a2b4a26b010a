"""Where a professional works and as what: one PractitionerRole each, which is kept when it is over."""

from dataclasses import dataclass
from datetime import date

from portal import audit
from portal.access import Permission, Role, Scope, decide
from portal.acting import Acting
from portal.errors import Invalid, problem
from portal.fhir import Entry, Transaction, systems
from portal.i18n import N_
from portal.people.history import change
from portal.people.practitioners import NOWHERE, at, may_grant, post_at
from portal.people.scope import id_of
from portal.people.users import add_roles
from portal.types import Json

SET_ROLES = Permission.PRACTITIONER_SET_ROLES


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """`id` is the PractitionerRole's; `organization` is `NOWHERE` or a centre's id. `until` is set when it is over."""

    id: str
    organization: str
    role: Role
    since: date | None
    until: date | None
    active: bool


async def positions(acting: Acting, practitioner: str) -> list[Position]:
    """All that they are and were, present ones first, then the latest. Read by the portal itself; the caller has decided."""
    search = {"practitioner": f"Practitioner/{practitioner}", "_count": 100}
    found = [_position(each) for each in await acting.service.all("PractitionerRole", search)]
    return sorted(found, key=lambda one: (not one.active, -(one.since or date.min).toordinal(), one.role))


async def staff_scope(acting: Acting, practitioner: str) -> Scope:
    """Where they work now, for decisions about them. Who also works nowhere in particular is in no centre's hand alone."""
    held = [one for one in await positions(acting, practitioner) if one.active]
    return Scope(organizations=frozenset(NOWHERE if one.role is Role.ADMIN else one.organization for one in held))


async def link_practitioner(acting: Acting, practitioner: str, organization: str, role: Role) -> str:
    """They hold this role in this centre from today; `NOWHERE` for ARCs and administrators. Returns the position's id.

    Twice changes nothing. Raises `Invalid` naming the field, also for one's own account: nobody gives themselves rights.
    """
    not_oneself(acting, practitioner)
    decide(acting.actor, SET_ROLES, await staff_scope(acting, practitioner))
    await may_grant(acting, SET_ROLES, role, [organization])
    held = await positions(acting, practitioner)
    same = next((one.id for one in held if one.active and (one.organization, one.role) == (organization, role)), None)
    if same is not None:
        return same
    write = Transaction()
    made = await _begin(acting, write, practitioner, organization, role)
    await _commit(acting, write, practitioner, link=str(role), organization=organization)
    return made


async def change_role(acting: Acting, position: str, role: Role) -> str:
    """The position ends today and another begins, in the same centre. Returns its id; the same one when nothing changes."""
    stored, held = await _own(acting, position)
    if held.role is role:
        return position
    practitioner = id_of(stored["practitioner"])
    await may_grant(acting, SET_ROLES, role, [held.organization])
    write = Transaction()
    await _finish(acting, write, stored)
    made = await _begin(acting, write, practitioner, held.organization, role)
    await _commit(acting, write, practitioner, unlink=str(held.role), link=str(role), organization=held.organization)
    return made


async def unlink_practitioner(acting: Acting, position: str) -> None:
    """The position ends today; rights are read anew at each page, so they stop at once. Twice changes nothing."""
    stored, held = await _own(acting, position)
    if not held.active:
        return
    write = Transaction()
    await _finish(acting, write, stored)
    await _commit(acting, write, id_of(stored["practitioner"]), unlink=str(held.role), organization=held.organization)


def not_oneself(acting: Acting, practitioner: str) -> None:
    """Raises `Invalid` when an administrator is about to change their own account."""
    if acting.actor.id == practitioner:
        raise Invalid([problem("person", N_("This is your own account: another administrator must do it."))])


async def _own(acting: Acting, position: str) -> tuple[Json, Position]:
    stored = await acting.service.read("PractitionerRole", position)
    held = _position(stored)
    not_oneself(acting, id_of(stored["practitioner"]))
    decide(acting.actor, SET_ROLES, at(held.organization, held.role))
    return stored, held


async def _begin(acting: Acting, write: Transaction, practitioner: str, organization: str, role: Role) -> str:
    who: Json = {"reference": f"Practitioner/{practitioner}"}
    person = await acting.service.read("Practitioner", practitioner)
    user = await account_of(acting, practitioner)
    if person.get("active") is False or user is None:
        raise Invalid([problem("person", N_("This account is closed. Open it again first."))])
    place, link = post_at(acting, who, role, organization or None)
    write.create(place)
    add_roles(acting, write, user=user["id"], role=role, links=[link])
    return str(place["id"])


async def _finish(acting: Acting, write: Transaction, stored: Json) -> None:
    today = acting.clock.today().isoformat()
    period: Json = {"start": today, **stored.get("period", {}), "end": today}
    write.update({**stored, "active": False, "period": period})
    user = await account_of(acting, id_of(stored["practitioner"]))
    roles = await acting.service.all("Role", {"user": f"User/{user['id']}", "_count": 200}) if user else []
    for role in roles:
        if role.get("links", {}).get("practitionerRole", {}).get("reference") == f"PractitionerRole/{stored['id']}":
            write.entries.append(Entry(method="DELETE", url=f"Role/{role['id']}"))


async def account_of(acting: Acting, practitioner: str) -> Json | None:
    """The User of a professional. Accounts are read and written by the portal alone."""
    return await acting.service.first_match("User", {"fhirUser": f"Practitioner/{practitioner}"})


async def _commit(acting: Acting, write: Transaction, practitioner: str, **details: str) -> None:
    what, entity = SET_ROLES, f"Practitioner/{practitioner}"
    write.create(change(acting, audit.Action.UPDATE, what, entity=entity, **details))
    await acting.service.commit(write)


def _position(role: Json) -> Position:
    codes = [
        coding["code"]
        for concept in role.get("code", [])
        for coding in concept.get("coding", [])
        if coding.get("system") == systems.ROLE
    ]
    period: Json = role.get("period", {})
    return Position(
        id=role["id"],
        organization=id_of(role["organization"]) if "organization" in role else NOWHERE,
        role=Role(codes[0]) if codes else Role.PRACTITIONER,
        since=_day(period.get("start")),
        until=_day(period.get("end")),
        active=role.get("active", True),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text and len(text) >= 10 else None
