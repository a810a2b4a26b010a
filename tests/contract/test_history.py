"""Asking a history: since when, at what time, page by page."""

import asyncio

import pytest

from .conftest import Json, Server, issue

GENDERS = ("female", "male", "other", "unknown", "female")


async def five(server: Server, pause: float = 0) -> list[Json]:
    """Five versions of one patient, oldest first."""
    found: list[Json] = []
    for gender in GENDERS:
        found.append(await server.make("Patient", "alice", gender=gender))
        await asyncio.sleep(pause)
    return found


def numbers(bundle: Json) -> list[str]:
    return [e["resource"]["meta"]["versionId"] for e in bundle.get("entry", [])]


def linked(bundle: Json) -> dict[str, str]:
    return {link["relation"]: link["url"] for link in bundle["link"]}


async def asked(server: Server, address: str, **params: str) -> Json:
    answer = await server.get(address, params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.aidbox
async def test_the_pages_of_a_history_hold_each_version_once(server: Server) -> None:
    made = await five(server)
    bundle = await asked(server, f"Patient/{server.id('alice')}/_history", _count="2")
    found = numbers(bundle)
    while following := linked(bundle).get("next"):
        bundle = (await server.http.get(following)).json()
        found += numbers(bundle)
    assert found == [one["meta"]["versionId"] for one in reversed(made)]


@pytest.mark.aidbox
async def test_the_links_of_a_history_lead_everywhere(server: Server) -> None:
    made = await five(server)
    bundle = await asked(server, f"Patient/{server.id('alice')}/_history", _count="2", _page="2")
    links = linked(bundle)
    assert set(links) == {"first", "self", "next", "previous", "last"}
    assert numbers((await server.http.get(links["last"])).json()) == [made[0]["meta"]["versionId"]]
    assert bundle["total"] == 5


@pytest.mark.parametrize("address", ["Patient/{id}/_history", "Patient/_history"])
async def test_a_history_begins_when_asked(server: Server, address: str) -> None:
    made = await five(server, 0.01)
    since = made[3]["meta"]["lastUpdated"]
    bundle = await asked(server, address.format(id=server.id("alice")), _since=since)
    own = [e for e in bundle["entry"] if e["resource"]["id"] == server.id("alice")]
    assert numbers({"entry": own}) == [made[4]["meta"]["versionId"], made[3]["meta"]["versionId"]]


@pytest.mark.parametrize("address", ["Patient/{id}/_history", "Patient/_history"])
async def test_a_history_tells_what_was_so_at_a_time(server: Server, address: str) -> None:
    made = await five(server, 0.01)
    bundle = await asked(server, address.format(id=server.id("alice")), _at=made[2]["meta"]["lastUpdated"])
    own = [e for e in bundle["entry"] if e["resource"]["id"] == server.id("alice")]
    assert numbers({"entry": own}) == [made[2]["meta"]["versionId"]]


@pytest.mark.aidbox
@pytest.mark.parametrize("address", ["Patient/{id}/_history", "Patient/_history"])
async def test_a_history_tells_what_one_transaction_wrote(server: Server, address: str) -> None:
    made = await five(server)
    wanted = made[1]["meta"]["versionId"]
    assert numbers(await asked(server, address.format(id=server.id("alice")), _txid=wanted)) == [wanted]


@pytest.mark.aidbox
@pytest.mark.parametrize("address", ["Patient/{id}/_history", "Patient/_history"])
async def test_an_unknown_parameter_of_a_history_is_named(server: Server, address: str) -> None:
    await five(server)
    answer = await server.get(address.format(id=server.id("alice")), params={"dragon": "1"})
    assert (answer.status_code, issue(answer)["code"]) == (400, "not-supported")
    assert "dragon" in issue(answer)["diagnostics"]


@pytest.mark.aidbox
async def test_the_history_of_a_type_tells_deletions_and_all_versions(server: Server) -> None:
    made = await server.make("Basic", "one", code={"text": "x"})
    await server.make("Basic", "one", code={"text": "y"})
    await server.delete(f"Basic/{made['id']}")
    bundle = await asked(server, "Basic/_history", _since=made["meta"]["lastUpdated"])
    own = [e["request"]["method"] for e in bundle["entry"] if e["fullUrl"].endswith(made["id"])]
    assert own == ["DELETE", "PUT", "PUT"]
