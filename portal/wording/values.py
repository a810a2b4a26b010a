"""One answer as people read it: the words of its option, a number with its unit, a day and an hour at the centres' time."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.clock import PARIS
from portal.i18n import NBSP, Texts
from portal.sdc import FormItem
from portal.sdc.reading import local_text, value_of
from portal.types import Json


def shown(t: Texts, item: FormItem, value: Any) -> str:
    """A value as a session gives it, or as FHIR stores it."""
    option = item.option(value) if isinstance(value, str) else None
    unit = f"{NBSP}{item.unit_in(t.locale)}" if item.unit_text else ""
    match value:
        case None:
            return ""
        case _ if option is not None:
            return option.text(t.locale)
        case bool():
            return t("Yes") if value else t("No")
        case int() | float() | Decimal():
            return f"{t.number(value)}{unit}"
        case dict() if "value" in value or item.type == "quantity":
            return amount_in_words(t, value, _unit(t, item, value))
        case dict():
            return str(value.get("display") or value.get("title") or value.get("reference") or value.get("code", ""))
        case str() if item.type in {"date", "dateTime"}:
            return _date(t, value)
        case str() if item.type == "time":
            return value[:5].replace(":", f"{NBSP}h{NBSP}") if t.locale == "fr" else value[:5]
        case _:
            return str(value)


def answer_in_words(t: Texts, item: FormItem, answer: Json) -> str:
    """An answer element of a stored response; a code that the form lists has the form's words, whatever it displays."""
    for option in item.options:
        if _same(option.answer, answer):
            return option.text(t.locale)
    return shown(t, item, value_of(answer))


def amount_in_words(t: Texts, quantity: Mapping[str, Any], unit: str) -> str:
    """“62,5 kg”, “< 5 mg/L” where it is only known to be below; the unit alone where a kept amount has no number."""
    number = quantity.get("value")
    parts = (quantity.get("comparator"), None if number is None else t.number(number), unit)
    return NBSP.join(part for part in parts if part)


def unit_in_words(t: Texts, unit: Json) -> str:
    """One unit of a list, in the reader's language where the form translates it."""
    return local_text(unit, "display")(t.locale) or str(unit.get("code", ""))


def _same(option: Json, answer: Json) -> bool:
    a, b = option.get("valueCoding"), answer.get("valueCoding")
    if a is not None and b is not None:
        return (a.get("system"), a.get("code")) == (b.get("system"), b.get("code"))
    return any(key.startswith("value") and option.get(key) == value for key, value in answer.items())


def _unit(t: Texts, item: FormItem, quantity: Mapping[str, Any]) -> str:
    """In the reader's language where the form names the unit."""
    code = quantity.get("code")
    if code and item.unit and item.unit.get("code") == code:
        return item.unit_in(t.locale)
    named = next((each for each in item.unit_options if code and each.get("code") == code), None)
    return unit_in_words(t, named) if named else str(quantity.get("unit") or code or "")


def _date(t: Texts, text: str) -> str:
    """A year, a month, a day; an instant as the day and the hour at the centres."""
    if "T" not in text:
        return "/".join(reversed(text.split("-")))
    try:
        at = datetime.fromisoformat(text)
    except ValueError:  # of an import: what was kept is shown as it is
        return text
    return t.moment(at if at.tzinfo else at.replace(tzinfo=PARIS))
