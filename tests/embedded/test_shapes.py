"""Malformed input that fits no shape: refused by name before it is used or kept, and harmless if it was kept long ago."""

import base64
import json
import logging
import time
from typing import Any

import httpx
import jwt
import pytest

from portal.embedded import Backend
from portal.embedded.text import dumps

from .conftest import client

KEY = "k" * 64
SURROGATE = b'{"resourceType":"Parameters","parameter":[{"name":"resource","valueString":"\\ud800"},{"name":"x","valueDecimal":0.5}]}'
JSON = {"content-type": "application/json"}


async def keep(backend: Backend, type_: str, **fields: Any) -> None:
    """Puts a resource into the store as an earlier version may have done, without looking at its shape."""
    body = {"resourceType": type_, "id": "old", **fields}
    index = lambda unit: backend.service.engine.index(unit, type_, body)  # noqa: E731
    await backend.store.write(lambda unit: unit.put(type_, "old", "PUT", None, dumps(body), index(unit)))


def basic(name: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def bearer(**claims: Any) -> dict[str, str]:
    claims = {"iss": "https://p.test", "box_user": "u1", "exp": int(time.time()) + 10**9, **claims}
    return {"authorization": "Bearer " + jwt.encode(claims, KEY, "HS256")}


@pytest.mark.parametrize("address", ["/fhir/Patient/a", "/fhir/Patient", "/auth/token", "/auth/userinfo"])
@pytest.mark.parametrize("credentials", ["é", "====", "=", "\x80", "YQ"])
async def test_a_basic_header_that_is_not_base64_is_nobodys(backend: Backend, address: str, credentials: str) -> None:
    headers = [(b"authorization", f"Basic {credentials}".encode("latin-1")), (b"content-type", b"application/json")]
    async with client(backend, None) as nobody:
        method = "POST" if address == "/auth/token" else "GET"
        content = b'{"grant_type":"client_credentials"}' if method == "POST" else None
        answer = await nobody.request(method, f"http://records.test{address}", headers=headers, content=content)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("token", b'{"grant_type":"password","client_id":"c","username":"u","password":"\\ud800 0.0"}'),
        ("token", b'{"grant_type":"client_credentials","client_id":"c","client_secret":"\\ud800 0.0"}'),
        ("reset-password", b'{"token":"\\ud800 0.0","newPassword":"x"}'),
        ("reset-password-mfa", b'{"token":"\\udfff 0.0","totp":"x"}'),
    ],
)
async def test_half_a_character_at_a_door_is_refused(
    backend: Backend, root: httpx.AsyncClient, door: str, body: bytes
) -> None:
    await root.put("Client/c", json={"resourceType": "Client", "secret": "s", "grant_types": ["password"]})
    async with client(backend, None) as nobody:
        answer = await nobody.post(f"http://records.test/auth/{door}", content=body, headers=JSON)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        SURROGATE,
        b'{"resourceType":"Patient","name":[{"text":"\xed\xa0\x80"}],"extension":[{"url":"u","valueDecimal":0.5}]}',
        b'{"a\\ud800":0.5}',
        '{"resourceType":"Patient","x":0.5}'.encode("utf-16"),
    ],
)
@pytest.mark.parametrize("address", ["Patient", "Patient/$validate", "ValueSet/$expand", ""])
async def test_half_a_character_in_a_body_with_a_decimal_is_refused(
    root: httpx.AsyncClient, address: str, body: bytes
) -> None:
    assert (await root.post(address, content=body, headers=JSON)).status_code == 400


async def test_whole_characters_written_as_escapes_are_kept(root: httpx.AsyncClient) -> None:
    body = b'{"resourceType":"Basic","code":{"text":"\\ud83d\\ude00"},"extension":[{"url":"u","valueDecimal":0.50}]}'
    answer = await root.post("Basic", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]["text"]) == (201, "😀")


