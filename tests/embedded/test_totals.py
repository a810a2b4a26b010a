"""Totals of large matches are remembered until something is written."""

from typing import Any

import httpx
import pytest

from portal.embedded.search import run


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of resources takes the ways of thousands."""
    monkeypatch.setattr(run, "FEW", 2)
    monkeypatch.setattr(run, "LOOK", 1)


async def people(root: httpx.AsyncClient) -> None:
    entries: list[Any] = [
        {
            "request": {"method": "PUT", "url": "Organization/o"},
            "resource": {"resourceType": "Organization", "name": "O"},
        }
    ]
    for n, name in enumerate(["Zoé", "Émile", "Anne", "Bob", "Élodie", "Xavier", "Yann"]):
        patient = {
            "resourceType": "Patient",
            "name": [{"given": [name, "Marie"], "family": "Roux"}],
            "gender": "female",
            "birthDate": f"19{80 + n}-01-01",
        }
        episode = {
            "resourceType": "EpisodeOfCare",
            "status": "active",
            "patient": {"reference": f"Patient/p{n}"},
            "managingOrganization": {"reference": "Organization/o"},
        }
        entries += [
            {"request": {"method": "PUT", "url": f"Patient/p{n}"}, "resource": patient},
            {"request": {"method": "PUT", "url": f"EpisodeOfCare/e{n}"}, "resource": episode},
        ]
    assert (
        await root.post("", json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
    ).status_code == 200


async def pages(root: httpx.AsyncClient, query: str) -> tuple[int | None, list[str]]:
    url: str | None = query
    ids: list[str] = []
    total = None
    while url:
        bundle = (await root.get(url)).json()
        total = bundle.get("total", total)
        ids += [e["resource"]["id"] for e in bundle.get("entry", [])]
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    return total, ids


QUERIES = [
    "family=roux",
    "gender=female",
    "_has:EpisodeOfCare:patient:organization=o",
    "birthdate=ge1980",
    "name=roux&gender=female",
    "gender:not=male",
    "name:missing=false&birthdate=lt2000",
    "organization:missing=true",
    "",
]


@pytest.mark.parametrize(
    "sort",
    [
        "",
        "&_sort=birthdate",
        "&_sort=-birthdate",
        "&_sort=given,_id",
        "&_sort=-_id",
        "&_sort=_lastUpdated,family",
        "&_sort=-_lastUpdated",
        "&_sort=_createdAt",
    ],
)
@pytest.mark.parametrize("query", QUERIES)
async def test_every_way_of_paging_gives_each_match_once(root: httpx.AsyncClient, query: str, sort: str) -> None:
    await people(root)
    total, ids = await pages(root, f"Patient?{query}{sort}&_count=3")
    assert (total, sorted(ids)) == (7, [f"p{n}" for n in range(7)])
    if "birthdate" in sort or "_id" in sort.split(",", maxsplit=1)[0]:
        assert ids == sorted(ids, reverse="-" in sort)


async def test_a_total_is_counted_again_after_a_write(root: httpx.AsyncClient) -> None:
    await people(root)
    before = (await root.get("Patient?gender=female&name=roux&_count=1")).json()["total"]
    await root.delete("Patient/p3")
    after = (await root.get("Patient?gender=female&name=roux&_count=1")).json()["total"]
    assert (before, after) == (7, 6)


async def test_a_resource_without_a_value_comes_last_when_walking(root: httpx.AsyncClient) -> None:
    await people(root)
    await root.put("Patient/none", json={"resourceType": "Patient", "gender": "female"})
    for sort in ("birthdate", "-birthdate"):
        _, ids = await pages(root, f"Patient?gender=female&_sort={sort}&_count=3")
        assert (ids[-1], len(ids)) == ("none", 8)
