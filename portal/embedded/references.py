"""References inside a resource: each relative one must name a resource that exists."""

from collections.abc import Iterator
from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.outcome import Issue, Refusal
from portal.embedded.search.extract import split_reference
from portal.embedded.store import LIVE, Unit
from portal.types import Json


def relative_references(value: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """(type, id, place) of every `reference` written as Type/id, wherever it stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "reference" and isinstance(item, str):
                type_, id_ = split_reference(item)
                if type_:
                    yield type_, id_, f"{place}.{key}"
            elif isinstance(item, dict | list):
                yield from relative_references(item, f"{place}.{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from relative_references(item, f"{place}[{i}]")


def check_references(unit: Unit, definitions: Definitions, written: list[Json]) -> None:
    """Refusal 422 naming every reference of `written` that leads nowhere. Run when all of a transaction is written."""
    issues: list[Issue] = []
    known: dict[tuple[str, str], bool] = {}
    for resource in written:
        for type_, id_, place in relative_references(resource, str(resource["resourceType"])):
            if not definitions.knows(type_):
                continue
            if (type_, id_) not in known:
                kept = unit.state(type_, id_)
                known[type_, id_] = kept == LIVE
            if not known[type_, id_]:
                issues.append(
                    Issue(
                        code="not-found",
                        text=f"Referenced resource {type_}/{id_} does not exist",
                        place=place,
                        kind="non-existent-resource",
                    )
                )
    if issues:
        raise Refusal(422, issues)
