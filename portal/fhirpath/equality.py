"""Equality, equivalence and order of values, and the keys by which sets know what is equal."""

import re
import unicodedata
from collections import Counter
from decimal import Decimal
from typing import Any

from portal.fhirpath import quantity as quantities
from portal.fhirpath import temporal
from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.temporal import Date, DateTime, Temporal, Time
from portal.fhirpath.values import Collection, Node, number, quantity_of, system

_SPACE = re.compile(r"\s")


def equal_collections(a: Collection, b: Collection) -> bool | None:
    if not a or not b:
        return None
    if len(a) != len(b):
        return False
    unknown = False
    for x, y in zip(a, b, strict=True):
        same = equal(system(x), system(y))
        if same is False:
            return False
        unknown = unknown or same is None
    return None if unknown else True


def equal(a: Any, b: Any) -> bool | None:
    """Of two system values; None when precision or units leave it open."""
    kind, other = type(a), type(b)
    if kind is str and other is str:
        return a == b
    if isinstance(a, Temporal) or isinstance(b, Temporal):
        return _equal_temporal(a, b)
    if kind is dict or other is dict or kind is Quantity or other is Quantity:
        return _equal_complex(a, b)
    if kind is bool or other is bool:
        return kind is other and a == b
    if kind is Node or other is Node:
        return _equal_valueless(a, b)
    return a == b


def _equal_valueless(a: Any, b: Any) -> bool:
    return type(a) is type(b) and a.sibling == b.sibling


def coerced(value: Any, like: Any) -> Any:
    """A text of a resource as the temporal value that the other side is; other values as they are."""
    if type(value) is str and isinstance(like, Temporal):
        return (Time if isinstance(like, Time) else DateTime if "T" in value else Date).parse(value) or value
    return value


def _equal_temporal(a: Any, b: Any) -> bool | None:
    a, b = coerced(a, b), coerced(b, a)
    if not isinstance(a, Temporal) or not isinstance(b, Temporal) or isinstance(a, Time) != isinstance(b, Time):
        return False
    order = temporal.compare(a, b)
    return None if order is None else order == 0


def _equal_complex(a: Any, b: Any) -> bool | None:
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        left, right = _as_quantity(a), _as_quantity(b)
        return quantities.same(left, right) if left and right else False
    if isinstance(a, dict) and isinstance(b, dict):
        if a == b:
            return True
        if a.keys() != b.keys():
            left, right = quantity_of(a), quantity_of(b)
            return bool(left and right and a.get("system") and b.get("system") and quantities.same(left, right))
        return all(_same_json(a[key], b[key]) for key in a)
    return False


def _same_json(a: Any, b: Any) -> bool:
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same_json(x, y) for x, y in zip(a, b, strict=True))
    return equal(system(a), system(b)) is True


def _as_quantity(value: Any) -> Quantity | None:
    if number(value):
        return Quantity(value=Decimal(value))
    return quantity_of(value)


def equivalent_collections(c: Run, a: Collection, b: Collection) -> bool:
    """As sets of values: order does not matter, numbers to the coarser precision, texts without case and spaces."""
    if len(a) != len(b):
        return False
    if len(a) > 1 and Counter(map(key, a)) == Counter(map(key, b)):
        return True
    c.spend(len(a) * len(b))
    rest = [system(y) for y in b]
    for x in a:
        value = system(x)
        for at, other in enumerate(rest):
            if equivalent(value, other):
                del rest[at]
                break
        else:
            return False
    return True


def equivalent(a: Any, b: Any) -> bool:
    a, b = coerced(a, b), coerced(b, a)
    if isinstance(a, Temporal) and isinstance(b, Temporal):
        return isinstance(a, Time) == isinstance(b, Time) and temporal.compare(a, b) == 0
    if isinstance(a, str) and isinstance(b, str):
        return _folded(a) == _folded(b)
    if number(a) and number(b):
        return quantities.close(Decimal(a), Decimal(b))
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        x, y = _as_quantity(a), _as_quantity(b)
        return bool(x and y and quantities.equivalent(x, y))
    if isinstance(a, dict) and isinstance(b, dict):
        return _equivalent_json(a, b)
    return type(a) is type(b) and a == b


