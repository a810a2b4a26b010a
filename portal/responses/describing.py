"""A resource of the record in a few words: what a form shows beside a question, or proposes as an answer to it."""

from decimal import Decimal
from typing import Any

from portal.i18n import Texts
from portal.types import Json
from portal.wording import amount_in_words

_NAMED = (
    "code", "medicationCodeableConcept", "vaccineCode", "type", "class", "relationship", "description", "title", "display",
)  # fmt: skip
_WHEN = (
    "effectiveDateTime", "onsetDateTime", "performedDateTime", "recordedDate", "occurrenceDateTime", "authoredOn", "date",
    "authored", "issued",
)  # fmt: skip


def described(t: Texts, thing: Any) -> str:
    """What it is, its value where it has one, and its day: “Poids : 62,5 kg (1 novembre 2026)”. Empty for what has no words."""
    if not isinstance(thing, dict):
        return "" if thing is None else str(thing)
    element: Json = thing
    if "resourceType" not in element:  # a Coding, a CodeableConcept, an amount
        return _amount(t, element) or _words(element)
    name = _person(element) or next((words for key in _NAMED if (words := _words(element.get(key)))), "")
    value = _value(t, element)
    if value:
        name = t("{name}: {value}", name=name, value=value) if name else value
    day = next((str(element[key])[:10] for key in _WHEN if isinstance(element.get(key), str)), "")
    when = "/".join(reversed(day.split("-"))) if t.locale == "fr" else day
    return f"{name} ({when})" if name and when else name


def _person(element: Json) -> str:
    name = element.get("name")
    if isinstance(name, str):
        return name
    first: Any = name[0] if isinstance(name, list) and name else {}
    if not isinstance(first, dict):
        return ""
    return str(first.get("text") or " ".join([*first.get("given", ()), first.get("family", "")]).strip())


def _words(value: Any) -> str:
    """Of a text, a Coding or a CodeableConcept."""
    match value:
        case str():
            return value
        case [first, *_]:
            return _words(first)
        case {"text": str(text)} | {"display": str(text)}:
            return text
        case {"coding": [first, *_]}:
            return _words(first)
        case {"code": str(code)}:
            return code
        case _:
            return ""


def _value(t: Texts, element: Json) -> str:
    for key, value in element.items():
        if key.startswith("value"):
            return (_amount(t, value) if isinstance(value, dict) else "") or _plain(t, value)
    return ""


def _plain(t: Texts, value: Any) -> str:
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    return _words(value) if isinstance(value, (str, dict, list)) else t.number(value)


def _amount(t: Texts, quantity: Json) -> str:
    """Empty for what has no number."""
    if not isinstance(quantity.get("value"), (int, float, Decimal)):
        return ""
    return amount_in_words(t, quantity, str(quantity.get("unit") or quantity.get("code", "")))
