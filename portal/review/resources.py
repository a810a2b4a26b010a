"""The shapes on the record server: `VerificationResult` (decision), `Task` (form's review, remark), `Communication` (line). Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.fhir import systems
from portal.review.states import Event, Verdict
from portal.types import Json

PROCESS = {
    Verdict.VALID: "source-verified",
    Verdict.NOT_VALID: "not-valid",
    Verdict.CHANGED: "answer-changed",
    Verdict.WITHDRAWN: "withdrawn",
}


def tags(resource: Json) -> list[Json]:
    """The trial tags of a response, to be carried by all that concerns it."""
    return [tag for tag in resource.get("meta", {}).get("tag", []) if tag.get("system") == systems.TRIAL]


def decision(response: Json, verdict: Verdict, digests: Mapping[str, str], *, id_: str, who: str, at: datetime) -> Json:
    """One event; never updated afterwards."""
    moment = at.isoformat(timespec="milliseconds")
    reference = f"QuestionnaireResponse/{response['id']}"
    return {
        "resourceType": "VerificationResult",
        "id": id_,
        "meta": {"tag": tags(response)},
        "extension": [{"url": systems.RESPONSE_VERSION, "valueString": response["meta"]["versionId"]}],
        "target": [{"reference": reference}],
        "targetLocation": list(digests),
        "_targetLocation": [
            {"extension": [{"url": systems.ANSWER_DIGEST, "valueString": digest}]} for digest in digests.values()
        ],
        "status": str(verdict),
        "statusDate": moment,
        "lastPerformed": moment,
        "validationProcess": [{"coding": [{"system": systems.REVIEW, "code": PROCESS[verdict]}]}],
        "attestation": {"who": {"reference": who}, "date": at.date().isoformat()},
    }


def read_event(resource: Json) -> Event:
    siblings: list[Any] = resource.get("_targetLocation", [])
    digests = {
        location: next((one["valueString"] for one in (sibling or {}).get("extension", []) if one["url"] == systems.ANSWER_DIGEST), "")
        for location, sibling in zip(resource["targetLocation"], siblings, strict=True)
    }  # fmt: skip
    versions = (one["valueString"] for one in resource.get("extension", []) if one["url"] == systems.RESPONSE_VERSION)
    return Event(
        id=resource["id"],
        version=next(versions, ""),
        order=int(written) if (written := resource["meta"]["versionId"]).isdecimal() else 0,
        verdict=Verdict(resource["status"]),
        digests=digests,
        who=resource["attestation"]["who"]["reference"],
        at=datetime.fromisoformat(resource["statusDate"]),
    )


def review_task_id(response_id: str) -> str:
    return f"review-{response_id}"


def review_task(response: Json, *, badge: str, counts: Mapping[str, int], at: datetime, stored: Json | None) -> Json:
    """The form's line in lists: badge and counts, renewed in the transaction of each decision."""
    moment = at.isoformat(timespec="seconds")
    made: Json = {
        "resourceType": "Task",
        "id": review_task_id(response["id"]),
        "meta": {"tag": tags(response)},
        "status": "completed" if badge == "verified" else "in-progress",
        "businessStatus": {"coding": [{"system": systems.REVIEW_STATE, "code": badge}]},
        "intent": "order",
        "code": {"coding": [{"system": systems.TASK, "code": "review-form"}]},
        "focus": {"reference": f"QuestionnaireResponse/{response['id']}"},
        "for": response["subject"],
        "authoredOn": (stored or {}).get("authoredOn", moment),
        "lastModified": moment,
        "output": [{"type": {"text": name}, "valueInteger": count} for name, count in counts.items()],
    }
    if "encounter" in response:
        made["encounter"] = response["encounter"]
    if stored is not None:
        made["meta"] = {**stored["meta"], "tag": tags(response)}
    return made


def remark_task(
    response: Json, location: str, shown: str, *, id_: str, requester: str, owner: Json | None, at: datetime
) -> Json:
    """A remark that waits for the centre's answer."""
    moment = at.isoformat(timespec="seconds")
    made: Json = {
        "resourceType": "Task",
        "id": id_,
        "meta": {"tag": tags(response)},
        "status": "requested",
        "businessStatus": {"coding": [{"system": systems.QUERY_STATUS, "code": "open"}]},
        "intent": "order",
        "code": {"coding": [{"system": systems.TASK, "code": "data-query"}]},
        "focus": {"reference": f"QuestionnaireResponse/{response['id']}"},
        "for": response["subject"],
        "partOf": [{"reference": f"Task/{review_task_id(response['id'])}"}],
        "requester": {"reference": requester},
        "authoredOn": moment,
        "lastModified": moment,
        "input": [
            {"type": {"text": "questionnaire"}, "valueCanonical": response["questionnaire"]},
            {"type": {"text": "location"}, "valueString": location},
            {"type": {"text": "value-at-opening"}, "valueString": shown or "–"},
        ],
    }
    if owner is not None:
        made["owner"] = owner
    if "encounter" in response:
        made["encounter"] = response["encounter"]
    return made


REMARK_TASK_STATUS = {"open": "requested", "answered": "in-progress", "closed": "completed", "cancelled": "cancelled"}


def with_remark_status(task: Json, status: str, at: datetime) -> Json:
    return {
        **task,
        "status": REMARK_TASK_STATUS[status],
        "businessStatus": {"coding": [{"system": systems.QUERY_STATUS, "code": status}]},
        "lastModified": at.isoformat(timespec="seconds"),
    }


def remark_line(task: Json, text: str, *, id_: str, sender: str, at: datetime) -> Json:
    return {
        "resourceType": "Communication",
        "id": id_,
        "meta": {"tag": tags(task)},
        "status": "completed",
        "category": [{"coding": [{"system": systems.MESSAGE, "code": "query-message"}]}],
        "partOf": [{"reference": f"Task/{task['id']}"}],
        "subject": task["for"],
        "sent": at.isoformat(timespec="seconds"),
        "sender": {"reference": sender},
        "payload": [{"contentString": text}],
    }


def remark_status(task: Json) -> str:
    return task.get("businessStatus", {}).get("coding", [{}])[0].get("code", "")


def remark_location(task: Json) -> str:
    return next((one["valueString"] for one in task.get("input", []) if one["type"].get("text") == "location"), "")


def counts(states: Iterable[str], open_remarks: int) -> dict[str, int]:
    listed = [str(state) for state in states]
    return {
        "items": len(listed),
        "valid": listed.count("valid"),
        "not-valid": listed.count("not-valid"),
        "changed": listed.count("changed"),
        "to-review": listed.count("to-review"),
        "open-remarks": open_remarks,
    }
