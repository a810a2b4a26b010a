"""Create, read, update and delete one resource."""

import re

import pytest

from .conftest import Server, issue


async def test_a_created_resource_is_answered_with_its_id_and_version(server: Server) -> None:
    answer = await server.post("Patient", server.tagged("Patient"))
    body = answer.json()
    assert answer.status_code == 201
    assert body["id"]
    assert body["meta"]["versionId"]
    assert body["meta"]["lastUpdated"]


async def test_the_location_of_a_created_resource_names_its_version(server: Server) -> None:
    answer = await server.post("Patient", server.tagged("Patient"))
    body = answer.json()
    assert answer.headers["location"].endswith(f"Patient/{body['id']}/_history/{body['meta']['versionId']}")


async def test_a_read_gives_what_was_created(server: Server) -> None:
    made = await server.make("Patient", name=[{"family": "Lefèvre", "given": ["Hélène"]}])
    answer = await server.get(f"Patient/{made['id']}")
    assert (answer.status_code, answer.json()) == (200, made)


async def test_a_read_carries_etag_and_last_modified(server: Server) -> None:
    made = await server.make("Patient")
    headers = (await server.get(f"Patient/{made['id']}")).headers
    assert made["meta"]["versionId"] in headers["etag"]
    assert headers["last-modified"].endswith("GMT")


async def test_an_unknown_id_is_not_found(server: Server) -> None:
    answer = await server.get(f"Patient/{server.id('nobody')}")
    assert answer.status_code == 404
    assert issue(answer)["code"] == "not-found"


@pytest.mark.aidbox
async def test_the_id_of_the_body_is_honoured_on_create(server: Server) -> None:
    answer = await server.post("Patient", server.tagged("Patient", id=server.id("alice")))
    assert (answer.status_code, answer.json()["id"]) == (201, server.id("alice"))


@pytest.mark.aidbox
async def test_creating_an_id_that_exists_is_a_conflict(server: Server) -> None:
    await server.make("Patient", "alice")
    assert (await server.post("Patient", server.tagged("Patient", id=server.id("alice")))).status_code == 409


@pytest.mark.aidbox
async def test_a_refused_create_changes_nothing(server: Server) -> None:
    made = await server.make("Patient", "alice")
    await server.post("Patient", server.tagged("Patient", id=server.id("alice"), gender="female"))
    assert (await server.get(f"Patient/{made['id']}")).json() == made


async def test_an_update_creates_what_does_not_exist(server: Server) -> None:
    url = f"Patient/{server.id('new')}"
    assert (await server.put(url, server.tagged("Patient", id=server.id("new")))).status_code == 201


async def test_an_update_gives_a_new_version(server: Server) -> None:
    made = await server.make("Patient", "alice")
    again = await server.make("Patient", "alice", gender="female")
    assert again["meta"]["versionId"] != made["meta"]["versionId"]


async def test_an_update_replaces_the_whole_resource(server: Server) -> None:
    await server.make("Patient", "alice", gender="female")
    await server.make("Patient", "alice", birthDate="1980-01-01")
    assert "gender" not in (await server.get(f"Patient/{server.id('alice')}")).json()


@pytest.mark.aidbox
async def test_an_update_needs_no_id_in_the_body(server: Server) -> None:
    answer = await server.put(f"Patient/{server.id('alice')}", server.tagged("Patient"))
    assert answer.json()["id"] == server.id("alice")


@pytest.mark.aidbox
async def test_the_version_is_counted_over_all_types(server: Server) -> None:
    versions = [
        int((await server.make(type_))["meta"]["versionId"]) for type_ in ("Patient", "Organization", "Patient")
    ]
    assert versions == sorted(set(versions))


@pytest.mark.aidbox
async def test_the_time_of_creation_is_kept_over_updates(server: Server) -> None:
    made = await server.make("Patient", "alice")
    again = await server.make("Patient", "alice", gender="female")
    assert [e["valueInstant"] for e in made["meta"]["extension"]] == [
        e["valueInstant"] for e in again["meta"]["extension"]
    ]


