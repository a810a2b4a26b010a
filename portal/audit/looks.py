"""Who looked at a patient's record: the audit trail in the words of the person it is about."""

from dataclasses import dataclass
from datetime import datetime

from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.audit.record import Action, record
from portal.audit.trail import Entry, read_entry
from portal.types import Json

PAGE = 100
OTHERS = frozenset({"Device", "Patient"})
"""The portal itself, and the person: neither is somebody who looked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """One person looking, or writing, once. `role` and `what` are codes; `centres` names; `name` empty when nobody knows it.

    `refused` when they tried and were not let in.
    """

    at: datetime
    name: str
    role: str
    centres: tuple[str, ...]
    what: str
    action: str
    refused: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LooksPage:
    rows: tuple[Looked, ...]
    next_link: str | None


async def looks(acting: Acting, *, page_link: str | None = None) -> LooksPage:
    """Who looked at the record of the patient who asks, newest first; `page_link` is the `next_link` of the page before.

    Read by the portal itself, because names of professionals and of centres are told here and nothing else of them.
    """
    patient = acting.actor.id
    decide(acting.actor, Permission.AUDIT_READ_OWN, Scope(patient=patient))
    search = {"entity": f"Patient/{patient}", "_sort": "-date", "_count": PAGE}
    page = await (
        acting.service.turn("AuditEvent", page_link) if page_link else acting.service.find("AuditEvent", search)
    )
    await record(acting, Action.READ, Permission.AUDIT_READ_OWN, patient=patient)
    entries = [entry for entry in map(read_entry, page.resources) if entry.who.partition("/")[0] not in OTHERS]
    people = await _named(acting, "Practitioner", {entry.who.partition("/")[2] for entry in entries})
    centres = await _named(acting, "Organization", {each for entry in entries for each in entry.centres})
    return LooksPage(rows=tuple(_looked(each, people, centres) for each in entries), next_link=page.next_link)


def _looked(entry: Entry, people: dict[str, str], centres: dict[str, str]) -> Looked:
    return Looked(
        at=entry.at,
        name=people.get(entry.who.partition("/")[2], ""),
        role=entry.role,
        centres=tuple(centres[each] for each in entry.centres if each in centres),
        what=entry.what,
        action=entry.action,
        refused=entry.refused,
    )


async def _named(acting: Acting, kind: str, ids: set[str]) -> dict[str, str]:
    if not ids - {""}:
        return {}
    found = await acting.service.all(kind, {"_id": ",".join(sorted(ids - {""})), "_count": 200})
    return {each["id"]: _name(each) for each in found}


def _name(resource: Json) -> str:
    given = resource.get("name", "")
    if isinstance(given, str):
        return given
    name: Json = given[0] if given else {}
    return " ".join([*name.get("prefix", []), *name.get("given", [])[:1], name.get("family", "")]).strip()
