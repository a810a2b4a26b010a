"""Whatever stands where something of a certain shape is expected: no failure, and nothing refused is stored.

Well-formed resources are spoilt in one to three places by any JSON. What decides on rights is spoilt in the same way, and
then everybody comes with every kind of credentials.
"""

import base64
import json
from copy import deepcopy
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.embedded.text import dumps

from .conftest import Runner
from .test_any_input import ANY_JSON, MANY, TEXT

Json = dict[str, Any]
KEY, TOPIC, DIGEST = "k" * 64, "https://p.test/topic", f"$sha256${'0' * 64}"
JSON_TYPE = {"content-type": "application/json"}
INCLUDE = {
    "system": "http://x/cs",
    "version": "1",
    "concept": [{"code": "a", "display": "A", "designation": [{"language": "fr", "value": "B"}]}],
    "filter": [{"property": "p", "op": "is-a", "value": "a"}],
    "valueSet": ["http://x/vs"],
}
VALUE_SET: Json = {
    "resourceType": "ValueSet",
    "status": "draft",
    "url": "http://x/v",
    "compose": {"include": [INCLUDE], "exclude": [INCLUDE]},
    "expansion": {"timestamp": "2026-01-01", "contains": [{"system": "http://x/cs", "code": "a", "display": "A"}]},
}
PARAMETERS: Json = {
    "resourceType": "Parameters",
    "parameter": [
        {"name": "url", "valueUri": "http://x/v"},
        {"name": "code", "valueCode": "a"},
        {"name": "coding", "valueCoding": {"system": "http://x/cs", "code": "a"}},
        {"name": "filter", "valueString": "a"},
        {"name": "count", "valueInteger": 3},
        {"name": "displayLanguage", "valueCode": "fr"},
        {"name": "valueSet", "resource": VALUE_SET},
        {"name": "resource", "resource": {"resourceType": "Patient", "gender": "male"}},
    ],
}
BUNDLE: Json = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:1",
            "resource": {"resourceType": "Patient", "multipleBirthInteger": 1, "name": [{"family": "x"}]},
            "request": {"method": "POST", "url": "Patient", "ifNoneExist": "name=x"},
        },
        {
            "resource": {"resourceType": "Basic", "code": {"text": "x"}, "subject": {"reference": "urn:uuid:1"}},
            "request": {"method": "PUT", "url": "Basic/x", "ifMatch": "*", "ifNoneMatch": "*"},
        },
        {"request": {"method": "GET", "url": "Patient?name=x"}},
    ],
}
OPERATIONS = [
    "$validate", "Patient/$validate", "ValueSet/$expand", "ValueSet/$validate-code", "CodeSystem/$lookup",
    "CodeSystem/$validate-code", "ValueSet/x/$expand",
]  # fmt: skip
LINK = [{"reference": "User/someone"}, {"resourceType": "Client", "id": "spoilt"}]
MATCHO: Json = {
    "user": {"id": {"$enum": ["someone", "other"]}},
    "uri": {"$one-of": ["#^/fhir", {"$not": "x"}]},
    "params": {"a": {"$present-all": ["x"], "$length": 1}, "b": {"$contains": "x"}, "c": {"$every": "x"}},
    "request-method": ".params.a.0",
    "body": {"subject": {"$reference": {"id": "present?"}}},
}
RULES: list[Json] = [
    {"resourceType": "AccessPolicy", "engine": "allow", "link": LINK, "roleName": "practitioner"},
    {"resourceType": "AccessPolicy", "engine": "matcho", "matcho": MATCHO},
    {
        "resourceType": "AccessPolicy",
        "engine": "complex",
        "or": [{"engine": "allow"}, {"engine": "complex", "and": [{"engine": "matcho", "matcho": MATCHO}]}],
    },
    {
        "resourceType": "AccessPolicy",
        "engine": "json-schema",
        "schema": {"required": ["user"], "properties": {"uri": {"$ref": "#/definitions/a"}}, "definitions": {"a": {}}},
    },
    {
        "resourceType": "Client",
        "secret": "secret",
        "grant_types": ["basic", "client_credentials"],
        "auth": {"client_credentials": {"access_token_expiration": 60, "secret_required": True}},
        "_secret": {"extension": [{"url": "http://x", "valueString": "x"}]},
    },
    {
        "resourceType": "TokenIntrospector",
        "type": "jwt",
        "jwt": {"iss": "https://p.test", "secret": KEY, "_secret": {"extension": [{"url": "u", "valueString": "x"}]}},
    },
    {
        "resourceType": "User",
        "email": "s@x.org",
        "userName": "s",
        "inactive": False,
        "fhirUser": {"reference": "Patient/alice"},
        "twoFactor": {"enabled": True, "secretKey": "ABCDEFGH", "transport": "sms"},
    },
    {
        "resourceType": "Role",
        "name": "practitioner",
        "user": {"reference": "User/someone"},
        "links": {"patient": {"reference": "Patient/alice"}},
    },
    {
        "resourceType": "Session",
        "access_token": DIGEST,
        "active": True,
        "exp": 10**10,
        "user": {"reference": "User/someone"},
        "client": {"reference": "Client/spoilt"},
    },
    {
        "resourceType": "AidboxSubscriptionTopic",
        "url": TOPIC,
        "status": "active",
        "trigger": [{"resource": "Patient", "supportedInteraction": ["create"], "fhirPathCriteria": "active"}],
    },
    {
        "resourceType": "AidboxTopicDestination",
        "status": "active",
        "topic": TOPIC,
        "content": "id-only",
        "parameter": [
            {"name": "endpoint", "valueUrl": "http://127.0.0.1:9"},
            {"name": "timeout", "valueUnsignedInt": 1},
            {"name": "maxMessagesInBatch", "valueUnsignedInt": 1},
            {"name": "includeVersionIdInFocusReference", "valueBoolean": True},
            {"name": "header", "valueString": "a: b"},
        ],
    },
]


