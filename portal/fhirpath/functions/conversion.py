"""From one kind of value to another, and whether that is possible."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.fhirpath import quantity as quantities
from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.numbers import LARGEST, plain
from portal.fhirpath.operators import answer
from portal.fhirpath.quantity import CALENDAR_WORDS, Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.table import Group, Table
from portal.fhirpath.temporal import Date, DateTime, Time
from portal.fhirpath.values import Collection, number, quantity_of, single

TABLE: Table = {}
group = Group(name="Conversion", table=TABLE)

_TRUE = frozenset(("true", "t", "yes", "y", "1", "1.0"))
_FALSE = frozenset(("false", "f", "no", "n", "0", "0.0"))
_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,200}(?:\.\d{1,200})?", re.ASCII)
_QUANTITY = re.compile(r"([+-]?\d{1,200}(?:\.\d{1,200})?)\s*(?:'([^']*)'|([a-z]+))?", re.ASCII)


def to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if number(value):
        return True if value == 1 else False if value == 0 else None
    if type(value) is str:
        text = value.lower()
        return True if text in _TRUE else False if text in _FALSE else None
    return None


def to_integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return int(value)
    if type(value) is int:
        return value
    if type(value) is str and _INTEGER.fullmatch(value):
        found = int(value)
        return found if abs(found) <= LARGEST else None
    return None


def to_decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or number(value):
        return Decimal(value)
    return Decimal(value) if type(value) is str and _DECIMAL.fullmatch(value) else None


def to_string(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, (int, str, Quantity)):
        return str(value)
    found = quantity_of(value)
    return str(found) if found and ("unit" in value or "code" in value) else None


def to_date(value: Any) -> Date | None:
    if isinstance(value, Date):
        return value
    if isinstance(value, DateTime):
        return Date.parse(value[:10].split("T")[0])
    if type(value) is str:
        moment = DateTime.parse(value)
        return Date.parse(value[:10].split("T")[0]) if moment else None
    return None


def to_datetime(value: Any) -> DateTime | None:
    if isinstance(value, DateTime):
        return value
    return DateTime.parse(value) if isinstance(value, str) and not isinstance(value, Time) else None


def to_time(value: Any) -> Time | None:
    if isinstance(value, Time):
        return value
    return Time.parse(value.removeprefix("T")) if type(value) is str else None


def to_quantity(value: Any) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, bool) or number(value):
        return Quantity(value=Decimal(value))
    if isinstance(value, dict):
        return quantity_of(value)
    match = _QUANTITY.fullmatch(value) if type(value) is str else None
    if match is None:
        return None
    amount, unit, word = match.groups()
    if word is not None:
        return (
            Quantity(value=Decimal(amount), unit=CALENDAR_WORDS[word], calendar=True)
            if word in CALENDAR_WORDS
            else None
        )
    return Quantity(value=Decimal(amount), unit=unit or "1")


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "Boolean": to_boolean, "Integer": to_integer, "Decimal": to_decimal, "String": to_string, "Date": to_date,
    "DateTime": to_datetime, "Time": to_time,
}  # fmt: skip


def _declare(name: str, convert: Callable[[Any], Any]) -> None:
    @group.scalar(f"to{name}", "", "", name, f"The value as {name}; empty when it cannot be one.")
    def to(c: Run, value: Any) -> Any:  # noqa: ARG001
        return convert(value)

    @group.scalar(f"convertsTo{name}", "", "", "Boolean", f"Whether the value can be {name}.")
    def converts(c: Run, value: Any) -> bool:  # noqa: ARG001
        return convert(value) is not None


for _name, _convert in _CONVERSIONS.items():
    _declare(_name, _convert)


@group.scalar("toLong", "", "", "Integer", "The value as a whole number of 64 bits; empty when it cannot be one.")
def to_long(c: Run, value: Any) -> int | None:  # noqa: ARG001
    return to_integer(value)


@group.scalar("convertsToLong", "", "", "Boolean", "Whether the value can be a whole number of 64 bits.")
def converts_to_long(c: Run, value: Any) -> bool:  # noqa: ARG001
    return to_integer(value) is not None


def _in_unit(value: Any, unit: str | None) -> Quantity | None:
    found = to_quantity(value)
    if found is None or unit is None:
        return found
    unit = {word: {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}.get(s, s)
            for word, s in CALENDAR_WORDS.items()}.get(unit, unit)  # fmt: skip
    if found.unit == unit and not found.calendar:
        return found
    try:
        return quantities.convert(found, unit)
    except ValueError as error:
        raise FhirPathError(f"The unit '{error}' cannot be converted.") from None


@group.scalar("toQuantity", "", "unit?: String", "Quantity", "The value as a quantity (in another unit).")
def to_quantity_(c: Run, value: Any, unit: str | None = None) -> Quantity | None:  # noqa: ARG001
    return _in_unit(value, unit)


@group.scalar("convertsToQuantity", "", "unit?: String", "Boolean", "Whether the value can be a quantity (in a unit).")
def converts_to_quantity(c: Run, value: Any, unit: str | None = None) -> bool:  # noqa: ARG001
    return _in_unit(value, unit) is not None


@group.collection("comparable", "other: Quantity", "Boolean", "Whether two quantities have units that convert.")
def comparable(c: Run, v: Collection, other: Collection) -> Collection:  # noqa: ARG001
    a, b = quantity_of(single(v, "comparable()")), quantity_of(single(other, "comparable()"))
    if a is None or b is None:
        return []
    try:
        return answer(quantities.order(a, b) is not None)
    except ValueError:
        return answer(a.unit == b.unit)
