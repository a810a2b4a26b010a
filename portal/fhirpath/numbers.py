"""Decimal arithmetic of expressions: exact to 34 digits, halves go up, no exponent in texts, no overflow."""

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

EXACT = Context(
    prec=34, rounding=ROUND_HALF_UP, Emin=-9999, Emax=9999, traps=[InvalidOperation, DivisionByZero, Overflow]
)
_WIDE = Context(prec=2000, Emin=-9999, Emax=9999)
LARGEST = 2**63 - 1
"""Integers beyond this are an overflow, and an overflow is an empty result."""


def plain(value: Decimal) -> str:
    """Digits as typed, never with an exponent."""
    return format(value, "f")


def half_up(value: Decimal, digits: int) -> Decimal:
    """Rounded to digits behind the point; halves go up: 2.5 to 3, and -2.5 to -2 as in CQL and fhirpath.js."""
    way = ROUND_HALF_UP if value >= 0 else ROUND_HALF_DOWN
    return value.quantize(Decimal(1).scaleb(-digits), rounding=way, context=_WIDE)


def decimal_places(value: Decimal) -> int:
    """Digits behind the point as written."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