@pytest.mark.parametrize("parameter", [5, None, "x", [5], {}, [{"name": 5}]])
async def test_parameters_of_any_shape_get_a_verdict(root: httpx.AsyncClient, parameter: Any) -> None:
    answer = await root.post("Patient/$validate", json={"resourceType": "Parameters", "parameter": parameter})
    assert (answer.status_code, answer.json()["id"]) == (200, "validationfail")


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Parameters", "parameter": 5},
        {"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": {"resourceType": "ValueSet", "compose": "x"}}]},
        {"resourceType": "ValueSet", "compose": "x"},
        {"resourceType": "ValueSet", "compose": {"include": 5}},
        {"resourceType": "ValueSet", "compose": {"include": [{"system": "s", "concept": [5]}]}},
        {"resourceType": "ValueSet", "compose": {"include": [{"valueSet": 5}]}},
        {"resourceType": "ValueSet", "expansion": {"contains": "x"}},
    ],
)  # fmt: skip
async def test_an_expansion_of_what_has_no_shape_is_refused_with_its_place(root: httpx.AsyncClient, body: Any) -> None:
    answer = await root.post("ValueSet/$expand", json=body)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"][0].startswith(body["resourceType"])


@pytest.mark.parametrize("kind", [["transaction"], {}, 5, None])
async def test_a_bundle_of_no_type_is_refused(root: httpx.AsyncClient, kind: Any) -> None:
    assert (await root.post("", json={"resourceType": "Bundle", "type": kind})).status_code == 422


