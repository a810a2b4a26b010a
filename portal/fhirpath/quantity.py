"""Quantities: a number with a unit of UCUM or a calendar word; compared, converted and multiplied through `ucum`."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from portal.fhirpath.numbers import EXACT, decimal_places, half_up, plain
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


def order(a: Quantity, b: Quantity, *, equivalence: bool = False) -> tuple[Fraction, Fraction] | None:
    """Both values in one unit; None when the units measure different things, or a calendar year meets a UCUM year.

    A unit that is not known raises, unless both are written the same: a guess would be a wrong dose.
    """
    if a.unit == b.unit and a.calendar == b.calendar:
        return Fraction(a.value), Fraction(b.value)
    if a.calendar and b.calendar and {a.unit, b.unit} == {"year", "month"}:
        years = (12, 1) if a.unit == "year" else (1, 12)
        return Fraction(a.value) * years[0], Fraction(b.value) * years[1]
    left, right = _unit(a, equivalence=equivalence), _unit(b, equivalence=equivalence)
    if left is None or right is None or left.dimension != right.dimension:
        return None
    return left.to_base(a.value), right.to_base(b.value)


def equivalent(a: Quantity, b: Quantity) -> bool:
    """Whether they are the same when both are rounded to the coarser precision of the two."""
    try:
        pair = order(a, b, equivalence=True)
        if pair is None or pair[0] == pair[1]:
            return pair is not None
        left, right = _unit(a, equivalence=True), _unit(b, equivalence=True)
    except ValueError:
        left = right = pair = None
    if pair is None or left is None or right is None:
        return a.unit == b.unit and a.calendar == b.calendar and close(a.value, b.value)
    step = max(left.factor / 10 ** decimal_places(a.value), right.factor / 10 ** decimal_places(b.value))
    return floor(pair[0] / step + Fraction(1, 2)) == floor(pair[1] / step + Fraction(1, 2))


def close(a: Decimal, b: Decimal) -> bool:
    """Whether two numbers are the same to the coarser precision of the two."""
    digits = min(decimal_places(a), decimal_places(b))
    return half_up(a, digits) == half_up(b, digits)


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
    """The product; in the base units, unless one of them is a plain number."""
    if b.unit == "1" or a.unit == "1":
        return replace(a if b.unit == "1" else b, value=EXACT.multiply(a.value, b.value))
    return _combined(a, b, divide=False)


def over(a: Quantity, b: Quantity) -> Quantity | None:
    """The quotient; in the base units, unless the units are the same or the divisor is a plain number."""
    if b.value == 0:
        return None
    if b.unit == "1" or (a.unit == b.unit and a.calendar == b.calendar):
        quotient = EXACT.divide(a.value, b.value)
        return replace(a, value=quotient) if b.unit == "1" else Quantity(value=quotient)
    return _combined(a, b, divide=True)


def _combined(a: Quantity, b: Quantity, *, divide: bool) -> Quantity | None:
    left, right = _unit(a, equivalence=False), _unit(b, equivalence=False)
    if left is None or right is None or left.offset or right.offset:
        return None
    x, y = left.to_base(a.value), right.to_base(b.value)
    return Quantity(value=decimal(x / y if divide else x * y), unit=left.combine(right, divide=divide))


def add(a: Quantity, b: Quantity, sign: int) -> Quantity | None:
    """The sum in the finer unit of the two, or None when they measure different things."""
    if a.unit == b.unit and a.calendar == b.calendar:
        return Quantity(value=EXACT.add(a.value, b.value * sign), unit=a.unit, calendar=a.calendar)
    left, right = _unit(a, equivalence=False), _unit(b, equivalence=False)
    if left is None or right is None or left.dimension != right.dimension:
        return None
    finer, unit = (a, left) if left.factor <= right.factor else (b, right)
    total = Fraction(a.value) * left.factor + sign * Fraction(b.value) * right.factor
    return Quantity(value=decimal(total / unit.factor), unit=finer.unit, calendar=finer.calendar)


def convert(quantity: Quantity, unit: str) -> Quantity | None:
    """The same amount in another unit, or None when that unit measures something else."""
    source, target = _unit(quantity, equivalence=True), unit_of(unit)
    if source is None or source.dimension != target.dimension:
        return None
    return Quantity(value=decimal(target.from_base(source.to_base(quantity.value))), unit=unit)


def decimal(value: Fraction) -> Decimal:
    """To 34 digits, without the zeros that a conversion leaves behind the point."""
    trimmed = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize()
    return (
        trimmed.quantize(Decimal(1)) if trimmed.adjusted() < 30 and trimmed == trimmed.to_integral_value() else trimmed
    )
