"""The R4 type model: which elements a type has, of which types, and what derives from what.

Read once from a generated table (see tests/fhirpath/remake). Types are named as FHIR names them, nested elements by
their path ("Questionnaire.item"), FHIRPath's own types with "System." in front.
"""

import functools
import json
from dataclasses import dataclass
from importlib import resources

from portal.fhirpath.errors import FhirPathError

SYSTEM_TYPES = ("Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity", "Any")

_TEXTS = frozenset(("string", "code", "id", "uri", "url", "canonical", "oid", "uuid", "markdown"))
TEMPORAL = frozenset(("date", "dateTime", "instant", "time"))
"""Primitives whose JSON is a text but whose value is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One element: the JSON keys it may stand under, each with its type (one, or one for each choice)."""

    name: str
    keys: dict[str, str]
    choice: bool
    many: bool
    own_type: str | None
    """The type, where it is one, and its elements do not bear a type of their own as resources do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    parents: dict[str, str]
    own: dict[str, dict[str, Element]]
    choice_keys: dict[str, dict[str, str]]
    """For a choice element's name anywhere in FHIR: every JSON key that it may stand under, to its type."""
    misspelt: dict[str, str]
    """A JSON key of a choice, to the element that authors mean by it: valueCoding → value."""
    owners: dict[str, frozenset[str]]
    """For those of them that are also an element's own name: below which elements (Device.property.valueQuantity)."""
    names: dict[str, frozenset[str]]
    """All types that an element of this name has somewhere in FHIR."""
    texts: frozenset[str]
    """Names that, wherever they are primitive, are plain texts: never a choice, a number or a date."""
    single_texts: frozenset[str]
    """Those of them that never repeat and are never an element with elements of its own."""

    def element(self, type_name: str, name: str) -> Element | None:
        current = type_name
        while current:
            found = self.own.get(current, {}).get(name)
            if found:
                return found
            current = self.parents.get(current, "")
        return None

    def elements(self, type_name: str) -> dict[str, Element]:
        found: dict[str, Element] = {}
        current = type_name
        while current:
            found = {**self.own.get(current, {}), **found}
            current = self.parents.get(current, "")
        return found

    def derives(self, type_name: str, ancestor: str) -> bool:
        current = type_name
        while current:
            if current == ancestor:
                return True
            current = self.parents.get(current, "")
        return False

    def resolve(self, written: str, position: int | None = None) -> str:
        """The type that an author names, with or without namespace; an unknown one is an error."""
        namespace, _, name = written.rpartition(".")
        if namespace in {"", "FHIR"} and name in self.parents:
            return name
        if namespace in {"", "System"} and name in SYSTEM_TYPES:
            return f"System.{name}"
        if namespace == "FHIR" or written not in self.parents:
            if namespace == "System":
                return f"System.{name}"
            raise FhirPathError(f"{written} is not a type of FHIR R4 or of FHIRPath.", position)
        return written

    def is_primitive(self, type_name: str) -> bool:
        return type_name[:1].islower() and type_name != "xhtml"


@functools.cache
def r4() -> Model:
    table: dict[str, list[str]] = json.loads(resources.files("portal.fhirpath").joinpath("r4.json").read_text("utf-8"))
    parents = {name: row[0] for name, row in table.items()}
    own = {name: _elements(row[1]) for name, row in table.items()}
    choice_keys: dict[str, dict[str, str]] = {}
    names: dict[str, set[str]] = {}
    for elements in own.values():
        for element in elements.values():
            names.setdefault(element.name, set()).update(element.keys.values())
            if element.choice:
                choice_keys.setdefault(element.name, {}).update(element.keys)
    texts = frozenset(n for n in names if _always_text(n, own))
    misspelt = {key: name for name, keys in choice_keys.items() for key in keys}
    owners = {
        key: frozenset(path.rsplit(".", 1)[-1] for path, elements in own.items() if key in elements)
        for key in misspelt
        if key in names
    }
    return Model(
        parents=parents,
        own=own,
        choice_keys=choice_keys,
        misspelt=misspelt,
        owners=owners,
        names={name: frozenset(types) for name, types in names.items()},
        texts=texts,
        single_texts=frozenset(
            n for n in texts if not any(n in e and (e[n].many or e[n].keys[n][0].isupper()) for e in own.values())
        ),
    )


def _always_text(name: str, own: dict[str, dict[str, Element]]) -> bool:
    for elements in own.values():
        element = elements.get(name)
        if element is None:
            continue
        primitive = [code for code in element.keys.values() if code[0].islower()]
        if element.choice or (primitive and primitive[0] not in _TEXTS):
            return False
    return True


def _elements(row: str) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for cell in row.split(";") if row else ():
        head, types = cell.split(":", 1)
        choice, head = head.endswith("[x]"), head.removesuffix("[x]")
        many, name = head.endswith("*"), head.removesuffix("*")
        codes = types.split("|")
        keys = {name + code[0].upper() + code[1:]: code for code in codes} if choice else {name: codes[0]}
        own = None if choice or codes[0] in {"Resource", "DomainResource"} else codes[0]
        found[name] = Element(name=name, keys=keys, choice=choice, many=many, own_type=own)
    return found