@pytest.mark.parametrize("method", [["GET"], {}, 5, None])
async def test_an_entry_without_a_method_is_refused(root: httpx.AsyncClient, method: Any) -> None:
    entry = {"request": {"method": method, "url": "Patient"}}
    answer = await root.post("", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert answer.status_code == 422


MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    ("AccessPolicy", {"engine": "matcho", "matcho": {"user": {"$enum": 5}}}, "AccessPolicy.matcho.user.$enum"),
    ("AccessPolicy", {"engine": "matcho", "matcho": {"uri": {"$one-of": 5}}}, "AccessPolicy.matcho.uri.$one-of"),
    ("AccessPolicy", {"engine": "matcho", "matcho": {"a": [{"$present-all": 5}]}}, "AccessPolicy.matcho.a[0].$present-all"),
    ("AccessPolicy", {"engine": "matcho", "matcho": {"a": {"$length": "x"}}}, "AccessPolicy.matcho.a.$length"),
    ("AccessPolicy", {"engine": "matcho", "matcho": 5}, "AccessPolicy.matcho"),
    ("AccessPolicy", {"engine": "allow", "link": 5}, "AccessPolicy.link"),
    ("AccessPolicy", {"engine": "allow", "link": []}, "AccessPolicy.link"),
    ("AccessPolicy", {"engine": "allow", "link": ["x"]}, "AccessPolicy.link[0]"),
    ("AccessPolicy", {"engine": "allow", "link": [{"reference": 5}]}, "AccessPolicy.link[0].reference"),
    ("AccessPolicy", {"engine": "allow", "link": [{}]}, "AccessPolicy.link[0]"),
    ("AccessPolicy", {"engine": "allow", "roleName": []}, "AccessPolicy.roleName"),
    ("AccessPolicy", {"engine": "allow", "roleName": ""}, "AccessPolicy.roleName"),
    ("AccessPolicy", {"engine": "allow", "roleName": None}, "AccessPolicy.roleName"),
    ("AccessPolicy", {"engine": ["allow"]}, "AccessPolicy.engine"),
    ("AccessPolicy", {"engine": "complex", "or": ["x"]}, "AccessPolicy.or[0]"),
    ("AccessPolicy", {"engine": "complex", "and": [{"engine": "complex", "or": 5}]}, "AccessPolicy.and[0].or"),
    ("AccessPolicy", {"engine": "json-schema", "schema": 5}, "AccessPolicy.schema"),
    ("AccessPolicy", {"engine": "sql", "sql": "x"}, "AccessPolicy.sql"),
    ("TokenIntrospector", {"type": "jwt", "jwt": "x"}, "TokenIntrospector.jwt"),
    ("TokenIntrospector", {"type": "jwt", "jwt": {"iss": 5}}, "TokenIntrospector.jwt.iss"),
    ("TokenIntrospector", {"type": "jwt", "jwt": {"_secret": {"extension": 5}}}, "TokenIntrospector.jwt._secret.extension"),
    ("Client", {"auth": [1]}, "Client.auth"),
    ("Client", {"auth": {"password": 5}}, "Client.auth.password"),
    ("Client", {"auth": {"password": {"access_token_expiration": 10**12}}}, "Client.auth.password.access_token_expiration"),
    ("Client", {"grant_types": 5}, "Client.grant_types"),
    ("Client", {"secret": 5}, "Client.secret"),
    ("Client", {"_secret": {"extension": ["x"]}}, "Client._secret.extension[0]"),
    ("User", {"contained": ["x"]}, "User.contained[0]"),
    ("User", {"contained": {"id": "x"}}, "User.contained"),
    ("User", {"contained": [{"id": ["x"]}]}, "User.contained[0].id"),
    ("Notification", {"contained": ["x"]}, "Notification.contained[0]"),
    ("User", {"password": 5}, "User.password"),
    ("User", {"inactive": "true"}, "User.inactive"),
    ("User", {"twoFactor": "x"}, "User.twoFactor"),
    ("Role", {"name": ["x"]}, "Role.name"),
    ("Role", {"user": "x"}, "Role.user"),
    ("Session", {"client": "x"}, "Session.client"),
    ("Session", {"exp": "x"}, "Session.exp"),
    ("AidboxSubscriptionTopic", {"status": "active", "trigger": 5}, "AidboxSubscriptionTopic.trigger"),
    ("AidboxSubscriptionTopic", {"status": "active", "trigger": ["x"]}, "AidboxSubscriptionTopic.trigger[0]"),
    ("AidboxSubscriptionTopic", {"trigger": [{"supportedInteraction": 5}]}, "AidboxSubscriptionTopic.trigger[0].supportedInteraction"),
    ("AidboxTopicDestination", {"parameter": ["x"]}, "AidboxTopicDestination.parameter[0]"),
    ("AidboxTopicDestination", {"parameter": [{"name": "timeout", "valueString": "abc"}]}, "AidboxTopicDestination.parameter[0]"),
    ("AidboxTopicDestination", {"parameter": [{"name": "timeout", "valueUnsignedInt": 10**7}]}, "AidboxTopicDestination.parameter[0]"),
    ("AidboxTopicDestination", {"parameter": [{"name": "endpoint", "valueUrl": "http://a b"}]}, "AidboxTopicDestination.parameter[0]"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "fields", "place"), MALFORMED)
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_malformed_resource_of_aidbox_is_refused_with_its_place(
    root: httpx.AsyncClient, type_: str, fields: dict[str, Any], place: str, method: str
) -> None:
    url = type_ if method == "POST" else f"{type_}/x"
    answer = await root.request(method, url, json={"resourceType": type_, "id": "x", **fields})
    assert answer.status_code == 422, answer.text
    assert [issue["expression"] for issue in answer.json()["issue"]] == [[place]]


@pytest.mark.parametrize(("type_", "fields", "place"), MALFORMED)
async def test_validation_says_the_same_of_it(
    root: httpx.AsyncClient, type_: str, fields: dict[str, Any], place: str
) -> None:
    answer = await root.post(f"{type_}/$validate", json={"resourceType": type_, **fields})
    assert (answer.status_code, answer.json()["issue"][0].get("expression")) == (200, [place])


