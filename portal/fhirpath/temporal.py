"""Days, instants and times of day as FHIR writes them: each knows its precision, and comparing may have no answer.

They are strings (their ISO form), so that a result can go into a resource as it is.
"""

import calendar
import re
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Self

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.quantity import Quantity

_DAY = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"
_CLOCK = r"(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?"
_DATE = re.compile(_DAY, re.ASCII)
_DATETIME = re.compile(_DAY + rf"(?:T(?:{_CLOCK})?(Z|[+-]\d{{2}}:\d{{2}})?)?", re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)

Part = int | Decimal

MILLISECONDS = {"year": 31_536_000_000, "month": 2_592_000_000, "week": 604_800_000, "day": 86_400_000,
                "hour": 3_600_000, "minute": 60_000, "second": 1_000, "millisecond": 1}  # fmt: skip
_FIELDS = ("year", "month", "day", "hour", "minute", "second")
_FOREIGN_UNITS = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
_CALENDAR_TEXTS = {name + s: name for name in MILLISECONDS for s in ("", "s")}
_EARLIEST, _LATEST = 14 * 60, -12 * 60
"""Zones east and west of everything: what an instant without a zone may be."""


class Temporal(str):
    """`parts` from the year (or the hour) down to what is known; seconds carry their fraction. `zone` is in minutes."""

    __slots__ = ("parts", "zone")
    parts: tuple[Part, ...]
    zone: int | None

    @classmethod
    def make(cls, text: str, parts: tuple[Part, ...], zone: int | None = None) -> Self:
        made = str.__new__(cls, text)
        made.parts = parts
        made.zone = zone
        return made

    @property
    def precision(self) -> int:
        """How many digits are known, milliseconds counted as three: 4 for a year, 8 for a day, 17 for an instant."""
        return len(re.sub(r"\D", "", re.sub(r"(Z|[+-]\d\d:\d\d)$", "", str(self)) if self.zone is not None else self))


class Date(Temporal):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self | None:
        match = _DATE.fullmatch(text)
        parts = _parts(match.groups()) if match else None
        return cls.make(text, parts) if parts and _exists(parts) else None


class DateTime(Temporal):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self | None:
        match = _DATETIME.fullmatch(text)
        if match is None:
            return None
        *fields, zone = match.groups()
        parts = _parts(tuple(fields))
        return cls.make(text, parts, _zone(zone)) if _exists(parts) else None


class Time(Temporal):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self | None:
        match = _TIME.fullmatch(text)
        parts = _parts(match.groups()) if match else None
        return cls.make(text, parts) if parts and _clock_exists(parts) else None


def _parts(groups: tuple[str | None, ...]) -> tuple[Part, ...]:
    known = [g for g in groups if g is not None]
    return tuple(Decimal(g) if "." in g else int(g) for g in known)


def _zone(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def _exists(parts: tuple[Part, ...]) -> bool:
    year, month, day = (*parts[:3], *(1, 1, 1)[len(parts[:3]) :])
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(int(year), int(month))[1]):
        return False
    return _clock_exists(parts[3:])


def _clock_exists(parts: tuple[Part, ...]) -> bool:
    return all(part < limit for part, limit in zip(parts, (24, 60, 60), strict=False))


def from_datetime(moment: datetime) -> DateTime:
    """An aware moment to milliseconds, in its own zone."""
    text = moment.isoformat(timespec="milliseconds")
    found = DateTime.parse(text)
    if found is None:
        raise FhirPathError("The present instant needs a zone.")
    return found


def from_date(day: date) -> Date:
    return Date.make(day.isoformat(), (day.year, day.month, day.day))


def compare(a: Temporal, b: Temporal) -> int | None:
    """-1, 0 or 1; None when their precision leaves it open."""
    if isinstance(a, Time) != isinstance(b, Time):
        raise FhirPathError("A time of day and a day cannot be compared.")
    if a.zone != b.zone and isinstance(a, DateTime) and isinstance(b, DateTime) and min(len(a.parts), len(b.parts)) > 3:
        return _compare_zoned(a, b)
    return _compare_parts(a.parts, b.parts)


def _compare_parts(a: tuple[Part, ...], b: tuple[Part, ...]) -> int | None:
    for x, y in zip(a, b, strict=False):
        if x != y:
            return -1 if x < y else 1
    return 0 if len(a) == len(b) else None


def _compare_zoned(a: DateTime, b: DateTime) -> int | None:
    if a.zone is not None and b.zone is not None:
        return _compare_parts(_shifted(a, a.zone), _shifted(b, b.zone))
    early = _compare_parts(
        _shifted(a, _EARLIEST if a.zone is None else a.zone), _shifted(b, _EARLIEST if b.zone is None else b.zone)
    )
    late = _compare_parts(
        _shifted(a, _LATEST if a.zone is None else a.zone), _shifted(b, _LATEST if b.zone is None else b.zone)
    )
    return early if early == late else None


def _shifted(moment: DateTime, zone: int) -> tuple[Part, ...]:
    """The parts in UTC, as if the moment were in `zone`."""
    numbers = [int(p) for p in moment.parts[:5]] + [0] * (5 - len(moment.parts[:5]))
    try:
        moved = datetime(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]) - timedelta(minutes=zone)  # noqa: DTZ001
    except OverflowError:
        return moment.parts
    whole = (moved.year, moved.month, moved.day, moved.hour, moved.minute)
    return (*whole[: min(5, max(len(moment.parts), 5 if zone % 60 else 4))], *moment.parts[5:])


