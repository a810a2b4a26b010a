"""The shape of a searchset: totals, pages, order, parts of resources."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from .conftest import TAG, Json, Server

NAMES = ["Émile", "Zoé", "alice", "Bob", "Élodie", "Yann", "Xavier"]


async def seven(server: Server) -> None:
    for i, name in enumerate(NAMES):
        await server.make("Patient", f"p{i}", name=[{"given": [name], "family": "Roux"}], birthDate=f"198{i % 3}-01-01")


async def all_pages(server: Server, query: str) -> list[str]:
    """The ids of every page, following the next links."""
    ids: list[str] = []
    url: str | None = f"fhir/Patient?_tag={TAG}|{server.run}&{query}"
    while url:
        bundle: Json = (await server.http.get(url)).json()
        ids += [e["resource"]["id"].removeprefix(f"{server.run}-") for e in bundle.get("entry", [])]
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    return ids


async def test_a_searchset_has_type_and_total(server: Server) -> None:
    await seven(server)
    bundle = await server.search("Patient?")
    assert (bundle["type"], bundle["total"], len(bundle["entry"])) == ("searchset", 7, 7)


async def test_each_match_has_its_address(server: Server) -> None:
    await server.make("Patient", "alice")
    entry = (await server.search("Patient?"))["entry"][0]
    assert entry["fullUrl"].endswith(f"/Patient/{server.id('alice')}")
    assert entry["search"]["mode"] == "match"


@pytest.mark.aidbox
async def test_an_empty_searchset_has_a_total_and_no_entry(server: Server) -> None:
    bundle = await server.search("Patient?")
    assert bundle["total"] == 0
    assert "entry" not in bundle


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_the_pages_hold_each_match_once(server: Server, size: int) -> None:
    await seven(server)
    assert sorted(await all_pages(server, f"_count={size}")) == [f"p{i}" for i in range(7)]


@pytest.mark.parametrize("size", [2, 3])
async def test_the_pages_keep_the_order(server: Server, size: int) -> None:
    await seven(server)
    assert await all_pages(server, f"_count={size}&_sort=-birthdate,_id") == ["p2", "p5", "p1", "p4", "p0", "p3", "p6"]


async def test_a_page_holds_as_many_as_asked(server: Server) -> None:
    await seven(server)
    bundle = await server.search("Patient?_count=3")
    assert (len(bundle["entry"]), bundle["total"]) == (3, 7)


async def test_the_last_page_has_no_next(server: Server) -> None:
    await seven(server)
    bundle = await server.search("Patient?_count=7")
    assert "next" not in {link["relation"] for link in bundle["link"]}


@pytest.mark.aidbox
async def test_the_next_link_is_absolute_and_keeps_the_question(server: Server) -> None:
    await seven(server)
    bundle = await server.search("Patient?_count=3&_sort=birthdate")
    url = urlsplit(next(link["url"] for link in bundle["link"] if link["relation"] == "next"))
    assert url.scheme in {"http", "https"}
    assert {"_count": "3", "_sort": "birthdate"}.items() <= dict(parse_qsl(url.query)).items()


@pytest.mark.aidbox
async def test_links_name_first_self_next_previous_and_last(server: Server) -> None:
    await seven(server)
    bundle = await server.search("Patient?_count=3&_page=2")
    assert {link["relation"] for link in bundle["link"]} == {"first", "self", "next", "previous", "last"}


@pytest.mark.parametrize("query", ["_count=0", "_summary=count"])
async def test_only_the_total_can_be_asked(server: Server, query: str) -> None:
    await seven(server)
    bundle = await server.search(f"Patient?{query}")
    assert bundle["total"] == 7
    assert not bundle.get("entry")


@pytest.mark.aidbox
async def test_a_page_beyond_the_end_is_empty(server: Server) -> None:
    await seven(server)
    assert not (await server.search("Patient?_count=3&_page=9")).get("entry")


@pytest.mark.aidbox
async def test_without_a_total_the_next_link_still_tells(server: Server) -> None:
    await seven(server)
    assert sorted(await all_pages(server, "_count=2&_total=none")) == [f"p{i}" for i in range(7)]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("_id", ["p0", "p1", "p2", "p3", "p4", "p5", "p6"]),
        ("-_id", ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]),
        ("birthdate,_id", ["p0", "p3", "p6", "p1", "p4", "p2", "p5"]),
        ("-birthdate,_id", ["p2", "p5", "p1", "p4", "p0", "p3", "p6"]),
        ("family,-_id", ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]),
        ("_lastUpdated", ["p0", "p1", "p2", "p3", "p4", "p5", "p6"]),
        ("-_lastUpdated", ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]),
    ],
)
async def test_matches_come_in_the_order_asked(server: Server, sort: str, order: list[str]) -> None:
    await seven(server)
    assert await server.names(f"Patient?_sort={sort}") == order


@pytest.mark.aidbox
async def test_names_are_ordered_without_regard_to_accents_and_case(server: Server) -> None:
    await seven(server)
    ordered = ["alice", "Bob", "Élodie", "Émile", "Xavier", "Yann", "Zoé"]
    assert await server.names("Patient?_sort=given") == [f"p{NAMES.index(n)}" for n in ordered]


@pytest.mark.aidbox
@pytest.mark.parametrize("sort", ["birthdate", "-birthdate"])
async def test_what_has_no_value_comes_last(server: Server, sort: str) -> None:
    await seven(server)
    await server.make("Patient", "none")
    assert (await server.names(f"Patient?_sort={sort}"))[-1] == "none"


async def test_only_the_elements_asked_are_shown(server: Server) -> None:
    await server.make("Patient", "alice", gender="female", birthDate="1980-01-01")
    resource = (await server.search("Patient?_elements=gender"))["entry"][0]["resource"]
    assert resource["gender"] == "female"
    assert "birthDate" not in resource


async def test_a_part_is_marked_as_such(server: Server) -> None:
    await server.make("Patient", "alice", gender="female")
    resource = (await server.search("Patient?_elements=gender"))["entry"][0]["resource"]
    assert "SUBSETTED" in [tag["code"] for tag in resource["meta"]["tag"]]


@pytest.mark.aidbox
async def test_a_part_of_an_element_can_be_asked(server: Server) -> None:
    await server.make("Patient", "alice", name=[{"family": "Roux", "given": ["Zoé"]}])
    resource = (await server.search("Patient?_elements=name.given"))["entry"][0]["resource"]
    assert resource["name"] == [{"given": ["Zoé"]}]


async def test_a_search_can_be_posted(server: Server) -> None:
    await seven(server)
    answer = await server.http.post("fhir/Patient/_search", data={"_tag": f"{TAG}|{server.run}", "given": "zoe"})
    assert answer.json()["total"] == 1


async def test_a_posted_search_reads_its_query_too(server: Server) -> None:
    await seven(server)
    answer = await server.http.post("fhir/Patient/_search?given=zoe", data={"_tag": f"{TAG}|{server.run}"})
    assert answer.json()["total"] == 1


@pytest.mark.aidbox
async def test_the_address_of_a_posted_search_is_only_posted_to(server: Server) -> None:
    answer = await server.get("Patient/_search?family=Roux")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_two_conditions_are_both_met(server: Server) -> None:
    await seven(server)
    assert await server.names("Patient?family=roux&birthdate=1981&_sort=_id") == ["p1", "p4"]


async def test_an_update_is_found_at_once(server: Server) -> None:
    await server.make("Patient", "alice", gender="female")
    await server.make("Patient", "alice", gender="male")
    assert await server.names("Patient?gender=female") == []
    assert await server.names("Patient?gender=male") == ["alice"]


@pytest.mark.aidbox
async def test_a_posted_search_is_a_form(server: Server) -> None:
    await server.make("Patient", "alice")
    assert (await server.post("Patient/_search", {"given": "zoe"})).status_code == 415
