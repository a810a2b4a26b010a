"""Value sets and code systems as they are stored: what a set lists, what a code means."""

from collections.abc import Callable

from portal.embedded.outcome import refuse
from portal.types import Json

Find = Callable[[str, str], Json | None]
"""(type, canonical or `Type/id`) → the stored resource."""


def value_set_members(name: str, find: Find) -> list[tuple[str, str]]:
    """(system, code) of every code of a stored ValueSet. Refusal 400 when it is not stored."""
    value_set = find("ValueSet", name)
    if value_set is None:
        raise refuse(400, "not-found", f"The value set {name!r} is not stored here")
    return [(c.get("system", ""), c["code"]) for c in contents(value_set, find)]


def contents(value_set: Json, find: Find) -> list[Json]:
    """The expansion as `contains` entries (system, code, display, designation), in the order of the definition."""
    return _contents(value_set, _Sets(find))


class _Sets:
    """The value sets met on the way: each is read once, however often it is included."""

    def __init__(self, find: Find) -> None:
        self.find = find
        self._read: dict[str, list[Json]] = {}
        self._open: list[str] = []

    def members(self, name: str) -> list[Json]:
        if name not in self._read:
            if name in self._open or len(self._open) > 8:
                raise refuse(422, "too-costly", "Value sets include each other, or too deeply")
            other = self.find("ValueSet", name)
            if other is None:
                raise refuse(422, "not-found", f"The value set {name!r} is not stored here")
            self._open.append(name)
            self._read[name] = _contents(other, self)
            self._open.pop()
        return self._read[name]


def _contents(value_set: Json, sets: _Sets) -> list[Json]:
    found: list[Json] = []
    compose: Json = value_set.get("compose", {})
    if not compose:
        found = [c for c in value_set.get("expansion", {}).get("contains", []) if "code" in c]
    for include in compose.get("include", []):
        found += _included(include, sets)
    excluded = {(c.get("system", ""), c["code"]) for part in compose.get("exclude", []) for c in _included(part, sets)}
    unique: dict[tuple[str, str], Json] = {}
    for one in found:
        unique.setdefault((one.get("system", ""), one["code"]), one)
    return [one for key, one in unique.items() if key not in excluded]


def _included(include: Json, sets: _Sets) -> list[Json]:
    system: str = include.get("system", "")
    found: list[Json] = []
    if system:
        code_system = sets.find("CodeSystem", system) or {}
        known = concepts(code_system.get("concept", []))
        if "concept" in include:
            by_code = {c["code"]: c for c, _ in known}
            found = [_entry(system, {**by_code.get(c["code"], {}), **c}) for c in include["concept"] if "code" in c]
        else:
            found = [_entry(system, c) for c, parents in known if _passes(c, parents, include.get("filter", []))]
    for name in include.get("valueSet", []):
        members = sets.members(name) if name is not None else []  # a reason why there is none may stand in its place
        keys = {(c.get("system", ""), c["code"]) for c in members}
        found = [c for c in found if (system, c["code"]) in keys] if system else found + members
    return found


def concepts(tree: list[Json], parents: tuple[str, ...] = ()) -> list[tuple[Json, tuple[str, ...]]]:
    """Each concept with the codes above it."""
    found: list[tuple[Json, tuple[str, ...]]] = []
    for concept in tree:
        if "code" in concept:
            found.append((concept, parents))
            found += concepts(concept.get("concept", []), (*parents, concept["code"]))
    return found


def _passes(concept: Json, parents: tuple[str, ...], filters: list[Json]) -> bool:
    properties = {p.get("code"): p for p in concept.get("property", [])}
    above = {*parents, *(p.get("valueCode") for p in concept.get("property", []) if p.get("code") == "parent")}
    for test in filters:
        op, value = test.get("op"), test.get("value", "")
        held = properties.get(test.get("property"), {})
        written = next(
            (str(v).lower() if isinstance(v, bool) else str(v) for k, v in held.items() if k.startswith("value")), None
        )
        match op:
            case "is-a":
                ok = concept["code"] == value or value in above
            case "descendent-of":
                ok = value in above
            case "is-not-a":
                ok = concept["code"] != value and value not in above
            case "=":
                ok = written == value
            case "in":
                ok = (concept["code"] if test.get("property") == "code" else written) in value.split(",")
            case "exists":
                ok = (written is not None) == (value == "true")
            case _:
                raise refuse(422, "not-supported", f"The filter {op!r} of a value set is not supported")
        if not ok:
            return False
    return True


def _entry(system: str, concept: Json) -> Json:
    entry = {"system": system, "code": concept["code"]}
    for key in ("display", "designation"):
        if key in concept:
            entry[key] = concept[key]
    return entry