@pytest.mark.aidbox
async def test_deleting_answers_the_deleted_resource(server: Server) -> None:
    made = await server.make("Patient")
    answer = await server.delete(f"Patient/{made['id']}")
    assert (answer.status_code, answer.json()["id"]) == (200, made["id"])


@pytest.mark.aidbox
async def test_deleting_again_answers_nothing(server: Server) -> None:
    made = await server.make("Patient")
    await server.delete(f"Patient/{made['id']}")
    answer = await server.delete(f"Patient/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.aidbox
async def test_deleting_what_never_was_answers_nothing(server: Server) -> None:
    assert (await server.delete(f"Patient/{server.id('nobody')}")).status_code == 204


@pytest.mark.aidbox
async def test_deleting_without_content_answers_nothing(server: Server) -> None:
    made = await server.make("Patient")
    assert (await server.delete(f"Patient/{made['id']}?_no-content=true")).status_code == 204


async def test_a_deleted_resource_is_gone(server: Server) -> None:
    made = await server.make("Patient")
    await server.delete(f"Patient/{made['id']}")
    assert (await server.get(f"Patient/{made['id']}")).status_code == 410


async def test_a_deleted_resource_can_be_written_again(server: Server) -> None:
    await server.make("Patient", "alice")
    await server.delete(f"Patient/{server.id('alice')}")
    await server.make("Patient", "alice")
    assert (await server.get(f"Patient/{server.id('alice')}")).status_code == 200


async def test_a_deleted_resource_is_not_found_by_search(server: Server) -> None:
    made = await server.make("Patient", name=[{"family": "Petit"}])
    await server.delete(f"Patient/{made['id']}")
    assert (await server.search("Patient?family=petit"))["total"] == 0


async def test_a_body_of_another_type_is_refused(server: Server) -> None:
    assert (await server.post("Patient", server.tagged("Organization", name="CHU"))).status_code in {400, 422}


async def test_a_body_that_is_not_json_is_refused(server: Server) -> None:
    answer = await server.http.post(
        "fhir/Patient", content=b'{"resourceType": ', headers={"content-type": "application/fhir+json"}
    )
    assert answer.status_code in {400, 422}


async def test_a_body_that_is_not_an_object_is_refused(server: Server) -> None:
    assert (await server.post("Patient", [1, 2])).status_code in {400, 422}


@pytest.mark.parametrize("id_", ["a b", "a_b", "é", "a" * 65])
async def test_an_id_that_fhir_does_not_allow_is_refused(server: Server, id_: str) -> None:
    assert (await server.put(f"Patient/{id_}", server.tagged("Patient"))).status_code in {400, 404, 422}


async def test_the_time_of_the_last_change_is_an_instant(server: Server) -> None:
    made = await server.make("Patient")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", made["meta"]["lastUpdated"])


@pytest.mark.parametrize(
    "content", ["application/json", "application/fhir+json", "application/fhir+json; charset=utf-8"]
)
async def test_both_json_content_types_are_accepted(server: Server, content: str) -> None:
    body = f'{{"resourceType": "Patient", "id": "{server.id("alice")}"}}'
    answer = await server.http.put(
        f"fhir/Patient/{server.id('alice')}", content=body, headers={"content-type": content}
    )
    assert answer.status_code == 201


async def test_answers_are_json(server: Server) -> None:
    made = await server.make("Patient")
    assert "json" in (await server.get(f"Patient/{made['id']}")).headers["content-type"]


async def test_a_tag_sent_with_a_resource_is_kept(server: Server) -> None:
    made = await server.make("Patient")
    assert made["meta"]["tag"][0]["code"] == server.run


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("method", "url", "told"),
    [("POST", "Patient/x", "PUT"), ("DELETE", "Patient/x/_history", "GET")],
)
async def test_a_method_that_an_address_does_not_take_is_told_which_it_takes(
    server: Server, method: str, url: str, told: str
) -> None:
    answer = await server.http.request(method, f"fhir/{url}", json={"resourceType": "Patient"})
    assert answer.status_code == 405
    assert told in answer.headers["allow"].split(", ")