@st.composite
def spoilt(draw: st.DrawFn, whole: Json) -> Json:
    """One to three values, at any depth, become something else, or are gone."""
    body = deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        at: Any = body
        while True:
            keys = [k for k in at if k != "resourceType"] if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = at[key]
            if isinstance(inner, dict | list) and inner and draw(st.booleans()):
                at = inner
                continue
            if draw(st.integers(0, 5)):
                at[key] = draw(ANY_JSON)
            else:
                del at[key]
            break
    return body


def spoilt_one_of(wholes: list[Json]) -> st.SearchStrategy[Json]:
    return st.sampled_from(wholes).flatmap(spoilt)


@MANY
@given(body=spoilt_one_of([PARAMETERS, VALUE_SET]), address=st.sampled_from(OPERATIONS))
def test_any_operation(runner: Runner, body: Json, address: str) -> None:
    answer = runner("POST", address, content=json.dumps(body).encode(), headers=JSON_TYPE)
    assert not address.endswith("$validate") or answer.status_code == 200 or b"\\ud" in json.dumps(body).encode()


@MANY
@given(body=spoilt(BUNDLE), kind=st.sampled_from(["transaction", "batch", "collection", None]))
def test_any_bundle_of_any_shape(runner: Runner, body: Json, kind: str | None) -> None:
    text = json.dumps({**body, "type": kind} if kind else body).encode()
    runner("POST", "", content=text, headers=JSON_TYPE)


