"""Opening a file of the record: who may, then its content."""

import asyncio
import base64
from dataclasses import dataclass, field

from portal import audit
from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.errors import NotFound
from portal.fhir import systems
from portal.files.kinds import kind_of
from portal.files.references import key_of, response_of, safe_name
from portal.people import patient_scope
from portal.responses import trials_of
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """`kind` is what the content is, empty when it is nothing that a browser may show: then it is only to be saved."""

    name: str
    kind: str
    content: bytes = field(repr=False)


async def open_file(acting: Acting, key: str) -> Opened:
    """The file of this document. Raises `Refused`, `NotFound` (also when the content is not kept here)."""
    document = await acting.service.read("DocumentReference", key)  # the right is decided on what it says
    if document.get("status") == "entered-in-error":
        raise NotFound(status=404)
    patient = str(document.get("subject", {}).get("reference", "")).removeprefix("Patient/")
    decide(acting.actor, Permission.FILE_READ, await _scope(acting, document, patient))
    await audit.record(
        acting, audit.Action.READ, Permission.FILE_READ, patient=patient, entity=f"DocumentReference/{key}"
    )
    attachment: Json = next((each["attachment"] for each in document.get("content", ())), {})
    data = attachment.get("data") or await _stored(acting, attachment)
    content = await asyncio.to_thread(base64.b64decode, data)
    name = safe_name(str(attachment.get("title") or document.get("description") or ""))
    return Opened(name=name, kind=kind_of(content) or "", content=content)


async def _stored(acting: Acting, attachment: Json) -> str:
    key = key_of(attachment)
    if not key:
        raise NotFound(status=404)
    held = await acting.service.read("Binary", key)
    return str(held.get("data", ""))


async def _scope(acting: Acting, document: Json, patient: str) -> Scope:
    """A patient may open what came with a form that is shown to them, what they gave, and what is marked as theirs to see."""
    known = await patient_scope(acting, patient)
    return Scope(
        patient=patient,
        organizations=known.organizations,
        trials=trials_of(document),
        shown_to_patient=await _shown(acting, document, patient),
    )


async def _shown(acting: Acting, document: Json, patient: str) -> bool:
    marks = [each for each in document.get("extension", ()) if each.get("url") == systems.SHOWN_TO_PATIENT]
    if marks:
        return marks[0].get("valueBoolean") is True
    response = response_of(document)
    if response:
        held = await acting.service.read("QuestionnaireResponse", response)
        form = acting.catalogue.by_canonical(held["questionnaire"])
        return form is not None and form.shown_to_patient
    return any(each.get("reference") == f"Patient/{patient}" for each in document.get("author", ()))
