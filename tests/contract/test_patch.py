"""Merge patch and JSON Patch."""

import json
from typing import Any

import pytest

from .conftest import Server, issue

JSON_PATCH = {"content-type": "application/json-patch+json"}
NAME = [{"family": "Roux", "given": ["Zoé", "Anne"]}]


async def patched(server: Server, body: Any, headers: dict[str, str] | None = None) -> Any:
    await server.make("Patient", "alice", gender="female", birthDate="1980-01-02", name=NAME)
    return await server.patch(f"Patient/{server.id('alice')}", body, headers=headers or {})


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("patch", "key", "value"),
    [
        ({"gender": "other"}, "gender", "other"),
        ({"gender": None}, "gender", None),
        ({"active": True}, "active", True),
        ({"name": [{"text": "X"}]}, "name", [{"text": "X"}]),
        ({"maritalStatus": {"text": "veuve"}}, "maritalStatus", {"text": "veuve"}),
    ],
)
async def test_a_plain_json_object_is_a_merge_patch(server: Server, patch: Any, key: str, value: Any) -> None:
    answer = await patched(server, patch)
    assert (answer.status_code, answer.json().get(key)) == (200, value)


@pytest.mark.aidbox
async def test_a_merge_patch_leaves_the_rest(server: Server) -> None:
    assert (await patched(server, {"gender": "other"})).json()["name"] == NAME


@pytest.mark.aidbox
async def test_a_merge_patch_goes_into_objects(server: Server) -> None:
    await server.make("Patient", "alice", maritalStatus={"text": "a", "coding": [{"code": "M"}]})
    answer = await server.patch(f"Patient/{server.id('alice')}", {"maritalStatus": {"text": None}})
    assert answer.json()["maritalStatus"] == {"coding": [{"code": "M"}]}


@pytest.mark.aidbox
async def test_a_merge_patch_by_its_own_content_type(server: Server) -> None:
    answer = await patched(server, {"gender": "other"}, {"content-type": "application/merge-patch+json"})
    assert answer.json()["gender"] == "other"


@pytest.mark.aidbox
async def test_a_patch_that_changes_nothing_makes_no_version(server: Server) -> None:
    answer = await patched(server, {"gender": "female"})
    history = (await server.get(f"Patient/{server.id('alice')}/_history")).json()
    assert (answer.status_code, history["total"]) == (200, 1)


@pytest.mark.aidbox
async def test_a_patch_cannot_change_the_id(server: Server) -> None:
    assert (await patched(server, {"id": "other"})).json()["id"] == server.id("alice")


@pytest.mark.aidbox
async def test_a_patch_that_leaves_an_invalid_resource_is_refused(server: Server) -> None:
    answer = await patched(server, {"gender": "dragon"})
    assert answer.status_code in {400, 422}
    assert (await server.get(f"Patient/{server.id('alice')}")).json()["gender"] == "female"


@pytest.mark.aidbox
async def test_a_patch_of_nothing_is_not_found(server: Server) -> None:
    assert (await server.patch(f"Patient/{server.id('nobody')}", {"gender": "male"})).status_code == 404


@pytest.mark.parametrize(
    ("operations", "key", "value"),
    [
        ([{"op": "replace", "path": "/gender", "value": "other"}], "gender", "other"),
        ([{"op": "add", "path": "/active", "value": True}], "active", True),
        ([{"op": "remove", "path": "/gender"}], "gender", None),
        (
            [{"op": "add", "path": "/name/0/given/-", "value": "Lou"}],
            "name",
            [{"family": "Roux", "given": ["Zoé", "Anne", "Lou"]}],
        ),
        (
            [{"op": "add", "path": "/name/0/given/0", "value": "Lou"}],
            "name",
            [{"family": "Roux", "given": ["Lou", "Zoé", "Anne"]}],
        ),
        ([{"op": "remove", "path": "/name/0/given/1"}], "name", [{"family": "Roux", "given": ["Zoé"]}]),
        (
            [{"op": "move", "from": "/name/0/given/0", "path": "/name/0/given/1"}],
            "name",
            [{"family": "Roux", "given": ["Anne", "Zoé"]}],
        ),
        ([{"op": "copy", "from": "/name/0/family", "path": "/name/0/text"}], "name", [{**NAME[0], "text": "Roux"}]),
        (
            [
                {"op": "test", "path": "/gender", "value": "female"},
                {"op": "replace", "path": "/gender", "value": "male"},
            ],
            "gender",
            "male",
        ),
    ],
)
async def test_a_json_patch_is_applied(server: Server, operations: Any, key: str, value: Any) -> None:
    answer = await patched(server, operations, JSON_PATCH)
    assert (answer.status_code, answer.json().get(key)) == (200, value)


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "remove", "path": "/active"}],
        [{"op": "replace", "path": "/name/7/family", "value": "x"}],
        [{"op": "test", "path": "/gender", "value": "male"}],
        [{"op": "dance", "path": "/gender"}],
        [{"op": "replace", "path": "gender", "value": "male"}],
        [{"op": "replace", "path": "/gender", "value": "male"}, {"op": "remove", "path": "/active"}],
        [{"op": "replace"}],
    ],
)
async def test_a_json_patch_that_cannot_be_applied_is_refused_whole(server: Server, operations: Any) -> None:
    answer = await patched(server, operations, JSON_PATCH)
    assert answer.status_code in {400, 422}
    assert (await server.get(f"Patient/{server.id('alice')}")).json()["gender"] == "female"


