"""Sums and extremes of collections, as scores need them. Nothing adds up to 0; there is no smallest of nothing."""

from decimal import Decimal
from typing import Any

from portal.fhirpath.equality import compare
from portal.fhirpath.numbers import EXACT
from portal.fhirpath.operators import plus, tidy
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.table import Group, Table
from portal.fhirpath.values import Collection, quantity_of, system

TABLE: Table = {}
group = Group(name="Aggregates", table=TABLE)


def _values(c: Run, v: Collection) -> Collection:
    c.spend(len(v))
    return [value for value in map(system, v) if value is not None]


def _total(values: Collection) -> Any:
    total: Any = values[0] if not isinstance(values[0], dict) else quantity_of(values[0])
    for value in values[1:]:
        if total is None:
            return None
        total = plus(total, value)
    return total


@group.collection("sum", "", "", "The sum of all items; 0 when there is none.")
def sum_(c: Run, v: Collection) -> Collection:
    values = _values(c, v)
    if not values:
        return [0]
    if len(values) == 1:
        plus(values[0], values[0])  # refuses what has no sum
    total = _total(values)
    return [] if total is None else [c.text(total) if type(total) is str else total]


@group.collection("min", "", "", "The smallest item.")
def min_(c: Run, v: Collection) -> Collection:
    return _extreme(_values(c, v), -1)


@group.collection("max", "", "", "The largest item.")
def max_(c: Run, v: Collection) -> Collection:
    return _extreme(_values(c, v), 1)


def _extreme(values: Collection, side: int) -> Collection:
    if not values:
        return []
    best = values[0]
    compare(best, best)
    for value in values[1:]:
        order = compare(value, best)
        if order is None:
            return []
        if order == side:
            best = value
    return [best]


@group.collection("avg", "", "", "The mean of all items; empty when there is none.")
def avg(c: Run, v: Collection) -> Collection:
    values = _values(c, v)
    if not values:
        return []
    total = _total(values)
    if isinstance(total, Quantity):
        mean = tidy(EXACT.divide(total.value, Decimal(len(values))))
        return [Quantity(value=mean, unit=total.unit, calendar=total.calendar)]
    plus(total, 0)
    return [] if total is None else [tidy(EXACT.divide(Decimal(total), Decimal(len(values))))]
