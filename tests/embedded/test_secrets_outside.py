"""Secrets that resources only name, and tokens that somebody else signed."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import Backend, Destination, open_backend
from portal.embedded.vault import open_vault
from portal.errors import NotReady

from .conftest import TOKENS, client

KEY = "k" * 40
EXTENSION = "http://health-samurai.io/fhir/secret-reference"


def named(secret: str) -> dict[str, Any]:
    masked = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
    return {"extension": [masked, {"url": EXTENSION, "valueString": secret}]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """One client's secret, a key for every introspector, a webhook's header."""
    (tmp_path / "client").write_text("open sesame\n")
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "header").write_text("Authorization: Bearer of the warehouse")

    def entry(file: str, **scope: str) -> dict[str, Any]:
        return {"path": str(tmp_path / file), "scope": scope}

    secrets = {
        "client": entry("client", resource_type="Client", id="portal"),
        "key": entry("key", resource_type="TokenIntrospector"),
        "header": entry("header", resource_type="AidboxTopicDestination", id="warehouse"),
        "gone": entry("nowhere", resource_type="Client"),
    }
    path = tmp_path / "vault.json"
    path.write_text(json.dumps({"secret": secrets}))
    return path


@pytest.fixture
def taken() -> list[Destination]:
    return []


@pytest.fixture
async def backend(
    tmp_path: Path, clock: FixedClock, chance: SeededChance, config: Path, taken: list[Destination]
) -> AsyncIterator[Backend]:
    async def deliver(destination: Destination, _body: bytes) -> bool:
        taken.append(destination)
        return True

    opened = await open_backend(
        tmp_path / "records",
        clock=clock,
        chance=chance,
        authenticate=TOKENS.get,
        vault=open_vault(config),
        deliver=deliver,
    )
    yield opened
    await opened.close()


async def answer_to(backend: Backend, id_: str, secret: str) -> int:
    header = f"Basic {base64.b64encode(f'{id_}:{secret}'.encode()).decode()}"
    async with client(backend, None) as http:
        return (await http.get("Patient", headers={"authorization": header})).status_code


@pytest.mark.parametrize(
    ("id_", "secret_named", "answer"),
    [("portal", "client", 403), ("other", "client", 401), ("portal", "gone", 401), ("portal", "unknown", 401)],
    ids=["its own", "another's", "a file that is not there", "a name nobody knows"],
)
async def test_a_client_proves_itself_by_a_secret_kept_in_a_file(backend, root, id_, secret_named, answer):
    body = {"resourceType": "Client", "_secret": named(secret_named), "grant_types": ["basic"]}
    assert (await root.put(f"Client/{id_}", json=body)).status_code == 201
    assert await answer_to(backend, id_, "open sesame") == answer
    assert await answer_to(backend, id_, "something else") == 401
    assert "sesame" not in (await root.get(f"Client/{id_}")).text


async def test_a_webhooks_header_comes_from_a_file(root, taken):
    topic = {"resourceType": "AidboxSubscriptionTopic", "url": "https://p.test/t", "status": "active"}
    await root.put("AidboxSubscriptionTopic/t", json={**topic, "trigger": [{"resource": "Patient"}]})
    parameter = [
        {"name": "endpoint", "valueUrl": "http://warehouse.test"},
        {"name": "header", "_valueString": named("header")},
    ]
    destination = {"resourceType": "AidboxTopicDestination", "status": "active", "topic": "https://p.test/t"}
    await root.put("AidboxTopicDestination/warehouse", json={**destination, "parameter": parameter})
    await root.put("Patient/p", json={"resourceType": "Patient"})
    for _ in range(500):
        if taken:
            break
        await asyncio.sleep(0.01)
    assert [one.headers for one in taken] == [(("Authorization", "Bearer of the warehouse"),)]


@pytest.mark.parametrize("text", ["", "[]", '{"secret": {"a": {"path": "/x"}}}'])
def test_a_configuration_that_is_none_is_refused_at_the_start(tmp_path, text):
    (tmp_path / "vault.json").write_text(text)
    with pytest.raises(NotReady):
        open_vault(tmp_path / "vault.json")


# Tokens


@pytest.fixture
async def believed(root: httpx.AsyncClient) -> None:
    rules = {"iss": "https://portail.test", "_secret": named("key")}
    introspector = {"resourceType": "TokenIntrospector", "type": "jwt", "jwt": rules}
    assert (await root.put("TokenIntrospector/portal", json=introspector)).status_code == 201
    await root.put("User/u1", json={"resourceType": "User"})
    await root.put("User/gone", json={"resourceType": "User", "inactive": True})
    policy = {"resourceType": "AccessPolicy", "engine": "matcho", "matcho": {"user": {"id": "u1"}, "jwt": "present?"}}
    await root.put("AccessPolicy/u1", json=policy)


@pytest.fixture
def token(clock: FixedClock) -> Callable[..., str]:
    def make(key: str = KEY, *, life: int = 300, **claims: Any) -> str:
        end = {"exp": clock.now() + timedelta(seconds=life)} if life else {}
        body = {"iss": "https://portail.test", "box_user": "u1", **end, **claims}
        return jwt.encode({name: value for name, value in body.items() if value is not None}, key, algorithm="HS256")

    return make


async def answer_for(backend: Backend, token: str) -> int:
    async with client(backend, token) as http:
        return (await http.get("Patient")).status_code


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({}, 200),
        ({"box_user": None, "sub": "u1"}, 200),
        ({"key": "x" * 40}, 401),
        ({"iss": "https://elsewhere.test"}, 401),
        ({"iss": None}, 401),
        ({"life": -1}, 401),
        ({"life": 0}, 401),
        ({"box_user": "gone"}, 401),
        ({"box_user": "nobody"}, 401),
    ],
)
async def test_a_token_opens_only_when_signed_in_time_by_whom_one_believes_for_somebody_here(
    backend, token, given, answer
):
    assert await answer_for(backend, token(**given)) == answer


@pytest.mark.usefixtures("believed")
async def test_a_token_without_signature_opens_nothing(backend, clock):
    claims = {"iss": "https://portail.test", "box_user": "u1", "exp": clock.now() + timedelta(seconds=60)}
    assert await answer_for(backend, jwt.encode(claims, None, algorithm="none")) == 401
