"""Signatures of a response: the extension that is kept when answers are signed, and what is read of it."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access import Actor
from portal.i18n import Texts
from portal.sdc import Form
from portal.types import Json

URL = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature"
PICTURES = frozenset({"image/png", "image/jpeg"})
AUTHOR: Json = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.1",
    "display": "Author's Signature",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """The name that a person wrote to sign, and what they drew, as a `data:` URL of a PNG."""

    name: str
    drawing: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedBy:
    """A signature as it is read. `name` is empty where it is not kept; `drawing` is a `data:` URL of a picture, or empty."""

    at: datetime
    name: str = ""
    drawing: str = ""

    def told(self, t: Texts) -> str:
        moment = t.moment(self.at)
        return (
            t("Signed by {name} on {moment}", name=self.name, moment=moment)
            if self.name
            else t("Signed on {moment}", moment=moment)
        )


def signature_of(actor: Actor, form: Form, given: Signature, now: datetime, *, named: bool) -> Json:
    """The extension that says who signed the answers, as what, when, and if `named` under which name and with which drawing:
    those who follow a trial read its answers, and must not learn from them who the subject is.
    """
    wanted = [*form.signature, *(each for item in form.by_link_id.values() for each in item.signature)]
    kinds = [coding for concept in wanted for coding in concept.get("coding", ())] or [AUTHOR]
    value: Json = {
        "type": list({coding.get("code"): coding for coding in kinds}.values()),
        "when": now.isoformat(timespec="milliseconds"),
        "who": {"reference": actor.reference, **({"display": given.name} if named else {})},
    }
    if given.drawing and named:
        value |= {"sigFormat": "image/png", "data": given.drawing.partition(",")[2]}
    return {"url": URL, "valueSignature": value}


def signatures_in(response: Json) -> tuple[SignedBy, ...]:
    """Those of the whole response and of its items. A picture that is none is left out; the signature stands."""
    return tuple(_signed(value) for value in _found(response))


def _found(element: Json) -> Iterator[Json]:
    for extension in element.get("extension", ()):
        if extension.get("url") == URL and "valueSignature" in extension:
            yield extension["valueSignature"]
    for key in ("item", "answer"):
        for inside in element.get(key, ()):
            yield from _found(inside)


def _signed(value: Json) -> SignedBy:
    kind, data = value.get("sigFormat", ""), value.get("data", "")
    drawing = f"data:{kind};base64,{data}" if kind in PICTURES and _is_base64(data) else ""
    return SignedBy(
        at=datetime.fromisoformat(value["when"]), name=str(value.get("who", {}).get("display", "")), drawing=drawing
    )


def _is_base64(data: Any) -> bool:
    try:
        return bool(base64.b64decode(data, validate=True))
    except (binascii.Error, TypeError, ValueError):
        return False
