"""A professional validates sent answers: from then on they are locked, until somebody who may opens them again, and says why.

Kept as one Task of the response, whose history tells each time it was locked and opened.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import Invalid, NotFound, ResponseLocked, problem
from portal.fhir import Transaction, systems
from portal.i18n import N_
from portal.responses.drafts import scope_of
from portal.responses.reading import SENT, trials_of
from portal.types import Json

CODE = "response-validation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Validation:
    """`locked` now; `name` and `at` of who did it last; `reason` when it was opened again."""

    locked: bool
    name: str
    at: datetime
    reason: str


async def validation_of(acting: Acting, response: str) -> Validation | None:
    """How a response stands; None when nobody has validated it. The caller has decided that it may be read."""
    task = await _task(acting, response)
    return _read(task) if task else None


async def validate_response(acting: Acting, response: str) -> Validation:
    """Validate the answers, and lock them. Twice is the same as once. Raises `Refused`, `NotFound` (also for a draft)."""
    stored = await _sent(acting, response, Permission.RESPONSE_VALIDATE)
    task = await _task(acting, response)
    if task is not None and _read(task).locked:
        return _read(task)
    return await _keep(acting, stored, task, locked=True, reason="")


async def reopen_response(acting: Acting, response: str, *, reason: str) -> Validation:
    """Open locked answers again, so that they can be corrected. Raises `Invalid` without a reason."""
    stored = await _sent(acting, response, Permission.RESPONSE_LOCK)
    if not reason.strip():
        raise Invalid([problem("reason", N_("Write the reason in a few words."))])
    task = await _task(acting, response)
    if task is None or not _read(task).locked:
        raise NotFound(status=404)
    return await _keep(acting, stored, task, locked=False, reason=reason.strip())


async def refuse_when_locked(acting: Acting, response: str) -> None:
    """Raises `ResponseLocked` for validated answers."""
    task = await _task(acting, response)
    if task is not None and _read(task).locked:
        raise ResponseLocked


def task_id(response: str) -> str:
    """One Task a response, so that two clicks make one."""
    return f"validation-{sha256(response.encode()).hexdigest()[:24]}"


async def _sent(acting: Acting, response: str, right: Permission) -> Json:
    stored = await acting.fhir.read("QuestionnaireResponse", response)
    patient = stored["subject"]["reference"].removeprefix("Patient/")
    form = acting.catalogue.by_canonical(stored["questionnaire"])
    decide(acting.actor, right, await scope_of(acting, patient, form=form, trials=trials_of(stored)))
    if stored["status"] not in SENT:
        raise NotFound(status=404)
    return stored


async def _task(acting: Acting, response: str) -> Json | None:
    """By the portal itself: whoever reads or corrects a response must see its lock."""
    try:
        return await acting.service.read("Task", task_id(response))
    except NotFound:
        return None


async def _keep(acting: Acting, response: Json, task: Json | None, *, locked: bool, reason: str) -> Validation:
    now = acting.clock.now()
    made: Json = {
        "resourceType": "Task",
        "id": task_id(response["id"]),
        "status": "completed" if locked else "cancelled",
        "intent": "order",
        "code": {"coding": [{"system": systems.TASK, "code": CODE}]},
        "focus": {"reference": f"QuestionnaireResponse/{response['id']}"},
        "for": response["subject"],
        "owner": {"reference": acting.actor.reference, "display": acting.actor.name},
        "authoredOn": (task or {}).get("authoredOn", now.isoformat(timespec="seconds")),
        "lastModified": now.isoformat(timespec="seconds"),
    }
    if reason:
        made["statusReason"] = {"text": reason}
    others = [tag for tag in response.get("meta", {}).get("tag", ()) if tag.get("system") == systems.TRIAL]
    version = (task or {}).get("meta", {})
    if others or version:
        made["meta"] = {**version, **({"tag": others} if others else {})}
    patient = response["subject"]["reference"].removeprefix("Patient/")
    right = Permission.RESPONSE_VALIDATE if locked else Permission.RESPONSE_LOCK
    entity = f"QuestionnaireResponse/{response['id']}"
    transaction = Transaction()
    (transaction.update if task else transaction.create)(made)
    transaction.create(audit.event(acting, audit.Action.UPDATE, right, patient=patient, entity=entity))
    # By the portal's own client, like everything that decides on a response: nobody writes a lock by hand.
    await acting.service.commit(transaction)
    return _read(made)


def _read(task: Json) -> Validation:
    return Validation(
        locked=task["status"] == "completed",
        name=str(task.get("owner", {}).get("display", "")),
        at=datetime.fromisoformat(task["lastModified"]),
        reason=str(task.get("statusReason", {}).get("text", "")),
    )