@pytest.mark.parametrize(
    "fields",
    [
        {"engine": "allow", "roleName": []},
        {"engine": "allow", "roleName": None},
        {"engine": "allow", "roleName": ["x"]},
        {"engine": "allow", "link": 0},
        {"engine": "allow", "link": {}},
        {"engine": "allow", "link": []},
        {"engine": "allow", "link": 5},
        {"engine": "allow", "link": ["x"]},
        {"engine": "allow", "link": [{"resourceType": ["x"]}]},
        {"engine": "matcho", "matcho": {"user": {"$enum": 5}}},
        {"engine": "matcho", "matcho": {"uri": {"$one-of": 5}}},
        {"engine": "matcho", "matcho": {"uri": {"$not": {"$one-of": 5}}}},
        {"engine": "matcho", "matcho": {"uri": "#a{99999999999999}"}},
        {"engine": "matcho", "matcho": {"request-method": {"$enum": "forget"}}},
        {"engine": "matcho", "matcho": "present?"},
        {"engine": "complex", "or": ["x"]},
        {"engine": "json-schema", "schema": {"properties": {"uri": {"$ref": "#/nowhere"}}}},
        {"engine": "json-schema", "schema": {"$ref": "https://elsewhere.test/schema"}},
        {"engine": ["allow"]},
    ],
)
async def test_a_policy_that_cannot_be_evaluated_allows_nothing(backend: Backend, fields: dict[str, Any]) -> None:
    await keep(backend, "AccessPolicy", **fields)
    async with client(backend, None) as nobody:
        assert (await nobody.get("Patient?_count=1")).status_code == 401


async def test_a_policy_that_cannot_be_evaluated_stops_no_other(backend: Backend, root: httpx.AsyncClient) -> None:
    await keep(backend, "AccessPolicy", engine="complex", **{"or": ["x"]})
    await root.put("AccessPolicy/well", json={"resourceType": "AccessPolicy", "engine": "allow"})
    async with client(backend, None) as nobody:
        assert (await nobody.get("Patient?_count=1")).status_code == 200


