"""A sorted list of a whole type, page by page along its index."""

from typing import Any

import httpx
import pytest

Json = dict[str, Any]
TWO_NAMES = {"name": [{"family": "N01"}, {"family": "n01"}]}
TWO_NUMBERS = {"identifier": [{"system": "urn:a", "value": "01"}, {"system": "urn:b", "value": "01"}]}
TWO_PERIODS = {
    "activity": [
        {"detail": {"status": "scheduled", "scheduledPeriod": {"start": "2001-01-01", "end": end}}}
        for end in ("2001-02-01", "2001-03-01")
    ]
}


def practitioner(number: str) -> Json:
    return {"name": [{"family": f"N{number}"}], "identifier": [{"value": number}]}


def plan(number: str) -> Json:
    when = {"start": f"20{number}-01-01"}
    return {
        "status": "active",
        "intent": "plan",
        "subject": {"display": "Zoé"},
        "activity": [{"detail": {"status": "scheduled", "scheduledPeriod": when}}],
    }


@pytest.mark.parametrize("way", ["", "-"])
@pytest.mark.parametrize(
    ("type_", "sort", "twice"),
    [
        ("Practitioner", "family", {**practitioner("02"), **TWO_NAMES}),
        ("Practitioner", "identifier", {**practitioner("02"), **TWO_NUMBERS}),
        ("CarePlan", "activity-date", {**plan("02"), **TWO_PERIODS}),
    ],
)
async def test_what_has_its_sort_key_twice_is_shown_once(
    root: httpx.AsyncClient, type_: str, sort: str, twice: Json, way: str
) -> None:
    once = practitioner if type_ == "Practitioner" else plan
    wanted = [f"r{i}" for i in range(12)]
    for i, id_ in enumerate(wanted):
        body = twice if i < 3 else once(f"{i + 5:02}")
        assert (await root.put(f"{type_}/{id_}", json={"resourceType": type_, **body})).status_code == 201
    found: list[str] = []
    url: str | None = f"{type_}?_sort={way}{sort}&_count=2"
    while url:
        bundle: Json = (await root.get(url)).json()
        found += [entry["resource"]["id"] for entry in bundle.get("entry", [])]
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    assert sorted(found) == sorted(wanted)
