"""The official definitions, as the two committed tables: which resource types, elements and search parameters exist."""

import gzip
import hashlib
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from portal.embedded.definitions.paths import Path as Steps
from portal.embedded.definitions.paths import compile_expression
from portal.types import Json

HERE = Path(__file__).parent
KINDS = frozenset({"string", "token", "reference", "date", "number", "quantity", "uri"})
NARRATIVE: list[object] = ["words", [["text", "div"]], []]
INDEXED_AS = b"3"
"""Raised when the same table is to give other index rows: every store is then indexed anew when it is opened."""

__all__ = ["Definitions", "Parameter", "Place", "compile_expression", "load_definitions", "stored_parameters"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A search parameter of one resource type. `kind`: string, token, reference, date, number, quantity, uri, composite,
    special (`near`) or words (`_text`).

    Parameters of one type that read the same elements share one `index`; `only` then narrows references to that type.
    """

    type: str
    name: str
    kind: str
    paths: tuple[tuple[object, ...], ...]
    targets: tuple[str, ...]
    only: str | None
    index: str
    parts: tuple["Parameter", ...] = ()
    """When its values are those of other parameters of the type together: it needs no rows of its own."""
    places: tuple["Place", ...] = ()
    """Of a composite: the elements in which its components stand together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """`path` leads to the elements; empty, it is the resource, whose own parameters `components` then are."""

    path: tuple[object, ...]
    components: tuple[Parameter, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Definitions:
    """`owners`: element tables by type or backbone path. `codes`: what each required value set allows; `coded`: the
    same as (system, code).
    """

    resources: frozenset[str]
    aidbox: frozenset[str]
    owners: dict[str, dict[str, Json]]
    codes: dict[str, frozenset[str]]
    coded: dict[str, frozenset[tuple[str, str]]]
    parameters: dict[str, dict[str, Parameter]]
    fingerprint: str

    def knows(self, type_: str) -> bool:
        return type_ in self.resources or type_ in self.aidbox

    def parameter(self, type_: str, name: str) -> Parameter | None:
        return self.parameters.get(type_, {}).get(name)


@cache
def load_definitions() -> Definitions:
    """The same at each call: nobody changes them."""
    structure_text = gzip.decompress((HERE / "structure.json.gz").read_bytes())
    search_text = gzip.decompress((HERE / "search.json.gz").read_bytes())
    structure: Json = json.loads(structure_text)
    search: dict[str, dict[str, list[object]]] = json.loads(search_text)
    types = [*structure["resources"], *structure["aidbox"]]
    narrated = {type_ for type_ in structure["resources"] if "text" in structure["owners"][type_]}
    parameters = {
        type_: composed(
            {
                name: make_parameter(type_, name, *entry)  # type: ignore[arg-type]
                for name, entry in {
                    **search.get("Resource", {}),
                    **({"_text": NARRATIVE} if type_ in narrated else {}),
                    **search.get(type_, {}),
                }.items()
            }
        )
        for type_ in types
    }
    return Definitions(
        resources=frozenset(structure["resources"]),
        aidbox=frozenset(structure["aidbox"]),
        owners=structure["owners"],
        codes={
            url: frozenset(code for codes in of.values() for code in codes) for url, of in structure["codes"].items()
        },
        coded={
            url: frozenset((system, code) for system, codes in of.items() for code in codes)
            for url, of in structure["codes"].items()
        },
        parameters=parameters,
        fingerprint=hashlib.sha256(search_text + INDEXED_AS).hexdigest(),
    )


def stored_parameters(definitions: Definitions, resource: Json) -> list[Parameter]:
    """The parameters that a stored, active SearchParameter adds, one for each known base; none when it cannot be used."""
    kind, code, expression = resource.get("type"), resource.get("code"), resource.get("expression")
    if (
        resource.get("status") != "active"
        or kind not in KINDS
        or not isinstance(code, str)
        or not isinstance(expression, str)
    ):
        return []
    found: list[Parameter] = []
    for base in resource.get("base", []):
        try:
            compiled = compile_expression(expression, base, definitions.owners)
        except ValueError:
            continue
        paths = [path for path in compiled if path and isinstance(path[0], str)]  # the others name no element
        if paths and definitions.knows(base):
            found.append(make_parameter(base, code, kind, paths, list(resource.get("target", []))))
    return found


def make_parameter(type_: str, name: str, kind: str, paths: list[Steps], targets: list[Any]) -> Parameter:
    if kind in {"composite", "special"}:
        return _composite(type_, name, kind, paths, targets)
    only: str | None = None
    steps = paths
    lasts = [path[-1] for path in paths]
    if lasts and all(isinstance(last, list) and last[0] == "only" for last in lasts):
        only = str(lasts[0][1])
        steps = [path[:-1] for path in paths]
    shape = json.dumps(steps, separators=(",", ":"))
    group = {"quantity": "number", "uri": "token", "words": "string"}.get(kind, kind)
    return Parameter(
        type=type_,
        name=name,
        kind=kind,
        paths=tuple(tuple(_freeze(step) for step in path) for path in steps),
        targets=tuple(targets),
        only=only,
        index=f"{type_} {group} {shape}",
    )


def _composite(type_: str, name: str, kind: str, paths: list[Steps], components: list[Any]) -> Parameter:
    places: list[Place] = []
    for path in paths:
        parts = [make_parameter(type_, own, of_kind, ways, []) for own, of_kind, ways in components]
        if path:  # rows of its own, by element; without paths, the resource's parameter is meant
            parts = [replace(p, index=f"{type_} part {json.dumps(path)} {p.index}") if p.paths else p for p in parts]
        places.append(Place(path=tuple(_freeze(step) for step in path), components=tuple(parts)))
    return Parameter(
        type=type_, name=name, kind=kind, paths=(), targets=(), only=None, index=f"{type_} part {name}",
        places=tuple(places),
    )  # fmt: skip


def composed(parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    """Parameters that need no rows of their own, or not all, get those that have them: see `parts` and `places`."""
    found = united(parameters)

    def own(component: Parameter) -> Parameter:
        if not component.paths:
            return found[component.name]
        ways = set(component.paths)
        fitting = [p for p in found.values() if p.kind == component.kind and ways <= set(p.paths)]
        return min(fitting, key=lambda p: len(p.paths))

    for parameter in parameters.values():
        if parameter.places:
            places = [
                replace(
                    place, components=tuple(own(c) if not place.path or not c.paths else c for c in place.components)
                )
                for place in parameter.places
            ]
            found[parameter.name] = replace(parameter, places=tuple(places))
    return found


def united(parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    """Marks those whose values are exactly those of two others: `combo-code` is `code` and `component-code`."""
    found = dict(parameters)
    for parameter in parameters.values():
        paths = set(parameter.paths)
        if parameter.kind == "reference" or len(paths) < 2:
            continue
        smaller = [p for p in parameters.values() if p.kind == parameter.kind and paths > set(p.paths) and p.paths]
        parts = next(
            ((a, b) for a in smaller for b in smaller if a.name < b.name and set(a.paths) | set(b.paths) == paths), None
        )
        if parts:
            found[parameter.name] = replace(parameter, parts=parts)
    return found


def _freeze(step: object) -> object:
    return tuple(step) if isinstance(step, list) else step  # type: ignore[arg-type]