def everybody_comes(runner: Runner) -> None:
    """Nobody, somebody, a client, the holder of a believed token: each asks something."""
    claims = {"iss": "https://p.test", "box_user": "someone", "exp": 10**10}
    basic = base64.b64encode(b"spoilt:secret").decode()
    for credentials in (
        "", "Bearer someone", "Bearer nobody", f"Basic {basic}", f"Bearer {jwt.encode(claims, KEY, 'HS256')}",
    ):  # fmt: skip
        runner("GET", "Patient/alice", headers={"authorization": credentials})
    runner("POST", "Patient?a=x&b=x&c=x", json={"active": True}, headers={"authorization": "Bearer someone"})
    asked = {"grant_type": "client_credentials", "client_id": "spoilt", "client_secret": "secret"}
    runner("POST", "http://records.test/auth/token", json=asked, headers={"authorization": ""})
    runner("GET", "http://records.test/auth/userinfo", headers={"authorization": "Bearer someone"})


@MANY
@given(body=spoilt_one_of(RULES))
def test_any_rule_that_is_written(runner: Runner, body: Json) -> None:
    url = f"{body['resourceType']}/{'someone' if body['resourceType'] == 'User' else 'spoilt'}"
    written = runner("PUT", url, content=json.dumps(body).encode(), headers=JSON_TYPE)
    if written.status_code < 400:
        everybody_comes(runner)
        runner("DELETE", url)


@MANY
@given(body=spoilt_one_of(RULES))
def test_any_rule_that_was_kept_without_a_look(runner: Runner, body: Json) -> None:
    """As a version before this one may have kept it."""
    type_ = body["resourceType"]
    id_ = "someone" if type_ == "User" else "spoilt"
    try:
        text = dumps({**body, "id": id_})
    except Exception:  # noqa: BLE001 – what cannot be written down was never kept
        return
    engine = runner.backend.service.engine
    runner.backend.store.write_now(
        lambda unit: unit.put(type_, id_, "PUT", unit.find(type_, id_), text, engine.index(unit, type_, body))
    )
    everybody_comes(runner)
    topic = {"resourceType": "AidboxSubscriptionTopic", "url": TOPIC, "status": "active"}
    assert runner("PUT", "AidboxSubscriptionTopic/well", json=topic).status_code < 300
    assert runner("DELETE", f"{type_}/{id_}").status_code == 200


DOORS = ["token", "userinfo", "change-password", "force-reset-password", "reset-password", "reset-password-mfa", "x"]
WANTED: Json = {
    "grant_type": "client_credentials", "client_id": "c", "client_secret": "s", "username": "u", "password": "p",
    "refresh_token": "r", "token": "t", "newPassword": "n", "currentPassword": "o", "userId": "u", "totp": "123456",
}  # fmt: skip


@MANY
@given(
    body=spoilt(WANTED) | ANY_JSON,
    door=st.sampled_from(DOORS),
    credentials=st.sampled_from(["", "Bearer root", "Bearer someone"])
    | st.binary(max_size=20).map(lambda raw: "Basic " + raw.decode("latin-1"))
    | st.binary(max_size=20).map(lambda raw: "Bearer " + raw.decode("latin-1"))
    | TEXT.map(lambda text: "Basic " + base64.b64encode(text.encode("utf-8", "replace")).decode()),
)
def test_any_door(runner: Runner, body: Any, door: str, credentials: str) -> None:
    headers = {"authorization": credentials.encode("latin-1"), "content-type": b"application/json"}
    runner("POST", f"http://records.test/auth/{door}", content=json.dumps(body).encode(), headers=headers)


@MANY
@given(content=TEXT | TEXT.map("text/plain;".__add__), raw=st.booleans())
def test_any_content_type(runner: Runner, content: str, raw: bool) -> None:
    if raw:
        headers = {"content-type": content.encode("utf-8", "replace")}
        made = runner("PUT", "Binary/any", content=b"hello", headers=headers)
    else:
        body = json.dumps({"resourceType": "Binary", "contentType": content, "data": "aGVsbG8="}).encode()
        made = runner("PUT", "Binary/any", content=body, headers=JSON_TYPE)
    if made.status_code < 400:
        for wanted in ("text/plain", "application/octet-stream", content.encode("utf-8", "replace")):
            runner("GET", "Binary/any", headers={"accept": wanted})


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Each policy that denies is told: thousands, here."""
    caplog.set_level("CRITICAL")
