"""Is this a resource that R4 defines? Types, cardinalities, unknown keys, required codes; every fault with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.outcome import Issue
from portal.embedded.primitives import PRIMITIVES
from portal.embedded.search.extract import split_reference
from portal.types import Json

COMPANION = frozenset({"id", "extension"})
"""What `_birthDate` may hold beside `birthDate`."""


@dataclass(frozen=True, slots=True)
class Element:
    type: str
    many: bool
    choice: str | None
    codes: frozenset[str] | None
    targets: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Elements of a type or backbone by JSON key, and which must be there (each by any of its keys)."""

    elements: dict[str, Element]
    required: list[tuple[str, frozenset[str]]]


class Validator:
    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._owners: dict[str, Owner] = {}

    def check(self, resource: Any, expected: str | None = None) -> list[Issue]:
        """No issue means valid. Aidbox's own types are only checked for what every resource has."""
        try:
            return list(self._resource(resource, expected or "", expected))
        except RecursionError:
            return [Issue(code="too-long", text="The resource is nested too deeply", kind="invalid-depth")]

    def _resource(self, resource: Any, place: str, expected: str | None) -> Iterator[Issue]:
        if not isinstance(resource, dict):
            yield _wrong(place, "A resource is an object", "invalid-type")
            return
        type_ = resource.get("resourceType", expected)
        if not isinstance(type_, str) or not self.definitions.knows(type_):
            yield Issue(
                code="structure", text="The resourceType is missing or unknown", place=place, kind="unknown-resource"
            )
            return
        place = place or type_
        if "id" in resource and not PRIMITIVES["id"](resource["id"]):
            yield _wrong(f"{place}.id", "An id has 1 to 64 letters, digits, dots or dashes", "invalid-type")
        if type_ in self.definitions.aidbox:
            if "meta" in resource:
                yield from self._value(Element("Meta", False, None, None, None), resource["meta"], f"{place}.meta")
            return
        yield from self._object(resource, type_, place)

    def _object(self, value: Json, owner_name: str, place: str) -> Iterator[Issue]:
        owner = self._owner(owner_name)
        elements = owner.elements
        chosen: dict[str, str] = {}
        for key, item in value.items():
            element = elements.get(key)
            if element is None:
                if key == "resourceType" and owner_name in self.definitions.resources:
                    continue
                element = elements.get(key[1:]) if key.startswith("_") else None
                if element is None or element.type not in PRIMITIVES:
                    yield Issue(
                        code="structure", text=f"Unknown key {key!r}", place=f"{place}.{key}", kind="unknown-key"
                    )
                    continue
                yield from self._companion(item, element, f"{place}.{key}")
            else:
                yield from self._element(item, element, f"{place}.{key}", companion=value.get(f"_{key}"))
            if element.choice:
                other = chosen.setdefault(element.choice, key.lstrip("_"))
                if other != key.lstrip("_"):
                    text = f"Only one of {other!r} and {key!r} may be present"
                    yield Issue(code="structure", text=text, place=f"{place}.{key}", kind="choice-excluded")
        for name, keys in owner.required:
            if not any(key in value or f"_{key}" in value for key in keys):
                yield Issue(code="required", text=f"{name!r} is required", place=f"{place}.{name}", kind="require")

    def _element(self, item: Any, element: Element, place: str, *, companion: Any) -> Iterator[Issue]:
        if not element.many:
            if isinstance(item, list):
                yield _wrong(place, "One value is expected, not a list", "invalid-type")
            else:
                yield from self._value(element, item, place)
            return
        if not isinstance(item, list):
            yield _wrong(place, "A list is expected", "invalid-type")
        elif not item:
            yield _wrong(place, "A list cannot be empty", "min")
        else:
            for i, one in enumerate(item):
                beside = isinstance(companion, list) and i < len(companion) and companion[i] is not None
                if one is None and element.type in PRIMITIVES and beside:
                    continue
                yield from self._value(element, one, f"{place}[{i}]")

    def _value(self, element: Element, item: Any, place: str) -> Iterator[Issue]:
        kind = element.type
        primitive = PRIMITIVES.get(kind)
        if primitive:
            if not primitive(item):
                yield _wrong(place, f"This is not a {kind}", "invalid-type")
            elif element.codes and item not in element.codes:
                yield _bound(place)
            return
        if kind == "Resource":
            yield from self._resource(item, place, None)
            return
        if not isinstance(item, dict):
            yield _wrong(place, f"A {kind} is an object", "invalid-type")
            return
        if not item:
            yield _wrong(place, "An object cannot be empty", "min")
            return
        yield from self._object(item, kind, place)
        if kind == "Reference" and element.targets:
            yield from self._target(item, element.targets, place)
        elif element.codes and not _coded(item) & element.codes:
            yield _bound(place)

    def _target(self, item: Json, targets: frozenset[str], place: str) -> Iterator[Issue]:
        written = item.get("reference")
        type_ = split_reference(written)[0] if isinstance(written, str) else ""
        if type_ in self.definitions.resources and type_ not in targets:
            allowed = ", ".join(sorted(targets))
            yield Issue(
                code="invalid",
                text=f"A reference to {allowed} is expected",
                place=f"{place}.reference",
                kind="invalid-target",
            )

    def _companion(self, item: Any, element: Element, place: str) -> Iterator[Issue]:
        items = item if element.many and isinstance(item, list) else [item]
        for one in items:
            if one is None and element.many:
                continue
            if not isinstance(one, dict) or not one or not COMPANION.issuperset(one):
                yield _wrong(place, "Only id and extension may stand beside a value", "invalid-type")
            else:
                yield from self._object(one, "Element", place)

    def _owner(self, name: str) -> Owner:
        found = self._owners.get(name)
        if found is None:
            found = self._owners[name] = self._compile(name)
        return found

    def _compile(self, name: str) -> Owner:
        elements: dict[str, Element] = {}
        required: dict[str, set[str]] = {}
        for key, element in self.definitions.owners.get(name, {}).items():
            codes = self.definitions.codes.get(element.get("binding", ""))
            targets = frozenset(element["targets"]) if "targets" in element else None
            elements[key] = Element(element["t"], element["many"], element.get("choice"), codes, targets)
            if element["min"]:
                required.setdefault(element.get("choice", key), set()).add(key)
        return Owner(elements, [(key, frozenset(keys)) for key, keys in required.items()])


def _coded(item: Json) -> set[str]:
    codings: Any = item.get("coding", [item])
    return (
        {c["code"] for c in codings if isinstance(c, dict) and isinstance(c.get("code"), str)}
        if isinstance(codings, list)
        else set()
    )


def _wrong(place: str, text: str, kind: str) -> Issue:
    return Issue(code="invalid", text=text, place=place, kind=kind)


def _bound(place: str) -> Issue:
    return Issue(
        code="code-invalid", text="This code is not in the required value set", place=place, kind="terminology-binding"
    )
