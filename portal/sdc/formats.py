"""How FHIR writes days, instants and times of day, and which of two comes first."""

import re
from datetime import datetime

DATE = re.compile(r"(?!0000)\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
DATE_TIME = re.compile(
    r"(?!0000)\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?)?)?",
    re.ASCII,
)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?", re.ASCII)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def day_exists(text: str) -> bool:
    """Whether the day of a date or instant exists: 30 February does not. It is known to look right."""
    if len(text) < 10:
        return True
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= _DAYS[month - 1] and (month != 2 or day < 29 or leap)


def is_date(text: str) -> bool:
    return DATE.fullmatch(text) is not None and day_exists(text)


def is_date_time(text: str) -> bool:
    return DATE_TIME.fullmatch(text) is not None and day_exists(text)


def is_time(text: str) -> bool:
    return TIME.fullmatch(text) is not None


def order(one: str, other: str) -> int | None:
    """-1, 0 or 1 as the first is earlier, the same or later; None when their precision leaves it open: 2026 is neither
    before nor after 2026-03. Instants compare whatever their time zones.
    """
    if one == other:
        return 0
    if one[10:11] == "T" == other[10:11]:
        a, b = _instant(one), _instant(other)
        if a is not None and b is not None:
            return (a > b) - (a < b)
    one, other = _without_zeros(one), _without_zeros(other)
    short = min(len(one), len(other))
    if one[:short] == other[:short]:
        # a fraction of a second is no further precision
        return None if len(one) != len(other) and "." not in one + other else (one > other) - (one < other)
    return -1 if one[:short] < other[:short] else 1


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _without_zeros(text: str) -> str:
    """10:30:00.00 is 10:30:00."""
    return text.rstrip("0").rstrip(".") if "." in text and ":" in text else text
