"""Taking a file with an answer: checked first, then kept in the record with whose it is and who gave it."""

import asyncio

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import Invalid, NotFound, problem
from portal.fhir import Transaction
from portal.files.kinds import KINDS, kind_of, limit_of
from portal.files.references import attachment_for, binary, document, response_of, safe_name
from portal.i18n import N_
from portal.responses import form_asked
from portal.sdc import FormItem
from portal.types import Json


async def receive(acting: Acting, task: str, path: str, *, name: str, content: bytes) -> str:
    """Keep a file for the question at `path` of the form that this Task asks for; returns its key.

    Raises `Invalid` (too large, empty, or of a kind that is not taken, whatever its name says), `Refused`, `NotFound`.
    """
    asked = await form_asked(acting, task)
    decide(acting.actor, Permission.FILE_WRITE, asked.scope)
    item = asked.form.by_link_id.get(path.rpartition("/")[2].partition("[")[0])
    if item is None or item.type != "attachment":
        raise NotFound(status=404)
    kind = checked(item, content)
    now, key = acting.clock.now(), acting.chance.id()
    kept = attachment_for(key, kind=kind, name=safe_name(name), content=content, now=now)
    patient = asked.asked.patient
    held = await asyncio.to_thread(binary, key, patient=patient, kind=kind, content=content)
    transaction = Transaction()
    transaction.create(held)
    transaction.create(
        document(
            kept,
            patient=patient,
            response=asked.response,
            title=asked.form.title("fr"),
            author={"reference": acting.actor.reference},
            now=now,
            tags=asked.tags,
        )
    )
    transaction.create(
        audit.event(
            acting, audit.Action.CREATE, Permission.FILE_WRITE, patient=patient, entity=f"DocumentReference/{key}"
        )
    )
    # By the portal's own client: nobody writes a file by hand, so that none enters whose content was not checked.
    await acting.service.commit(transaction)
    return key


def checked(item: FormItem, content: bytes) -> str:
    """The kind of this content, when the question takes it. Raises `Invalid`."""
    if not content:
        raise _refused(N_("This file is empty."))
    limit = limit_of(item)
    if len(content) > limit:
        raise _refused(N_("This file is too large: {limit} MB at most."), limit=round(limit / 1_000_000, 1))
    kind = kind_of(content)
    if kind is None or kind not in (item.mime_types or KINDS):
        raise _refused(N_("This kind of file is not accepted. Send a PDF or a picture."))
    return kind


async def attachment(acting: Acting, key: str, *, patient: str, response: str) -> Json:
    """The attachment of a file that was received for this response, to be its answer. Raises `NotFound` for any other."""
    found = await acting.service.read("DocumentReference", key)  # whose it is is checked here, whoever asks
    if found["subject"].get("reference") != f"Patient/{patient}" or response_of(found) != response:
        raise NotFound(status=404)
    kept: Json = found["content"][0]["attachment"]
    return kept


def _refused(msgid: str, **params: object) -> Invalid:
    return Invalid([problem("", msgid, **params)], msgid, **params)
