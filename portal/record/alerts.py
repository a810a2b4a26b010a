"""What the team must see soon: raised by a form's rule or by a laboratory value, open until somebody says "seen"."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import VersionConflict
from portal.fhir import systems
from portal.fhir.dates import instant_of
from portal.people import family_of, given_of, id_of, patient_scope
from portal.types import Json

MOST_PATIENTS = 100
_RANK = {"stat": 0, "urgent": 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """`rule` is its code, `text` its French words as stored. `response` is set when a form raised it, else a measure did.

    `family` and `given` are empty when the alerts of one patient were asked.
    """

    id: str
    version: str
    patient: str
    family: str
    given: str
    rule: str
    text: str
    priority: Literal["stat", "urgent"]
    at: datetime
    response: str | None


async def alerts(acting: Acting, patient: str | None = None) -> list[Alert]:
    """Open alerts, the gravest first, then the newest: of one patient, or of all patients of the acting person's centres."""
    if patient is not None:
        decide(acting.actor, Permission.ALERT_READ, await patient_scope(acting, patient))
        found = await _open(acting, [patient])
        return _sorted([_alert(each, {}) for each in found])
    decide(acting.actor, Permission.PATIENT_LIST)
    centres = ",".join(f"Organization/{each}" for each in sorted(acting.actor.organizations))
    concerned = await acting.fhir.find(
        "Patient",
        {
            "_has:EpisodeOfCare:patient:organization": centres,
            "_has:Task:patient:business-status": f"{systems.TASK_STATE}|alert-open",
            "_count": MOST_PATIENTS,
        },
    )
    people = {each["id"]: each for each in concerned.resources}
    found = await _open(acting, list(people)) if people else []
    await audit.record(acting, audit.Action.READ, Permission.ALERT_READ)
    return _sorted([_alert(each, people.get(id_of(each["for"]), {})) for each in found])


async def acknowledge_alert(acting: Acting, alert: str, *, note: str = "") -> None:
    """Somebody of the team has seen it: it leaves the lists and stays in the history with who, when and the note.

    Seen twice is seen once: the first person's word stands.
    """
    task = await acting.fhir.read("Task", alert)
    patient = id_of(task["for"])
    decide(acting.actor, Permission.ALERT_ACKNOWLEDGE, await patient_scope(acting, patient))
    if task["status"] == "completed":
        return
    now = acting.clock.now().isoformat(timespec="seconds")
    seen: Json = {"authorReference": {"reference": acting.actor.reference}, "time": now, "text": note.strip() or "Vu"}
    changed: Json = {**task, "status": "completed", "lastModified": now, "note": [seen]}
    changed.pop("businessStatus", None)
    try:
        await acting.fhir.replace(changed)
    except VersionConflict:
        if (await acting.fhir.read("Task", alert))["status"] != "completed":
            raise
        return
    await audit.record(
        acting, audit.Action.UPDATE, Permission.ALERT_ACKNOWLEDGE, patient=patient, entity=f"Task/{alert}"
    )


async def _open(acting: Acting, patients: list[str]) -> list[Json]:
    search = {
        "patient": ",".join(f"Patient/{each}" for each in patients),
        "code": f"{systems.TASK}|clinical-alert",
        "status": "requested",
        "_sort": "-authored-on",
        "_count": 200,
    }
    return await acting.fhir.all("Task", search)


def _alert(task: Json, patient: Json) -> Alert:
    focus = str(task.get("focus", {}).get("reference", ""))
    reason: Json = task.get("reasonCode", {})
    return Alert(
        id=task["id"],
        version=task.get("meta", {}).get("versionId", ""),
        patient=id_of(task["for"]),
        family=family_of(patient),
        given=given_of(patient),
        rule=next((each["code"] for each in reason.get("coding", [])), ""),
        text=reason.get("text", ""),
        priority="stat" if task.get("priority") == "stat" else "urgent",
        at=instant_of(task["authoredOn"]),
        response=focus.removeprefix("QuestionnaireResponse/") if focus.startswith("QuestionnaireResponse/") else None,
    )


def _sorted(found: list[Alert]) -> list[Alert]:
    newest_first = sorted(found, key=lambda each: each.at, reverse=True)
    return sorted(newest_first, key=lambda each: _RANK[each.priority])
