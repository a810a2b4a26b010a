"""Parameters that ask for several things at once: composites (`code$value`) and `near`.

Components that stand in one element of several (`Observation.component`) must be true of the same element: its rows
carry its number. Where the element is the resource itself, its own parameters answer.
"""

import math

from portal.embedded.definitions import Parameter, Place
from portal.embedded.outcome import refuse
from portal.embedded.search.clauses import Clause, Sql, all_of, any_of
from portal.embedded.search.extract import split_reference
from portal.embedded.search.kinds import (
    Lookup,
    bad_value,
    condition,
    date_test,
    decimal,
    number_test,
    prefix_test,
    token_test,
)
from portal.embedded.search.values import split_at, unescape

Test = tuple[str, tuple[object, ...]]
"""SQL on the columns of one row, with its arguments."""
NEARBY = 50.0
"""Kilometres, when a place is given without a distance."""
_UNITS = {"km": 1.0, "m": 0.001, "[mi_us]": 1.609347, "[mi_i]": 1.609344}
_DEGREE = 111.2
"""Kilometres between two parallels, a little less than the least."""


def composite(parameter: Parameter, modifier: str, values: list[str], lookup: Lookup) -> Clause:
    """Any of `values`, each `a$b`. Refusal 400 for a modifier, and for a value with too few or too many parts."""
    if modifier:
        raise refuse(400, "not-supported", f"The search parameter {parameter.name!r} has no modifier :{modifier}")
    if parameter.name == "near":
        return any_of([_near(parameter, value, lookup) for value in values])
    found: list[Clause] = []
    for value in values:
        parts = split_at("$", value)
        if len(parts) != len(parameter.places[0].components) or not all(parts):
            raise bad_value(parameter.name, value)
        found += [_at(place, parts, lookup) for place in parameter.places]
    return any_of(found)


def _at(place: Place, parts: list[str], lookup: Lookup) -> Clause:
    of_element = [
        (lookup.names.find("index", c.index), _test(c, part, lookup))
        for c, part in zip(place.components, parts, strict=True)
        if c.index.split(" ", 2)[1] == "part"
    ]
    of_resource = [
        condition(c, "", [part], lookup)
        for c, part in zip(place.components, parts, strict=True)
        if c.index.split(" ", 2)[1] != "part"
    ]
    return all_of([*([_one_element(of_element)] if of_element else []), *of_resource])


def _one_element(tests: list[tuple[int, Test]]) -> Clause:
    """Resources with an element for which all the tests hold; the first is looked for, the others are asked of it."""
    (pid, (text, args)), *others = tests
    same = "".join(
        f" AND EXISTS (SELECT 1 FROM by_part WHERE rid = e.rid AND slot = e.slot AND pid = ? AND {other})"
        for _, (other, _) in others
    )
    every = (pid, *args, *(a for other_pid, (_, other_args) in others for a in (other_pid, *other_args)))
    return Clause(
        drive=Sql(f"SELECT rid FROM by_part e WHERE pid = ? AND {text}{same}", every),
        probe=Sql(f"EXISTS (SELECT 1 FROM by_part e WHERE rid = {{x}} AND pid = ? AND {text}{same})", every),
    )


def _test(component: Parameter, value: str, lookup: Lookup) -> Test:
    match component.kind:
        case "string":
            return prefix_test(unescape(value))
        case "token":
            return token_test(value, lookup)
        case "date":
            return date_test(unescape(value), component.name, "value", "high")
        case "reference":
            type_, id_ = split_reference(unescape(value))
            if type_ or ":" in id_:
                return "value = ?", (f"{type_}/{id_}",)
            return "substr(value, ?) = ?", (-len(id_) - 1, f"/{id_}")
        case _:
            return number_test(unescape(value), component)


def _near(parameter: Parameter, value: str, lookup: Lookup) -> Clause:
    """`latitude|longitude|distance|unit`: a box from the index, and of what is in it the distance."""
    latitude, longitude, within = _place(parameter, value)
    tall = within / _DEGREE
    wide = tall / max(math.cos(math.radians(min(abs(latitude) + tall, 89.9))), 0.001)
    first, second = (lookup.names.find("index", c.index) for c in parameter.places[0].components)
    box = (first, latitude - tall, latitude + tall)
    boxes = ["value BETWEEN ? AND ?", "value + 360 BETWEEN ? AND ?", "value - 360 BETWEEN ? AND ?"]
    inside = (
        f"pid = ? AND value BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM by_part WHERE rid = e.rid AND slot = e.slot AND pid = ? "
        f"AND ({' OR '.join(boxes)}) AND kilometres(e.value, value, ?, ?) <= ?)"
    )
    args = (*box, second, *([longitude - wide, longitude + wide] * 3), latitude, longitude, within)
    return Clause(
        drive=Sql(f"SELECT rid FROM by_part e WHERE {inside}", args),
        probe=Sql(f"EXISTS (SELECT 1 FROM by_part e WHERE rid = {{x}} AND {inside})", args),
    )


def _place(parameter: Parameter, value: str) -> tuple[float, float, float]:
    latitude, longitude, *rest = [*value.split("|"), ""]
    distance, unit, *more = [*rest, "", ""]
    try:
        found = (
            decimal(latitude),
            decimal(longitude),
            (decimal(distance) if distance else NEARBY) * _UNITS[unit or "km"],
        )
    except (ValueError, KeyError):
        raise bad_value(parameter.name, value) from None
    if any(more) or not (abs(found[0]) <= 90 and abs(found[1]) <= 180 and 0 <= found[2] <= 20_100):
        raise bad_value(parameter.name, value)
    return found
