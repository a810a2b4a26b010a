"""Binary: bytes in, bytes out, when the caller does not speak FHIR JSON."""

import base64
import binascii
from dataclasses import replace

from portal.embedded.messages import Answer, Request
from portal.embedded.outcome import refuse
from portal.embedded.text import load_object

FHIR_TYPES = frozenset({"application/fhir+json", "application/json", "*/*", ""})


def from_bytes(request: Request) -> Request:
    """A raw body, also an empty one, becomes a Binary of its Content-Type; a JSON body is a Binary already."""
    if request.body is not None or request.method not in {"POST", "PUT"}:
        return request
    content = " ".join(request.headers.get("content-type", "application/octet-stream" if request.raw else "").split())
    if content.partition(";")[0].strip().lower() in FHIR_TYPES:
        return request
    binary = {"resourceType": "Binary", "contentType": content}
    if request.raw:
        binary["data"] = base64.b64encode(request.raw).decode()
    return replace(request, body=binary)


def as_bytes(request: Request, answer: Answer) -> Answer:
    """The bytes when the caller accepts the Binary's own type, else its JSON. Refusal 406 for any other type."""
    wanted = [part.partition(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
    if request.option("_format") or any(part in FHIR_TYPES for part in wanted) or answer.status != 200:
        return answer
    binary = load_object(answer.body)
    content = str(binary.get("contentType", ""))
    plain = content.partition(";")[0].strip()
    if not plain.isascii() or not plain.isprintable():
        plain = content = "application/octet-stream"  # kept before such a type was refused: no header can say it
    if plain not in wanted and f"{plain.partition('/')[0]}/*" not in wanted:
        raise refuse(406, "not-supported", f"This Binary is {content}")
    try:
        data = base64.b64decode(str(binary.get("data", "")))
    except binascii.Error as problem:
        raise refuse(422, "value", "The data of this Binary is not base64") from problem
    return replace(answer, body=data, content_type=content if content.isascii() and content.isprintable() else plain)
