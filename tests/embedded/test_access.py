"""Rules of access are read once and kept until one of them changes, even while somebody is being judged by them."""

import sqlite3

from portal.embedded import Identity
from portal.embedded.access import Guard
from portal.embedded.messages import Request

from .conftest import client


async def test_a_change_of_rules_in_the_middle_of_a_decision_does_not_break_it(backend, monkeypatch):
    async with client(backend, "root") as root:
        await root.put("AccessPolicy/all", json={"resourceType": "AccessPolicy", "id": "all", "engine": "allow"})
    guard: Guard = backend.service.guard
    person = guard.person

    def changed_meanwhile(connection: sqlite3.Connection, user_id: str):
        guard.follow([type("Kept", (), {"type": "Role"})()])
        return person(connection, user_id)

    monkeypatch.setattr(guard, "person", changed_meanwhile)
    someone = Identity(user_id="somebody")
    request = Request(
        method="GET", path=("Patient",), params=[], headers={}, body=None, base="http://x/fhir", identity=someone
    )
    assert guard.allows(backend.store.quick_reader, request)