def instant_key(value: Temporal) -> tuple[Part, ...]:
    """Equal for equal values: what a set may compare instead of the text."""
    if value.zone is not None and len(value.parts) > 3:
        return (*_shifted(value, value.zone), -1) if isinstance(value, DateTime) else value.parts
    return value.parts


def unit_of(quantity: Quantity) -> str:
    """The calendar word that a quantity counts, or an error where it counts something that a date cannot be moved by."""
    if quantity.calendar:
        return quantity.unit
    word = _FOREIGN_UNITS.get(quantity.unit) or _CALENDAR_TEXTS.get(quantity.unit)
    if word is None:
        raise FhirPathError(f"A date cannot be moved by the unit '{quantity.unit}': use years, months, weeks, days, …")
    return word


def add(moment: Temporal, quantity: Quantity, sign: int) -> Temporal | None:
    """The moment moved; its precision stays. None when the result is outside the calendar."""
    unit = unit_of(quantity)
    amount = quantity.value * sign
    if abs(amount) > 10**13:
        return None
    whole = int(amount.to_integral_value(ROUND_DOWN))
    if isinstance(moment, Time):
        if MILLISECONDS[unit] > MILLISECONDS["hour"]:
            raise FhirPathError("A time of day is moved by hours, minutes, seconds or milliseconds.")
        return _add_time(moment, whole * MILLISECONDS[unit])
    known = len(moment.parts)
    if unit == "week":
        unit, whole = "day", whole * 7
    if known < 3 and unit not in _FIELDS[:known]:
        # Coarser than the unit: count in days, 365 a year and 30 a month, and drop what does not fill the precision.
        days = int(whole * MILLISECONDS[unit] / MILLISECONDS["day"]) if unit != "month" else whole * 30
        unit, whole = ("year", int(days / 365)) if known == 1 else ("month", int(days / 30))
        if known == 1 and quantity.unit == "month":
            whole = int(amount.to_integral_value(ROUND_DOWN) / 12)
    try:
        return _move(moment, unit, whole)
    except (OverflowError, ValueError):
        return None


def _move(moment: Temporal, unit: str, whole: int) -> Temporal:
    known = len(moment.parts)
    fields = [int(p) for p in moment.parts[:5]]
    year, month, day, hour, minute = (*fields, *(1, 1, 1, 0, 0)[len(fields) :])
    milliseconds = int(moment.parts[5] * 1000) if known == 6 else 0
    if unit in {"year", "month"}:
        year, month = divmod(year * 12 + month - 1 + whole * (12 if unit == "year" else 1), 12)
        month += 1
        if not 1 <= year <= 9999:
            raise OverflowError
        day = min(day, calendar.monthrange(year, month)[1])
        moved = datetime(year, month, day, hour, minute)  # noqa: DTZ001
    else:
        moved = datetime(year, month, day, hour, minute)  # noqa: DTZ001
        total = milliseconds + whole * MILLISECONDS[unit]
        if known == 3:
            total = int(total / MILLISECONDS["day"]) * MILLISECONDS["day"]
        moved += timedelta(milliseconds=total)
        milliseconds = moved.second * 1000 + moved.microsecond // 1000
    return _written(moment, (moved.year, moved.month, moved.day, moved.hour, moved.minute), milliseconds)


def _written(like: Temporal, whole: tuple[int, ...], milliseconds: int) -> Temporal:
    """The same precision, zone and number of fraction digits as `like`."""
    known = len(like.parts)
    text = "-".join(f"{n:0{w}}" for n, w in zip(whole[: min(known, 3)], (4, 2, 2), strict=False))
    zone = ""
    if isinstance(like, DateTime) and ("T" in like or known > 3):
        text += "T" + ":".join(f"{n:02}" for n in whole[3:known])
        if known == 6:
            text += f":{_seconds(like.parts[5], milliseconds)}"
        zone = "" if like.zone is None else like[-1:] if like.endswith("Z") else like[-6:]
    parts: tuple[Part, ...] = whole[:known]
    if known == 6:
        parts = (*whole, Decimal(milliseconds) / 1000 if milliseconds % 1000 else milliseconds // 1000)
    return type(like).make(text + zone, parts, like.zone)


def _seconds(like: Part, milliseconds: int) -> str:
    if isinstance(like, Decimal) or milliseconds % 1000:
        return f"{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    return f"{milliseconds // 1000:02}"


def _add_time(moment: Time, milliseconds: int) -> Time:
    known = len(moment.parts)
    hour, minute, second = (*moment.parts, *(0, 0, 0)[known:])
    total = int(hour) * 3_600_000 + int(minute) * 60_000 + int(second * 1000) + milliseconds
    total %= 86_400_000
    text = f"{total // 3_600_000:02}"
    if known > 1:
        text += f":{total // 60_000 % 60:02}"
    if known > 2:
        text += f":{_seconds(moment.parts[2], total % 60_000)}"
    found = Time.parse(text)
    return found if found is not None else moment