@pytest.mark.aidbox
@pytest.mark.parametrize(("place", "steps"), [("/x/k{}", 18), ("/x", 1000)])
async def test_a_json_patch_that_grows_without_end_is_refused(server: Server, place: str, steps: int) -> None:
    made = await server.make("Patient", "p")
    copies = [{"op": "copy", "from": "", "path": place.format(i)} for i in range(steps)]
    answer = await server.patch(
        f"Patient/{made['id']}", [{"op": "add", "path": "/x", "value": {}}, *copies],
        headers={"content-type": "application/json-patch+json"},
    )  # fmt: skip
    assert (answer.status_code, issue(answer)["code"]) == (422, "too-costly")


@pytest.mark.aidbox
async def test_a_json_patch_of_many_steps_is_applied(server: Server) -> None:
    made = await server.make("Patient", "p", name=[{"family": "Roux"}])
    copies = [{"op": "copy", "from": "/name/0", "path": "/name/-"} for _ in range(300)]
    answer = await server.patch(
        f"Patient/{made['id']}", copies, headers={"content-type": "application/json-patch+json"}
    )
    assert len(answer.json()["name"]) == 301


@pytest.mark.aidbox
async def test_a_json_patch_that_is_no_list_is_refused(server: Server) -> None:
    assert (await patched(server, {"gender": "male"}, JSON_PATCH)).status_code == 400


@pytest.mark.aidbox
async def test_a_plain_json_list_is_a_json_patch(server: Server) -> None:
    answer = await patched(server, [{"op": "replace", "path": "/gender", "value": "other"}])
    assert answer.json()["gender"] == "other"


@pytest.mark.aidbox
async def test_a_patch_keeps_decimals(server: Server) -> None:
    body = {"resourceType": "Observation", "id": server.id("o"), "status": "final", "code": {"text": "x"}}
    text = json.dumps({**body, "valueQuantity": {"value": 1}}).replace('"value": 1', '"value": 7.500')
    await server.http.put(
        f"fhir/Observation/{server.id('o')}", content=text, headers={"content-type": "application/json"}
    )
    answer = await server.patch(f"Observation/{server.id('o')}", {"status": "amended"})
    assert '"value":7.500' in answer.text.replace(" ", "")


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [("/active", 1, {400, 409, 412, 422}), ("/active", True, {200}), ("/multipleBirthInteger", 1.0, {200}),
     ("/multipleBirthInteger", True, {400, 409, 412, 422}), ("/name", [{"family": "Roux", "use": 1}], {400, 409, 412, 422})],
)  # fmt: skip
async def test_a_test_of_a_patch_compares_as_json_does(server: Server, path: str, value: Any, status: set[int]) -> None:
    made = await server.make("Patient", active=True, multipleBirthInteger=1, name=[{"family": "Roux"}])
    headers = {"content-type": "application/json-patch+json"}
    operations = [{"op": "test", "path": path, "value": value}]
    assert (await server.patch(f"Patient/{made['id']}", operations, headers=headers)).status_code in status


@pytest.mark.aidbox
async def test_an_unknown_kind_of_patch_is_refused(server: Server) -> None:
    made = await server.make("Patient")
    assert (await server.patch(f"Patient/{made['id']}?_method=foo", {"active": True})).status_code == 400
