"""Every search parameter of every R4 type: it finds what holds it, from an index, and never by reading all resources."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.chance import SeededChance
from portal.clock import SystemClock
from portal.embedded import Backend, open_backend
from portal.embedded.definitions import Parameter
from portal.embedded.search.extract import Rows, make_plan

from .conftest import TOKENS, client
from .makers import DEFINITIONS, element

LEAVES: dict[str, Any] = {
    "Coding": {"system": "urn:s", "code": "c"}, "CodeableConcept": {"coding": [{"system": "urn:s", "code": "c"}]},
    "Identifier": {"system": "urn:s", "value": "v"}, "ContactPoint": {"system": "phone", "value": "1"},
    "Quantity": {"value": 5}, "Age": {"value": 5}, "Duration": {"value": 5}, "Count": {"value": 5}, "Distance": {"value": 5},
    "Money": {"value": 5, "currency": "EUR"}, "Range": {"low": {"value": 5}}, "Period": {"start": "2026-01-01"},
    "Timing": {"event": ["2026-01-01"]}, "HumanName": {"family": "x"}, "Address": {"city": "x"}, "date": "2026-01-01",
    "Resource": {"resourceType": "Basic", "id": "a", "code": {"text": "x"}}, "xhtml": "<div>x</div>", "string": "x", "decimal": 5, "integer": 5,
}  # fmt: skip
TARGETS = sorted(DEFINITIONS.resources)


@dataclass(frozen=True, slots=True)
class Running:
    """A backend on a loop of its own, asked from synchronous tests: opening one for each type would cost more."""

    backend: Backend
    ask: Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("every")
    with asyncio.Runner() as loop:
        opening = open_backend(
            folder, clock=SystemClock(), chance=SeededChance(1), authenticate=TOKENS.get, whole_references=False
        )
        backend = loop.run(opening)
        root = client(backend, "root")
        yield Running(backend, lambda method, url, **kwargs: loop.run(root.request(method, url, **kwargs)))
        loop.run(root.aclose())
        loop.run(backend.close())


def full(owner: str, wanted: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    """An instance with all that the tree of keys `wanted` asks for, and what R4 requires beside it."""
    found: dict[str, Any] = {}
    chosen: set[str] = set()
    elements = DEFINITIONS.owners[owner]
    for key in [*wanted, *(key for key, spec in elements.items() if spec["min"])]:
        spec = elements.get(key, {})
        if not spec or key in found or spec.get("choice") in chosen:
            continue
        chosen |= {spec["choice"]} if "choice" in spec else set()
        below = wanted.get(key)
        one = full(spec["t"], below, luck) if below else LEAVES.get(spec["t"])
        if one is None or "binding" in spec:
            one = element({**spec, "many": False}, luck, 0)
        if spec["t"] == "Reference" and not below:
            types = sorted(set(spec.get("targets", [])) & DEFINITIONS.resources)
            one = {"reference": f"{(types or ['Patient'])[0]}/a"}
        found[key] = [one] if spec["many"] else one
    return found


def ways(parameter: Parameter) -> list[tuple[Any, ...]]:
    together = [(*place.path, *way) for place in parameter.places for c in place.components for way in c.paths]
    return [*parameter.paths, *together]


def instances(type_: str, parameter: Parameter, luck: random.Random) -> list[dict[str, Any]]:
    """One for each way to the parameter's values; a composite needs its components together."""
    groups = (
        [[(*place.path, *c.paths[i % len(c.paths)]) if c.index.startswith(f"{type_} part") else c.paths[0]
          for c in place.components] for place in parameter.places for i in range(3)]
        if parameter.places else [[path] for path in parameter.paths]
    )  # fmt: skip
    made: list[dict[str, Any]] = []
    for paths in groups:
        tree: dict[str, Any] = {}
        for path in paths:
            at = tree
            for step in path:
                if isinstance(step, str):
                    at = at.setdefault(step, {})
                elif step[0] == "=":
                    at.update({step[1]: {}, "value": {}})
        one = full(type_, tree, luck)
        for path in paths:
            _choose(one, path, parameter.only)
        made.append({"resourceType": type_, **one})
    return made


