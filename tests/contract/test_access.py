"""AccessPolicy: nothing is allowed unless a policy says so."""

import base64
from typing import Any

import httpx
import pytest

from .conftest import Json, Server, issue

pytestmark = pytest.mark.aidbox
SECRET = "s3cret-of-the-client"


async def caller(server: Server, *policies: Json) -> dict[str, str]:
    """A client under those policies; the headers it asks with."""
    id_ = server.id("caller")
    await server.put(f"Client/{id_}", {"resourceType": "Client", "secret": SECRET, "grant_types": ["basic"]})
    for i, policy in enumerate(policies):
        await allow(server, f"policy{i}", {"link": [{"reference": f"Client/{id_}"}], **policy})
    return {"authorization": "Basic " + base64.b64encode(f"{id_}:{SECRET}".encode()).decode()}


async def allow(server: Server, name: str, policy: Json) -> None:
    made = await server.put(f"AccessPolicy/{server.id(name)}", {"resourceType": "AccessPolicy", **policy})
    assert made.status_code in {200, 201}, made.text


def matcho(**pattern: Any) -> Json:
    return {"engine": "matcho", "matcho": {key.replace("_", "-"): value for key, value in pattern.items()}}


async def ask(server: Server, headers: dict[str, str], method: str, url: str, body: Any = None) -> httpx.Response:
    return await server.http.request(method, f"fhir/{url}", json=body, headers=headers)


async def test_without_a_policy_nothing_is_allowed(server: Server) -> None:
    headers = await caller(server)
    answer = await ask(server, headers, "GET", "Patient")
    assert (answer.status_code, issue(answer)["code"]) == (403, "forbidden")


async def test_a_refusal_does_not_tell_whether_something_exists(server: Server) -> None:
    made = await server.make("Patient", "alice")
    headers = await caller(server)
    answers = [await ask(server, headers, "GET", f"Patient/{id_}") for id_ in (made["id"], server.id("nobody"))]
    assert [a.status_code for a in answers] == [403, 403]


async def test_allow_allows_everything(server: Server) -> None:
    headers = await caller(server, {"engine": "allow"})
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 200
    assert (await ask(server, headers, "POST", "Patient", server.tagged("Patient"))).status_code == 201


async def test_a_policy_for_another_client_does_not_count(server: Server) -> None:
    await server.put(
        f"Client/{server.id('other')}", {"resourceType": "Client", "secret": SECRET, "grant_types": ["basic"]}
    )
    headers = await caller(server, {"engine": "allow", "link": [{"reference": f"Client/{server.id('other')}"}]})
    assert (await ask(server, headers, "GET", "Patient")).status_code == 403


async def test_a_removed_policy_allows_no_more(server: Server) -> None:
    headers = await caller(server, {"engine": "allow"})
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 200
    await server.delete(f"AccessPolicy/{server.id('policy0')}")
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 403


READ = matcho(request_method="get", uri="#^/fhir/Patient")
CASES: list[tuple[Json, str, str, int]] = [
    (READ, "GET", "Patient?_count=1", 200),
    (READ, "GET", "Organization?_count=1", 403),
    (READ, "DELETE", "Patient/none", 403),
    (matcho(params={"resource/type": "Patient"}), "GET", "Patient?_count=1", 200),
    (matcho(params={"resource/type": "Patient"}), "GET", "Task?_count=1", 403),
    (matcho(operation={"id": "FhirSearch"}), "GET", "Patient?_count=1", 200),
    (matcho(operation={"id": "FhirSearch"}), "POST", "Patient", 403),
    (matcho(operation={"id": {"$enum": ["FhirRead", "FhirSearch"]}}), "GET", "Patient?_count=1", 200),
    (matcho(params={"name": "present?"}), "GET", "Patient?name=x&_count=1", 200),
    (matcho(params={"name": "present?"}), "GET", "Patient?_count=1", 403),
    (matcho(params={"_include": "nil?"}), "GET", "Patient?_count=1", 200),
    (matcho(params={"_include": "nil?"}), "GET", "Patient?_include=Patient:organization", 403),
    (matcho(params={"name": "not-blank?"}), "GET", "Patient?name=", 403),
    (matcho(params={"name": {"$one-of": ["a", "b"]}}), "GET", "Patient?name=b&_count=1", 200),
    (matcho(params={"name": {"$one-of": ["a", "b"]}}), "GET", "Patient?name=c&_count=1", 403),
    (matcho(request_method={"$not": "delete"}), "GET", "Patient?_count=1", 200),
    (matcho(request_method={"$not": "get"}), "GET", "Patient?_count=1", 403),
    (matcho(client={"id": "present?"}), "GET", "Patient?_count=1", 200),
    (matcho(user={"id": "present?"}), "GET", "Patient?_count=1", 403),
    (matcho(params={"name": ".params.family"}), "GET", "Patient?name=x&family=x&_count=1", 200),
    (matcho(params={"name": ".params.family"}), "GET", "Patient?name=x&family=y&_count=1", 403),
    (matcho(params={"name": ".params.family"}), "GET", "Patient?_count=1", 200),  # missing equals missing
    (matcho(headers={"x-kiosk": "present?"}), "GET", "Patient?_count=1", 403),
    (matcho(unknown={"$dance": 1}), "GET", "Patient?_count=1", 403),
    ({"engine": "matcho"}, "GET", "Patient?_count=1", 403),
    ({"engine": "dance"}, "GET", "Patient?_count=1", 403),
    ({"engine": "sql", "sql": {"query": "select true"}}, "GET", "Patient?_count=1", 403),
    ({"engine": "complex", "and": [READ, matcho(params={"name": "present?"})]}, "GET", "Patient?name=x&_count=1", 200),
    ({"engine": "complex", "and": [READ, matcho(params={"name": "present?"})]}, "GET", "Patient?_count=1", 403),
    ({"engine": "complex", "or": [matcho(uri="x"), READ]}, "GET", "Patient?_count=1", 200),
    ({"engine": "complex", "or": [matcho(uri="x"), matcho(uri="y")]}, "GET", "Patient?_count=1", 403),
    ({"engine": "complex", "or": [{"engine": "complex", "and": [READ, READ]}]}, "GET", "Patient?_count=1", 200),
    ({"engine": "complex", "and": []}, "GET", "Patient?_count=1", 403),
    ({"engine": "complex"}, "GET", "Patient?_count=1", 403),
    ({"engine": "json-schema", "schema": {"required": ["client"], "properties": {"request-method": {"const": "get"}}}}, "GET", "Patient?_count=1", 200),
    ({"engine": "json-schema", "schema": {"required": ["user"]}}, "GET", "Patient?_count=1", 403),
    ({"engine": "json-schema", "schema": {"type": "dragon"}}, "GET", "Patient?_count=1", 403),
    ({"engine": "json-schema"}, "GET", "Patient?_count=1", 403),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "method", "url", "status"), CASES)
