"""What is sent again when its answer was lost: reads and writes under an own id; never one with a condition."""

import httpx
import pytest
import stamina

from portal import errors
from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.fhir import FHIRClient, Transaction, Transport
from portal.fhir.circuit import Circuit

PATIENT = {"resourceType": "Patient", "id": "p"}
READ = {**PATIENT, "meta": {"versionId": "3"}}


class Silent:
    """A server that takes every call and never answers, or gives one status."""

    def __init__(self, status: int = 0, code: str = "conflict") -> None:
        self.calls, self.status, self.code = 0, status, code

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.status:
            issue = {"severity": "error", "code": self.code}
            return httpx.Response(self.status, json={"resourceType": "OperationOutcome", "issue": [issue]})
        raise httpx.ReadTimeout("lost")

    def client(self, circuit: Circuit | None = None) -> FHIRClient:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        transport = Transport(base="http://record/fhir", http=http, chance=SeededChance(1), circuit=circuit)
        return FHIRClient(transport, lambda: "Bearer x")


@pytest.fixture(autouse=True)
def _no_waiting_between_tries():
    with stamina.set_testing(True, attempts=3):
        yield


def keyed() -> Transaction:
    transaction = Transaction()
    transaction.create(PATIENT)
    return transaction


def keyed_and_conditional() -> Transaction:
    transaction = keyed()
    transaction.update(READ)
    return transaction


def keyed_and_new() -> Transaction:
    transaction = keyed()
    transaction.create(PATIENT, only_new=True)
    return transaction


AGAIN = {
    "a read": lambda client: client.read("Patient", "p"),
    "a search": lambda client: client.find("Patient", {"name": "a"}),
    "a search in the body": lambda client: client.find("Patient", {"name": "a"}, private=True),
    "a transaction of resources under their own ids": lambda client: client.commit(keyed()),
    "a deletion by id": lambda client: client.call("DELETE", "Patient/p"),
}
ONCE = {
    "a creation": lambda client: client.add({"resourceType": "Patient"}),
    "a conditional creation": lambda client: client.add(PATIENT, if_none_exist={"identifier": "a|b"}),
    "an update of a version": lambda client: client.replace(READ),
    "a patch of a version": lambda client: client.amend("Patient", "p", {"active": True}, version="3"),
    "a transaction with a version": lambda client: client.commit(keyed_and_conditional()),
    "a transaction with a creation": lambda client: client.commit(keyed_and_new()),
    "a conditional update": lambda client: client.call("PUT", "Patient?identifier=a|b", data=PATIENT),
    "an update by a search": lambda client: client.call("PUT", "Patient", data=PATIENT, params={"name": "a"}),
    "a batch": lambda client: client.call("POST", "", data={**keyed().render(), "type": "batch"}),
}


@pytest.mark.parametrize("what", AGAIN)
async def test_is_sent_again(what):
    server = Silent()
    with pytest.raises(errors.Unavailable):
        await AGAIN[what](server.client())
    assert server.calls == 3


@pytest.mark.parametrize("what", ONCE)
async def test_is_sent_once(what):
    server = Silent()
    with pytest.raises(errors.Unavailable) as away:
        await ONCE[what](server.client())
    assert (server.calls, away.value.maybe_done) == (1, True)


async def test_a_write_without_condition_that_met_another_is_sent_again():
    """Aidbox answers 412 when two transactions meet, as it does for a version that moved."""
    server = Silent(412)
    with pytest.raises(errors.VersionConflict):
        await server.client().commit(keyed())
    assert server.calls == 3


async def test_a_version_that_moved_is_told_at_once():
    server = Silent(412)
    with pytest.raises(errors.VersionConflict):
        await server.client().commit(keyed_and_conditional())
    assert server.calls == 1


async def test_many_people_at_a_silent_server_make_few_calls(clock: FixedClock):
    server = Silent()
    client = server.client(Circuit(clock=clock, chance=SeededChance(1)))
    for _ in range(50):
        with pytest.raises(errors.Unavailable):
            await client.read("Patient", "p")
    assert server.calls <= 6


async def test_what_a_left_alone_server_never_got_was_not_done(clock: FixedClock):
    client = Silent().client(Circuit(clock=clock, chance=SeededChance(1), limit=1))
    with pytest.raises(errors.Unavailable):
        await client.replace(READ)
    with pytest.raises(errors.Unavailable) as away:
        await client.replace(READ)
    assert not away.value.maybe_done


@pytest.mark.parametrize(
    "blind",
    [
        lambda client: client.replace(PATIENT),
        lambda _client: Transaction().update(PATIENT),
        lambda client: client.amend("Patient", "p", {"active": True}),
        lambda _client: Transaction().patch("Patient", "p", {"active": True}),
    ],
)
async def test_there_is_no_way_to_change_what_is_stored_without_the_version_that_was_read(blind):
    server = Silent(200)
    with pytest.raises((ValueError, TypeError)):
        await blind(server.client())
    assert server.calls == 0
