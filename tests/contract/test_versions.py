"""Versions: history, If-Match and If-None-Match."""

import asyncio

import pytest

from .conftest import Server, issue


def version(resource: dict[str, dict[str, str]]) -> str:
    return resource["meta"]["versionId"]


async def test_an_earlier_version_can_be_read(server: Server) -> None:
    first = await server.make("Patient", "alice", gender="female")
    await server.make("Patient", "alice", gender="other")
    answer = await server.get(f"Patient/{server.id('alice')}/_history/{version(first)}")
    assert (answer.status_code, answer.json()) == (200, first)


async def test_an_unknown_version_is_not_found(server: Server) -> None:
    await server.make("Patient", "alice")
    assert (await server.get(f"Patient/{server.id('alice')}/_history/999999999")).status_code == 404


async def test_the_history_is_newest_first(server: Server) -> None:
    versions = [version(await server.make("Patient", "alice", gender=g)) for g in ("female", "male", "other")]
    bundle = (await server.get(f"Patient/{server.id('alice')}/_history")).json()
    assert bundle["type"] == "history"
    assert [version(e["resource"]) for e in bundle["entry"]] == versions[::-1]


async def test_the_history_tells_a_deletion(server: Server) -> None:
    await server.make("Patient", "alice")
    await server.delete(f"Patient/{server.id('alice')}")
    entry = (await server.get(f"Patient/{server.id('alice')}/_history")).json()["entry"][0]
    assert entry["request"]["method"] == "DELETE"
    assert "resource" not in entry


async def test_the_history_tells_how_each_version_came(server: Server) -> None:
    await server.make("Patient", "alice")
    await server.make("Patient", "alice", gender="female")
    entries = (await server.get(f"Patient/{server.id('alice')}/_history")).json()["entry"]
    assert {e["request"]["method"] for e in entries} == {"PUT"}
    assert entries[0]["response"]["status"].startswith("200")


async def test_the_history_comes_in_pages(server: Server) -> None:
    for gender in ("female", "male", "other"):
        await server.make("Patient", "alice", gender=gender)
    bundle = (await server.get(f"Patient/{server.id('alice')}/_history?_count=2")).json()
    assert len(bundle["entry"]) == 2


async def test_the_history_of_a_type_holds_a_new_resource(server: Server) -> None:
    made = await server.make("Basic", code={"text": "x"})
    bundle = (await server.get("Basic/_history?_count=10")).json()
    assert made["id"] in [e["resource"]["id"] for e in bundle["entry"] if "resource" in e]


async def test_the_history_of_an_unknown_resource_is_not_found(server: Server) -> None:
    assert (await server.get(f"Patient/{server.id('nobody')}/_history")).status_code == 404


@pytest.mark.parametrize("form", ['W/"{v}"', pytest.param("{v}", marks=pytest.mark.aidbox)])
async def test_an_update_of_the_present_version_is_done(server: Server, form: str) -> None:
    made = await server.make("Patient", "alice")
    headers = {"if-match": form.format(v=version(made))}
    answer = await server.put(f"Patient/{made['id']}", server.tagged("Patient", id=made["id"]), headers=headers)
    assert answer.status_code == 200


async def test_an_update_of_an_earlier_version_is_refused(server: Server) -> None:
    made = await server.make("Patient", "alice")
    await server.make("Patient", "alice", gender="female")
    headers = {"if-match": f'W/"{version(made)}"'}
    answer = await server.put(f"Patient/{made['id']}", server.tagged("Patient", id=made["id"]), headers=headers)
    assert answer.status_code in {409, 412}


@pytest.mark.aidbox
async def test_a_version_conflict_says_conflict(server: Server) -> None:
    made = await server.make("Patient", "alice")
    answer = await server.put(f"Patient/{made['id']}", server.tagged("Patient"), headers={"if-match": 'W/"0"'})
    assert (answer.status_code, issue(answer)["code"]) == (412, "conflict")


async def test_a_refused_update_changes_nothing(server: Server) -> None:
    made = await server.make("Patient", "alice")
    await server.put(
        f"Patient/{made['id']}", server.tagged("Patient", id=made["id"], gender="male"), headers={"if-match": 'W/"0"'}
    )
    assert (await server.get(f"Patient/{made['id']}")).json() == made


@pytest.mark.aidbox
async def test_if_match_star_updates_only_what_exists(server: Server) -> None:
    absent = await server.put(f"Patient/{server.id('x')}", server.tagged("Patient"), headers={"if-match": "*"})
    await server.make("Patient", "y")
    present = await server.put(f"Patient/{server.id('y')}", server.tagged("Patient"), headers={"if-match": "*"})
    assert (absent.status_code, present.status_code) == (412, 200)


@pytest.mark.aidbox
async def test_if_none_match_star_creates_only_what_does_not_exist(server: Server) -> None:
    await server.make("Patient", "alice")
    answer = await server.put(f"Patient/{server.id('alice')}", server.tagged("Patient"), headers={"if-none-match": "*"})
    assert answer.status_code == 412


@pytest.mark.aidbox
@pytest.mark.parametrize("method", ["patch", "delete"])
async def test_if_match_holds_for_patch_and_delete(server: Server, method: str) -> None:
    made = await server.make("Patient", "alice")
    url, headers = f"fhir/Patient/{made['id']}", {"if-match": 'W/"0"'}
    answer = await server.http.request(
        method, url, json={"gender": "male"} if method == "patch" else None, headers=headers
    )
    assert answer.status_code == 412


@pytest.mark.aidbox
async def test_deleting_the_present_version_is_done(server: Server) -> None:
    made = await server.make("Patient", "alice")
    answer = await server.delete(f"Patient/{made['id']}", headers={"if-match": f'W/"{version(made)}"'})
    assert answer.status_code == 200


@pytest.mark.aidbox
@pytest.mark.parametrize("form", ['W/"{v}"', "{v}", '"{v}"'])
async def test_a_read_of_the_version_known_answers_not_modified(server: Server, form: str) -> None:
    made = await server.make("Patient", "alice")
    answer = await server.get(f"Patient/{made['id']}", headers={"if-none-match": form.format(v=version(made))})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_read_of_another_version_than_the_one_known_answers_it(server: Server) -> None:
    made = await server.make("Patient", "alice")
    answer = await server.get(f"Patient/{made['id']}", headers={"if-none-match": 'W/"0"'})
    assert answer.status_code == 200


@pytest.mark.aidbox
async def test_of_two_writers_on_one_version_exactly_one_wins(server: Server) -> None:
    made = await server.make("Patient", "alice")
    headers = {"if-match": f'W/"{version(made)}"'}
    answers = await asyncio.gather(
        *(
            server.put(f"Patient/{made['id']}", server.tagged("Patient", gender=g), headers=headers)
            for g in ("male", "female", "other", "unknown")
        )
    )
    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412]
