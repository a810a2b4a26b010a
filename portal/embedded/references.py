"""References inside a resource: each relative one must name a resource that exists."""

from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.outcome import Issue, Place, Refusal, issue
from portal.embedded.search.extract import split_reference
from portal.embedded.store import LIVE, Unit
from portal.types import Json


def check_references(unit: Unit, definitions: Definitions, written: list[tuple[str, Place]]) -> None:
    """Refusal 422 naming every reference that leads nowhere. Run when all of a transaction is written."""
    issues: list[Issue] = []
    known: dict[str, bool] = {}
    for target, place in written:
        exists = known.get(target)
        if exists is None:
            exists = known[target] = _leads_somewhere(unit, definitions, target)
        if not exists:
            text = f"Referenced resource {target} does not exist"
            issues.append(issue("not-found", text, (place, ".reference"), "non-existent-resource"))
    if issues:
        raise Refusal(422, issues)


def loose_references(resource: Json, type_: str) -> list[tuple[str, Place]]:
    """Every `reference` of a resource whose elements are not defined, wherever it stands."""
    found: list[tuple[str, Place]] = []
    _collect(resource, (None, type_), found)
    return found


def _collect(value: Any, place: Place, found: list[tuple[str, Place]]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict | list):
                _collect(item, (place, f".{key}"), found)
            elif key == "reference" and isinstance(item, str):
                found.append((item, place))
    else:
        for i, item in enumerate(value):
            if isinstance(item, dict | list):
                _collect(item, (place, f"[{i}]"), found)


def _leads_somewhere(unit: Unit, definitions: Definitions, target: str) -> bool:
    """True too for what is not ours to check: other servers, contained resources, types that nobody knows."""
    type_, id_ = split_reference(target)
    return not type_ or not definitions.knows(type_) or unit.state(type_, id_) == LIVE
