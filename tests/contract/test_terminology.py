"""`$expand`, `$lookup` and `$validate-code` on stored code systems and value sets."""

import json

import pytest

from .conftest import Json, Server


async def drugs(server: Server) -> tuple[str, str]:
    """A small national drug list and the value set of it."""
    system, url = f"https://example.org/cs/{server.run}", f"https://example.org/vs/{server.run}"
    french = [{"language": "fr", "value": "Olanzapine en français"}]
    concept: list[Json] = [
        {"code": "600", "display": "RISPÉRIDONE 1 mg", "property": [{"code": "atc", "valueString": "N05AX08"}]},
        {"code": "601", "display": "RISPERIDONE 2 mg"},
        {
            "code": "700",
            "display": "Olanzapine",
            "definition": "x",
            "designation": french,
            "concept": [{"code": "701", "display": "Olanzapine 5 mg"}],
        },
    ]
    await server.make("CodeSystem", name="Drugs", url=system, status="active", content="complete", concept=concept)
    await server.make("ValueSet", url=url, status="active", compose={"include": [{"system": system}]})
    return system, url


def codes(answer: Json) -> list[str]:
    return [c["code"] for c in answer["expansion"].get("contains", [])]


async def expand(server: Server, **params: str) -> Json:
    answer = await server.get("ValueSet/$expand", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_a_value_set_of_a_whole_system_is_expanded(server: Server) -> None:
    _, url = await drugs(server)
    assert codes(await expand(server, url=url)) == ["600", "601", "700", "701"]


@pytest.mark.parametrize(
    ("words", "found"),
    [("rispe", ["600", "601"]), ("RISPÉ 2", ["601"]), ("olanz 5", ["701"]), ("70", ["700", "701"]), ("zzz", [])],
)
async def test_an_expansion_is_filtered_by_words(server: Server, words: str, found: list[str]) -> None:
    _, url = await drugs(server)
    assert codes(await expand(server, url=url, filter=words)) == found


async def test_an_expansion_comes_in_pages(server: Server) -> None:
    _, url = await drugs(server)
    page = await expand(server, url=url, count="2", offset="1")
    assert (codes(page), page["expansion"]["total"]) == (["601", "700"], 4)


async def test_an_expansion_speaks_the_language_asked(server: Server) -> None:
    _, url = await drugs(server)
    displays = [c["display"] for c in (await expand(server, url=url, displayLanguage="fr"))["expansion"]["contains"]]
    assert "Olanzapine en français" in displays


@pytest.mark.parametrize(
    ("compose", "found"),
    [
        (
            {"include": [{"system": "S", "concept": [{"code": "601"}, {"code": "600", "display": "Autre"}]}]},
            ["601", "600"],
        ),
        (
            {"include": [{"system": "S"}], "exclude": [{"system": "S", "concept": [{"code": "600"}]}]},
            ["601", "700", "701"],
        ),
        (
            {"include": [{"system": "S", "filter": [{"property": "concept", "op": "is-a", "value": "700"}]}]},
            ["700", "701"],
        ),
        (
            {"include": [{"system": "S", "filter": [{"property": "concept", "op": "descendent-of", "value": "700"}]}]},
            ["701"],
        ),
        ({"include": [{"system": "S", "filter": [{"property": "atc", "op": "=", "value": "N05AX08"}]}]}, ["600"]),
        ({"include": [{"valueSet": ["V"]}]}, ["600", "601", "700", "701"]),
    ],
)
async def test_a_value_set_is_composed(server: Server, compose: Json, found: list[str]) -> None:
    system, url = await drugs(server)
    text = json.dumps(compose).replace('"S"', f'"{system}"').replace('"V"', f'"{url}"')
    await server.make("ValueSet", url=f"{url}/part", status="active", compose=json.loads(text))
    assert codes(await expand(server, url=f"{url}/part")) == found


async def test_an_unknown_value_set_is_not_found(server: Server) -> None:
    answer = await server.get("ValueSet/$expand", params={"url": f"https://example.org/none/{server.run}"})
    assert answer.status_code in {404, 422}


async def test_a_code_is_looked_up(server: Server) -> None:
    system, _ = await drugs(server)
    answer = (await server.get("CodeSystem/$lookup", params={"system": system, "code": "600"})).json()
    found = {p["name"]: p for p in answer["parameter"]}
    assert found["display"]["valueString"] == "RISPÉRIDONE 1 mg"
    assert found["name"]["valueString"] == "Drugs"
    assert {"name": "value", "valueString": "N05AX08"} in found["property"]["part"]


async def test_a_nested_code_is_looked_up(server: Server) -> None:
    system, _ = await drugs(server)
    assert (await server.get("CodeSystem/$lookup", params={"system": system, "code": "701"})).status_code == 200


async def test_an_unknown_code_is_not_found(server: Server) -> None:
    system, _ = await drugs(server)
    assert (await server.get("CodeSystem/$lookup", params={"system": system, "code": "999"})).status_code in {404, 422}


async def test_a_lookup_can_be_posted(server: Server) -> None:
    system, _ = await drugs(server)
    parameters = [{"name": "system", "valueUri": system}, {"name": "code", "valueCode": "700"}]
    answer = await server.post("CodeSystem/$lookup", {"resourceType": "Parameters", "parameter": parameters})
    assert answer.status_code == 200


@pytest.mark.parametrize(("code", "result"), [("600", True), ("999", False)])
async def test_a_code_is_checked_against_a_value_set(server: Server, code: str, result: bool) -> None:
    system, url = await drugs(server)
    answer = (await server.get("ValueSet/$validate-code", params={"url": url, "system": system, "code": code})).json()
    assert next(p for p in answer["parameter"] if p["name"] == "result")["valueBoolean"] is result
