"""Reads the parameters of a search: `Patient?name=x&_has:…&_sort=…` becomes a `Query`. Unknown parameters are refused."""

import re
from dataclasses import dataclass

from portal.embedded.definitions import Definitions, Parameter
from portal.embedded.outcome import Refusal, refuse
from portal.embedded.search.clauses import Clause, Sql, any_of, none_of, referred_by, refers_to
from portal.embedded.search.composite import composite
from portal.embedded.search.kinds import Lookup, bad_value, condition, date_test
from portal.embedded.search.values import split_at, unescape

Params = list[tuple[str, str]]
PAGE, MOST = 100, 1000
CONDITIONS, VALUES, LENGTH = 200, 30_000, 300_000
"""How much one search may ask for: parameters, values (SQLite takes 32,766), and characters of SQL that say them (some
3,000 ranges, half a second)."""
TOLERATED = frozenset({"_totalMethod", "_format", "_pretty", "_timeout", "_method", "_explain", "_result"})
SHAPE = frozenset({"_count", "_page", "_total", "_summary", "_elements"})
PLAIN = SHAPE | TOLERATED | {"_sort"}
TOTALS = frozenset({"accurate", "estimate", "none"})
SUMMARIES = frozenset({"true", "false", "text", "data", "count"})


@dataclass(frozen=True, kw_only=True, slots=True)
class SortKey:
    """`parameter` is None for the resource's own columns (`_id`, `_lastUpdated`, `_createdAt`)."""

    name: str
    parameter: Parameter | None
    descending: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Include:
    """`parameter` None means every reference of `source`. `target` keeps one type. `reverse`: who refers to the page."""

    source: str
    parameter: Parameter | None
    target: str | None
    reverse: bool
    iterate: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    type: str
    clauses: list[Clause]
    sort: list[SortKey]
    includes: list[Include]
    count: int = PAGE
    page: int = 1
    total: str = "accurate"
    summary: str = "false"
    elements: tuple[str, ...] = ()


