"""Rules of access are read once and kept until one of them changes, even while somebody is being judged by them."""

import sqlite3

import pytest

from portal.embedded import Identity
from portal.embedded.access import Guard, operation, request_context
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


def many(type_: str, backend, **fields):
    def write(unit):
        for number in range(1000):
            body = {"name": f"nothing-{number}", "engine": "matcho", "matcho": {"uri": "none"}, **fields}
            backend.service.engine.write(unit, type_, f"0-{number}", body, "POST", None)

    return backend.store.write(write)


async def test_a_policy_beyond_a_thousand_counts(backend, root):
    await many("AccessPolicy", backend)
    await root.put("AccessPolicy/z", json={"resourceType": "AccessPolicy", "engine": "allow"})
    someone = Request(method="GET", path=("Patient",), base="http://x/fhir", identity=Identity(user_id="somebody"))
    assert backend.service.guard.allows(backend.store.quick_reader, someone)


async def test_a_role_beyond_a_thousand_counts(backend, root):
    await root.put("User/alice", json={"resourceType": "User"})
    await many("Role", backend, user={"reference": "User/alice"})
    role = {"resourceType": "Role", "name": "practitioner", "user": {"reference": "User/alice"}}
    assert (await root.put("Role/z", json=role)).is_success
    policy = {"resourceType": "AccessPolicy", "engine": "allow", "roleName": "practitioner"}
    await root.put("AccessPolicy/all", json=policy)
    alice = Request(method="GET", path=("Patient",), base="http://x/fhir", identity=Identity(user_id="alice"))
    assert backend.service.guard.allows(backend.store.quick_reader, alice)


@pytest.mark.parametrize("change", [{"inactive": True}, {"active": False}])
async def test_nothing_is_allowed_to_somebody_inactive(backend, root, change):
    await root.put("AccessPolicy/all", json={"resourceType": "AccessPolicy", "engine": "allow"})
    await root.put("User/alice", json={"resourceType": "User", **change})
    alice = Request(method="GET", path=("Patient",), base="http://x/fhir", identity=Identity(user_id="alice"))
    assert not backend.service.guard.allows(backend.store.quick_reader, alice)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "Patient/_search", "FhirSearch"),
        ("HEAD", "Patient/_search", "FhirSearch"),
        ("POST", "Patient/_search", "FhirSearch"),
        ("GET", "Patient/p", "FhirRead"),
        ("GET", "Patient/_history", "FhirTypeHistory"),
        ("GET", "Patient/p/_history", "FhirHistory"),
        ("GET", "Patient/p/_history/1", "FhirVread"),
        ("GET", "Patient/p/_search", "FhirSearch"),
        ("GET", "ValueSet/v/$expand", "FhirExpand"),
        ("GET", "Patient", "FhirSearch"),
    ],
)
def test_a_request_is_called_what_it_does(method: str, path: str, name: str) -> None:
    assert operation(Request(method=method, path=tuple(path.split("/")))) == name


def test_a_parameter_does_not_pass_for_the_address() -> None:
    request = Request(method="GET", path=("Patient",), params=[("resource/id", "own"), ("resource/type", "Group")])
    assert request_context(request)["params"] == {"resource/type": "Patient"}
