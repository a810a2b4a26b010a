"""Alerts for the care team: one Task for each rule of the form that the answers meet, closed when somebody has seen it."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from portal.fhir import systems
from portal.sdc import AlertRule
from portal.types import Json

ID_LENGTH = 64


def alert_tasks(response: Json, rules: Iterable[AlertRule], now: datetime) -> list[Json]:
    """The alerts of a response. Ids depend on response and rule only, so that sending twice raises each once."""
    return [_task(response, rule, now) for rule in rules]


def alert_id(response: str, rule: str) -> str:
    whole = f"alert-{response}-{rule.lower()}"
    if len(whole) <= ID_LENGTH:
        return whole
    return f"alert-{sha256(whole.encode()).hexdigest()[:40]}"


def _task(response: Json, rule: AlertRule, now: datetime) -> Json:
    subject: Json = response["subject"]
    task: Json = {
        "resourceType": "Task",
        "id": alert_id(response["id"], rule.id),
        "status": "requested",
        # One search parameter that says "an open alert", so that a list of patients can ask for those who have one.
        "businessStatus": {"coding": [{"system": systems.TASK_STATE, "code": "alert-open"}]},
        "intent": "order",
        "priority": rule.severity,
        "code": {"coding": [{"system": systems.TASK, "code": "clinical-alert"}]},
        "focus": {"reference": f"QuestionnaireResponse/{response['id']}"},
        "for": subject,
        "reasonCode": {"coding": [{"system": systems.ALERT, "code": rule.id}], "text": rule.message("fr")},
        "authoredOn": now.isoformat(timespec="seconds"),
        "lastModified": now.isoformat(timespec="seconds"),
    }
    tags: list[Json] = response.get("meta", {}).get("tag", [])
    if tags:
        task["meta"] = {"tag": tags}
    if "encounter" in response:
        task["encounter"] = response["encounter"]
    return task
