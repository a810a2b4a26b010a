"""Index rows of a resource: for each search parameter of its type, the values found at its paths."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from portal.embedded.definitions import Parameter
from portal.embedded.search.values import HIGHEST, LOWEST, date_range, fold
from portal.types import Json

Row = tuple[str, str, tuple[Any, ...]]
"""(kind of table, index signature, values): string (folded, exact), token (code, system), reference (type, id),
date (low, high), number (value,)."""

Plan = dict[str, list[tuple[Parameter, tuple[object, ...]]]]
TEXT = " text"
"""Added to a token's signature: the index of its words, for `:text`."""


def make_plan(parameters: dict[str, Parameter]) -> Plan:
    """Paths to follow, by the first key of each, so that indexing costs what the resource holds, not what FHIR defines."""
    plan: Plan = {}
    seen: set[tuple[str, object]] = set()
    for parameter in parameters.values():
        for path in parameter.paths:
            if path and (parameter.index, path) not in seen:
                seen.add((parameter.index, path))
                plan.setdefault(str(path[0]), []).append((parameter, path[1:]))
    return plan


def extract(plan: Plan, resource: Json) -> set[Row]:
    rows: set[Row] = set()
    for key, value in resource.items():
        for parameter, rest in plan.get(key, ()):
            for element in _walk(value, rest):
                rows.update(_READERS[parameter.kind](parameter.index, element))
    for parameter, rest in plan.get("deceasedBoolean", ()):
        if rest and not any(row[1] == parameter.index for row in rows):
            rows.add(("token", parameter.index, ("false", "")))
    return rows


def _walk(value: Any, steps: tuple[object, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        if steps and isinstance(steps[0], tuple) and steps[0][0] == "#":
            position: int = steps[0][1]
            if position < len(value):
                yield from _walk(value[position], steps[1:])
            return
        for item in value:
            yield from _walk(item, steps)
        return
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield from _walk(value[step], rest)
    elif step[0] == "=":  # type: ignore[index]
        _, key, wanted = step  # type: ignore[misc]
        if isinstance(value, dict) and value.get(key) == wanted:
            yield from _walk(value, rest)
    elif step[0] == "#":  # type: ignore[index]
        yield from _walk([value], steps)
    else:  # exists
        yield value is not False


def _string(index: str, value: Any) -> Iterable[Row]:
    if isinstance(value, str):
        yield ("string", index, (fold(value), value))
    elif isinstance(value, dict):  # HumanName, Address
        for key in (
            "text",
            "family",
            "given",
            "prefix",
            "suffix",
            "line",
            "city",
            "district",
            "state",
            "country",
            "postalCode",
        ):
            for part in _walk(value.get(key, []), ()):
                if isinstance(part, str):
                    yield ("string", index, (fold(part), part))
        formatted = value.get("formatted") or (value.get("givenName") and value.get("familyName"))  # Aidbox User.name
        if isinstance(formatted, str):
            for key in ("formatted", "givenName", "familyName"):
                if isinstance(value.get(key), str):
                    yield ("string", index, (fold(value[key]), value[key]))


def _token(index: str, value: Any) -> Iterable[Row]:
    if isinstance(value, bool):
        yield ("token", index, ("true" if value else "false", ""))
    elif isinstance(value, str):
        yield ("token", index, (value, ""))
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield ("string", index + TEXT, (fold(value["text"]), value["text"]))
        for coding in value.get("coding", [value] if "code" in value else []):
            if isinstance(coding, dict):
                yield from _coded(index, coding.get("code"), coding.get("system"), coding.get("display"))
        if "value" in value:  # Identifier, ContactPoint (whose system is no code system)
            system = value.get("system")
            is_contact = system in {"phone", "fax", "email", "pager", "url", "sms", "other"}
            yield from _coded(index, value["value"], None if is_contact else system, None)


def _coded(index: str, code: Any, system: Any, display: Any) -> Iterable[Row]:
    if isinstance(code, str):
        yield ("token", index, (code, system if isinstance(system, str) else ""))
    if isinstance(display, str):
        yield ("string", index + TEXT, (fold(display), display))


def _reference(index: str, value: Any) -> Iterable[Row]:
    target = value.get("reference") if isinstance(value, dict) else value
    if isinstance(target, str) and target and not target.startswith("#"):
        type_, id_ = split_reference(target)
        yield ("reference", index, (type_, id_))
        if not type_ and "|" in id_:  # a canonical with its version is also found without
            yield ("reference", index, ("", id_.partition("|")[0]))
    elif isinstance(value, dict) and isinstance(value.get("id"), str) and isinstance(value.get("resourceType"), str):
        yield ("reference", index, (value["resourceType"], value["id"]))
    if isinstance(value, dict) and isinstance(value.get("identifier"), dict):
        yield from _token(index.replace(" reference ", " token ", 1) + " identifier", value["identifier"])


def split_reference(target: str) -> tuple[str, str]:
    """(type, id) of `Patient/x` or `Patient/x/_history/3`; ("", target) of a canonical, an absolute URL or a urn."""
    parts = target.split("/")
    if len(parts) >= 2 and parts[0].isalpha() and parts[0][0].isupper() and (len(parts) == 2 or parts[2] == "_history"):
        return parts[0], parts[1]
    return "", target


def _date(index: str, value: Any) -> Iterable[Row]:
    if isinstance(value, str):
        span = date_range(value)
        if span:
            yield ("date", index, span)
    elif isinstance(value, dict):
        period: Json = value.get("repeat", {}).get("boundsPeriod", {}) if "repeat" in value else value
        events = [s for e in value.get("event", []) if isinstance(e, str) and (s := date_range(e))]
        start = date_range(period["start"]) if isinstance(period.get("start"), str) else None
        end = date_range(period["end"]) if isinstance(period.get("end"), str) else None
        if start or end:
            events.append((start[0] if start else LOWEST, end[1] if end else HIGHEST))
        if events:
            yield ("date", index, (min(low for low, _ in events), max(high for _, high in events)))


def _number(index: str, value: Any) -> Iterable[Row]:
    number = value.get("value") if isinstance(value, dict) else value
    if isinstance(number, dict):
        number = None
    if number is not None and not isinstance(number, bool | str | list):
        yield ("number", index, (float(number),))
    elif isinstance(value, dict):
        for edge in ("low", "high"):  # Range
            if isinstance(value.get(edge), dict):
                yield from _number(index, value[edge])


_READERS: dict[str, Callable[[str, Any], Iterable[Row]]] = {
    "string": _string,
    "token": _token,
    "uri": _token,
    "reference": _reference,
    "date": _date,
    "number": _number,
    "quantity": _number,
}
