"""Whatever a server, or a proxy before it, answers in place of FHIR JSON is an error of ours, never one of Python's."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
import stamina

from portal import errors
from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.fhir import FHIRClient, Transaction, Transport
from portal.fhir.answers import page_of
from portal.fhir.circuit import Circuit, LeftAlone
from portal.fhir.passwords import password_opens

BUNDLE = {"resourceType": "Bundle", "type": "searchset"}
PATIENT = {"resourceType": "Patient", "id": "p", "meta": {"versionId": "1"}}
STRANGE = {
    "a page": b"<html><body>Sign in</body></html>",
    "half an answer": b'{"resourceType": "Bundle", "entry": [',
    "bytes that are no text": b'{"resourceType": "\xff\xfe"}',
    "nothing": b"",
    "a list": b'[{"resourceType": "Patient"}]',
    "a word": b'"welcome"',
    "a number": b"12",
    "null": b"null",
    "NaN": b'{"resourceType": "Bundle", "total": NaN}',
    "a well without bottom": b"[" * 200_000,
    "no resource": b'{"error": "none"}',
}
READS: dict[str, Callable[[FHIRClient], Awaitable[object]]] = {
    "read": lambda fhir: fhir.read("Patient", "p"),
    "follow": lambda fhir: fhir.follow("Patient/p/_history/1"),
    "history": lambda fhir: fhir.history("Patient", "p"),
    "find": lambda fhir: fhir.find("Patient", {}),
    "find in private": lambda fhir: fhir.find("Patient", {"name": "a"}, private=True),
    "turn": lambda fhir: fhir.turn("Patient", "https://records.test/fhir/Patient?_page=2"),
    "total": lambda fhir: fhir.total("Patient", {}),
}
WRITES: dict[str, Callable[[FHIRClient], Awaitable[object]]] = {
    "add": lambda fhir: fhir.add({"resourceType": "Patient"}),
    "replace": lambda fhir: fhir.replace(PATIENT),
    "amend": lambda fhir: fhir.amend("Patient", "p", {"active": True}, version="1"),
    "commit": lambda fhir: fhir.commit(_one_write()),
}


def _one_write() -> Transaction:
    write = Transaction()
    write.create(PATIENT)
    return write


@pytest.fixture(autouse=True)
def _no_waiting_between_tries():
    with stamina.set_testing(True, attempts=1):
        yield


def transport(status: int, content: bytes, circuit: Circuit | None = None) -> Transport:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=content)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Transport(base="https://records.test/fhir", http=http, chance=SeededChance(1), deadline=5, circuit=circuit)


def client(status: int, content: bytes) -> FHIRClient:
    return FHIRClient(transport(status, content), lambda: "Bearer secret")


@pytest.mark.parametrize("what", STRANGE)
@pytest.mark.parametrize("call", READS)
async def test_a_read_that_brings_no_fhir_found_nobody(call, what):
    with pytest.raises(errors.Unavailable) as away:
        await READS[call](client(200, STRANGE[what]))
    assert not away.value.maybe_done


@pytest.mark.parametrize("what", STRANGE)
@pytest.mark.parametrize("call", WRITES)
async def test_a_write_that_brings_no_fhir_may_have_been_done(call, what):
    with pytest.raises(errors.Unavailable) as away:
        await WRITES[call](client(201, STRANGE[what]))
    assert away.value.maybe_done


@pytest.mark.parametrize("call", ["history", "find", "find in private", "turn", "total"])
@pytest.mark.parametrize(
    "body",
    [b'{"resourceType":"Patient","id":"p"}', b'{"resourceType":"Bundle","entry":[{}]}',
     b'{"resourceType":"Bundle","entry":[7]}', b'{"resourceType":"Bundle","entry":{"resource":1},"total":"many"}'],
)  # fmt: skip
async def test_another_resource_is_not_taken_for_an_empty_list(call, body):
    if call in {"history", "total"} and body == b'{"resourceType":"Bundle","entry":[{}]}':
        body = b'{"resourceType":"Bundle","link":3}' if call == "history" else body
    with pytest.raises(errors.Unavailable):
        await READS[call](client(200, body))


async def test_a_deletion_may_answer_nothing():
    assert await client(204, b"").call("DELETE", "Patient/p") is None


@pytest.mark.parametrize("content", [*STRANGE.values(), b'{"resourceType":"OperationOutcome","issue":null}',
                                     b'{"resourceType":"OperationOutcome","issue":["no"]}'])  # fmt: skip
@pytest.mark.parametrize(("status", "kind"), [(403, errors.Forbidden), (412, errors.MultipleMatches)])
async def test_a_refusal_in_any_words_is_that_refusal(status, kind, content):
    with pytest.raises(kind):
        await client(status, content).add({"resourceType": "Patient"})


async def test_who_answers_pages_only_is_left_alone_as_who_is_silent(clock: FixedClock):
    circuit = Circuit(clock=clock, chance=SeededChance(1), limit=3)
    fhir = FHIRClient(transport(200, STRANGE["a page"], circuit), lambda: "Bearer secret")
    for _ in range(3):
        with pytest.raises(errors.Unavailable):
            await fhir.add({"resourceType": "Patient"})
    with pytest.raises(LeftAlone):
        await fhir.read("Patient", "p")


@pytest.mark.parametrize("content", [*STRANGE.values(), b'{"access_token": ""}', b'{"access_token": 7}'])
async def test_no_password_is_right_because_a_page_was_answered(content):
    with pytest.raises(errors.Unavailable):
        await password_opens(
            transport(200, content), client="portal", client_secret="x", username="anne@example.org", password="y"
        )


@pytest.mark.parametrize("mode", [{}, {"search": {"mode": "outcome"}}])
def test_what_a_search_remarks_beside_its_matches_is_no_match(mode):
    remark = {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}, **mode}
    found = {"resource": PATIENT, "search": {"mode": "match"}}
    page = page_of("Patient", {**BUNDLE, "entry": [remark, found]})
    assert (page.resources, page.total, page.included) == ([PATIENT], 1, {})
