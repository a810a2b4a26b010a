"""Writes that depend on a search: create, update, patch and delete, in both spellings."""

import asyncio

import pytest

from .conftest import Server, issue

SYSTEM = "https://example.org/sid"


def identified(server: Server, **fields: object) -> dict[str, object]:
    return server.tagged("Patient", identifier=[{"system": SYSTEM, "value": server.run}], **fields)


def condition(server: Server) -> str:
    return f"identifier={SYSTEM}|{server.run}"


async def twins(server: Server) -> None:
    for name in ("castor", "pollux"):
        await server.put(f"Patient/{server.id(name)}", identified(server, id=server.id(name)))


async def test_if_none_exist_creates_what_is_not_there(server: Server) -> None:
    answer = await server.post("Patient", identified(server), headers={"if-none-exist": condition(server)})
    assert answer.status_code == 201


async def test_if_none_exist_creates_only_once(server: Server) -> None:
    for _ in range(2):
        answer = await server.post("Patient", identified(server), headers={"if-none-exist": condition(server)})
    assert answer.status_code == 200
    assert (await server.search(f"Patient?{condition(server)}"))["total"] == 1


@pytest.mark.aidbox
async def test_if_none_exist_answers_the_stored_resource(server: Server) -> None:
    first = await server.post("Patient", identified(server), headers={"if-none-exist": condition(server)})
    second = await server.post(
        "Patient", identified(server, gender="female"), headers={"if-none-exist": condition(server)}
    )
    assert second.json() == first.json()


async def test_if_none_exist_with_several_matches_is_refused(server: Server) -> None:
    await twins(server)
    answer = await server.post("Patient", identified(server), headers={"if-none-exist": condition(server)})
    assert answer.status_code == 412


@pytest.mark.aidbox
async def test_a_condition_in_the_query_creates_only_once(server: Server) -> None:
    answers = [await server.post(f"Patient?{condition(server)}", identified(server)) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]


