"""One professional's account, whole: who they are, where they work, how they get in, what was done to it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.access import Permission, Role, decide
from portal.accounts import Door, Session, sessions
from portal.acting import Acting
from portal.fhir import systems
from portal.people import Change, Position, account_of, family_of, given_of, history_of, positions, staff_scope
from portal.trials import arc_trials
from portal.types import Json

TOLD = (
    Permission.PRACTITIONER_CREATE,
    Permission.PRACTITIONER_INVITE,
    Permission.PRACTITIONER_SET_ROLES,
    Permission.ACCOUNT_ACCEPT,
    Permission.ACCOUNT_DEACTIVATE,
    Permission.ACCOUNT_REACTIVATE,
    Permission.SESSION_END,
    Permission.TRIAL_ASSIGN_ARC,
)
"""What the history of an account tells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffFile:
    """`user` is the account's id, empty when there is none yet; `trials` the titles of what an ARC follows, by id;
    `last_entry` when they last signed in, as far as the audit trail goes.
    """

    id: str
    family: str
    given: str
    email: str
    phone: str
    rpps: str
    active: bool
    user: str
    positions: tuple[Position, ...]
    trials: dict[str, str]
    sessions: tuple[Session, ...]
    last_entry: datetime | None
    changes: tuple[Change, ...]

    @property
    def current(self) -> tuple[Position, ...]:
        return tuple(one for one in self.positions if one.active)


async def staff_file(acting: Acting, practitioner: str, *, door: Door) -> StaffFile:
    """Raises `NotFound`, and `Refused` for somebody who works in none of the acting person's organisations."""
    decide(acting.actor, Permission.PRACTITIONER_LIST)
    decide(acting.actor, Permission.SESSION_LIST, await staff_scope(acting, practitioner))
    person, user, held, changes = await asyncio.gather(
        acting.service.read("Practitioner", practitioner),
        account_of(acting, practitioner),
        positions(acting, practitioner),
        history_of(acting, f"Practitioner/{practitioner}", *TOLD),
    )
    entity = f"Practitioner/{practitioner}"
    await audit.record(acting, audit.Action.READ, Permission.SESSION_LIST, entity=entity)
    is_arc = any(one.active and one.role is Role.ARC for one in held)
    return StaffFile(
        id=practitioner,
        family=family_of(person),
        given=given_of(person),
        email=_contact(person, "email"),
        phone=_contact(person, "phone"),
        rpps=next((one["value"] for one in person.get("identifier", []) if one.get("system") == systems.RPPS), ""),
        active=person.get("active", True) and not (user or {}).get("inactive", False),
        user=user["id"] if user else "",
        positions=tuple(held),
        trials=await _titles(acting, await arc_trials(acting.service, practitioner)) if is_arc else {},
        sessions=tuple(await sessions.sessions_of(door, user["id"])) if user else (),
        last_entry=await _last_entry(acting, user["id"]) if user else None,
        changes=tuple(changes),
    )


async def _titles(acting: Acting, trials: frozenset[str]) -> dict[str, str]:
    if not trials:
        return {}
    found = await acting.service.all("ResearchStudy", {"_id": ",".join(sorted(trials)), "_count": 100})
    return {study["id"]: study.get("title", study["id"]) for study in found}


async def _last_entry(acting: Acting, user: str) -> datetime | None:
    search = {"subtype": f"{systems.AUDIT}|sign-in", "entity": f"User/{user}", "outcome": "0", "_sort": "-date"}
    event = await acting.service.first_match("AuditEvent", search)
    return datetime.fromisoformat(event["recorded"]) if event else None


def _contact(person: Json, system: str) -> str:
    return next((str(one["value"]) for one in person.get("telecom", []) if one.get("system") == system), "")