async def test_a_policy_decides(server: Server, policy: Json, method: str, url: str, status: int) -> None:
    headers = await caller(server, policy)
    body = server.tagged("Patient") if method == "POST" else None
    assert (await ask(server, headers, method, url, body)).status_code == status


async def test_a_policy_can_look_into_the_client(server: Server) -> None:
    headers = await caller(server, matcho(client={"first_party": True, "secret": "nil?"}))
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 403
    await server.patch(f"Client/{server.id('caller')}", {"first_party": True})
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 200


async def test_a_policy_can_look_at_the_callers_address(server: Server) -> None:
    known = await caller(server, matcho(remote_addr="not-blank?"))
    assert (await ask(server, known, "GET", "Patient?_count=1")).status_code == 200
    entry = {"request": {"method": "GET", "url": "Patient?_count=1"}}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    answer = await ask(server, known, "POST", "", batch)
    assert answer.json()["entry"][0]["response"]["status"] == "200"
    await allow(server, "policy0", matcho(remote_addr="203.0.113.7"))
    assert (await ask(server, known, "GET", "Patient?_count=1")).status_code == 403


async def test_a_policy_can_look_into_the_session(server: Server) -> None:
    await caller(server)
    client = f"Client/{server.id('caller')}"
    await server.patch(client, {"grant_types": ["client_credentials"]})
    session = {"type": "client_credentials", "client": {"reference": client}, "access_token": "nil?"}
    await allow(server, "policy0", {"link": [{"reference": client}], **matcho(session=session)})
    asked = {"grant_type": "client_credentials", "client_id": server.id("caller"), "client_secret": SECRET}
    opened = await server.http.post("auth/token", json=asked, headers={"authorization": ""})
    headers = {"authorization": f"Bearer {opened.json()['access_token']}"}
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 200


async def test_a_policy_can_look_into_the_body(server: Server) -> None:
    headers = await caller(server, matcho(body={"gender": "female", "name": {"$contains": {"family": "Roux"}}}))
    good = server.tagged("Patient", gender="female", name=[{"family": "Petit"}, {"family": "Roux"}])
    bad = server.tagged("Patient", gender="female", name=[{"family": "Petit"}])
    assert (await ask(server, headers, "POST", "Patient", good)).status_code == 201
    assert (await ask(server, headers, "POST", "Patient", bad)).status_code == 403


async def test_a_policy_can_read_a_reference_of_the_body(server: Server) -> None:
    patient = await server.make("Patient", "alice")
    headers = await caller(
        server, matcho(body={"subject": {"$reference": {"resourceType": "Patient", "id": patient["id"]}}})
    )
    body = server.tagged(
        "Observation", status="final", code={"text": "x"}, subject={"reference": f"Patient/{patient['id']}"}
    )
    assert (await ask(server, headers, "POST", "Observation", body)).status_code == 201
    assert (await ask(server, headers, "POST", "Observation", {**body, "subject": {"display": "x"}})).status_code == 403


async def test_one_policy_that_allows_is_enough(server: Server) -> None:
    headers = await caller(server, matcho(uri="x"), READ)
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 200


async def test_a_policy_linked_to_an_operation_counts_for_it_alone(server: Server) -> None:
    headers = await caller(server, {**READ, "link": [{"reference": "Operation/FhirRead"}]})
    made = await server.make("Patient", "alice")
    assert (await ask(server, headers, "GET", f"Patient/{made['id']}")).status_code == 200
    assert (await ask(server, headers, "GET", "Patient?_count=1")).status_code == 403


async def test_each_entry_of_a_transaction_needs_its_right(server: Server) -> None:
    headers = await caller(server, matcho(params={"resource/type": "Patient"}))
    entries = [
        {"request": {"method": "POST", "url": type_}, "resource": resource}
        for type_, resource in (
            ("Patient", server.tagged("Patient", id=server.id("alice"))),
            ("Organization", server.tagged("Organization", name="x")),
        )
    ]
    allowed = await ask(
        server, headers, "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries[:1]}
    )
    refused = await ask(
        server, headers, "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries[1:]}
    )
    assert (allowed.status_code, refused.status_code) == (200, 403)


async def test_each_entry_of_a_batch_needs_its_right(server: Server) -> None:
    headers = await caller(server, READ)
    entries = [{"request": {"method": "GET", "url": f"{type_}?_count=1"}} for type_ in ("Patient", "Organization")]
    answer = await ask(server, headers, "POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert [e["response"]["status"] for e in answer.json()["entry"]] == ["200", "403"]
