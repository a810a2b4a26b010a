"""Amounts with units, as FHIR writes them: compared and converted by UCUM, never by their bare numbers."""

from decimal import Decimal

from portal.fhirpath import convert_quantity, order_quantities, read_quantity
from portal.sdc.reading import decimal
from portal.types import Json


def order(one: Json, other: Json) -> int | None:
    """-1, 0 or 1 as the first amount is less, the same or more; None when their units measure different things."""
    a, b = read_quantity(one), read_quantity(other)
    if a is None or b is None:
        return None
    try:
        pair = order_quantities(a, b)
    except ValueError:  # a unit that nobody knows compares only with itself
        return None
    return None if pair is None else (pair[0] > pair[1]) - (pair[0] < pair[1])


def number_in(quantity: Json, unit: Json | None) -> Decimal | None:
    """The number of an amount in a unit (a Coding); None when it measures something else, or is not exact (`<5`)."""
    found = read_quantity(quantity)
    if found is None or "comparator" in quantity:
        return None
    wanted = (unit or {}).get("code") or (unit or {}).get("display")
    if not wanted or wanted in (quantity.get("code"), quantity.get("unit")) or found.unit == "1":
        return decimal(quantity["value"])
    try:
        converted = convert_quantity(found, wanted)
    except ValueError:
        return None
    return None if converted is None else decimal(converted.value)


def as_unit(unit: Json | None) -> Json:
    """What a Quantity carries of a unit that is a Coding."""
    parts = {
        "unit": (unit or {}).get("display") or (unit or {}).get("code"),
        **{k: (unit or {}).get(k) for k in ("system", "code")},
    }
    return {key: value for key, value in parts.items() if value}
