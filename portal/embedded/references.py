"""References inside a resource: each must name a resource that exists, here or on another server."""

import re
from collections.abc import Callable
from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.outcome import Place, Refusal, issue
from portal.embedded.search.extract import split_reference
from portal.embedded.store import LIVE, Unit
from portal.embedded.store.unit import Key
from portal.types import Json


def check_references(
    unit: Unit, definitions: Definitions, placed: Callable[[Json, str], list[tuple[str, Place]]]
) -> None:
    """Refusal 422 naming every reference that leads nowhere. Run when all of a transaction is written.

    What has a scheme (another server, a urn) is not ours to check. Aidbox's own types may name what is no resource
    (`Operation/FhirSearch`). Places are only asked for (`placed`) when there is something to tell.
    """
    unit.look_up({key for _, _, keys in unit.references for key in keys if definitions.knows(key[0])})

    def lost(type_: str, resource: Json, key: Key) -> bool:
        if definitions.knows(key[0]):
            return unit.state(*key) != LIVE
        if type_ in definitions.aidbox or (not key[0] and _SCHEME.match(key[1])):
            return False
        return not (key[1].startswith("#") and not key[0] and _holds(resource, key[1][1:]))

    missing = [
        issue("not-found", f"Referenced resource {written} does not exist", (place, ".reference"), NOWHERE)
        for type_, resource, keys in unit.references
        if any(lost(type_, resource, key) for key in keys)
        for written, place in placed(resource, type_)
        if lost(type_, resource, split_reference(written))
    ]
    if missing:
        raise Refusal(422, missing)


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def _holds(value: Any, id_: str) -> bool:
    """Whether a resource of that id is contained in this one, or in one that it holds; "" is the container itself."""
    if isinstance(value, list):
        return any(_holds(item, id_) for item in value)
    if not isinstance(value, dict):
        return False
    contained: Any = value.get("contained")
    if isinstance(contained, list) and any(
        isinstance(one, dict) and (not id_ or one.get("id") == id_) for one in contained
    ):
        return True
    return any(_holds(item, id_) for item in value.values() if isinstance(item, dict | list))


NOWHERE = "non-existent-resource"


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
