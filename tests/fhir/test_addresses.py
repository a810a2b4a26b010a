"""A token goes to the record server and nowhere else, whatever links and redirections say."""

import httpx
import pytest

from portal import errors
from portal.chance import SeededChance
from portal.fhir import FHIRClient, Transport
from portal.fhir.addresses import Addresses

AIDBOX = Addresses("http://aidbox:8080/fhir", ("https://records.example.fr/fhir",))


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("Patient/p1", "http://aidbox:8080/fhir/Patient/p1"),
        ("", "http://aidbox:8080/fhir"),
        ("Patient?identifier=https://a.test/sid|1", "http://aidbox:8080/fhir/Patient?identifier=https://a.test/sid|1"),
        ("/fhir/Patient?_page=2", "http://aidbox:8080/fhir/Patient?_page=2"),
        ("http://aidbox:8080/fhir/Patient?_page=2", "http://aidbox:8080/fhir/Patient?_page=2"),
        ("https://records.example.fr/fhir/Patient?_page=2", "http://aidbox:8080/fhir/Patient?_page=2"),
        ("https://records.example.fr:443/fhir/Patient", "http://aidbox:8080/fhir/Patient"),
    ],
)
def test_links_of_the_server_lead_to_it(given, asked):
    assert AIDBOX.own(given) == asked


@pytest.mark.parametrize(
    "given",
    [
        "http://aidbox:8081/fhir/Patient",
        "http://aidbox:8080/fhirother/Patient",
        "http://aidbox:8080/fhir/../auth/token",
        "http://aidbox:8080/fhir/%2e%2e/auth/token",
        "http://aidbox:8080@elsewhere.test/fhir/Patient",
        "http://user@aidbox:8080/fhir/Patient",
        "https://aidbox:8080/fhir/Patient",
        "ftp://aidbox:8080/fhir/Patient",
        "http://aidbox:99999/fhir/Patient",
        "Patient/../../auth/token",
        "javascript:alert(1)",
    ],
)
def test_any_other_address_is_refused(given):
    with pytest.raises(errors.Forbidden):
        AIDBOX.own(given)


async def test_a_redirection_is_not_followed_with_the_token():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"location": "https://elsewhere.test/fhir/Patient/p"})

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), follow_redirects=True)
    client = FHIRClient(Transport(base="http://record/fhir", http=http, chance=SeededChance(1)), lambda: "Bearer x")
    with pytest.raises(errors.RecordError):
        await client.read("Patient", "p")
    assert asked == ["record"]


async def test_a_next_link_elsewhere_ends_the_listing_before_the_token_is_sent():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        link = [{"relation": "next", "url": "https://elsewhere.test/fhir/Patient?_page=2"}]
        return httpx.Response(200, json={"resourceType": "Bundle", "type": "searchset", "total": 9, "link": link})

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = FHIRClient(Transport(base="http://record/fhir", http=http, chance=SeededChance(1)), lambda: "Bearer x")
    with pytest.raises(errors.Forbidden):
        await client.all("Patient")
    assert asked == ["record"]
