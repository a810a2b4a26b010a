"""The attachment of an answer, the DocumentReference and the Binary of one file, and the address that opens it."""

import base64
import hashlib
from datetime import datetime
from pathlib import PurePosixPath

from portal.types import Json

NAME_LENGTH = 120


def key_of(attachment: Json) -> str:
    """The id of the file's document; empty for an attachment that is kept elsewhere."""
    kind, _, id_ = str(attachment.get("url", "")).rpartition("/")
    return id_ if kind == "Binary" else ""


def address_of(attachment: Json) -> str:
    """Where this site opens it; empty when it cannot."""
    key = key_of(attachment)
    return f"/fichiers/{key}" if key else ""


def safe_name(name: str) -> str:
    """The name that the person gave, without folders nor signs that mean something elsewhere."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(sign for sign in bare if sign.isprintable() and sign not in '<>:"/\\|?*')
    return kept.strip(" .")[:NAME_LENGTH]


def attachment_for(key: str, *, kind: str, name: str, content: bytes, now: datetime) -> Json:
    """What the answer and the document both hold."""
    return {
        "contentType": kind,
        "url": f"Binary/{key}",
        "size": len(content),
        "hash": base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),  # FHIR wants SHA-1
        "title": name,
        "creation": now.isoformat(timespec="seconds"),
    }


def binary(key: str, *, patient: str, kind: str, content: bytes) -> Json:
    return {
        "resourceType": "Binary",
        "id": key,
        "contentType": kind,
        "securityContext": {"reference": f"Patient/{patient}"},
        "data": base64.b64encode(content).decode(),
    }


def document(
    attachment: Json, *, patient: str, response: str, title: str, author: Json, now: datetime, tags: list[Json]
) -> Json:
    """The record's line for the file: whose it is, what it came with, who gave it."""
    made: Json = {
        "resourceType": "DocumentReference",
        "id": key_of(attachment),
        "status": "current",
        "type": {"text": title},
        "subject": {"reference": f"Patient/{patient}"},
        "date": now.isoformat(timespec="milliseconds"),
        "author": [author],
        "content": [{"attachment": attachment}],
        "context": {"related": [{"reference": f"QuestionnaireResponse/{response}"}]},
    }
    return {**made, "meta": {"tag": tags}} if tags else made


def response_of(document: Json) -> str:
    """Id of the response that the file was given with; empty for another document."""
    for each in document.get("context", {}).get("related", ()):
        kind, _, id_ = str(each.get("reference", "")).rpartition("/")
        if kind == "QuestionnaireResponse":
            return id_
    return ""
