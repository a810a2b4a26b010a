"""Search parameters: the official ones, those that are stored, and what happens when the official table changes."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import Backend, open_backend
from portal.embedded.definitions import load_definitions
from portal.embedded.indexing import follow
from portal.embedded.store import Unit

from .conftest import TOKENS, client

FONDACODE = {
    "resourceType": "SearchParameter",
    "id": "fondacode",
    "url": "https://portal.test/SearchParameter/fondacode",
    "name": "Fondacode",
    "status": "active",
    "description": "The start of a code",
    "code": "fondacode",
    "base": ["Patient"],
    "type": "string",
    "expression": "Patient.identifier.where(system='urn:fc').value",
}


async def patients(root: httpx.AsyncClient) -> None:
    for id_, code in (("a", "AB1"), ("b", "AB2"), ("c", "CD1")):
        identifier = [{"system": "urn:fc", "value": code}, {"system": "urn:other", "value": "AB9"}]
        await root.put(f"Patient/{id_}", json={"resourceType": "Patient", "identifier": identifier})


async def found(root: httpx.AsyncClient, query: str) -> list[str]:
    answer = await root.get(query)
    assert answer.status_code == 200, answer.text
    return sorted(e["resource"]["id"] for e in answer.json().get("entry", []))


@pytest.mark.parametrize("first", ["parameter", "patients"])
async def test_a_stored_search_parameter_finds_old_and_new_resources(root: httpx.AsyncClient, first: str) -> None:
    if first == "patients":
        await patients(root)
    assert (await root.put("SearchParameter/fondacode", json=FONDACODE)).status_code == 201
    if first == "parameter":
        await patients(root)
    assert await found(root, "Patient?fondacode=ab") == ["a", "b"]


async def test_a_removed_search_parameter_is_unknown_again(root: httpx.AsyncClient) -> None:
    await root.put("SearchParameter/fondacode", json=FONDACODE)
    await root.delete("SearchParameter/fondacode")
    assert (await root.get("Patient?fondacode=ab")).status_code == 400


async def test_a_retired_search_parameter_is_unknown(root: httpx.AsyncClient) -> None:
    await root.put("SearchParameter/fondacode", json={**FONDACODE, "status": "retired"})
    assert (await root.get("Patient?fondacode=ab")).status_code == 400


async def test_a_stored_search_parameter_does_not_replace_an_official_one(root: httpx.AsyncClient) -> None:
    await root.put("SearchParameter/name", json={**FONDACODE, "id": "name", "code": "name"})
    await root.put("Patient/a", json={"resourceType": "Patient", "name": [{"family": "Roux"}]})
    assert await found(root, "Patient?name=roux") == ["a"]


async def test_a_search_parameter_for_an_extension_is_understood(root: httpx.AsyncClient) -> None:
    expression = "Patient.extension.where(url='https://e.org/x').value"
    await root.put(
        "SearchParameter/ext", json={**FONDACODE, "id": "ext", "code": "ext", "type": "token", "expression": expression}
    )
    await root.put(
        "Patient/a", json={"resourceType": "Patient", "extension": [{"url": "https://e.org/x", "valueCode": "yes"}]}
    )
    assert await found(root, "Patient?ext=yes") == ["a"]


@pytest.mark.parametrize("expression", ["Patient", "Patient.", "Resource", " ", "|", "Patient | Patient."])
async def test_a_search_parameter_that_names_no_element_is_kept_and_unused(
    root: httpx.AsyncClient, expression: str
) -> None:
    answer = await root.put("SearchParameter/fondacode", json={**FONDACODE, "expression": expression})
    assert answer.status_code in {201, 422}
    assert (await root.get("Patient?fondacode=ab")).status_code == 400


async def test_stored_search_parameters_are_known_after_a_restart(
    tmp_path: Path, clock: FixedClock, chance: SeededChance
) -> None:
    first = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(first, "root") as root:
        await root.put("SearchParameter/fondacode", json=FONDACODE)
        await patients(root)
    await first.close()
    second = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(second, "root") as root:
        assert await found(root, "Patient?fondacode=ab1") == ["a"]
    await second.close()


async def test_a_new_official_table_indexes_everything_again(
    tmp_path: Path, clock: FixedClock, chance: SeededChance, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = load_definitions()
    less = {type_: {n: p for n, p in known.items() if n != "birthdate"} for type_, known in real.parameters.items()}
    monkeypatch.setattr(
        "portal.embedded.backend.load_definitions", lambda: replace(real, parameters=less, fingerprint="old")
    )
    first = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(first, "root") as root:
        await root.put("Patient/a", json={"resourceType": "Patient", "birthDate": "1980-01-01"})
        assert (await root.get("Patient?birthdate=1980")).status_code == 400
    await first.close()
    monkeypatch.undo()
    second = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    async with client(second, "root") as root:
        assert await found(root, "Patient?birthdate=1980") == ["a"]
    await second.close()


def test_every_official_parameter_has_a_path() -> None:
    definitions = load_definitions()
    empty = [
        f"{t}.{n}"
        for t, known in definitions.parameters.items()
        for n, p in known.items()
        if not p.paths and not p.places
    ]
    assert empty == []


def test_every_resource_type_of_r4_is_known() -> None:
    assert len(load_definitions().resources) == 147


async def test_a_search_parameter_whose_write_failed_is_unknown(backend: Backend, root: httpx.AsyncClient) -> None:
    def fail_late(unit: Unit) -> None:
        backend.service.engine.write(unit, "SearchParameter", "fondacode", FONDACODE, "PUT", None)
        follow(unit, backend.service.engine)
        raise LookupError("too late")

    with pytest.raises(LookupError, match="too late"):
        await backend.store.write(fail_late)
    assert (await root.get("Patient?fondacode=ab")).status_code == 400
