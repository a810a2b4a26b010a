"""Index rows of a resource: for each search parameter of its type, the values found at its paths.

The paths are compiled once to closures, by the first key of each, so that indexing costs what the resource holds, not
what FHIR defines. Rows are written as the tables take them; a reference keeps its target's name until it gets its number.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any

from portal.embedded.definitions import Parameter
from portal.embedded.search.values import HIGHEST, LOWEST, date_range, fold
from portal.types import Json

TEXT, IDENTIFIER = " text", " identifier"
"""Added to an index's name: the words of a token, for `:text`; the identifier of a reference, for `:identifier`."""
CONTACTS = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})
PARTS = (
    "text", "family", "given", "prefix", "suffix", "line", "city", "district", "state", "country", "postalCode",
)  # fmt: skip

_LISTS = (list, tuple)
_MARKUP, _WORD = re.compile(r"<[^>]*>"), re.compile(r"\w+")

Number = Callable[[str, str], int]
"""(kind, text) → the number that stands for it in the tables."""


PartRow = tuple[int, Any, int, int, int, int, str]
"""(index, value, resource, element, system, end, exact): what a row of any other table holds, and which element."""


@dataclass(slots=True)
class Rows:
    """What a resource, or many, put into each index table. `reference` holds (index, type, id, resource)."""

    number: Number
    string: list[tuple[int, str, int, str]] = field(default_factory=list[tuple[int, str, int, str]])
    token: list[tuple[int, str, int, int]] = field(default_factory=list[tuple[int, str, int, int]])
    reference: list[tuple[int, str, str, int]] = field(default_factory=list[tuple[int, str, str, int]])
    date: list[tuple[int, int, int, int]] = field(default_factory=list[tuple[int, int, int, int]])
    numbers: list[tuple[int, float, int]] = field(default_factory=list[tuple[int, float, int]])
    part: list[PartRow] = field(default_factory=list["PartRow"])


Take = Callable[[Any, int, Rows], None]
"""Adds the rows of one value of the resource with that number."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`takes`: what to do with the value of each key. `present`: parameters that ask whether something is there."""

    takes: dict[str, tuple[Take, ...]]
    present: tuple[tuple[int, tuple[str, ...]], ...]

    def rows(self, resource: Json, rid: int, rows: Rows) -> None:
        takes = self.takes
        for key, value in resource.items():
            for take in takes.get(key, ()):
                take(value, rid, rows)
        for pid, keys in self.present:
            there = any(resource.get(key, False) is not False for key in keys)
            rows.token.append((pid, "true" if there else "false", 0, rid))


def make_plan(parameters: Iterable[Parameter], number: Number) -> Plan:
    """Parameters that are the union of others have no rows of their own."""
    takes: dict[str, list[Take]] = {}
    present: dict[str, list[str]] = {}
    seen: set[tuple[str, object]] = set()
    together: dict[tuple[object, ...], dict[str, Parameter]] = {}
    for parameter in parameters:
        for place in parameter.places:
            if place.path:
                own = {c.index: c for c in place.components if c.index.split(" ", 2)[1] == "part"}
                together.setdefault(place.path, {}).update(own)
        for path in () if parameter.parts else parameter.paths:
            if not path or (parameter.index, path) in seen:
                continue
            seen.add((parameter.index, path))
            if path[-1] == ("exists",):
                present.setdefault(parameter.index, []).append(str(path[0]))
                continue
            leaf = _LEAVES[parameter.kind](parameter.index, number)
            takes.setdefault(str(path[0]), []).append(_walk(path[1:], leaf))
    for path, components in together.items():
        takes.setdefault(str(path[0]), []).append(_together(path[1:], components, number))
    return Plan(
        {key: tuple(found) for key, found in takes.items()},
        tuple((number("index", index), tuple(keys)) for index, keys in present.items()),
    )


