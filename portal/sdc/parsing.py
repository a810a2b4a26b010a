"""Typed text to a value, as people in France write: 7,5 · 27/3/26 · 27 03 2026 · 22h30."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from portal.i18n import N_
from portal.sdc.limits import WRITE_DATE, WRITE_NUMBER, WRITE_TIME, WRITE_WHOLE, NotAnAnswer
from portal.sdc.model import FormItem

_SPACES = re.compile(r"[\s\u00a0\u202f']")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_DAY = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{4}|\d{2})")
_PACKED_DAY = re.compile(r"(\d{2})(\d{2})(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[\s/.\-]+(\d{4})")
_YEAR = re.compile(r"\d{4}")
_TIME = re.compile(r"(\d{1,2})\s*[:hH.]\s*(\d{2})?")
_YEARS_AHEAD = 10  # 27/3/36 typed in 2026 is 2036; 27/3/37 is 1937


def parse_text(item: FormItem, text: str, today: date) -> object:
    """The value that a person typed for this question, or None for an emptied field. Raises `NotAnAnswer`."""
    if not text.strip():
        return None
    reader = _READERS.get(item.type)
    return reader(item, text.strip(), today) if reader else text.strip()


def _decimal(_item: FormItem, text: str, _today: date) -> Decimal:
    written = _SPACES.sub("", text).replace("\u2212", "-")
    if not _NUMBER.fullmatch(written):
        raise NotAnAnswer(WRITE_NUMBER)
    try:
        return Decimal(written.replace(",", "."))
    except InvalidOperation:
        raise NotAnAnswer(WRITE_NUMBER) from None


def _integer(item: FormItem, text: str, today: date) -> int:
    number = _decimal(item, text, today)
    if number != number.to_integral_value():
        raise NotAnAnswer(WRITE_WHOLE)
    return int(number)


def _date(item: FormItem, text: str, today: date) -> str:
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = found.groups()
        return _checked(int(year), int(month), int(day))
    if found := _DAY.fullmatch(text) or _PACKED_DAY.fullmatch(text):
        day, month, year = found.groups()
        return _checked(_full_year(year, today), int(month), int(day))
    if found := _MONTH.fullmatch(text):
        return _partial(item, f"{int(found[2]):04d}-{_month(int(found[1])):02d}")
    if _YEAR.fullmatch(text):
        return _partial(item, text)
    raise NotAnAnswer(WRITE_DATE)


def _partial(item: FormItem, text: str) -> str:
    """A year or a month alone is an answer unless the form asks for the day (`minLength` 10, or 7 for the month)."""
    if item.min_length is not None and len(text) < item.min_length:
        raise NotAnAnswer(WRITE_DATE)
    return text


def _full_year(year: str, today: date) -> int:
    if len(year) == 4:
        return int(year)
    recent = today.year // 100 * 100 + int(year)
    return recent if recent <= today.year + _YEARS_AHEAD else recent - 100


def _checked(year: int, month: int, day: int) -> str:
    try:
        return date(year, _month(month), day).isoformat()
    except ValueError:
        raise NotAnAnswer(N_("This day does not exist. Write the date like this: DD/MM/YYYY.")) from None


def _month(month: int) -> int:
    if not 1 <= month <= 12:
        raise NotAnAnswer(N_("This month does not exist. Write the date like this: DD/MM/YYYY."))
    return month


def _time(_item: FormItem, text: str, _today: date) -> str:
    found = _TIME.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise NotAnAnswer(WRITE_TIME)
    return f"{int(found[1]):02d}:{found[2] or '00'}:00"


def _boolean(_item: FormItem, text: str, _today: date) -> bool:
    if text.lower() in ("oui", "yes", "true", "1"):
        return True
    if text.lower() in ("non", "no", "false", "0"):
        return False
    raise NotAnAnswer(N_("Choose yes or no."))


_READERS: dict[str, Callable[[FormItem, str, date], object]] = {
    "decimal": _decimal,
    "integer": _integer,
    "quantity": _decimal,
    "date": _date,
    "dateTime": _date,
    "time": _time,
    "boolean": _boolean,
}
