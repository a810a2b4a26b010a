"""Quantities: a number with a unit of UCUM or a calendar word; compared, converted and multiplied through `ucum`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.fhirpath.numbers import EXACT, plain
from portal.fhirpath.ucum import UCUM_SYSTEM, Unit, unit_of
from portal.types import Json

_WORDS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
CALENDAR_WORDS = {word + plural: word for word in _WORDS for plural in ("", "s")}
"""What may follow a number without quotes, to its singular."""
_DEFINITE = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}
_INDEFINITE = {"year": "a", "month": "mo"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    value: Decimal
    unit: str = "1"
    calendar: bool = False

    def __str__(self) -> str:
        number = plain(self.value)
        if self.calendar:
            return f"{number} {self.unit}" if self.value == 1 else f"{number} {self.unit}s"
        return f"{number} '{self.unit}'"

    def as_json(self) -> Json:
        """FHIR's Quantity; calendar words become the UCUM unit that bears their name."""
        code = {**_DEFINITE, **_INDEFINITE}.get(self.unit, self.unit) if self.calendar else self.unit
        return {"value": self.value, "unit": self.unit, "system": UCUM_SYSTEM, "code": code}


def from_json(element: Json) -> Quantity | None:
    """A FHIR Quantity (Age, Duration, …) as a quantity, or None where it has no value. The code wins over the text."""
    value: Any = element.get("value")
    if value is None or isinstance(value, (str, bool, dict, list)):
        return None
    coded = element.get("system") in {UCUM_SYSTEM, None}
    unit = (element.get("code") if coded else None) or element.get("unit") or element.get("code") or "1"
    return Quantity(value=Decimal(str(value)), unit=str(unit))


def _unit(quantity: Quantity, *, equivalence: bool) -> Unit | None:
    if not quantity.calendar:
        return unit_of(quantity.unit)
    code = _DEFINITE.get(quantity.unit)
    if code is None and equivalence:
        code = _INDEFINITE[quantity.unit]
    return unit_of(code) if code else None


def order(a: Quantity, b: Quantity, *, equivalence: bool = False) -> tuple[Decimal, Decimal] | None:
    """Both values in one unit; None when the units measure different things, or a calendar year meets a UCUM year.

    A unit that is not known raises, unless both are written the same: a guess would be a wrong dose.
    """
    if a.unit == b.unit and a.calendar == b.calendar:
        return a.value, b.value
    if a.calendar and b.calendar and {a.unit, b.unit} == {"year", "month"}:
        return (a.value * 12, b.value) if a.unit == "year" else (a.value, b.value * 12)
    left, right = _unit(a, equivalence=equivalence), _unit(b, equivalence=equivalence)
    if left is None or right is None or left.dimension != right.dimension:
        return None
    if left.factor == right.factor and left.offset == right.offset:
        return a.value, b.value
    return left.to_base(a.value), right.to_base(b.value)


def same(a: Quantity, b: Quantity) -> bool | None:
    """None where it cannot be known: a unit that is not in the table, or a calendar year beside a UCUM year."""
    try:
        pair = order(a, b)
        if pair is not None:
            return pair[0] == pair[1]
        left, right = _unit(a, equivalence=True), _unit(b, equivalence=True)
    except ValueError:
        return None
    return None if left and right and left.dimension == right.dimension else False


def times(a: Quantity, b: Quantity) -> Quantity | None:
    product = _combined(a, b, divide=False)
    return Quantity(value=EXACT.multiply(*product[0]), unit=product[1]) if product else None


def over(a: Quantity, b: Quantity) -> Quantity | None:
    if b.value == 0:
        return None
    quotient = _combined(a, b, divide=True)
    return Quantity(value=EXACT.divide(*quotient[0]), unit=quotient[1]) if quotient else None


def _combined(a: Quantity, b: Quantity, *, divide: bool) -> tuple[tuple[Decimal, Decimal], str] | None:
    """Values and unit of a product or quotient; written in the base units when both are not plain numbers."""
    if b.unit == "1":
        return (a.value, b.value), a.unit
    if a.unit == "1" and not divide:
        return (a.value, b.value), b.unit
    if divide and a.unit == b.unit:
        return (a.value, b.value), "1"
    left, right = _unit(a, equivalence=False), _unit(b, equivalence=False)
    if left is None or right is None:
        return None
    return (left.to_base(a.value), right.to_base(b.value)), left.combine(right, divide=divide)


def add(a: Quantity, b: Quantity, sign: int) -> Quantity | None:
    """The sum in the finer unit of the two, or None when they measure different things."""
    if a.unit == b.unit and a.calendar == b.calendar:
        return Quantity(value=EXACT.add(a.value, b.value * sign), unit=a.unit, calendar=a.calendar)
    left, right = _unit(a, equivalence=False), _unit(b, equivalence=False)
    if left is None or right is None or left.dimension != right.dimension:
        return None
    if right.factor < left.factor:
        moved = EXACT.divide(EXACT.multiply(a.value, left.factor), right.factor)
        return Quantity(value=EXACT.add(moved, b.value * sign), unit=b.unit, calendar=b.calendar)
    moved = EXACT.divide(EXACT.multiply(b.value, right.factor), left.factor)
    return Quantity(value=EXACT.add(a.value, moved * sign), unit=a.unit, calendar=a.calendar)


def convert(quantity: Quantity, unit: str) -> Quantity | None:
    """The same amount in another unit, or None when that unit measures something else."""
    source, target = _unit(quantity, equivalence=True), unit_of(unit)
    if source is None or source.dimension != target.dimension:
        return None
    return Quantity(value=plain_number(target.from_base(source.to_base(quantity.value))), unit=unit)


def plain_number(value: Decimal) -> Decimal:
    """Without the zeros that a conversion leaves behind the point."""
    trimmed = value.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed == trimmed.to_integral_value() else trimmed
