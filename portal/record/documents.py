"""Clinical documents of the record: letters, reports, scans."""

from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.fhir.dates import instant_of
from portal.people import patient_scope
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """`content_type` is the file's MIME type; `author` is a name, empty when unknown."""

    id: str
    title: str
    at: datetime | None
    author: str
    content_type: str


async def documents(acting: Acting, patient: str) -> list[Document]:
    """Current documents, newest first."""
    decide(acting.actor, Permission.PATIENT_READ, await patient_scope(acting, patient))
    search = {"patient": f"Patient/{patient}", "status": "current", "_sort": "-date", "_count": 100}
    found = await acting.fhir.all("DocumentReference", search)
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_READ, patient=patient)
    return [_document(each) for each in found]


def _document(reference: Json) -> Document:
    attachment: Json = next((each["attachment"] for each in reference.get("content", [])), {})
    authors = (each["display"] for each in reference.get("author", []) if "display" in each)
    return Document(
        id=reference["id"],
        title=attachment.get("title") or reference.get("description") or reference.get("type", {}).get("text", ""),
        at=instant_of(reference["date"]) if "date" in reference else None,
        author=next(authors, ""),
        content_type=attachment.get("contentType", ""),
    )
