"""R4's primitive types: what JSON a value may be."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from portal.embedded.search.values import date_range

_YEAR = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_DAY = rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"


PATTERNS = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "uri": r"\S+",
        "url": r"\S+",
        "canonical": r"\S+",
        "base64Binary": r"\s*([0-9a-zA-Z+/=]{4}\s*)+",
        "code": r"[^\s\x00-\x1f\x7f-\x9f]+( [^\s\x00-\x1f\x7f-\x9f]+)*",
        "oid": r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+",
        "uuid": r"urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        "id": r"[A-Za-z0-9\-.]{1,64}",
        "time": _TIME,
    }.items()
}
"""Types that are a text of a certain form, and nothing more. No pattern can match one text in two ways, so that none
takes long."""


def _text(kind: str) -> Callable[[Any], bool]:
    fits = FORMS[kind]
    return lambda value: isinstance(value, str) and fits(value)


def _remembered(fits: Callable[[str], bool]) -> Callable[[str], bool]:
    """Codes, systems and days come again and again."""
    return lru_cache(maxsize=1024)(fits)


def _form(kind: str) -> Callable[[str], bool]:
    matches = PATTERNS[kind].fullmatch

    def fits(text: str) -> bool:
        return matches(text) is not None

    return _remembered(fits) if kind in {"code", "uri"} else fits


def _dated(pattern: str) -> Callable[[Any], bool]:
    matches = re.compile(pattern).fullmatch
    fits = _remembered(lambda text: matches(text) is not None and date_range(text) is not None)
    return lambda value: isinstance(value, str) and fits(value)


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _decimal(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _written(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


FORMS = {kind: _form(kind) for kind in PATTERNS}
"""Of the types of `PATTERNS`, whether a text has that form."""

PRIMITIVES: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "integer": _whole(-(2**31), 2**31 - 1),
    "unsignedInt": _whole(0, 2**31 - 1),
    "positiveInt": _whole(1, 2**31 - 1),
    "decimal": _decimal,
    "string": _written,
    "markdown": _written,
    "xhtml": _written,
    "date": _dated(_DAY),
    "dateTime": _dated(rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T{_TIME}{_ZONE})?)?)?"),
    "instant": _dated(rf"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T{_TIME}{_ZONE}"),
    **{kind: _text(kind) for kind in PATTERNS},
}
"""Type → whether a JSON value is one."""
