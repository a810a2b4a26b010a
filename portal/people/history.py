"""What was done to a centre, an account or a patient's centres, by whom and when: read back from the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.acting import Acting
from portal.people import names
from portal.types import Json

MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """`what` is the right that was used, such as "organization:update"; `details` what it changed, in codes and names of
    centres, never health data; `who` the name of the person, empty for the portal itself.
    """

    at: datetime
    who: str
    what: str
    details: Mapping[str, str]


def change(
    acting: Acting, action: audit.Action, what: str, *, entity: str, patient: str | None = None, **details: str
) -> Json:
    """The audit event of a change, with what it changed. An empty detail is left out."""
    event = audit.event(acting, action, what, entity=entity, patient=patient)
    kept = [{"type": name, "valueString": value} for name, value in details.items() if value]
    if kept:
        event["entity"][-1]["detail"] = kept
    return event


async def history_of(acting: Acting, entity: str, *what: str) -> list[Change]:
    """The latest changes of one resource ("Organization/o1"), newest first, of these kinds. The caller has decided."""
    search = {"entity": entity, "_sort": "-date", "_count": MOST, "outcome": audit.Outcome.DONE}
    events = (await acting.service.find("AuditEvent", search)).resources
    wanted = [event for event in events if _what(event) in what]
    people = await _names(acting, {event["agent"][0]["who"]["reference"] for event in wanted})
    return [
        Change(
            at=datetime.fromisoformat(event["recorded"]),
            who=people.get(event["agent"][0]["who"]["reference"], ""),
            what=_what(event),
            details={
                detail["type"]: detail["valueString"]
                for each in event.get("entity", [])
                for detail in each.get("detail", [])
                if "valueString" in detail
            },
        )
        for event in wanted
    ]


def _what(event: Json) -> str:
    return next((str(each["code"]) for each in event.get("subtype", []) if "code" in each), "")


async def _names(acting: Acting, references: set[str]) -> dict[str, str]:
    ids = sorted(one.removeprefix("Practitioner/") for one in references if one.startswith("Practitioner/"))
    if not ids:
        return {}
    found = await acting.service.all("Practitioner", {"_id": ",".join(ids), "_count": 200})
    return {f"Practitioner/{one['id']}": f"{names.given_of(one)} {names.family_of(one)}".strip() for one in found}