def _folded(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).casefold())


def _equivalent_json(a: dict[str, Any], b: dict[str, Any]) -> bool:
    left, right = quantity_of(a), quantity_of(b)
    if left and right and "unit" in {**a, **b}:
        return quantities.equivalent(left, right)
    keys = {*a, *b} - {"id", "extension"}
    if "code" in keys and keys <= {"system", "version", "code", "display", "userSelected"}:
        keys = {"system", "code"}  # codings are the same when they mean the same
    return all(_equivalent_lists(_listed(a.get(k)), _listed(b.get(k))) for k in keys)


def _listed(value: Any) -> Collection:
    return [] if value is None else value if isinstance(value, list) else [value]


def _equivalent_lists(a: Collection, b: Collection) -> bool:
    """For the few values below one key of an element."""
    rest = list(b)
    for x in a:
        found = next((at for at, y in enumerate(rest) if equivalent(system(x), system(y))), None)
        if found is None:
            return False
        del rest[found]
    return not rest


def compare(a: Any, b: Any) -> int | None:
    """-1, 0 or 1 for two system values; None when open. Values that have no order between them are an error."""
    if number(a) and number(b):
        return (a > b) - (a < b)
    a, b = coerced(a, b), coerced(b, a)
    if isinstance(a, Temporal) and isinstance(b, Temporal):
        return temporal.compare(a, b)
    if isinstance(a, str) and isinstance(b, str) and not isinstance(a, Temporal) and not isinstance(b, Temporal):
        return (a > b) - (a < b)
    if isinstance(a, (Quantity, dict)) or isinstance(b, (Quantity, dict)):
        left, right = _as_quantity(a), _as_quantity(b)
        if left and right:
            try:
                pair = quantities.order(left, right)
            except ValueError as error:
                raise FhirPathError(f"The unit '{error}' cannot be converted.") from None
            return None if pair is None else (pair[0] > pair[1]) - (pair[0] < pair[1])
    raise FhirPathError(f"{kind_of(a)} and {kind_of(b)} have no order between them.")


def kind_of(value: Any) -> str:
    """The kind of a value, for sentences to authors."""
    if isinstance(value, Temporal):
        return "a date" if isinstance(value, Date) else "a time" if isinstance(value, Time) else "a date with time"
    names: dict[type[Any], str] = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        Decimal: "a number",
        Quantity: "a quantity",
    }
    return names.get(type(value), "an element")


def key(item: Any) -> Any:
    """A hashable that is equal exactly for equal items, wherever it can be had."""
    value = system(item)
    kind = type(value)
    if kind is str:
        if len(value) > 15 and value[4:5] == "-" and value[10:11] == "T":
            moment = DateTime.parse(value)
            return ("t", temporal.instant_key(moment)) if moment else value
        return value
    if kind is bool:
        return ("b", value)
    if isinstance(value, Temporal):
        return str(value) if len(value.parts) <= 3 and "T" not in value else ("t", temporal.instant_key(value))
    if kind is dict:
        return frozenset((k, key(v)) for k, v in value.items())
    if kind is list:
        return tuple(key(v) for v in value)
    if kind is Quantity:
        try:
            unit = quantities.unit_of(value.unit) if not value.calendar else None
        except ValueError:
            unit = None
        return ("q", unit.to_base(value.value), unit.dimension) if unit else ("q", value.value, value.unit)
    if kind is Node:
        return ("n", key(value.sibling))
    return value


def distinct(items: Collection) -> Collection:
    seen: set[Any] = set()
    out: Collection = []
    for item in items:
        k = key(item)
        if k not in seen:
            seen.add(k)
            out.append(item)
    return out
