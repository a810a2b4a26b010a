"""References inside a resource: each relative one must name a resource that exists."""

from collections.abc import Callable
from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.outcome import Place, Refusal, issue
from portal.embedded.search.extract import split_reference
from portal.embedded.store import LIVE, Unit
from portal.types import Json


def check_references(
    unit: Unit, definitions: Definitions, placed: Callable[[Json, str], list[tuple[str, Place]]]
) -> None:
    """Refusal 422 naming every reference that leads nowhere. Run when all of a transaction is written.

    What is not ours to check leads somewhere: other servers, contained resources, types that nobody knows. Places are
    only asked for (`placed`) when there is something to tell.
    """
    wanted = {key for _, _, keys in unit.references for key in keys if definitions.knows(key[0])}
    unit.look_up(wanted)
    missing = {key for key in wanted if unit.state(*key) != LIVE}
    if missing:
        raise Refusal(
            422,
            [
                issue("not-found", f"Referenced resource {written} does not exist", (place, ".reference"), NOWHERE)
                for type_, resource, keys in unit.references
                if not missing.isdisjoint(keys)
                for written, place in placed(resource, type_)
                if split_reference(written) in missing
            ],
        )


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