class Reader:
    """Knows the parameters; reads one query."""

    def __init__(self, definitions: Definitions, parameters: dict[str, dict[str, Parameter]], lookup: Lookup) -> None:
        self.definitions = definitions
        self.parameters = parameters
        self.lookup = lookup

    def read(self, type_: str, params: Params) -> Query:
        clauses: list[Clause] = []
        sort: list[SortKey] = []
        includes: list[Include] = []
        options: dict[str, str] = {}
        for key, value in params:
            name, _, modifier = key.partition(":")
            if modifier and name in PLAIN:
                raise refuse(400, "not-supported", f"{name} has no modifier :{modifier}", place=key)
            if name in {"_include", "_revinclude"}:
                includes.append(self._include(type_, name == "_revinclude", modifier, value))
            elif name == "_sort":
                sort += [self._sort_key(type_, part) for part in value.split(",") if part]
            elif name in SHAPE:
                options[name] = value
            elif name not in TOLERATED and value != "":
                clauses.append(self.clause(type_, key, split_at(",", value), 0))
        if (
            len(clauses) > CONDITIONS
            or sum(len(clause.probe.args) for clause in clauses) > VALUES
            or sum(len(clause.probe.text) for clause in clauses) > LENGTH
        ):
            raise refuse(400, "too-costly", "The search asks for too much at once")
        summary = _one_of("_summary", options.get("_summary", "false"), SUMMARIES)
        count = min(_whole("_count", options.get("_count", str(PAGE))), MOST)
        return Query(
            type=type_, clauses=clauses, sort=sort, includes=includes,
            count=0 if summary == "count" else count,
            page=max(_whole("_page", options.get("_page", "1")), 1),
            total=_one_of("_total", options.get("_total", "accurate"), TOTALS),
            summary=summary,
            elements=tuple(e.strip() for e in options.get("_elements", "").split(",") if e.strip()),
        )  # fmt: skip

    def clause(self, type_: str, key: str, values: list[str], depth: int) -> Clause:
        """A condition on resources of `type_`: any of `values`, which are still escaped."""
        if depth > 8:
            raise refuse(400, "too-costly", "The search chains too many references")
        if key.startswith("_has:"):
            return self._reverse_chain(type_, key, values, depth)
        head, dot, rest = key.partition(".")
        name, _, modifier = head.partition(":")
        if name in {"_id", "_lastUpdated", "_createdAt"} and not dot:
            return self._own_column(type_, name, modifier, values)
        if name == "_list" and not dot and not modifier:
            return self._on_list(type_, values, depth)
        parameter = self._parameter(type_, name, key)
        if not dot:
            ask = composite if parameter.places else condition
            return ask(parameter, modifier, values, self.lookup)
        if parameter.kind != "reference":
            raise unknown(type_, key)
        targets = [modifier] if modifier else [parameter.only] if parameter.only else list(parameter.targets)
        pid, found = self.lookup.names.find("index", parameter.index), list[Clause]()
        for target in targets:
            if not self.definitions.knows(target):
                raise refuse(400, "invalid", f"{target!r} is not a resource type")
            try:
                fulfilled = self.clause(target, rest, values, depth + 1)
                found.append(refers_to(pid, fulfilled, depth, self.lookup.names.find("type", target)))
            except Refusal:
                if modifier or len(targets) == 1:
                    raise
        if not found:
            raise unknown(type_, key)
        return any_of(found)

    def _reverse_chain(self, type_: str, key: str, values: list[str], depth: int) -> Clause:
        parts = key.split(":", 3)
        if len(parts) != 4 or not self.definitions.knows(parts[1]):
            raise unknown(type_, key)
        _, source, link, rest = parts
        reference = self._parameter(source, link, key)
        if reference.kind != "reference":
            raise unknown(type_, key)
        inner = self.clause(source, rest, values, depth + 1)
        names = self.lookup.names
        return referred_by(names.find("index", reference.index), inner, depth, names.find("type", type_))

    def _on_list(self, type_: str, values: list[str], depth: int) -> Clause:
        """Items of stored lists, by the lists' ids (`_list=42`, `_list=List/42`)."""
        names, items = self.lookup.names, self.parameters["List"]["item"]
        source = self._ids(names.find("type", "List"), [unescape(value).removeprefix("List/") for value in values])
        return referred_by(names.find("index", items.index), source, depth, names.find("type", type_))

    def _own_column(self, type_: str, name: str, modifier: str, values: list[str]) -> Clause:
        number = self.lookup.names.find("type", type_)
        values = [unescape(value) for value in values]
        if name == "_id":
            if modifier == "not":
                return none_of(self._ids(number, values))
            if modifier:
                raise refuse(400, "not-supported", f"The search parameter '_id' has no modifier :{modifier}")
            return self._ids(number, values)
        if modifier:
            raise refuse(400, "not-supported", f"The search parameter {name!r} has no modifier :{modifier}")
        column = "updated" if name == "_lastUpdated" else "created"
        found: list[Clause] = []
        for value in values:
            test, args = date_test(value, name, column, column)
            found.append(_on_resource(f"type = ? AND state = 1 AND {test}", (number, *args)))
        return any_of(found)

    def _ids(self, type_: int, ids: list[str]) -> Clause:
        marks = ", ".join("?" * len(ids))
        return _on_resource(f"type = ? AND id IN ({marks}) AND state = 1", (type_, *ids))

    def _parameter(self, type_: str, name: str, key: str) -> Parameter:
        parameter = self.parameters.get(type_, {}).get(name)
        if parameter is None:
            raise unknown(type_, key)
        return parameter

    def _sort_key(self, type_: str, part: str) -> SortKey:
        name = part.lstrip("-").strip()
        if name in {"_id", "_lastUpdated", "_createdAt"}:
            return SortKey(name=name, parameter=None, descending=part.startswith("-"))
        parameter = self._parameter(type_, name, f"_sort={part}")
        if parameter.kind in {"reference", "words"} or parameter.places:
            raise refuse(400, "not-supported", f"Cannot sort by {name!r}, which is of kind {parameter.kind}")
        return SortKey(name=name, parameter=parameter, descending=part.startswith("-"))

    def _include(self, type_: str, reverse: bool, modifier: str, value: str) -> Include:
        source, _, rest = value.partition(":")
        name, _, target = rest.partition(":")
        what = "_revinclude" if reverse else "_include"
        if modifier not in {"", "iterate", "recurse"}:
            raise refuse(400, "not-supported", f"{what} has no modifier :{modifier}")
        if not rest and not reverse and self.parameters.get(type_, {}).get(value):
            source, name = type_, value
        if not self.definitions.knows(source) or not name or (target and not self.definitions.knows(target)):
            raise refuse(400, "invalid", f"{what}={value}: write it as Type:parameter or Type:parameter:Target")
        parameter = None if name == "*" else self._parameter(source, name, f"{what}={value}")
        if parameter and parameter.kind != "reference":
            raise refuse(400, "invalid", f"{what}={value}: {name!r} is not a reference")
        return Include(
            source=source, parameter=parameter, target=target or None, reverse=reverse, iterate=bool(modifier)
        )


def unknown(type_: str, key: str) -> Refusal:
    return refuse(400, "not-supported", f"Unknown search parameter {key!r} for {type_}", place=key)


def _on_resource(test: str, args: tuple[object, ...]) -> Clause:
    return Clause(
        drive=Sql(f"SELECT rid FROM resource WHERE {test}", args),
        probe=Sql(f"EXISTS (SELECT 1 FROM resource WHERE rid = {{x}} AND {test})", args),
    )


def _one_of(name: str, value: str, allowed: frozenset[str]) -> str:
    if value not in allowed:
        raise bad_value(name, value)
    return value


def _whole(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise bad_value(name, value)
    return int(value)
