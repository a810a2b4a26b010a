"""What each kind of search parameter means: one value of the query becomes one condition."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from portal.embedded.definitions import Parameter
from portal.embedded.outcome import Refusal, refuse
from portal.embedded.search.clauses import NOTHING, Clause, Sql, all_of, any_of, none_of, rows, rows_among
from portal.embedded.search.extract import IDENTIFIER, TEXT, split_reference, words
from portal.embedded.search.values import HIGHEST, LOWEST, after_prefix, date_range, fold, split_at, unescape
from portal.embedded.store.schema import WIDE
from portal.embedded.store.unit import Names

Members = Callable[[str], list[tuple[str, str]]]
"""Codes (system, code) of a stored ValueSet, by its canonical or `ValueSet/id`."""
FindRid = Callable[[str, str], int]

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PREFIXED = re.compile(r"(eq|ne|lt|le|gt|ge|sa|eb)?(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup:
    """What a condition needs from the store to be written down."""

    names: Names
    rid: FindRid
    members: Members


def condition(parameter: Parameter, modifier: str, values: list[str], lookup: Lookup) -> Clause:
    """Any of `values`, still escaped. Refusal 400 for a modifier or a value that this kind does not know."""
    if parameter.parts:
        return _united(parameter, modifier, values, lookup)
    pid = lookup.names.find("index", parameter.index)
    group = parameter.index.split(" ", 2)[1]
    if modifier == "missing":
        if values not in (["true"], ["false"]):
            raise bad_value(parameter.name, ",".join(values))
        present = rows(group, pid, "", ())
        return none_of(present) if values == ["true"] else present
    if modifier == "not" and parameter.kind in {"token", "uri", "reference"}:
        return none_of(condition(parameter, "", values, lookup))
    if modifier == "identifier" and parameter.kind == "reference":
        index = parameter.index.replace(" reference ", " token ", 1) + IDENTIFIER
        return _tokens(lookup.names.find("index", index), values, lookup)
    if parameter.kind == "token" and modifier != "text":
        return _token(pid, modifier, values, parameter, lookup)
    values = [unescape(value) for value in values]
    match parameter.kind:
        case "token":
            text_pid = lookup.names.find("index", parameter.index + TEXT)
            return any_of([_prefix(text_pid, fold(v)) for v in values])
        case "string":
            return any_of([_string(pid, modifier, v, parameter) for v in values])
        case "uri":
            _plain(parameter, modifier)
            return rows_among("token", pid, values)
        case "reference":
            return _references(pid, modifier, values, parameter, lookup)
        case "date":
            return date_condition(pid, modifier, values, parameter)
        case "words":
            _plain(parameter, modifier)
            return any_of([_words(pid, v, parameter) for v in values])
        case _:
            _plain(parameter, modifier)
            return any_of([_number(pid, v, parameter) for v in values])


def _united(parameter: Parameter, modifier: str, values: list[str], lookup: Lookup) -> Clause:
    """A condition on the values of several parameters together."""

    def any_part(modifier: str, values: list[str]) -> Clause:
        return any_of([condition(part, modifier, values, lookup) for part in parameter.parts])

    if modifier == "not":
        return none_of(any_part("", values))
    if modifier == "missing" and values == ["true"]:
        return none_of(any_part("missing", ["false"]))
    return any_part(modifier, values)


def bad_value(name: str, value: str) -> Refusal:
    return refuse(400, "invalid", f"The value {value!r} is not one that the search parameter {name!r} can have")


def _plain(parameter: Parameter, modifier: str) -> None:
    if modifier:
        raise refuse(400, "not-supported", f"The search parameter {parameter.name!r} has no modifier :{modifier}")


def _string(pid: int, modifier: str, value: str, parameter: Parameter) -> Clause:
    folded = fold(value)
    match modifier:
        case "" | "starts":
            return _prefix(pid, folded)
        case "exact":
            return rows("string", pid, "value = ? AND exact = ?", (folded, value))
        case "contains" | "text":
            return rows("string", pid, "instr(value, ?) > 0", (folded,))
        case "ends":
            return (
                rows("string", pid, "substr(value, ?) = ?", (-len(folded), folded))
                if folded
                else rows("string", pid, "", ())
            )
        case _:
            raise refuse(400, "not-supported", f"The search parameter {parameter.name!r} has no modifier :{modifier}")


def _prefix(pid: int, folded: str) -> Clause:
    return rows("string", pid, *prefix_test(folded))


def prefix_test(text: str) -> tuple[str, tuple[object, ...]]:
    folded = fold(text)
    return "value >= ? AND value < ?", (folded, after_prefix(folded))


def _words(pid: int, value: str, parameter: Parameter) -> Clause:
    """Every word, each by its beginning."""
    wanted = words(value)
    if not wanted:
        raise bad_value(parameter.name, value)
    return all_of([_prefix(pid, word) for word in wanted])


def _token(pid: int, modifier: str, values: list[str], parameter: Parameter, lookup: Lookup) -> Clause:
    match modifier:
        case "in":
            return _codes(pid, [member for v in values for member in lookup.members(unescape(v))], lookup)
        case "starts" | "contains":
            return any_of([_token_part(pid, modifier, v, lookup) for v in values])
        case _:
            _plain(parameter, modifier)
            return _tokens(pid, values, lookup)


def _tokens(pid: int, values: list[str], lookup: Lookup) -> Clause:
    """Any of `code`, `system|code`, `|code` and `system|`."""
    codes: list[str] = []
    systems: list[int] = []
    coded: list[tuple[str, str]] = []
    for value in values:
        system, code = split_token(value)
        if system is None:
            codes.append(code)
        elif code:
            coded.append((system, code))
        else:
            systems.append(lookup.names.find("system", system))
    found = [rows_among("token", pid, codes)] if codes else []
    found += [rows_among("token", pid, systems, column="sid")] if systems else []
    found += [_codes(pid, coded, lookup)] if coded else []
    return any_of(found)


def _codes(pid: int, coded: list[tuple[str, str]], lookup: Lookup) -> Clause:
    """Any of these codes, each of its own system; no system ("") is a system of its own."""
    by_system: dict[int, list[str]] = {}
    for system, code in coded:
        by_system.setdefault(_system(system, lookup), []).append(code)
    found = [rows_among("token", pid, codes, "sid = ?", (number,)) for number, codes in by_system.items()]
    return any_of(found) if found else NOTHING


def _system(system: str, lookup: Lookup) -> int:
    return lookup.names.find("system", system) if system else 0


def split_token(value: str) -> tuple[str | None, str]:
    """(system or None, code) of an escaped token."""
    first, *rest = split_at("|", value, 1)
    return (unescape(first), unescape(rest[0])) if rest else (None, unescape(first))


def token_test(value: str, lookup: Lookup) -> tuple[str, tuple[object, ...]]:
    system, code = split_token(value)
    if system is None:
        return "value = ?", (code,)
    if not code:
        return "sid = ?", (lookup.names.find("system", system),)
    return "value = ? AND sid = ?", (code, _system(system, lookup))


def _token_part(pid: int, modifier: str, value: str, lookup: Lookup) -> Clause:
    system, code = split_token(value)
    text, args = (
        ("value >= ? AND value < ?", (code, after_prefix(code)))
        if modifier == "starts"
        else ("instr(value, ?) > 0", (code,))
    )
    if system is not None:
        return rows("token", pid, f"{text} AND sid = ?", (*args, _system(system, lookup)))
    return rows("token", pid, text, args)


def _references(pid: int, modifier: str, values: list[str], parameter: Parameter, lookup: Lookup) -> Clause:
    found = [rid for value in values for rid in _referred(modifier, value, parameter, lookup) if rid > 0]
    return rows_among("reference", pid, found) if found else NOTHING


def _referred(modifier: str, value: str, parameter: Parameter, lookup: Lookup) -> list[int]:
    """The numbers of what a value may name; -1 for what nobody ever named."""
    type_, id_ = split_reference(value)
    if type_:
        if (modifier and modifier != type_) or (parameter.only and parameter.only != type_):
            return []
        return [lookup.rid(type_, id_)]
    if modifier and not modifier[0].isupper():
        raise refuse(400, "not-supported", f"The search parameter {parameter.name!r} has no modifier :{modifier}")
    if ":" in id_ or "/" in id_:
        return [lookup.rid("", id_)]
    types = [modifier] if modifier else [parameter.only] if parameter.only else parameter.targets
    return [lookup.rid(type_, id_) for type_ in types if type_]


def date_condition(pid: int, modifier: str, values: list[str], parameter: Parameter) -> Clause:
    if modifier == "btw" and len(values) == 2:
        first, last = (date_range(v) for v in values)
        if first and last:
            return rows("date", pid, "value >= ? AND high <= ?", (first[0], last[1]))
    _plain(parameter, modifier)
    return any_of([_date(pid, v, parameter) for v in values])


def _date(pid: int, value: str, parameter: Parameter) -> Clause:
    text, args = date_test(value, parameter.name, "value", "high")
    clause = rows("date", pid, text, args)
    if not text.startswith("high >"):
        return clause
    narrow = f"SELECT rid FROM by_date WHERE pid = ? AND value > ? AND {text}"
    wide = f"SELECT rid FROM by_date WHERE pid = ? AND high - value >= {WIDE} AND {text}"
    drive = Sql(f"{narrow} UNION ALL {wide}", (pid, args[0] - WIDE, *args, pid, *args))
    return replace(clause, drive=drive)


def date_test(value: str, name: str, low: str, high: str) -> tuple[str, tuple[int, ...]]:
    """SQL test of a range (columns `low`, `high`) against a prefixed date, with FHIR's range semantics."""
    found = _PREFIXED.fullmatch(value)
    prefix, written = (found[1] or "eq", found[2]) if found else ("eq", value)
    span = date_range(written)
    if not span:
        raise bad_value(name, value)
    first, last = span
    match prefix:
        case "eq":
            return f"({low} >= ? AND {low} <= ? AND {high} <= ?)", (first, last, last)
        case "ne":
            return f"({low} < ? OR {high} > ?)", (first, last)
        case "lt":
            return f"{low} < ?", (first,)
        case "le":
            return f"{low} <= ?", (last,)
        case "gt":
            return f"{high} > ?", (last,)
        case "ge":
            return f"{high} >= ?", (first,)
        case "sa":
            return f"{low} > ?", (last,)
        case _:
            return (f"{low} < ? AND {high} < ?", (first, first)) if low != high else (f"{high} < ?", (first,))


def _number(pid: int, value: str, parameter: Parameter) -> Clause:
    return rows("number", pid, *number_test(value, parameter))


def number_test(value: str, parameter: Parameter) -> tuple[str, tuple[object, ...]]:
    found = _PREFIXED.fullmatch(value)
    prefix, written = (found[1] or "eq", found[2]) if found else ("eq", value)
    if "|" in written:
        raise refuse(400, "invalid", f"The search parameter {parameter.name!r} takes a number without unit")
    try:
        number = decimal(written)
    except ValueError:
        raise bad_value(parameter.name, value) from None
    if not LOWEST < number < HIGHEST:
        raise bad_value(parameter.name, value)
    sign = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "sa": ">", "eb": "<"}[prefix]
    return f"value {sign} ?", (number,)


def decimal(written: str) -> float:
    """ValueError when it is not a decimal as FHIR writes it."""
    if not _DECIMAL.fullmatch(written):
        raise ValueError(written)
    return float(written)