async def test_a_policy_that_fails_is_told_without_data(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    await keep(backend, "AccessPolicy", engine="matcho", matcho={"uri": {"$enum": 5}})
    with caplog.at_level(logging.ERROR):
        async with client(backend, None) as nobody:
            await nobody.get("Patient?name=secret-name")
    assert "AccessPolicy/old" in caplog.text
    assert "secret-name" not in caplog.text


@pytest.mark.parametrize("fields", [{"jwt": "x"}, {"jwt": {"iss": "https://p.test", "_secret": {"extension": 5}}}])
async def test_an_introspector_of_no_shape_believes_nobody(backend: Backend, fields: dict[str, Any]) -> None:
    await keep(backend, "TokenIntrospector", type="jwt", **fields)
    async with client(backend, None) as nobody:
        assert (await nobody.get("Patient", headers=bearer())).status_code == 401


@pytest.mark.parametrize(
    "claims", [{"box_user": "\ud800"}, {"exp": "soon"}, {"exp": [1]}, {"box_user": {"a": 1}}, {"iss": ["https://p.test"]}]
)  # fmt: skip
async def test_a_believed_token_with_strange_claims_is_nobodys(
    backend: Backend, root: httpx.AsyncClient, claims: dict[str, Any]
) -> None:
    rules = {"iss": "https://p.test", "secret": KEY}
    await root.put("TokenIntrospector/p", json={"resourceType": "TokenIntrospector", "type": "jwt", "jwt": rules})
    await root.put("User/u1", json={"resourceType": "User"})
    wanted = {"iss": "https://p.test", "box_user": "u1", "exp": int(time.time()) + 10**9, **claims}
    payload = json.dumps(wanted).encode()
    token = jwt.api_jws.encode(payload, KEY, "HS256")
    async with client(backend, None) as nobody:
        answer = await nobody.get("Patient", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_a_token_of_endless_brackets_is_nobodys(backend: Backend) -> None:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(b"[" * 20_000).rstrip(b"=").decode()
    async with client(backend, None) as nobody:
        answer = await nobody.get("Patient", headers={"authorization": f"Bearer {head}.{body}.x"})
    assert answer.status_code == 401


async def test_a_secret_that_is_no_secret_believes_nobody(backend: Backend, root: httpx.AsyncClient) -> None:
    rules = {"iss": "https://p.test", "secret": "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----"}
    await root.put("TokenIntrospector/p", json={"resourceType": "TokenIntrospector", "type": "jwt", "jwt": rules})
    async with client(backend, None) as nobody:
        assert (await nobody.get("Patient", headers=bearer())).status_code == 401


@pytest.mark.parametrize(
    "fields", [{"auth": [1]}, {"auth": {"client_credentials": 5}}, {"grant_types": 5}, {"grant_types": {"basic": 1}}]
)
async def test_a_client_of_no_shape_opens_nothing(backend: Backend, fields: dict[str, Any]) -> None:
    digest = "$sha256$2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"
    await keep(backend, "Client", **{"secret": digest, "grant_types": ["client_credentials"], **fields})
    async with client(backend, None) as nobody:
        asked = {"grant_type": "client_credentials", "client_id": "old", "client_secret": "secret"}
        granted = await nobody.post("http://records.test/auth/token", json=asked)
        assert granted.status_code in {400, 401}
        assert (await nobody.get("Patient", headers=basic("old", "secret"))).status_code == 401


async def test_a_second_factor_of_no_shape_proves_nothing(backend: Backend, root: httpx.AsyncClient) -> None:
    await root.put("User/u", json={"resourceType": "User", "twoFactor": {"enabled": True, "secretKey": "not base 32!"}})
    made = await root.post("http://records.test/auth/force-reset-password", json={"userId": "u"})
    token = made.json()["data"]["token"]
    answer = await root.post("http://records.test/auth/reset-password-mfa", json={"token": token, "totp": "123456"})
    assert answer.status_code == 422


@pytest.mark.parametrize("content", ["text/plain;\nX-Evil: 1", "text/plain\r", "text/\x00plain", "a\tb", "a\x7f"])
async def test_a_content_type_with_control_characters_is_refused(root: httpx.AsyncClient, content: str) -> None:
    answer = await root.post("Binary", json={"resourceType": "Binary", "contentType": content, "data": "AAAA"})
    assert answer.status_code == 422


@pytest.mark.parametrize("content", ["text/plain;\nX-Evil: 1", "text/plain; name=\x00", "text/plain; name=é☃"])
async def test_a_content_type_kept_long_ago_does_not_break_the_download(backend: Backend, content: str) -> None:
    await keep(backend, "Binary", contentType=content, data="aGVsbG8=")
    async with client(backend, "root") as root:
        answer = await root.get("Binary/old", headers={"accept": "text/plain"})
    assert (answer.status_code, answer.content) == (200, b"hello")
    assert all(32 <= byte < 127 for byte in dict(answer.headers.raw)[b"content-type"])


async def test_spaces_in_the_header_of_an_upload_are_not_kept(root: httpx.AsyncClient) -> None:
    answer = await root.post("Binary", content=b"hello", headers={"content-type": "text/plain;\t  charset=utf-8"})
    assert (answer.status_code, answer.json()["contentType"]) == (201, "text/plain; charset=utf-8")


SET = {"resourceType": "ValueSet", "status": "active"}


async def test_value_sets_that_include_each_other_are_refused_at_once(root: httpx.AsyncClient) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        include = [{"valueSet": [f"http://x/{other}"]}] * 20
        await root.put(f"ValueSet/{one}", json={**SET, "url": f"http://x/{one}", "compose": {"include": include}})
    before = time.process_time()
    answer = await root.get("ValueSet/$expand?url=http://x/a")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "too-costly")
    assert time.process_time() - before < 1


async def test_a_value_set_included_many_times_is_read_once(root: httpx.AsyncClient) -> None:
    system = [{"system": "http://x/cs", "concept": [{"code": "c"}]}]
    await root.put("ValueSet/s0", json={**SET, "url": "http://x/s0", "compose": {"include": system}})
    for n in range(1, 7):
        include = [{"valueSet": [f"http://x/s{n - 1}"]}] * 20
        await root.put(f"ValueSet/s{n}", json={**SET, "url": f"http://x/s{n}", "compose": {"include": include}})
    before = time.process_time()
    answer = await root.get("ValueSet/$expand?url=http://x/s6")
    assert [c["code"] for c in answer.json()["expansion"]["contains"]] == ["c"]
    assert time.process_time() - before < 1


async def test_a_value_set_whose_include_is_only_explained_includes_nothing(root: httpx.AsyncClient) -> None:
    why = {"extension": [{"url": "http://x", "valueString": "unknown"}]}
    compose = {"include": [{"valueSet": [None], "_valueSet": [why]}]}
    await root.put("ValueSet/v", json={**SET, "url": "http://x/v", "compose": compose})
    answer = await root.get("ValueSet/$expand?url=http://x/v")
    assert (answer.status_code, answer.json()["expansion"]["total"]) == (200, 0)


@pytest.mark.parametrize("question", ["$expand?url=", "$validate-code?code=c", "$expand?url=http://x/none,http://x/v"])
async def test_a_value_set_that_is_not_named_is_not_guessed(root: httpx.AsyncClient, question: str) -> None:
    await root.put("ValueSet/v", json={**SET, "url": "http://x/v"})
    assert (await root.get(f"ValueSet/{question}")).status_code == 404


async def test_designations_are_given_to_whom_asks_by_post(root: httpx.AsyncClient) -> None:
    concept = [{"code": "c", "designation": [{"value": "x"}]}]
    value_set = {**SET, "compose": {"include": [{"system": "http://x/cs", "concept": concept}]}}
    parameter = [{"name": "valueSet", "resource": value_set}, {"name": "includeDesignations", "valueBoolean": True}]
    answer = await root.post("ValueSet/$expand", json={"resourceType": "Parameters", "parameter": parameter})
    assert answer.json()["expansion"]["contains"][0]["designation"] == [{"value": "x"}]


async def test_a_destination_kept_long_ago_without_shape_hinders_no_topic(
    backend: Backend, root: httpx.AsyncClient
) -> None:
    parameter = [{"name": "endpoint", "valueUrl": "http://x"}, {"name": "timeout", "valueString": "abc"}]
    await keep(backend, "AidboxTopicDestination", topic="http://x/t", parameter=parameter)
    topic = {"resourceType": "AidboxSubscriptionTopic", "url": "http://x/t", "status": "active"}
    assert (await root.post("AidboxSubscriptionTopic", json=topic)).status_code == 201


@pytest.mark.parametrize("contained", [["x"], [{"id": ["x"]}], [None, {"id": "a"}], {"id": "a"}])
@pytest.mark.parametrize("part", ["_elements=email", "_summary=true", "_summary=data"])
async def test_what_was_kept_long_ago_without_shape_is_shown_in_part(
    backend: Backend, root: httpx.AsyncClient, contained: Any, part: str
) -> None:
    await keep(backend, "User", email="a@b.test", contained=contained)
    assert (await root.get(f"User/old?{part}")).json()["email"] == "a@b.test"
    assert (await root.get(f"User?{part}")).json()["total"] == 1


@pytest.mark.parametrize("held", [["x"], [{"id": ["x"]}]])
async def test_a_contained_resource_of_aidbox_has_a_shape_too(root: httpx.AsyncClient, held: Any) -> None:
    user = {"resourceType": "User", "id": "u", "contained": held}
    patient = {"resourceType": "Patient", "contained": [user], "managingOrganization": {"reference": "#nowhere"}}
    assert (await root.put("Patient/p", json=patient)).status_code == 422
