"""One resource in the making: values are put at element paths such as `name:official.given` or `value[x]`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from portal.fhirpath import Element, Model
from portal.sdc.amounts import as_unit
from portal.sdc.reading import decimal
from portal.types import Json

Path = tuple[str, ...]


class NotAnElement(Exception):
    """A path that the resource does not have, or a value that its element cannot hold."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frame:
    """An entry that a group has opened: what is beneath the group and beneath `path` writes into `element`."""

    building: "Building"
    path: Path
    element: Json
    type: str


class Building:
    def __init__(self, *, canonical: str, kind: str, model: Model) -> None:
        self.canonical = canonical
        self.kind = kind
        self.resource: Json = {"resourceType": kind}
        self.touched = False
        self._model = model
        self._shared: dict[tuple[int, int, str], Json] = {}  # entries that items of one copy share
        self._made: list[tuple[Path, Json, str]] = [((), self.resource, kind)]

    def enter(self, path: Path, frames: tuple[Frame, ...], scope: int) -> Frame:
        """A new entry for one copy of a group."""
        element, type_name, rest = self._start(path, frames)
        done = path[: len(path) - len(rest)]
        for index, part in enumerate(rest):
            last = index == len(rest) - 1
            element, type_name = self._into(element, type_name, (*done, *rest[:index], part), scope, fresh=last)
        return Frame(building=self, path=path, element=element, type=type_name)

    def put(
        self, path: Path, values: list[tuple[Any, str]], frames: tuple[Frame, ...], scope: int, unit: Json | None
    ) -> bool:
        """Values with their FHIR types ("" where that is not known). False when some had no place."""
        element, type_name, rest = self._start(path, frames)
        if not rest:
            raise NotAnElement("A definition without an element holds no value.")
        done = path[: len(path) - len(rest)]
        repeat = self._repeating(rest, type_name)
        leaf_many = self._element(self._type_at(rest[:-1], type_name), rest[-1])[0].many
        several = values if leaf_many or repeat is not None else values[:1]
        for index, value in enumerate(several):
            holder, holder_type = element, type_name
            for at, part in enumerate(rest[:-1]):
                fresh = index > 0 and not leaf_many and at == repeat
                holder, holder_type = self._into(holder, holder_type, (*done, *rest[:at], part), scope, fresh=fresh)
            self._set(holder, holder_type, rest[-1], value, unit)
        return len(several) == len(values)

    def complete(self, profile: Json) -> None:
        """Fixed values and patterns of a StructureDefinition, on every element that came to be."""
        listed = (profile.get("snapshot") or profile.get("differential") or {}).get("element", ())
        for definition in listed:
            key = next((each for each in definition if each.startswith(("fixed", "pattern"))), None)
            if key is None or not self.touched:
                continue
            *around, name = str(definition.get("id", "")).split(".")
            type_name = key.removeprefix("fixed").removeprefix("pattern")
            for path, holder, holder_type in self._made:
                if [self.kind, *path] == around:
                    self._fill(holder, holder_type, name, definition[key], type_name, definition.get("min"))

    def _fill(self, holder: Json, holder_type: str, name: str, value: Any, kind: str, least: int | None) -> None:
        element, key = self._element(holder_type, name, _named(self._model, kind))
        present = holder.get(key)
        if present is None:
            if least != 0:
                holder[key] = [value] if element.many else value
        elif isinstance(present, dict) and isinstance(value, dict):
            holder[key] = {**cast("Json", value), **cast("Json", present)}

    def _start(self, path: Path, frames: tuple[Frame, ...]) -> tuple[Json, str, Path]:
        for frame in reversed(frames):
            if frame.building is self and path[: len(frame.path)] == frame.path:
                return frame.element, frame.type, path[len(frame.path) :]
        return self.resource, self.kind, path

    def _into(self, element: Json, type_name: str, path: Path, scope: int, *, fresh: bool) -> tuple[Json, str]:
        part = path[-1]
        found, key = self._element(type_name, part)
        inner = found.keys[key]
        self.touched = True
        if not found.many:
            if key not in element:
                element[key] = {}
                self._made.append((path, element[key], inner))
            return element[key], inner
        shared = (scope, id(element), part)
        if fresh or shared not in self._shared:
            made: Json = {}
            element.setdefault(key, []).append(made)
            self._shared[shared] = made
            self._made.append((path, made, inner))
        return self._shared[shared], inner

    def _set(self, holder: Json, holder_type: str, part: str, value: tuple[Any, str], unit: Json | None) -> None:
        kind = value[1] or _kind(value[0])
        kind = _named(self._model, kind)
        element, key = self._element(holder_type, part, kind)
        written = _cast(value[0], kind, element.keys[key], unit)
        self.touched = True
        if element.many:
            holder.setdefault(key, []).append(written)
        else:
            holder[key] = written

    def _repeating(self, rest: Path, type_name: str) -> int | None:
        """The last part on the way that may stand several times."""
        found: int | None = None
        for index, part in enumerate(rest[:-1]):
            element, key = self._element(type_name, part)
            found = index if element.many else found
            type_name = element.keys[key]
        return found

    def _type_at(self, parts: Path, type_name: str) -> str:
        for part in parts:
            element, key = self._element(type_name, part)
            type_name = element.keys[key]
        return type_name

    def _element(self, type_name: str, part: str, kind: str | None = None) -> tuple[Element, str]:
        """The element of a part of a path, and its key in JSON; of a choice, the one that fits a value of that kind."""
        name, _, sliced = part.partition(":")
        bare = name.removesuffix("[x]")
        for element in self._model.elements(type_name).values():
            if element.choice and (name in element.keys or sliced in element.keys):
                return element, sliced if sliced in element.keys else name
            if element.name == bare:
                if not element.choice or kind is None:
                    return element, next(iter(element.keys))
                for wanted in _FITS.get(kind, (kind,)):
                    for key, own in element.keys.items():
                        if own == wanted:
                            return element, key
                raise NotAnElement(f"{type_name}.{name} cannot hold a value of type {kind or 'unknown'}.")
        raise NotAnElement(f"{type_name} has no element {name}.")