def _walk(steps: tuple[Any, ...], leaf: Take) -> Take:
    """Follows the steps, through lists, to every value they lead to."""
    if not steps:
        return _each(leaf)
    step, inner = steps[0], _walk(steps[1:], leaf)
    if isinstance(step, str):

        def into(value: Any, rid: int, rows: Rows) -> None:
            held = value.get(step)
            if held is not None:
                inner(held, rid, rows)

        return _each_object(into)
    if step[0] == "=":
        key, wanted = step[1], step[2]

        def chosen(value: Any, rid: int, rows: Rows) -> None:
            if value.get(key) == wanted:
                inner(value, rid, rows)

        return _each_object(chosen)
    position: int = step[1]

    def nth(value: Any, rid: int, rows: Rows) -> None:
        items = value if isinstance(value, list) else [value]
        if position < len(items):
            inner(items[position], rid, rows)

    return nth


def _each(leaf: Take) -> Take:
    def each(value: Any, rid: int, rows: Rows) -> None:
        if value.__class__ is list:
            for item in value:
                each(item, rid, rows)
        else:
            leaf(value, rid, rows)

    return each


def _each_object(take: Take) -> Take:
    def only_objects(value: Any, rid: int, rows: Rows) -> None:
        if value.__class__ is dict:
            take(value, rid, rows)

    return _each(only_objects)


def _together(steps: tuple[Any, ...], components: dict[str, Parameter], number: Number) -> Take:
    """The components of each element, marked as that element's."""
    leaves = [_walk(path, _LEAVES[c.kind](index, number)) for index, c in components.items() for path in c.paths]

    def take(value: Any, rid: int, rows: Rows) -> None:
        found: list[Any] = []
        _walk(steps, lambda element, _rid, _rows: found.append(element))(value, rid, rows)
        for slot, element in enumerate(found):
            of = Rows(rows.number)
            for leaf in leaves:
                leaf(element, rid, of)
            rows.part += [(pid, folded, rid, slot, 0, 0, exact) for pid, folded, _, exact in of.string]
            rows.part += [(pid, code, rid, slot, sid, 0, "") for pid, code, sid, _ in of.token]
            rows.part += [(pid, f"{type_}/{id_}", rid, slot, 0, 0, "") for pid, type_, id_, _ in of.reference]
            rows.part += [(pid, low, rid, slot, 0, high, "") for pid, low, _, high in of.date]
            rows.part += [(pid, n, rid, slot, 0, 0, "") for pid, n, _ in of.numbers]

    return take


def _words(index: str, number: Number) -> Take:
    pid = number("index", index)

    def take(value: Any, rid: int, rows: Rows) -> None:
        if value.__class__ is str:
            rows.string += [(pid, word, rid, "") for word in words(_MARKUP.sub(" ", value))]

    return take


def words(text: str) -> list[str]:
    """The words of a text, each once, as the index spells them."""
    return list(dict.fromkeys(_WORD.findall(fold(unescape(text)))))


def _string(index: str, number: Number) -> Take:
    pid = number("index", index)

    def text(value: Any, rid: int, rows: Rows) -> None:
        if value.__class__ is str:
            rows.string.append((pid, fold(value), rid, value))

    each_text = _each(text)

    def take(value: Any, rid: int, rows: Rows) -> None:
        if value.__class__ is str:
            rows.string.append((pid, fold(value), rid, value))
        elif value.__class__ is dict:  # HumanName, Address
            for key in PARTS:
                if key in value:
                    each_text(value[key], rid, rows)
            if isinstance(value.get("formatted") or (value.get("givenName") and value.get("familyName")), str):
                for key in ("formatted", "givenName", "familyName"):  # Aidbox's User.name
                    text(value.get(key), rid, rows)

    return take


