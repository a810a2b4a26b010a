"""The audit trail as administrators read it: filtered by the server, a page at a time, and whole as CSV."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from portal.access import Permission, decide
from portal.acting import Acting
from portal.audit.record import Action, Outcome, record
from portal.clock import PARIS
from portal.types import Json

PAGE = 50
COLUMNS = ("recorded", "who", "account", "role", "action", "what", "patient", "touched", "outcome", "reason")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What to look for; None or empty: all. `person` and `patient` are references such as Practitioner/x and Patient/x,
    `what` a permission's code; days are those of Paris, both included.
    """

    person: str = ""
    patient: str = ""
    action: Action | None = None
    outcome: Outcome | None = None
    what: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the trail. References and codes only; `at` is UTC. `refused` when nothing was done."""

    id: str
    at: datetime
    who: str
    account: str
    role: str
    action: str
    what: str
    patient: str
    touched: str
    outcome: str
    reason: str
    centres: tuple[str, ...]

    @property
    def refused(self) -> bool:
        return self.outcome != Outcome.DONE


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailPage:
    rows: tuple[Entry, ...]
    total: int
    next_link: str | None


async def trail(acting: Acting, filters: Filters | None = None, *, page_link: str | None = None) -> TrailPage:
    """The trail, newest first, 50 a page; `page_link` is the `next_link` of the page before. Reading it leaves its own line."""
    decide(acting.actor, Permission.AUDIT_READ)
    page = await (
        acting.fhir.turn("AuditEvent", page_link)
        if page_link
        else acting.fhir.find("AuditEvent", {**_search(filters or Filters()), "_count": PAGE})
    )
    await record(acting, Action.READ, Permission.AUDIT_READ)
    return TrailPage(rows=tuple(map(read_entry, page.resources)), total=page.total, next_link=page.next_link)


async def export(acting: Acting, filters: Filters | None = None) -> AsyncIterator[str]:
    """The trail as CSV (UTF-8, semicolons, one header line), in pieces: it may be long."""
    decide(acting.actor, Permission.AUDIT_EXPORT)
    await record(acting, Action.READ, Permission.AUDIT_EXPORT)
    yield _line(COLUMNS)
    async for event in acting.fhir.every("AuditEvent", {**_search(filters or Filters()), "_count": 500}):
        entry = read_entry(event)
        at = entry.at.isoformat(timespec="milliseconds")
        yield _line((at, *(str(getattr(entry, name)) for name in COLUMNS[1:])))


def read_entry(event: Json) -> Entry:
    agent: Json = event["agent"][0]
    entities: list[Json] = event.get("entity", [])
    roles = [coding for concept in agent.get("role", []) for coding in concept.get("coding", [])]
    touched = [_what(each) for each in entities]
    return Entry(
        id=event["id"],
        at=datetime.fromisoformat(event["recorded"]),
        who=agent.get("who", {}).get("reference", ""),
        account=agent.get("altId", ""),
        role=next((coding["code"] for coding in roles if "code" in coding), ""),
        action=event.get("action", ""),
        what=next((each["code"] for each in event.get("subtype", []) if "code" in each), ""),
        patient=next((each for each in touched if each.startswith("Patient/")), ""),
        touched=next((each for each in touched if not each.startswith("Patient/")), ""),
        outcome=event.get("outcome", ""),
        reason=event.get("outcomeDesc", ""),
        centres=tuple(
            each["valueIdentifier"]["value"] for each in agent.get("extension", []) if "valueIdentifier" in each
        ),
    )


def _what(entity: Json) -> str:
    return str(entity.get("what", {}).get("reference", ""))


def _search(filters: Filters) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {"_sort": "-date"}
    if filters.person:
        found["agent"] = filters.person
    if filters.patient:
        found["entity"] = filters.patient
    if filters.action is not None:
        found["action"] = str(filters.action)
    if filters.outcome is not None:
        found["outcome"] = str(filters.outcome)
    if filters.what:
        found["subtype"] = filters.what
    dates = [f"ge{_start(filters.since)}"] if filters.since else []
    dates += [f"le{_end(filters.until)}"] if filters.until else []
    if dates:
        found["date"] = dates
    return found


def _start(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS).isoformat()


def _end(day: date) -> str:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=PARIS).isoformat()


def _line(values: tuple[str, ...]) -> str:
    """A spreadsheet must not take a value for a formula."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([f"'{one}" if one[:1] in {"=", "+", "-", "@"} else one for one in values])
    return text.getvalue()
