"""Every version of a resource, over as many pages as the server makes of them."""

import httpx
import pytest

from portal.chance import SeededChance
from portal.fhir import FHIRClient, Transport


def version(number: int) -> dict:
    return {"resource": {"resourceType": "Patient", "id": "p", "meta": {"versionId": str(number)}}}


def client(pages: dict[str, list[dict]], asked: list[str]) -> FHIRClient:
    """Pages by their number, newest version first."""

    def answer(request: httpx.Request) -> httpx.Response:
        page = request.url.params.get("_page", "1")
        asked.append(page)
        bundle = {"resourceType": "Bundle", "type": "history", "entry": pages[page]}
        following = str(int(page) + 1)
        if following in pages:
            url = f"https://records.test/fhir/Patient/p/_history?_page={following}"
            bundle["link"] = [{"relation": "next", "url": url}]
        return httpx.Response(200, json=bundle)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    transport = Transport(base="https://records.test/fhir", http=http, chance=SeededChance(1), deadline=5)
    return FHIRClient(transport, lambda: "Bearer secret")


@pytest.mark.parametrize("pages", [1, 3])
async def test_every_page_is_turned(pages):
    asked: list[str] = []
    made = {str(page): [version(100 - 2 * page), version(99 - 2 * page)] for page in range(1, pages + 1)}
    found = await client(made, asked).history("Patient", "p")
    assert [each["meta"]["versionId"] for each in found] == [str(98 - each) for each in range(2 * pages)]
    assert len(asked) == pages


async def test_a_version_that_comes_in_between_makes_none_count_twice():
    pages = {"1": [version(5), version(4)], "2": [version(4), version(3)]}
    found = await client(pages, []).history("Patient", "p")
    assert [each["meta"]["versionId"] for each in found] == ["5", "4", "3"]


async def test_deletions_are_left_out():
    deletion = {"request": {"method": "DELETE", "url": "Patient/p"}}
    found = await client({"1": [deletion, version(1)]}, []).history("Patient", "p")
    assert [each["meta"]["versionId"] for each in found] == ["1"]
