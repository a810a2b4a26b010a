"""Numbers and nesting beyond what can be kept are refused when they come, at every door."""

import httpx
import pytest


@pytest.mark.parametrize("address", ["/fhir/Observation", "/auth/token"])
@pytest.mark.parametrize("number", ["1.0e99999999999999999999", "-1e99999999999999999999", "1.0e-99999999999999999999"])
async def test_a_number_beyond_every_measure_is_refused(root: httpx.AsyncClient, address: str, number: str) -> None:
    headers = {"content-type": "application/json"}
    answer = await root.post(f"http://records.test{address}", content=f'{{"x": {number}}}', headers=headers)
    assert answer.status_code == 400


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


DEEP = {
    "a resource": '{"resourceType": "Patient", "x": NESTED}',
    "one of Aidbox": '{"resourceType": "User", "data": NESTED}',
    "a list": "[" * 900 + "]" * 900,
    "nothing but depth": "NESTED",
}


@pytest.mark.parametrize("depth", [251, 260, 900, 985, 1000, 1015])
@pytest.mark.parametrize("body", DEEP)
@pytest.mark.parametrize(
    ("method", "address", "content"),
    [
        ("PUT", "User/u", "application/fhir+json"),
        ("PATCH", "Patient/p", "application/merge-patch+json"),
        ("POST", "Patient/$validate", "application/fhir+json"),
        ("POST", "http://records.test/auth/token", "application/json"),
    ],
)
async def test_what_is_nested_too_deeply_is_refused(
    root: httpx.AsyncClient, depth: int, body: str, method: str, address: str, content: str
) -> None:
    await root.put("Patient/p", json={"resourceType": "Patient"})
    sent = DEEP[body].replace("NESTED", nested(depth))
    assert (await root.request(method, address, content=sent, headers={"content-type": content})).status_code == 400


@pytest.mark.parametrize("kind", ["transaction", "batch"])
async def test_an_entry_nested_too_deeply_refuses_its_bundle(root: httpx.AsyncClient, kind: str) -> None:
    entry = '{"fullUrl": "urn:uuid:1", "request": {"method": "POST", "url": "User"}, "resource": {"resourceType": "User", "x": NESTED}}'
    bundle = f'{{"resourceType": "Bundle", "type": "{kind}", "entry": [{entry}]}}'.replace("NESTED", nested(985))
    answer = await root.post("", content=bundle, headers={"content-type": "application/fhir+json"})
    assert answer.status_code == 400


async def test_what_is_nested_as_deeply_as_may_be_is_kept_and_shown(root: httpx.AsyncClient) -> None:
    body = '{"resourceType": "User", "id": "u", "data": NESTED}'.replace("NESTED", nested(249))
    answer = await root.put("User/u", content=body, headers={"content-type": "application/fhir+json"})
    assert answer.status_code == 201
    assert (await root.get("User?_elements=data")).json()["total"] == 1
    assert (await root.patch("User/u", json={"email": "a@b.test"})).status_code == 200
