"""Parameters that ask for several things of one element, for words, for places, for lists."""

import pytest

from .conftest import Json, Server

CODE = "https://portal.test/c"


def coded(code: str) -> Json:
    return {"coding": [{"system": CODE, "code": code}]}


async def blood_pressure(server: Server, name: str, systolic: float, diastolic: float) -> None:
    component = [
        {"code": coded("sys"), "valueQuantity": {"value": systolic}},
        {"code": coded("dia"), "valueQuantity": {"value": diastolic}},
    ]
    await server.make("Observation", name, status="final", code=coded("bp"), component=component)


@pytest.fixture
async def scores(server: Server) -> Server:
    for name, code, value in (("low", "phq9", 4), ("high", "phq9", 20), ("other", "gad7", 20)):
        await server.make("Observation", name, status="final", code=coded(code), valueQuantity={"value": value})
    return server


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"code-value-quantity={CODE}|phq9$gt10", {"high"}),
        ("code-value-quantity=phq9$20", {"high"}),
        ("code-value-quantity=phq9$lt10,gad7$gt10", {"low", "other"}),
        ("combo-code-value-quantity=phq9$4", {"low"}),
        ("component-code-value-quantity=phq9$4", set()),
    ],
)
async def test_a_code_and_its_value_are_asked_together(scores: Server, query: str, found: set[str]) -> None:
    assert set(await scores.names(f"Observation?{query}")) == found


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("query", "found"),
    [("sys$120", {"a"}), ("sys$80", set()), ("dia$80", {"a"}), ("sys$gt100", {"a", "b"}), ("dia$gt100", set())],
)
@pytest.mark.parametrize("name", ["component-code-value-quantity", "combo-code-value-quantity"])
async def test_components_are_asked_one_by_one(server: Server, name: str, query: str, found: set[str]) -> None:
    await blood_pressure(server, "a", 120, 80)
    await blood_pressure(server, "b", 140, 90)
    assert set(await server.names(f"Observation?{name}={query}")) == found


@pytest.mark.aidbox
async def test_a_changed_component_is_found_by_its_new_value_only(server: Server) -> None:
    await blood_pressure(server, "a", 120, 80)
    await blood_pressure(server, "a", 130, 80)
    assert await server.names("Observation?component-code-value-quantity=sys$130") == ["a"]
    assert await server.names("Observation?component-code-value-quantity=sys$120") == []


@pytest.mark.aidbox
@pytest.mark.parametrize("value", ["phq9", "phq9$", "phq9$1$2", "$1", "phq9$x"])
async def test_a_composite_needs_all_its_parts(server: Server, value: str) -> None:
    assert (await server.get("Observation", params={"code-value-quantity": value})).status_code == 400


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("near", "found"),
    [
        ("48.8566|2.3522|10|km", {"paris"}),
        ("48.8566|2.3522|500|km", {"paris", "lyon"}),
        ("45.76|4.83|1000|m", {"lyon"}),
        ("48.8566|2.3522", {"paris"}),
        ("-17.5|-179.9|200|km", {"suva"}),
    ],
)
async def test_places_are_found_by_distance(server: Server, near: str, found: set[str]) -> None:
    places = {"paris": (48.8566, 2.3522), "lyon": (45.764, 4.8357), "suva": (-18.1248, 178.4501)}
    for name, (latitude, longitude) in places.items():
        await server.make("Location", name, position={"latitude": latitude, "longitude": longitude})
    assert set(await server.names(f"Location?near={near}")) == found


@pytest.mark.aidbox
@pytest.mark.parametrize("near", ["48", "91|0|1|km", "48|2|1|lightyear", "a|b|1|km", "48|2|-1|km", "48|2|1|km|x"])
async def test_a_place_that_is_none_is_refused(server: Server, near: str) -> None:
    assert (await server.get("Location", params={"near": near})).status_code == 400


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("words", "found"), [("insomnie", {"a"}), ("Helene", {"a"}), ("insom hél", {"a"}), ("dort", set()), ("div", set())]
)
async def test_a_narrative_is_found_by_its_words(server: Server, words: str, found: set[str]) -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p class="dort">Hélène&#160;: <b>insomnie</b></p></div>'
    await server.make("Patient", "a", text={"status": "generated", "div": div})
    await server.make("Patient", "b")
    assert set(await server.names(f"Patient?_text={words}")) == found


@pytest.mark.aidbox
async def test_what_is_on_a_list_is_found(server: Server) -> None:
    for name in ("a", "b"):
        await server.make("Patient", name)
    item = [{"item": {"reference": f"Patient/{server.id('a')}"}}]
    await server.make("List", "l", status="current", mode="working", entry=item)
    assert await server.names(f"Patient?_list={server.id('l')}") == ["a"]
