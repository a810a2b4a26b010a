"""What stands in a collection: plain JSON, FHIRPath's own values, and nodes where the type or the place must be known.

An expression that never asks for types runs on plain JSON ("raw"); one that does runs on nodes ("typed"). Functions
and operators see the same values either way: they call `system` on what they take.
"""

from decimal import Decimal
from typing import Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.quantity import Quantity, from_json
from portal.fhirpath.temporal import Date, DateTime, Time

Collection = list[Any]

_PARSERS = {"date": Date.parse, "dateTime": DateTime.parse, "instant": DateTime.parse, "time": Time.parse}


class Node:
    """An element of a resource: its JSON, its type ("" when not known) and the `_name` sibling of a primitive."""

    __slots__ = ("sibling", "type", "value")

    def __init__(self, value: Any, type_name: str, sibling: Any = None) -> None:
        self.value = value
        self.type = type_name
        self.sibling = sibling


def system(item: Any) -> Any:
    """The value of an item: temporal, Decimal, int, bool, str or Quantity; an element's JSON; None without a value."""
    kind = type(item)
    if kind is Node:
        return _node_value(item)
    if kind is float:
        return Decimal(repr(item))
    return item


def _node_value(node: Node) -> Any:
    value, type_name = node.value, node.type
    if type_name in _PARSERS and isinstance(value, str):
        parsed = _PARSERS[type_name](value)
        return value if parsed is None else parsed
    if type_name == "decimal" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(repr(value))
    if isinstance(value, float):
        return Decimal(repr(value))
    return value


def quantity_of(value: Any) -> Quantity | None:
    """A value as a quantity when it is one or is written as one in JSON."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, dict) and "value" in value and "linkId" not in value:
        return from_json(value)
    return None


def number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def single(items: Collection, what: str) -> Any:
    """The only value, or None when there is none; more than one is the author's error."""
    if not items:
        return None
    if len(items) > 1:
        raise FhirPathError(f"{what} needs one value, but several were found: add first(), or where().")
    value = items[0]
    kind = type(value)
    return system(value) if kind is Node or kind is float else value


def truth(items: Collection, what: str) -> bool | None:
    """Three-valued: None when empty; a single value that is no boolean counts as true."""
    if not items:
        return None
    if len(items) > 1:
        raise FhirPathError(f"{what} needs true or false, but several values were found.")
    value = items[0]
    if value is True or value is False:
        return value
    if type(value) is Node:
        return value.value if isinstance(value.value, bool) else True
    return True


def outward(item: Any) -> Any:
    """An item as the caller receives it: JSON, Decimal for every number with a point, ISO text for days and times."""
    value = system(item)
    if isinstance(value, Quantity):
        return value.as_json()
    return value
