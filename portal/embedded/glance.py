"""A glance at a resource: is it surely valid? Compiled from the definitions to closures, one for each place.

What a glance is not sure of (a companion such as `_birthDate`, a contained resource, a fault), the validator looks at
with care and with places. On the way the glance collects every reference, which must lead somewhere.
"""

from collections.abc import Callable
from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.primitives import FORMS, PRIMITIVES
from portal.embedded.search.extract import split_reference
from portal.types import Json

References = list[tuple[str, str]]
"""(type, id) as `split_reference` gives them."""
Sure = Callable[[Any, References], bool]


class Glance:
    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._objects: dict[str, Sure] = {}

    def sure(self, resource: Json, type_: str, references: References) -> bool:
        """True only for what the validator finds no fault in. `references` is complete only then."""
        if type_ not in self.definitions.resources or resource.get("resourceType", type_) != type_:
            return False
        try:
            return self._object(type_)(resource, references)
        except RecursionError:
            return False

    def _object(self, owner: str) -> Sure:
        """Whether a value is an object with the elements of that type or backbone."""
        known = self._objects.get(owner)
        if known:
            return known
        fields: dict[str, Sure] = {}
        single: list[str] = []
        groups: dict[str, set[str]] = {}
        needed: list[frozenset[str]] = []

        def check(value: Any, references: References) -> bool:
            if value.__class__ is not dict or not value:
                return False
            for key, item in value.items():
                field = fields.get(key)
                if field is None or not field(item, references):
                    return False
            for key in single:
                if key not in value:
                    return False
            for group in needed:
                if group.isdisjoint(value):
                    return False
            for group in choices:  # noqa: SIM110 – a generator costs more than the check
                if len(group & value.keys()) > 1:
                    return False
            return True

        self._objects[owner] = check
        elements = self.definitions.owners.get(owner, {})
        for key, element in elements.items():
            fields[key] = self._element(element)
            if "choice" in element:
                groups.setdefault(element["choice"], set()).add(key)
            elif element["min"]:
                single.append(key)
        choices = [frozenset(keys) for keys in groups.values() if len(keys) > 1]
        needed += [frozenset(keys) for keys in groups.values() if any(elements[key]["min"] for key in keys)]
        if owner in self.definitions.resources:
            fields["resourceType"] = lambda value, _: value == owner
            fields["id"] = _primitive("id", None)
        return check

    def _element(self, element: Json) -> Sure:
        kind: str = element["t"]
        codes = self.definitions.codes.get(element.get("binding", ""))
        if kind in PRIMITIVES:
            one = _primitive(kind, codes)
        elif kind == "Resource":
            one = _never  # contained resources and entries are rare: the validator takes them
        else:
            one = self._object(kind)
            if kind == "Reference":
                one = _reference(one, frozenset(element.get("targets", ())) & self.definitions.resources)
            elif codes:
                one = _bound(one, self.definitions.coded[element["binding"]])
        return _many(one) if element["many"] else one


def _primitive(kind: str, codes: frozenset[str] | None) -> Sure:
    if codes is not None:
        return lambda value, _: value.__class__ is str and value in codes
    if kind in FORMS:
        fits = FORMS[kind]
        return lambda value, _: value.__class__ is str and fits(value)
    if kind in {"string", "markdown", "xhtml"}:
        return lambda value, _: value.__class__ is str and value != "" and not value.isspace()
    check = PRIMITIVES[kind]
    return lambda value, _: check(value)


def _many(one: Sure) -> Sure:
    def check(value: Any, references: References) -> bool:
        if value.__class__ is not list or not value:
            return False
        for item in value:  # noqa: SIM110 – a generator costs more than the check
            if not one(item, references):
                return False
        return True

    return check


def _reference(is_object: Sure, targets: frozenset[str]) -> Sure:
    def check(value: Any, references: References) -> bool:
        if not is_object(value, references):
            return False
        written = value.get("reference")
        if written is not None:
            found = split_reference(written)
            references.append(found)
            return not targets or not found[0] or found[0] in targets
        return True

    return check


def _bound(is_object: Sure, codes: frozenset[tuple[str, str]]) -> Sure:
    def check(value: Any, references: References) -> bool:
        if not is_object(value, references):
            return False
        codings = value.get("coding", (value,))
        return any((coding.get("system"), coding.get("code")) in codes for coding in codings)

    return check


def _never(_value: Any, _references: References) -> bool:
    return False