def _choose(value: Any, path: tuple[Any, ...], only: str | None) -> None:
    """Gives the elements on the way the values by which the path, and the parameter, choose them."""
    for step in path:
        value = value[0] if isinstance(value, list) else value
        if not isinstance(value, dict):
            return
        if isinstance(step, str):
            value = value.get(step)
        elif step[0] == "=":
            value[step[1]] = step[2]
    value = value[0] if isinstance(value, list) else value
    if only and isinstance(value, dict) and "reference" in value:
        value["reference"] = f"{only}/a"


def asked(parameter: Parameter, resource: dict[str, Any]) -> str | None:
    """A value that the resource has for the parameter, as a search would write it."""
    if parameter.name == "near":
        position = resource["position"]
        return f"{position['latitude']}|{position['longitude']}|1|km"
    if parameter.places:
        for place in parameter.places:
            parts = [
                _value(c, resource, place.path if c.index.startswith(f"{c.type} part") else ())
                for c in place.components
            ]
            if all(parts):
                return "$".join(part for part in parts if part)
        return None
    return _value(parameter, resource, ())


def _value(parameter: Parameter, resource: dict[str, Any], path: tuple[Any, ...]) -> str | None:
    names = {0: ""}

    def number(kind: str, text: str) -> int:
        names[len(names)] = text
        return len(names) - 1

    plain = Parameter(
        type=parameter.type, name=parameter.name, kind=parameter.kind, targets=(), only=None, index="T t x",
        paths=tuple((*path, *way) for way in parameter.paths),
    )  # fmt: skip
    rows = Rows(number)
    make_plan([plain], number).rows(resource, 1, rows)
    texts = [row for row in rows.string if row[0] == 1]
    if rows.token and parameter.kind in {"token", "uri"}:
        return rows.token[0][1]
    if rows.reference:
        return f"{rows.reference[0][1]}/{rows.reference[0][2]}".removeprefix("/")
    if rows.date:
        return "ge1900"
    if rows.numbers:
        return str(rows.numbers[0][1])
    return texts[0][3] or texts[0][1] if texts else None


@pytest.mark.parametrize("type_", TARGETS)
def test_every_parameter_finds_what_holds_it(running: Running, type_: str) -> None:
    luck = random.Random(type_)
    for parameter in DEFINITIONS.parameters[type_].values():
        found = 0
        for place, resource in enumerate(instances(type_, parameter, luck)):
            value = asked(parameter, resource)
            if value is None:
                continue
            id_ = f"i{parameter.name.replace('_', '-')}-{place}"
            stored = running.ask("PUT", f"{type_}/{id_}", json={**resource, "id": id_})
            assert stored.status_code == 201, (parameter.name, stored.text)
            params = {parameter.name: value.replace(",", "\\,"), "_id": id_}
            answer = running.ask("GET", type_, params=params)
            assert answer.json().get("total") == 1, (parameter.name, value, resource, answer.text)
            found += 1
        assert found, f"nothing was made that has {parameter.name}"


def test_no_parameter_reads_all_resources(running: Running) -> None:
    """SQLite says of each question that it searches an index."""
    values = {"number": "1", "quantity": "1", "date": "ge2020", "reference": "Patient/a", "special": "48|2|5|km"}
    connection = running.backend.store.quick_reader
    for type_ in TARGETS:
        for parameter in DEFINITIONS.parameters[type_].values():
            value = values.get(parameter.kind, "a")
            if parameter.kind == "composite":
                value = "$".join(values.get(c.kind, "a") for c in parameter.places[0].components)
            query = running.backend.service.engine.query(connection, type_, [(parameter.name, value)])
            for clause in query.clauses:
                assert clause.drive is not None
                plan = connection.execute(f"EXPLAIN QUERY PLAN {clause.drive.text}", clause.drive.args).fetchall()
                whole = [row[3] for row in plan if row[3].startswith(("SCAN by_", "SCAN resource", "SCAN e"))]
                assert not whole, (type_, parameter.name, plan)


@pytest.mark.parametrize("name", ["_content", "_query", "_filter", "dragon"])
def test_what_cannot_be_asked_is_named(running: Running, name: str) -> None:
    answer = running.ask("GET", "Patient", params={name: "x"})
    assert answer.status_code == 400
    assert name in answer.json()["issue"][0]["diagnostics"]