async def test_two_conditional_creates_at_once_make_one(server: Server) -> None:
    headers = {"if-none-exist": condition(server)}
    answers = await asyncio.gather(*(server.post("Patient", identified(server), headers=headers) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 200, 201]


async def test_a_conditional_update_creates_what_is_not_there(server: Server) -> None:
    assert (await server.put(f"Patient?{condition(server)}", identified(server))).status_code == 201


@pytest.mark.aidbox
async def test_a_conditional_update_may_choose_the_new_id(server: Server) -> None:
    answer = await server.put(f"Patient?{condition(server)}", identified(server, id=server.id("alice")))
    assert (answer.status_code, answer.json()["id"]) == (201, server.id("alice"))


async def test_a_conditional_update_changes_the_match(server: Server) -> None:
    made = (await server.post("Patient", identified(server))).json()
    answer = await server.put(f"Patient?{condition(server)}", identified(server, gender="female"))
    assert (answer.status_code, answer.json()["id"], answer.json()["gender"]) == (200, made["id"], "female")


@pytest.mark.aidbox
async def test_a_conditional_update_ignores_the_id_of_the_body(server: Server) -> None:
    made = (await server.post("Patient", identified(server))).json()
    answer = await server.put(f"Patient?{condition(server)}", identified(server, id=server.id("other")))
    assert answer.json()["id"] == made["id"]


@pytest.mark.parametrize("method", ["put", "delete"])
async def test_a_condition_with_several_matches_is_refused(server: Server, method: str) -> None:
    await twins(server)
    body = identified(server) if method == "put" else None
    answer = await server.http.request(method, f"fhir/Patient?{condition(server)}", json=body)
    assert answer.status_code == 412


@pytest.mark.aidbox
async def test_several_matches_are_called_so(server: Server) -> None:
    await twins(server)
    answer = await server.put(f"Patient?{condition(server)}", identified(server))
    assert issue(answer)["code"] == "multiple-matches"


@pytest.mark.aidbox
async def test_a_conditional_patch_changes_the_match(server: Server) -> None:
    await server.post("Patient", identified(server))
    answer = await server.patch(f"Patient?{condition(server)}", {"gender": "female"})
    assert (answer.status_code, answer.json()["gender"]) == (200, "female")


@pytest.mark.aidbox
async def test_a_conditional_patch_of_nothing_is_not_found(server: Server) -> None:
    assert (await server.patch(f"Patient?{condition(server)}", {"gender": "female"})).status_code == 404


@pytest.mark.aidbox
async def test_a_conditional_patch_of_several_is_refused(server: Server) -> None:
    await twins(server)
    assert (await server.patch(f"Patient?{condition(server)}", {"gender": "female"})).status_code == 412


@pytest.mark.aidbox
async def test_a_conditional_delete_takes_the_match(server: Server) -> None:
    made = (await server.post("Patient", identified(server))).json()
    assert (await server.delete(f"Patient?{condition(server)}")).status_code == 200
    assert (await server.get(f"Patient/{made['id']}")).status_code == 410


@pytest.mark.aidbox
async def test_a_conditional_delete_of_nothing_answers_nothing(server: Server) -> None:
    assert (await server.delete(f"Patient?{condition(server)}")).status_code == 204


@pytest.mark.aidbox
async def test_a_conditional_delete_takes_all_when_told(server: Server) -> None:
    await twins(server)
    await server.delete(f"Patient?{condition(server)}", headers={"x-conditional-delete": "remove-all"})
    assert (await server.search(f"Patient?{condition(server)}"))["total"] == 0


@pytest.mark.aidbox
async def test_a_condition_that_names_an_unknown_parameter_is_refused(server: Server) -> None:
    answer = await server.put("Patient?dragon=1", identified(server))
    assert answer.status_code == 400


@pytest.mark.aidbox
async def test_a_condition_on_another_type_is_refused(server: Server) -> None:
    headers = {"if-none-exist": f"Group?{condition(server)}"}
    assert (await server.post("Patient", identified(server), headers=headers)).status_code == 400


@pytest.mark.aidbox
@pytest.mark.parametrize("before", ["", "?", "Patient?"])
async def test_a_question_mark_in_a_condition_belongs_to_its_value(server: Server, before: str) -> None:
    await server.make("Patient", "alice", identifier=[{"system": f"urn:q?{server.run}", "value": "1"}])
    headers = {"if-none-exist": f"{before}identifier=urn:q?{server.run}|1"}
    answer = await server.post("Patient", identified(server), headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (200, server.id("alice"))


@pytest.mark.aidbox
async def test_an_empty_condition_never_takes_everything(server: Server) -> None:
    made = await server.make("Patient")
    await server.delete("Patient")
    assert (await server.get(f"Patient/{made['id']}")).status_code == 200


@pytest.mark.aidbox
@pytest.mark.parametrize("asked", ["identifier=", "_sort=_id&_totalMethod=x", "_count=5", "_include=Basic:subject"])
async def test_taking_all_needs_a_condition(server: Server, asked: str) -> None:
    made = await server.make("Basic", code={"text": "x"})
    answer = await server.delete(f"Basic?{asked}", headers={"x-conditional-delete": "remove-all"})
    assert answer.status_code == 412
    assert (await server.get(f"Basic/{made['id']}")).status_code == 200


@pytest.mark.aidbox
@pytest.mark.parametrize("asked", ["_summary=count", "_page=2", "_count=0"])
async def test_how_a_condition_is_to_be_shown_changes_nothing(server: Server, asked: str) -> None:
    for _ in range(2):
        headers = {"if-none-exist": f"{condition(server)}&{asked}"}
        answer = await server.post("Patient", identified(server), headers=headers)
    assert answer.status_code == 200


@pytest.mark.aidbox
async def test_a_conditional_update_never_changes_what_does_not_match(server: Server) -> None:
    made = await server.make("Patient", "alice", gender="female")
    answer = await server.put(f"Patient?{condition(server)}", identified(server, id=made["id"], gender="male"))
    assert answer.status_code == 409
    assert (await server.get(f"Patient/{made['id']}")).json()["gender"] == "female"
