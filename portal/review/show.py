"""An answer in words, in the reader's language. Pure."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from portal.i18n import Texts
from portal.review.answers import Place
from portal.sdc import Form, FormItem
from portal.types import Json

LINK_ID = re.compile(r"linkId='([^']*)'")


def question_at(form: Form, location: str) -> FormItem | None:
    """The question that a location is about: the last linkId it names."""
    wanted = LINK_ID.findall(location)[-1:]
    return _find(form.items, wanted[0]) if wanted else None


def _find(items: tuple[FormItem, ...], link_id: str) -> FormItem | None:
    for item in items:
        found = item if item.link_id == link_id else _find(item.items, link_id)
        if found is not None:
            return found
    return None


def shown(place: Place, t: Texts) -> str:
    """All answers of a place, joined; empty when there is none."""
    return ", ".join(_one(place.item, answer, t) for answer in place.answers)


def _one(item: FormItem, answer: Json, t: Texts) -> str:
    for option in item.options:
        if _same(option.answer, answer):
            return option.text(t.locale)
    key, value = next((key, value) for key, value in answer.items() if key.startswith("value"))
    return _value(key, value, item, t)


def _same(option: Json, answer: Json) -> bool:
    a, b = option.get("valueCoding"), answer.get("valueCoding")
    if a is not None and b is not None:
        return (a.get("system"), a.get("code")) == (b.get("system"), b.get("code"))
    return any(key.startswith("value") and option.get(key) == value for key, value in answer.items())


def _value(key: str, value: Any, item: FormItem, t: Texts) -> str:
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if isinstance(value, int | float | Decimal):
        return f"{t.number(value)} {item.unit_in(t.locale)}".strip()
    if key == "valueDate" and isinstance(value, str):
        return _date(value, t)
    if isinstance(value, dict):
        if "value" in value:
            return f"{t.number(value['value'])} {value.get('unit', '')}".strip()
        return str(value.get("display") or value.get("code") or value.get("title") or "")
    return str(value)


def _date(text: str, t: Texts) -> str:
    """A date may be a year, or a year and a month."""
    parts = text.split("-")
    return t.day(date.fromisoformat(text)) if len(parts) == 3 else "/".join(reversed(parts))
