"""Topic subscriptions: what is told, to whom, and what happens while nobody listens."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import Backend, Destination, address_of, open_backend
from portal.embedded.store import Kept, Unit

from .conftest import TOKENS, client

TOPIC = "https://portal.test/topic/done"


@dataclass(slots=True)
class Receiver:
    """Takes events, or refuses them while it is `away`."""

    away: bool = False
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, destination: Destination, body: bytes) -> bool:
        if self.away:
            self.refused.set()
            return False
        self.taken.append(json.loads(body))
        return True

    async def until(self, count: int) -> None:
        for _ in range(200):
            if len(self.taken) >= count:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{len(self.taken)} of {count} came")


async def no_rest(_: float) -> None:
    await asyncio.sleep(0.01)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def told(tmp_path: Path, clock: FixedClock, chance: SeededChance, receiver: Receiver) -> AsyncIterator[Backend]:
    backend = await open_backend(
        tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get, deliver=receiver, rest=no_rest
    )
    yield backend
    await backend.close()


async def subscribe(
    root: httpx.AsyncClient,
    *,
    id_: str = "hook",
    content: str = "id-only",
    criteria: str = "status = 'completed'",
    **parameter: Any,
) -> None:
    trigger = {
        "resource": "QuestionnaireResponse",
        "supportedInteraction": ["create", "update"],
        "fhirPathCriteria": criteria,
    }
    topic = {
        "resourceType": "AidboxSubscriptionTopic",
        "id": "done",
        "url": TOPIC,
        "status": "active",
        "trigger": [trigger],
    }
    assert (await root.put("AidboxSubscriptionTopic/done", json=topic)).status_code in {200, 201}
    parameter = {"endpoint": {"valueUrl": "http://portal.test/hooks"}, **parameter}
    parameters = [{"name": name, **value} for name, value in parameter.items()]
    destination = {
        "resourceType": "AidboxTopicDestination",
        "id": id_,
        "status": "active",
        "topic": TOPIC,
        "kind": "webhook-at-least-once",
        "content": content,
        "parameter": parameters,
    }
    assert (await root.post("AidboxTopicDestination", json=destination)).status_code == 201


async def respond(root: httpx.AsyncClient, id_: str, status: str = "completed", **headers: str) -> httpx.Response:
    body = {"resourceType": "QuestionnaireResponse", "id": id_, "status": status}
    return await root.put(f"QuestionnaireResponse/{id_}", json=body, headers=headers)


def focuses(bundle: dict[str, Any]) -> list[str]:
    return [e["focus"]["reference"] for e in bundle["entry"][0]["resource"]["notificationEvent"]]


async def test_a_watched_write_is_told(told: Backend, receiver: Receiver) -> None:
    async with client(told, "root") as root:
        await subscribe(root)
        await respond(root, "r1")
        await receiver.until(1)
    status = receiver.taken[0]["entry"][0]["resource"]
    assert (receiver.taken[0]["type"], status["type"], status["topic"]) == ("history", "event-notification", TOPIC)
    assert focuses(receiver.taken[0]) == ["QuestionnaireResponse/r1"]


async def test_a_write_that_does_not_meet_the_criteria_is_not_told(told: Backend, receiver: Receiver) -> None:
    async with client(told, "root") as root:
        await subscribe(root)
        await respond(root, "draft", "in-progress")
        await respond(root, "done")
        await receiver.until(1)
    assert focuses(receiver.taken[0]) == ["QuestionnaireResponse/done"]


async def test_a_patch_counts_as_an_update_and_one_without_effect_does_not(told: Backend, receiver: Receiver) -> None:
    async with client(told, "root") as root:
        await subscribe(root)
        await respond(root, "r1", "in-progress")
        await root.patch("QuestionnaireResponse/r1", json={"status": "completed"})
        await receiver.until(1)
        await root.patch("QuestionnaireResponse/r1", json={"status": "completed"})
        await respond(root, "r2")
        await receiver.until(2)
    assert focuses(receiver.taken[1]) == ["QuestionnaireResponse/r2"]


async def test_a_deletion_is_not_told_unless_watched(told: Backend, receiver: Receiver) -> None:
    async with client(told, "root") as root:
        await subscribe(root)
        await respond(root, "r1", "in-progress")
        await root.delete("QuestionnaireResponse/r1")
        await respond(root, "r2")
        await receiver.until(1)
    assert focuses(receiver.taken[0]) == ["QuestionnaireResponse/r2"]


@pytest.mark.parametrize(
    ("content", "entries", "resource"), [("id-only", 2, False), ("full-resource", 2, True), ("empty", 1, False)]
)
async def test_a_destination_gets_as_much_as_it_asked(
    told: Backend, receiver: Receiver, content: str, entries: int, resource: bool
) -> None:
    async with client(told, "root") as root:
        await subscribe(root, content=content)
        await respond(root, "r1")
        await receiver.until(1)
    assert len(receiver.taken[0]["entry"]) == entries
    assert ("resource" in receiver.taken[0]["entry"][-1] and entries == 2) is resource


async def test_the_version_and_the_callers_id_come_with_an_event(told: Backend, receiver: Receiver) -> None:
    async with client(told, "root") as root:
        await subscribe(root, includeVersionIdInFocusReference={"valueBoolean": True})
        version = (await respond(root, "r1", **{"x-topic-correlation-id": "abc"})).json()["meta"]["versionId"]
        await receiver.until(1)
    event = receiver.taken[0]["entry"][0]["resource"]["notificationEvent"][0]
    assert (event["focus"]["reference"], event["correlationId"]) == (
        f"QuestionnaireResponse/r1/_history/{version}",
        "abc",
    )


@pytest.mark.parametrize(
    ("known", "begins"),
    [
        ({}, "http://localhost/fhir"),
        ({"address": "http://127.0.0.1:8888/fhir"}, "http://127.0.0.1:8888/fhir"),
        ({"address": "http://127.0.0.1:8888/fhir", "base_url": "https://fhir.test/fhir"}, "https://fhir.test/fhir"),
    ],
)
async def test_an_event_names_its_resource_by_a_whole_address(
    tmp_path: Path, clock: FixedClock, chance: SeededChance, receiver: Receiver, known: dict[str, str], begins: str
) -> None:
    backend = await open_backend(
        tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get, deliver=receiver, **known
    )
    async with client(backend, "root") as root:
        await subscribe(root)
        await respond(root, "r1")
        await receiver.until(1)
    await backend.close()
    assert receiver.taken[0]["entry"][1]["fullUrl"] == f"{begins}/QuestionnaireResponse/r1"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "localhost"),
        ("::", "localhost"),
        ("::1", "[::1]"),
        ("fhir.test", "fhir.test"),
    ],
)
def test_the_address_of_a_server_is_one_that_can_be_asked(host: str, address: str) -> None:
    assert address_of(host, 8888) == f"http://{address}:8888/fhir"


async def test_events_wait_for_a_destination_that_is_away(told: Backend, receiver: Receiver) -> None:
    receiver.away = True
    async with client(told, "root") as root:
        await subscribe(root)
        await respond(root, "r1")
        await receiver.refused.wait()
        receiver.away = False
        await respond(root, "r2")
        await receiver.until(2)
    assert [focuses(b) for b in receiver.taken] == [["QuestionnaireResponse/r1"], ["QuestionnaireResponse/r2"]]


async def test_events_wait_over_a_restart(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> None:
    away, back = Receiver(away=True), Receiver()
    first = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get, deliver=away)
    async with client(first, "root") as root:
        await subscribe(root)
        await respond(root, "r1")
    await first.close()
    second = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get, deliver=back)
    await back.until(1)
    await second.close()
    assert focuses(back.taken[0]) == ["QuestionnaireResponse/r1"]


async def test_a_refused_write_is_not_told(told: Backend, receiver: Receiver) -> None:
    async with client(told, "root") as root:
        await subscribe(root)
        bad = {
            "request": {"method": "POST", "url": "Patient"},
            "resource": {"resourceType": "Patient", "gender": "dragon"},
        }
        good = {
            "request": {"method": "PUT", "url": "QuestionnaireResponse/r1"},
            "resource": {"resourceType": "QuestionnaireResponse", "status": "completed"},
        }
        await root.post("", json={"resourceType": "Bundle", "type": "transaction", "entry": [good, bad]})
        await respond(root, "r2")
        await receiver.until(1)
    assert focuses(receiver.taken[0]) == ["QuestionnaireResponse/r2"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("address", ["AidboxTopicDestination/hook", "AidboxTopicDestination?_id=hook"])
@pytest.mark.parametrize("kind", ["alone", "transaction"])
async def test_a_destination_is_never_changed(told: Backend, method: str, address: str, kind: str) -> None:
    change = {
        "resourceType": "AidboxTopicDestination",
        "topic": TOPIC,
        "kind": "webhook-at-least-once",
        "content": "empty",
    }
    async with client(told, "root") as root:
        await subscribe(root)
        before = (await root.get("AidboxTopicDestination/hook")).json()
        if kind == "alone":
            answer = await root.request(method, address, json=change)
        else:
            entry = {"request": {"method": method, "url": address}, "resource": change, "fullUrl": "urn:uuid:hook"}
            answer = await root.post("", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
        assert answer.status_code == 405
        assert (await root.get("AidboxTopicDestination/hook")).json() == before


async def test_a_removed_destination_hears_no_more(told: Backend, receiver: Receiver) -> None:
    async with client(told, "root") as root:
        await subscribe(root)
        await respond(root, "r1")
        await receiver.until(1)
        await root.delete("AidboxTopicDestination/hook")
        await respond(root, "r2")
        await asyncio.sleep(0.05)
    assert len(receiver.taken) == 1


async def test_criteria_that_are_no_fhirpath_are_refused(told: Backend) -> None:
    async with client(told, "root") as root:
        trigger = {"resource": "Patient", "fhirPathCriteria": "name.where("}
        topic = {"resourceType": "AidboxSubscriptionTopic", "id": "done", "url": TOPIC, "trigger": [trigger]}
        refused = await root.put("AidboxSubscriptionTopic/done", json=topic)
    assert refused.status_code == 422
    [issue] = refused.json()["issue"]
    assert issue["expression"] == ["AidboxSubscriptionTopic.trigger[0].fhirPathCriteria"]


async def test_a_destination_of_a_write_that_failed_is_not_kept(told: Backend) -> None:
    async with client(told, "root") as root:
        await subscribe(root)
        destination = (await root.get("AidboxTopicDestination/hook")).json()

    def fail_late(unit: Unit) -> None:
        service = told.service
        service.engine.write(unit, "AidboxTopicDestination", "ghost", {**destination, "id": "ghost"}, "POST", None)
        service.subscriptions.follow(unit)
        raise LookupError("too late")

    with pytest.raises(LookupError, match="too late"):
        await told.store.write(fail_late)
    assert set(told.service.subscriptions.destinations) == {"hook"}


async def test_who_fails_to_follow_a_commit_does_not_stop_the_writer(
    told: Backend, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(_: list[Kept]) -> None:
        raise LookupError("what a resource holds")

    told.store.on_commit.insert(0, stumble)
    async with client(told, "root") as root:
        await subscribe(root)
        await respond(root, "r1")
        await receiver.until(1)
    assert "LookupError" in caplog.text
    assert "what a resource holds" not in caplog.text
