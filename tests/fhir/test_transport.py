"""What the door to a FHIR server promises: the token stays at home, reads are tried again, writes never are, digits are kept."""

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
import stamina

from portal import errors
from portal.chance import SeededChance
from portal.fhir import FHIRClient, Transaction, Transport


@pytest.fixture(autouse=True)
def _no_waiting_between_tries():
    with stamina.set_testing(True, attempts=3):
        yield


def client(answer: Callable[[httpx.Request], httpx.Response]) -> FHIRClient:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    transport = Transport(base="https://records.test/fhir", http=http, chance=SeededChance(1), deadline=5)
    return FHIRClient(transport, lambda: "Bearer secret")


def always(status: int, body: object = None) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(status, json=body or {"resourceType": "OperationOutcome", "issue": []})


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.test/?u=https://records.test/fhir",
        "https://records.test.elsewhere.test/fhir/Patient",
        "http://records.test/fhir/Patient",
        "https://records.test/other/Patient",
    ],
)
async def test_a_link_that_leads_elsewhere_never_gets_the_token(address):
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    with pytest.raises(errors.Forbidden):
        await client(answer).turn("Patient", address)
    assert asked == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (410, errors.Gone),
        (409, errors.VersionConflict),
        (412, errors.MultipleMatches),
        (422, errors.Rejected),
        (429, errors.Unavailable),
        (503, errors.Unavailable),
        (500, errors.Unavailable),
    ],
)
async def test_each_refusal_is_an_error_of_its_own(status, kind):
    with pytest.raises(kind):
        await client(always(status)).add({"resourceType": "Patient"})


async def test_a_version_that_moved_is_a_conflict_not_a_duplicate():
    with pytest.raises(errors.VersionConflict):
        await client(always(412)).replace({"resourceType": "Patient", "id": "p", "meta": {"versionId": "3"}})


async def test_a_read_is_tried_again():
    tries = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        return httpx.Response(503) if tries < 3 else httpx.Response(200, json={"resourceType": "Patient"})

    assert await client(answer).read("Patient", "p") == {"resourceType": "Patient"}


async def test_a_write_is_never_tried_again_and_says_that_it_may_have_happened():
    tries = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        raise httpx.ReadTimeout("lost")

    with pytest.raises(errors.Unavailable) as away:
        await client(answer).add({"resourceType": "Patient"})
    assert (tries, away.value.maybe_done) == (1, True)


async def test_a_server_that_cannot_be_reached_has_done_nothing():
    def answer(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    with pytest.raises(errors.Unavailable) as away:
        await client(answer).add({"resourceType": "Patient"})
    assert not away.value.maybe_done


async def test_the_digits_of_a_decimal_go_and_come_unchanged():
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return httpx.Response(201, content=request.content)

    stored = await client(answer).add({"resourceType": "Observation", "valueQuantity": {"value": Decimal("7.500")}})
    assert b'"value":7.500' in sent[0]
    assert str(stored["valueQuantity"]["value"]) == "7.500"


async def test_a_private_search_is_not_in_the_address():
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"resourceType": "Bundle", "type": "searchset", "total": 0})

    await client(answer).find("Patient", {"name": "Aubert"}, private=True)
    assert "Aubert" not in str(seen[0].url)
    assert b"name=Aubert" in seen[0].content


async def test_an_empty_transaction_asks_nothing():
    assert await client(always(500)).commit(Transaction()) == []


async def test_fhirpys_searches_go_through_the_same_door():
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        entry = {"resource": {"resourceType": "Patient", "id": "p"}}
        return httpx.Response(200, json={"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [entry]})

    found = await client(answer).resources("Patient").search(name="a").sort("-birthdate").fetch()
    assert [patient.id for patient in found] == ["p"]