_FITS = {
    "Coding": ("Coding", "CodeableConcept", "code", "string"),
    "integer": ("integer", "Quantity", "decimal", "string"),
    "decimal": ("decimal", "Quantity", "string"),
    "date": ("date", "dateTime", "string"),
    "dateTime": ("dateTime", "instant", "date", "string"),
    "string": ("string", "markdown", "CodeableConcept", "code", "uri", "dateTime", "date"),
    "uri": ("uri", "url", "canonical", "string"),
    "boolean": ("boolean", "string"),
    "time": ("time", "string"),
}
"""Kinds that a value may be turned into, in the order of preference."""


def _named(model: Model, kind: str) -> str:
    """The type by the name that ends a key: valueCoding is a Coding, valueDate a date."""
    return kind if kind in model.parents else kind[:1].lower() + kind[1:]


def _kind(value: Any) -> str:
    """The FHIR type of a value that an expression gave."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal):
        return "decimal"
    if isinstance(value, dict):
        for key, kind in (
            ("coding", "CodeableConcept"),
            ("reference", "Reference"),
            ("value", "Quantity"),
            ("code", "Coding"),
        ):
            if key in value:
                return kind
    return "string"


def _cast(value: Any, kind: str, target: str, unit: Json | None) -> Any:
    """FHIR's own ways from one type to another. Raises `NotAnElement` where there is none."""
    if kind == target or target.startswith("System."):
        return value
    match kind, target:
        case "Coding", "CodeableConcept":
            return {"coding": [value]}
        case "Coding", "code" | "string" | "uri" | "id" | "markdown":
            return value.get("code") if target != "string" else value.get("display") or value.get("code")
        case "CodeableConcept", "Coding" if value.get("coding"):
            return value["coding"][0]
        case "string", "CodeableConcept":
            return {"text": value}
        case "string" | "uri", "Reference":
            return {"reference": value}
        case "integer" | "decimal", "Quantity" | "SimpleQuantity" | "Age" | "Duration":
            return {"value": decimal(value), **as_unit(unit)}
        case "integer", "decimal" | "positiveInt" | "unsignedInt":
            return value
        case "Quantity", "decimal":
            return value.get("value")
        case "Quantity", "SimpleQuantity" | "Age" | "Duration" | "Count" | "Distance" | "Money":
            return value
        case "date", "dateTime":
            return value
        case "dateTime", "date":
            return value[:10]
        case "string" | "uri" | "date" | "dateTime" | "time", _ if target[:1].islower() and target not in _NOT_TEXT:
            return value
        case "boolean" | "integer" | "decimal", "string":
            return str(value).lower() if kind == "boolean" else str(value)
        case _:
            raise NotAnElement(f"A value of type {kind} cannot become one of type {target}.")


_NOT_TEXT = frozenset({"boolean", "integer", "decimal", "positiveInt", "unsignedInt"})
