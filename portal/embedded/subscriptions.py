"""Topic subscriptions: a write that a topic watches becomes an event, in the write's own transaction.

Events wait in the store until their destination has answered 2xx, so none is lost and one may come twice; a receiver
tells repetitions by focus and version.
"""

import logging
import sqlite3
from dataclasses import dataclass
from typing import Any

from portal.embedded.engine import Engine, body_of
from portal.embedded.search.values import written_instant
from portal.embedded.store import DELETED, LIVE, Kept, Unit, all_live, find
from portal.embedded.store import versions as all_versions
from portal.embedded.text import dumps, stored
from portal.embedded.vault import Vault
from portal.fhirpath import Expression, FhirPathError, compile  # noqa: A004
from portal.types import Json

log = logging.getLogger(__name__)
WATCHED = frozenset({"AidboxSubscriptionTopic", "AidboxTopicDestination"})
INTERACTION = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    resource: str
    interactions: frozenset[str]
    criteria: Expression | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where the events of a topic go. `timeout` in seconds; `most` events are sent at a time."""

    id: str
    topic: str
    endpoint: str
    headers: tuple[tuple[str, str], ...]
    content: str
    timeout: float
    most: int
    with_version: bool
    triggers: tuple[Trigger, ...]


class Subscriptions:
    """Keeps the active destinations in memory; reads them again when a topic or a destination is written."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.destinations: dict[str, Destination] = {}

    def load(self, unit: Unit) -> None:
        names, connection = self.engine.names, unit.connection
        topics: dict[str, tuple[Trigger, ...]] = {}
        for kept in all_live(connection, names, "AidboxSubscriptionTopic"):
            topic = self._well(kept)
            if topic.get("status") == "active":
                topics[str(topic.get("url", ""))] = tuple(_triggers(topic))
        found = [
            _destination(self._well(kept), topics, self.engine.vault)
            for kept in all_live(connection, names, "AidboxTopicDestination")
        ]
        self.destinations = {d.id: d for d in found if d}

    def _well(self, kept: Kept) -> Json:
        """The resource, or nothing of it when it has no shape: it was kept before shapes were looked at."""
        body = body_of(kept)
        if not self.engine.validator.check(body, kept.type).issues:
            return body
        log.warning("%s/%s is not used: it has no shape", kept.type, kept.id)
        return {}

    def follow(self, unit: Unit) -> None:
        """After the writes of a unit: records the events they make."""
        if any(kept.type in WATCHED for kept in unit.changed):
            before = self.destinations
            unit.undo.append(lambda: setattr(self, "destinations", before))
            self.load(unit)
            gone = [k.id for k in unit.changed if k.type == "AidboxTopicDestination" and k.state == DELETED]
            unit.connection.executemany("DELETE FROM event WHERE destination = ?", [(id_,) for id_ in gone])
        if not self.destinations:
            return
        for kept in unit.changed:
            for destination in self.destinations.values():
                if any(_fires(trigger, kept) for trigger in destination.triggers):
                    unit.connection.execute(
                        "INSERT INTO event (destination, rid, version, correlation) VALUES (?, ?, ?, ?)",
                        (destination.id, kept.rid, kept.version, unit.correlation),
                    )


def waiting(connection: sqlite3.Connection, destination: Destination) -> list[tuple[int, int, int, str]]:
    """The oldest events of a destination: (number, resource row, version, correlation id)."""
    query = "SELECT eid, rid, version, correlation FROM event WHERE destination = ? ORDER BY eid LIMIT ?"
    return list(connection.execute(query, (destination.id, destination.most)))


def event_bundle(
    connection: sqlite3.Connection,
    engine: Engine,
    destination: Destination,
    events: list[tuple[int, int, int, str]],
    base: str,
) -> bytes:
    """What is posted: a status that names each focus, then each resource as far as the destination wants it."""
    status: Json = {
        "resourceType": "AidboxSubscriptionStatus",
        "status": "active",
        "type": "event-notification",
        "topic": destination.topic,
        "topic-destination": {"reference": f"AidboxTopicDestination/{destination.id}"},
        "notificationEvent": [],
    }
    entries: list[Json] = [{"resource": status}]
    for number, rid, version, correlation in events:
        kept = _version(connection, engine, rid, version)
        reference = f"{kept.type}/{kept.id}" + (f"/_history/{version}" if destination.with_version else "")
        event: Json = {"eventNumber": number, "focus": {"reference": reference}}
        if correlation:
            event["correlationId"] = correlation
        status["notificationEvent"].append(event)
        if destination.content == "empty":
            continue
        method = "POST" if kept.method == "POST" else "DELETE" if kept.method == "DELETE" else "PUT"
        entry: Json = {
            "fullUrl": f"{base}/{kept.type}/{kept.id}",
            "request": {"method": method, "url": kept.type if method == "POST" else f"{kept.type}/{kept.id}"},
        }
        if destination.content == "full-resource" and kept.body:
            entry["resource"] = stored(kept.body)
        entries.append(entry)
    timestamp = written_instant(engine.now())
    return dumps({"resourceType": "Bundle", "type": "history", "timestamp": timestamp, "entry": entries})


def _version(connection: sqlite3.Connection, engine: Engine, rid: int, version: int) -> Kept:
    type_, id_ = connection.execute(
        "SELECT n.text, r.id FROM resource r JOIN name n ON n.nid = r.type WHERE r.rid = ?", (rid,)
    ).fetchone()
    kept = find(connection, engine.names, type_, id_)
    return next(one for one in (all_versions(connection, kept) if kept else ()) if one.version == version)


def _triggers(topic: Json) -> list[Trigger]:
    found: list[Trigger] = []
    for trigger in topic.get("trigger", []):
        criteria = trigger.get("fhirPathCriteria")
        compiled = compile(criteria) if isinstance(criteria, str) else None
        interactions = frozenset(trigger.get("supportedInteraction") or ["create", "update", "delete"])
        found.append(Trigger(resource=str(trigger.get("resource", "")), interactions=interactions, criteria=compiled))
    return found


def _destination(resource: Json, topics: dict[str, tuple[Trigger, ...]], vault: Vault) -> Destination | None:
    parameters: list[Json] = resource.get("parameter", [])

    def first(name: str) -> Any:
        values = (v for p in parameters if p.get("name") == name for k, v in p.items() if k.startswith("value"))
        return next(values, None)

    topic, endpoint = str(resource.get("topic", "")), first("endpoint")
    if topic not in topics or resource.get("status", "active") != "active" or not isinstance(endpoint, str):
        return None
    written = [vault.value(resource, p, "valueString") or "" for p in parameters if p.get("name") == "header"]
    headers = [header.partition(":") for header in written if header]
    return Destination(
        id=str(resource["id"]),
        topic=topic,
        endpoint=endpoint,
        headers=tuple((name.strip(), value.strip()) for name, _, value in headers),
        content=str(resource.get("content", "full-resource")),
        timeout=float(first("timeout") or 30),
        most=max(1, int(first("maxMessagesInBatch") or 1)),
        with_version=first("includeVersionIdInFocusReference") is True,
        triggers=topics[topic],
    )


def _fires(trigger: Trigger, kept: Kept) -> bool:
    if kept.type != trigger.resource or INTERACTION[kept.method] not in trigger.interactions:
        return False
    if trigger.criteria is None or kept.state != LIVE:
        return trigger.criteria is None
    try:
        return trigger.criteria(body_of(kept)) == [True]
    except FhirPathError:
        return False