def _token(index: str, number: Number) -> Take:
    pid, words = number("index", index), number("index", index + TEXT)

    def coded(code: Any, system: Any, rid: int, rows: Rows) -> None:
        if code.__class__ is str:
            sid = rows.number("system", system) if system and system.__class__ is str else 0
            rows.token.append((pid, code, sid, rid))

    def text(value: Any, rid: int, rows: Rows) -> None:
        if value.__class__ is str:
            rows.string.append((words, fold(value), rid, value))

    def take(value: Any, rid: int, rows: Rows) -> None:
        if value.__class__ is str:
            rows.token.append((pid, value, 0, rid))
        elif value.__class__ is bool:
            rows.token.append((pid, "true" if value else "false", 0, rid))
        elif value.__class__ is dict:
            if "text" in value:
                text(value["text"], rid, rows)
            codings = value.get("coding", (value,) if "code" in value else ())
            for coding in codings if codings.__class__ in _LISTS else ():
                if coding.__class__ is dict:
                    coded(coding.get("code"), coding.get("system"), rid, rows)
                    text(coding.get("display"), rid, rows)
            if "value" in value:  # Identifier, ContactPoint (whose system is no code system)
                system = value.get("system")
                coded(value["value"], None if system in CONTACTS else system, rid, rows)

    return take


def _reference(index: str, number: Number) -> Take:
    pid = number("index", index)
    by_identifier = _token(index.replace(" reference ", " token ", 1) + IDENTIFIER, number)

    def take(value: Any, rid: int, rows: Rows) -> None:
        is_object = value.__class__ is dict
        target = value.get("reference") if is_object else value
        if target.__class__ is str and target and not target.startswith("#"):
            type_, id_ = split_reference(target)
            rows.reference.append((pid, type_, id_, rid))
            if not type_ and "|" in id_:  # a canonical with its version is also found without
                rows.reference.append((pid, "", id_.partition("|")[0], rid))
        elif is_object and isinstance(value.get("id"), str) and isinstance(value.get("resourceType"), str):
            rows.reference.append((pid, value["resourceType"], value["id"], rid))
        if is_object and value.get("identifier").__class__ is dict:
            by_identifier(value["identifier"], rid, rows)

    return take


@lru_cache(maxsize=8192)
def split_reference(target: str) -> tuple[str, str]:
    """(type, id) of `Patient/x` or `Patient/x/_history/3`; ("", target) of a canonical, an absolute URL or a urn."""
    parts = target.split("/")
    if len(parts) >= 2 and parts[0].isalpha() and parts[0][0].isupper() and (len(parts) == 2 or parts[2] == "_history"):
        return parts[0], parts[1]
    return "", target


def _date(index: str, number: Number) -> Take:
    pid = number("index", index)

    def take(value: Any, rid: int, rows: Rows) -> None:
        span = span_of(value)
        if span:
            rows.date.append((pid, span[0], rid, span[1]))

    return take


def span_of(value: Any) -> tuple[int, int] | None:
    """First and last microsecond of a date, a Period or a Timing."""
    if isinstance(value, str):
        return date_range(value)
    if not isinstance(value, dict):
        return None
    repeat, event = value.get("repeat"), value.get("event")
    period: Any = repeat.get("boundsPeriod") if isinstance(repeat, dict) else value
    period = period if isinstance(period, dict) else {}
    events = [s for e in (event if isinstance(event, list) else ()) if isinstance(e, str) and (s := date_range(e))]
    start = date_range(period["start"]) if isinstance(period.get("start"), str) else None
    end = date_range(period["end"]) if isinstance(period.get("end"), str) else None
    if start or end:
        events.append((start[0] if start else LOWEST, end[1] if end else HIGHEST))
    return (min(low for low, _ in events), max(high for _, high in events)) if events else None


def _number(index: str, number: Number) -> Take:
    pid = number("index", index)

    def take(value: Any, rid: int, rows: Rows) -> None:
        for found in numbers_of(value):
            rows.numbers.append((pid, found, rid))

    return take


def numbers_of(value: Any) -> list[float]:
    """The number of a number or a Quantity, both edges of a Range."""
    held = value.get("value") if isinstance(value, dict) else value
    if held is not None and not isinstance(held, bool | str | list | dict):
        return [float(held)]
    if isinstance(value, dict):
        return [n for edge in ("low", "high") if isinstance(value.get(edge), dict) for n in numbers_of(value[edge])]
    return []


_LEAVES: dict[str, Callable[[str, Number], Take]] = {
    "string": _string,
    "token": _token,
    "uri": _token,
    "reference": _reference,
    "date": _date,
    "number": _number,
    "quantity": _number,
    "words": _words,
}
