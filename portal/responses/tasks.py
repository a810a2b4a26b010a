"""What is to be filled: one FHIR Task (SDC `complete-questionnaire`) for each questionnaire asked of somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from portal.clock import PARIS
from portal.fhir import systems
from portal.types import Json

CODE = "complete-questionnaire"
OPEN = ("requested", "received", "accepted", "ready", "in-progress", "on-hold")
FilledBy = Literal["patient", "staff", "relative"]


class State(StrEnum):
    NEW = "new"
    STARTED = "started"
    SENT = "sent"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One Task as the portal understands it. Ids and references only; `questionnaire` is the canonical with its version."""

    id: str
    questionnaire: str
    patient: str
    owner: str
    state: State
    due: date | None
    response: str | None
    trial: str | None
    encounter: str | None
    asked_at: datetime | None
    changed_at: datetime | None

    @property
    def filled_by(self) -> FilledBy:
        if self.owner.startswith("RelatedPerson/"):
            return "relative"
        return "patient" if self.owner == f"Patient/{self.patient}" else "staff"

    def overdue(self, today: date) -> bool:
        return self.due is not None and self.due < today and self.state in {State.NEW, State.STARTED}


def read_task(task: Json) -> Asked | None:
    """None for a Task that asks for something else, or of which the questionnaire is not said."""
    canonical = next((each["valueCanonical"] for each in task.get("input", ()) if "valueCanonical" in each), None)
    if canonical is None or _code(task) != CODE or "for" not in task:
        return None
    patient = _id(task["for"]["reference"])
    return Asked(
        id=task["id"],
        questionnaire=canonical,
        patient=patient,
        owner=task.get("owner", {}).get("reference", ""),
        state=_state(task["status"]),
        due=_day(task.get("executionPeriod", {}).get("end")),
        response=response_of(task),
        trial=task.get("groupIdentifier", {}).get("value"),
        encounter=_id(task["encounter"]["reference"]) if "encounter" in task else None,
        asked_at=_instant(task.get("authoredOn")),
        changed_at=_instant(task.get("lastModified")),
    )


def response_of(task: Json) -> str | None:
    """Id of the QuestionnaireResponse that answers it, once begun."""
    outputs: Sequence[Json] = task.get("output", ())
    found = next((each["valueReference"]["reference"] for each in outputs if "valueReference" in each), None)
    return _id(found) if found else None


def response_id(task: str) -> str:
    """The id that the response to a Task has, so that two devices that open it at once make one draft."""
    return f"qr-{sha256(task.encode()).hexdigest()[:24]}"


def new_task(
    *,
    id_: str,
    questionnaire: str,
    patient: str,
    owner: str,
    requester: str,
    now: datetime,
    due: date | None,
    encounter: str | None,
    trial: str | None,
) -> Json:
    """`questionnaire` is the canonical with its version, `owner` and `requester` references."""
    period = {"start": now.isoformat(timespec="seconds")}
    if due is not None:
        period["end"] = due.isoformat()
    task: Json = {
        "resourceType": "Task",
        "id": id_,
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": systems.SDC_TASK, "code": CODE}]},
        "for": {"reference": f"Patient/{patient}"},
        "owner": {"reference": owner},
        "requester": {"reference": requester},
        "authoredOn": now.isoformat(timespec="seconds"),
        "lastModified": now.isoformat(timespec="seconds"),
        "executionPeriod": period,
        "input": [
            {
                "type": {"coding": [{"system": systems.SDC_TASK, "code": "questionnaire"}]},
                "valueCanonical": questionnaire,
            }
        ],
    }
    if encounter is not None:
        task["encounter"] = {"reference": f"Encounter/{encounter}"}
    if trial is not None:
        task["meta"] = {"tag": [{"system": systems.TRIAL, "code": trial}]}
        task["groupIdentifier"] = {"system": systems.TRIAL, "value": trial}
    return task


def begun(task: Json, response: str, now: datetime) -> Json:
    """The Task once its response exists."""
    return {
        **task,
        "status": "in-progress",
        "lastModified": now.isoformat(timespec="seconds"),
        "output": [_output(response)],
    }


def done(task: Json, response: str, now: datetime) -> Json:
    """The Task once its response is sent."""
    return {**begun(task, response, now), "status": "completed"}


def by_urgency(asked: Asked) -> tuple[bool, date, str]:
    """Order of a to-do list: begun first, then the nearest due date, then the oldest request."""
    began = asked.state is State.STARTED
    return (not began, asked.due or date.max, asked.asked_at.isoformat() if asked.asked_at else "")


def _output(response: str) -> Json:
    return {
        "type": {"coding": [{"system": systems.SDC_TASK, "code": "questionnaire-response"}]},
        "valueReference": {"reference": f"QuestionnaireResponse/{response}"},
    }


def _state(status: str) -> State:
    if status == "completed":
        return State.SENT
    if status not in OPEN:
        return State.CANCELLED
    return State.STARTED if status == "in-progress" else State.NEW


def _code(task: Json) -> str:
    return next((each["code"] for each in task.get("code", {}).get("coding", ()) if "code" in each), "")


def _id(reference: str) -> str:
    return reference.rpartition("/")[2]


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value and "T" in value else None


def _day(value: str | None) -> date | None:
    """A due date is a day at the centres, even where another system wrote an instant; a month alone is none."""
    if not value or len(value) < len("2026-12-02"):
        return None
    return datetime.fromisoformat(value).astimezone(PARIS).date() if "T" in value else date.fromisoformat(value)
