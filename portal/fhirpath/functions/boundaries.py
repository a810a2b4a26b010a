"""What a value of limited precision may be at least and at most, how precise it is, and the parts of days and times."""

import calendar
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Any

from portal.fhirpath.numbers import decimal_places
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.table import Group, Table, decimal
from portal.fhirpath.temporal import Date, DateTime, Temporal, Time
from portal.fhirpath.values import number, quantity_of

TABLE: Table = {}
group = Group(name="Precision and parts of dates", table=TABLE)

_DIGITS: dict[type[Temporal], tuple[int, ...]] = {
    Date: (4, 6, 8),
    DateTime: (4, 6, 8, 10, 12, 14, 17),
    Time: (2, 4, 6, 9),
}
_MOST_DIGITS = 28


def _boundary(value: Any, digits: int | None, side: int) -> Any:
    if number(value):
        return _number(decimal(value), 8 if digits is None else digits, side)
    if isinstance(value, Temporal):
        known = _DIGITS[type(value)]
        return _temporal(value, known[-1] if digits is None else digits, side)
    quantity = quantity_of(value)
    if quantity is None:
        return None
    edge = _number(quantity.value, 8 if digits is None else digits, side)
    return None if edge is None else Quantity(value=edge, unit=quantity.unit, calendar=quantity.calendar)


def _number(value: Decimal, digits: int, side: int) -> Decimal | None:
    if not 0 <= digits <= _MOST_DIGITS:
        return None
    edge = value + side * Decimal(5).scaleb(-decimal_places(value) - 1)
    if digits < decimal_places(value) and abs(value) < Decimal(1).scaleb(-digits):
        return edge.quantize(Decimal(1).scaleb(-digits), ROUND_DOWN)
    return edge.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR if side < 0 else ROUND_CEILING)


def _temporal(value: Temporal, digits: int, side: int) -> Temporal | None:
    known = _DIGITS[type(value)]
    if digits not in known:
        return None
    fields = [int(part) for part in value.parts]
    day_fields = 0 if isinstance(value, Time) else 3
    lowest, highest = ((0,) * 3, (23, 59, 59)) if day_fields == 0 else ((1, 1, 1, 0, 0, 0), (9999, 12, 31, 23, 59, 59))
    fraction = int(value.parts[-1] * 1000) % 1000 if len(fields) == len(highest) else None
    if isinstance(value, DateTime) and len(fields) == 4:
        fields.append(0)  # an hour without minutes is the full hour: ISO 8601 writes none without
    while len(fields) < len(highest):
        at = len(fields)
        filled = (lowest if side < 0 else highest)[at]
        if at == 2 and day_fields:
            filled = 1 if side < 0 else calendar.monthrange(fields[0], fields[1])[1]
        fields.append(filled)
    if fraction is None or (fraction == 0 and not isinstance(value.parts[-1], Decimal)):
        fraction = 0 if side < 0 else 999
    return _cut(value, fields, fraction, digits, side)


def _cut(value: Temporal, fields: list[int], fraction: int, digits: int, side: int) -> Temporal | None:
    if isinstance(value, Time):
        text = ":".join(f"{n:02}" for n in fields)[: {2: 2, 4: 5}.get(digits, 8)]
        return Time.parse(f"{text}.{fraction:03}" if digits == 9 else text)
    day = f"{fields[0]:04}-{fields[1]:02}-{fields[2]:02}"
    if digits <= 8:
        text = day[: {4: 4, 6: 7, 8: 10}[digits]]
        return Date.parse(text) if isinstance(value, Date) else DateTime.parse(text)
    clock = ":".join(f"{n:02}" for n in fields[3:])[: {10: 2, 12: 5}.get(digits, 8)]
    if digits == 17:
        clock += f".{fraction:03}"
    if value.zone is None:
        zone = "+14:00" if side < 0 else "-12:00"
    else:
        zone = "Z" if value.endswith("Z") else value[-6:]
    return DateTime.parse(f"{day}T{clock}{zone}")


@group.scalar("lowBoundary", "", "digits?: Integer", "", "The least that a value of this precision can be.")
def low_boundary(c: Run, value: Any, digits: int | None = None) -> Any:  # noqa: ARG001
    return _boundary(value, digits, -1)


@group.scalar("highBoundary", "", "digits?: Integer", "", "The most that a value of this precision can be.")
def high_boundary(c: Run, value: Any, digits: int | None = None) -> Any:  # noqa: ARG001
    return _boundary(value, digits, 1)


@group.scalar("precision", "", "", "Integer", "How many digits are known: behind the point, or of the date.")
def precision(c: Run, value: Any) -> int | None:  # noqa: ARG001
    if isinstance(value, Temporal):
        return value.precision
    return decimal_places(decimal(value)) if number(value) else None


def _moment(value: Any) -> Temporal | None:
    """A day or a time, also where it came as text of plain JSON; None for other values, which have no parts."""
    if isinstance(value, Temporal) or not isinstance(value, str):
        return value if isinstance(value, Temporal) else None
    return Time.parse(value) if value[2:3] == ":" else DateTime.parse(value)


def _part(name: str, kinds: tuple[type[Temporal], ...], place: int, text: str) -> None:
    @group.scalar(f"{name}Of", "", "", "Integer", text)
    def of(c: Run, value: Any) -> int | None:  # noqa: ARG001
        moment = _moment(value)
        if not isinstance(moment, kinds):
            return None
        at = place - 3 if isinstance(moment, Time) else place
        return int(moment.parts[at]) if len(moment.parts) > at else None


_part("year", (Date, DateTime), 0, "The year.")
_part("month", (Date, DateTime), 1, "The month, 1 to 12.")
_part("day", (Date, DateTime), 2, "The day of the month.")
_part("hour", (DateTime, Time), 3, "The hour.")
_part("minute", (DateTime, Time), 4, "The minute.")
_part("second", (DateTime, Time), 5, "The second.")


@group.scalar("millisecondOf", "", "", "Integer", "The millisecond.")
def millisecond_of(c: Run, value: Any) -> int | None:  # noqa: ARG001
    moment = _moment(value)
    last = 2 if isinstance(moment, Time) else 5
    if moment is None or len(moment.parts) <= last or not isinstance(moment.parts[last], Decimal):
        return None
    return int(moment.parts[last] * 1000) % 1000


@group.scalar("timezoneOffsetOf", "", "", "Decimal", "The zone in hours east of Greenwich.")
def timezone_offset_of(c: Run, value: Any) -> Decimal | None:  # noqa: ARG001
    moment = _moment(value)
    return Decimal(moment.zone) / 60 if isinstance(moment, DateTime) and moment.zone is not None else None


@group.scalar("dateOf", "", "", "Date", "The day without the time.")
def date_of(c: Run, value: Any) -> Date | None:  # noqa: ARG001
    moment = _moment(value)
    return None if moment is None or isinstance(moment, Time) else Date.parse(moment[:10].split("T")[0])


@group.scalar("timeOf", "", "", "Time", "The time without the day.")
def time_of(c: Run, value: Any) -> Time | None:  # noqa: ARG001
    moment = _moment(value)
    if not isinstance(moment, DateTime) or len(moment.parts) < 4:
        return None
    clock = moment.split("T")[1]
    return Time.parse(clock if moment.zone is None else clock[:-1] if clock.endswith("Z") else clock[:-6])
