"""Is this a resource that R4 defines? Types, cardinalities, unknown keys, required codes; every fault with its place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.outcome import Issue, Place, issue
from portal.embedded.primitives import PRIMITIVES
from portal.embedded.search.extract import split_reference
from portal.embedded.shapes import Shapes
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
    primitive: Callable[[Any], bool] | None = None
    coded: frozenset[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """What one check finds: the faults, and on the way every reference with its place."""

    issues: list[Issue] = field(default_factory=list[Issue])
    references: list[tuple[str, Place]] = field(default_factory=list[tuple[str, Place]])


@dataclass(frozen=True, slots=True)
class Owner:
    """Elements of a type or backbone by JSON key, and which must be there (each by any of its keys)."""

    elements: dict[str, Element]
    required: list[tuple[str, frozenset[str]]]


class Validator:
    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.shapes = Shapes()
        self._owners: dict[str, Owner] = {}

    def check(self, resource: Any, expected: str | None = None) -> Faults:
        """No issue means valid. Aidbox's own types are checked as far as this server reads them."""
        found = Faults()
        try:
            self._resource(found, resource, None, expected)
        except RecursionError:
            return Faults([Issue(code="too-long", text="The resource is nested too deeply", kind="invalid-depth")])
        return found

    def _resource(self, found: Faults, resource: Any, place: Place | None, expected: str | None) -> None:
        if not isinstance(resource, dict):
            found.issues.append(_wrong(place, "A resource is an object", "invalid-type"))
            return
        type_ = resource.get("resourceType", expected)
        if not isinstance(type_, str) or not self.definitions.knows(type_):
            found.issues.append(issue("structure", "The resourceType is missing or unknown", place, "unknown-resource"))
            return
        place = place or (None, type_)
        if "id" in resource and not PRIMITIVES["id"](resource["id"]):
            found.issues.append(
                _wrong((place, ".id"), "An id has 1 to 64 letters, digits, dots or dashes", "invalid-type")
            )
        if type_ not in self.definitions.aidbox:
            self._object(found, resource, type_, place)
            return
        found.issues.extend(self.shapes.faults(resource, type_, place))
        if "meta" in resource:
            self._value(found, Element("Meta", False, None, None, None), resource["meta"], (place, ".meta"))

    def _object(self, found: Faults, value: Json, owner_name: str, place: Place) -> None:
        owner = self._owners.get(owner_name) or self._owner(owner_name)
        elements = owner.elements
        chosen: dict[str, str] = {}
        for key, item in value.items():
            element = elements.get(key)
            if element is None:
                if key == "resourceType" and owner_name in self.definitions.resources:
                    continue
                element = elements.get(key[1:]) if key.startswith("_") else None
                if element is None or element.type not in PRIMITIVES:
                    found.issues.append(issue("structure", f"Unknown key {key!r}", (place, f".{key}"), "unknown-key"))
                    continue
                self._companion(found, item, element, (place, f".{key}"))
            elif element.many:
                self._list(found, item, element, (place, f".{key}"), value.get(f"_{key}"))
            elif isinstance(item, list):
                found.issues.append(_wrong((place, f".{key}"), "One value is expected, not a list", "invalid-type"))
            else:
                self._value(found, element, item, (place, f".{key}"))
            if element.choice:
                other = chosen.setdefault(element.choice, key.lstrip("_"))
                if other != key.lstrip("_"):
                    text = f"Only one of {other!r} and {key!r} may be present"
                    found.issues.append(issue("structure", text, (place, f".{key}"), "choice-excluded"))
        for name, keys in owner.required:
            if name not in value and not any(key in value or f"_{key}" in value for key in keys):
                found.issues.append(issue("required", f"{name!r} is required", (place, f".{name}"), "require"))

    def _list(self, found: Faults, item: Any, element: Element, place: Place, companion: Any) -> None:
        if not isinstance(item, list):
            found.issues.append(_wrong(place, "A list is expected", "invalid-type"))
        elif not item:
            found.issues.append(_wrong(place, "A list cannot be empty", "min"))
        else:
            for i, one in enumerate(item):
                beside = isinstance(companion, list) and i < len(companion) and companion[i] is not None
                if one is not None or element.type not in PRIMITIVES or not beside:
                    self._value(found, element, one, (place, f"[{i}]"))

    def _value(self, found: Faults, element: Element, item: Any, place: Place) -> None:
        kind = element.type
        if element.primitive:
            if not element.primitive(item):
                found.issues.append(_wrong(place, f"This is not a {kind}", "invalid-type"))
            elif element.codes and item not in element.codes:
                found.issues.append(_bound(place))
        elif kind == "Resource":
            self._resource(found, item, place, None)
        elif not isinstance(item, dict):
            found.issues.append(_wrong(place, f"A {kind} is an object", "invalid-type"))
        elif not item:
            found.issues.append(_wrong(place, "An object cannot be empty", "min"))
        else:
            self._object(found, item, kind, place)
            if kind == "Reference":
                self._target(found, item, element.targets, place)
            elif element.coded and not _coded(item) & element.coded:
                found.issues.append(_bound(place))

    def _target(self, found: Faults, item: Json, targets: frozenset[str] | None, place: Place) -> None:
        written = item.get("reference")
        if not isinstance(written, str):
            return
        found.references.append((written, place))
        type_ = split_reference(written)[0]
        if targets and type_ in self.definitions.resources and type_ not in targets:
            text = f"A reference to {', '.join(sorted(targets))} is expected"
            found.issues.append(issue("invalid", text, (place, ".reference"), "invalid-target"))

    def _companion(self, found: Faults, item: Any, element: Element, place: Place) -> None:
        for one in item if element.many and isinstance(item, list) else [item]:
            if one is None and element.many:
                continue
            if not isinstance(one, dict) or not one or not COMPANION.issuperset(one):
                found.issues.append(_wrong(place, "Only id and extension may stand beside a value", "invalid-type"))
            else:
                self._object(found, one, "Element", place)

    def _owner(self, name: str) -> Owner:
        elements: dict[str, Element] = {}
        required: dict[str, set[str]] = {}
        for key, element in self.definitions.owners.get(name, {}).items():
            codes = self.definitions.codes.get(element.get("binding", ""))
            targets = frozenset(element["targets"]) if "targets" in element else None
            elements[key] = Element(
                element["t"], element["many"], element.get("choice"), codes, targets, PRIMITIVES.get(element["t"]),
                self.definitions.coded.get(element.get("binding", "")),
            )  # fmt: skip
            if element["min"]:
                required.setdefault(element.get("choice", key), set()).add(key)
        owner = self._owners[name] = Owner(elements, [(key, frozenset(keys)) for key, keys in required.items()])
        return owner


def _coded(item: Json) -> set[tuple[str, str]]:
    """(system, code) of each coding."""
    codings: Any = item.get("coding", [item])
    return {
        (c["system"], c["code"])
        for c in (codings if isinstance(codings, list) else ())
        if isinstance(c, dict) and isinstance(c.get("code"), str) and isinstance(c.get("system"), str)
    }


def _wrong(place: Place | None, text: str, kind: str) -> Issue:
    return issue("invalid", text, place, kind)


def _bound(place: Place) -> Issue:
    return issue("code-invalid", "This code is not in the required value set", place, "terminology-binding")
