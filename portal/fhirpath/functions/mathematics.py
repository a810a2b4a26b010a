"""Numbers. Results are exact decimals where they can be; what has no result (the root of -1) is empty."""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.numbers import EXACT, LARGEST, half_up
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.table import Group, Table, decimal

TABLE: Table = {}
group = Group(name="Mathematics", table=TABLE)

LARGEST_POWER = 1_000


def _whole(value: Any, way: str) -> Any:
    """A whole number, or the quantity with one."""
    if isinstance(value, Quantity):
        return replace(value, value=value.value.to_integral_value(way))
    found = decimal(value).to_integral_value(way)
    return int(found) if abs(found) <= LARGEST else None


@group.scalar("abs", "Number", "", "", "Without its sign.")
def abs_(c: Run, value: Any) -> Any:  # noqa: ARG001
    if isinstance(value, Quantity):
        return replace(value, value=abs(value.value))
    return abs(value)


@group.scalar("ceiling", "Number", "", "", "The next whole number above.")
def ceiling(c: Run, value: Any) -> Any:  # noqa: ARG001
    return _whole(value, ROUND_CEILING)


@group.scalar("floor", "Number", "", "", "The next whole number below.")
def floor(c: Run, value: Any) -> Any:  # noqa: ARG001
    return _whole(value, ROUND_FLOOR)


@group.scalar("truncate", "Number", "", "", "Without what stands behind the point.")
def truncate(c: Run, value: Any) -> Any:  # noqa: ARG001
    return _whole(value, ROUND_DOWN)


@group.scalar("round", "Number", "digits?: Integer", "", "Rounded, halves up: 2.5 gives 3, -2.5 gives -2.")
def round_(c: Run, value: Any, digits: int = 0) -> Any:  # noqa: ARG001
    if digits < 0:
        raise FhirPathError("round() needs a number of digits that is not negative.")
    if isinstance(value, Quantity):
        return replace(value, value=half_up(value.value, min(digits, 30)))
    if type(value) is int or digits > 30:
        return value
    return half_up(value, digits) if abs(value) < 10**30 else value


@group.scalar("exp", "Decimal", "", "Decimal", "e to the power of the value.")
def exp(c: Run, value: Any) -> Decimal | None:  # noqa: ARG001
    return EXACT.exp(decimal(value)) if abs(value) < LARGEST_POWER else None


@group.scalar("ln", "Decimal", "", "Decimal", "The natural logarithm.")
def ln(c: Run, value: Any) -> Decimal | None:  # noqa: ARG001
    return EXACT.ln(decimal(value)) if value > 0 else None


@group.scalar("log", "Decimal", "base: Decimal", "Decimal", "The logarithm to a base.")
def log(c: Run, value: Any, base: Any) -> Decimal | None:  # noqa: ARG001
    if value <= 0 or base <= 0 or base == 1:
        return None
    found = EXACT.divide(EXACT.ln(decimal(value)), EXACT.ln(decimal(base)))
    near = half_up(found, 28)
    return near.to_integral_value() if near == near.to_integral_value() else near


@group.scalar("power", "Decimal", "exponent: Decimal", "", "Raised to the exponent.")
def power(c: Run, value: Any, exponent: Any) -> Any:  # noqa: ARG001
    if abs(exponent) > LARGEST_POWER or (value == 0 and exponent <= 0):
        return 1 if value == 0 == exponent else None
    if type(value) is int and type(exponent) is int and exponent >= 0:
        found = value**exponent if value.bit_length() * exponent < 4096 else LARGEST + 1
        return found if abs(found) <= LARGEST else None
    if value < 0 and exponent != int(exponent):
        return None
    return EXACT.power(decimal(value), decimal(exponent))


@group.scalar("sqrt", "Decimal", "", "Decimal", "The square root.")
def sqrt(c: Run, value: Any) -> Decimal | None:  # noqa: ARG001
    return EXACT.sqrt(decimal(value)) if value >= 0 else None
