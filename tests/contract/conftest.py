"""The contract with a record server, over HTTP and nothing else.

Without `CONTRACT_BASE` it runs on the embedded backend, in process. With it (`http://host:8080`, and
`CONTRACT_AUTHORIZATION`, the whole header of a root client) it runs on that server, under a tag of its own, and takes away
what it made. `-m core` leaves Aidbox's dialect out.
"""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import ROOT, open_backend

BASE = os.environ.get("CONTRACT_BASE", "")
TAG = "https://portail.fondation-fondamental.org/fhir/sid/contract"
Json = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every check says whether any R4 server must pass it (core) or only Aidbox and the embedded backend do."""
    for item in items:
        if "contract" in item.path.parts and not list(item.iter_markers("aidbox")):
            item.add_marker(pytest.mark.core)


@dataclass(slots=True)
class Server:
    """A server under contract. `run` tells the resources of this check from all others."""

    http: httpx.AsyncClient
    run: str
    made: list[str] = field(default_factory=list)

    async def get(self, url: str, **kwargs: Any) -> httpx.Response:
        return await self.http.get(f"fhir/{url}", **kwargs)

    async def post(self, url: str, body: Any = None, **kwargs: Any) -> httpx.Response:
        return await self.http.post(f"fhir/{url}", json=body, **kwargs)

    async def put(self, url: str, body: Any = None, **kwargs: Any) -> httpx.Response:
        return await self.http.put(f"fhir/{url}", json=body, **kwargs)

    async def patch(self, url: str, body: Any = None, **kwargs: Any) -> httpx.Response:
        return await self.http.patch(f"fhir/{url}", json=body, **kwargs)

    async def delete(self, url: str, **kwargs: Any) -> httpx.Response:
        return await self.http.delete(f"fhir/{url}", **kwargs)

    async def bundle(self, kind: str, *entries: Json) -> httpx.Response:
        return await self.http.post("fhir", json={"resourceType": "Bundle", "type": kind, "entry": list(entries)})

    def id(self, name: str) -> str:
        """An id of this check only."""
        return f"{self.run}-{name}"

    def tagged(self, type_: str, /, **fields: Any) -> Json:
        return {"resourceType": type_, "meta": {"tag": [{"system": TAG, "code": self.run}]}, **fields}

    async def make(self, type_: str, name: str | None = None, /, **fields: Any) -> Json:
        """Stores a resource of this check; with a name, under the id made of it."""
        body = self.tagged(type_, **fields)
        made = await (
            self.put(f"{type_}/{self.id(name)}", {**body, "id": self.id(name)}) if name else self.post(type_, body)
        )
        assert made.status_code in {200, 201}, made.text
        found: Json = made.json()
        return found

    async def search(self, query: str, **kwargs: Any) -> Json:
        """The searchset of a query among the resources of this check."""
        type_, _, rest = query.partition("?")
        answer = await self.get(f"{type_}?_tag={TAG}|{self.run}&{rest}", **kwargs)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def names(self, query: str) -> list[str]:
        """The ids that match, without the run's prefix, in the order answered."""
        found = await self.search(query)
        matches = [e["resource"]["id"] for e in found.get("entry", []) if e["search"]["mode"] == "match"]
        return [id_.removeprefix(f"{self.run}-") for id_ in matches]

    async def note(self, answer: httpx.Response) -> None:
        """Remembers what an answer says was written, whoever asked for it."""
        if answer.request.method not in {"POST", "PUT"} or answer.status_code not in {200, 201}:
            return
        body = json.loads(await answer.aread() or b"{}")
        for one in [body, *(e.get("resource", {}) for e in body.get("entry", []))]:
            if one.get("id") and one.get("resourceType") not in {None, "Bundle", "OperationOutcome", "Parameters"}:
                self.made.append(f"{one['resourceType']}/{one['id']}")

    async def tidy(self) -> None:
        """Sessions too: nobody asked for them by name, and they go before the client that they are of."""
        for client in [url for url in self.made if url.startswith("Client/")]:
            while sessions := (await self.get(f"Session?client={client}")).json().get("entry"):
                for entry in sessions:
                    await self.delete(f"Session/{entry['resource']['id']}")
        for url in reversed(self.made):
            await self.http.delete(f"fhir/{url}")


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    if BASE:
        headers = {"authorization": os.environ.get("CONTRACT_AUTHORIZATION", "")}
        async with httpx.AsyncClient(base_url=BASE, headers=headers, timeout=60) as client:
            yield client
        return
    backend = await open_backend(
        tmp_path / "records",
        clock=SystemClock(),
        chance=SystemChance(),
        authenticate={"root": ROOT}.get,
        root_secret="root-secret",
    )
    transport = httpx.ASGITransport(app=backend.asgi)
    headers = {"authorization": "Bearer root"}
    async with httpx.AsyncClient(transport=transport, base_url="http://records.test", headers=headers) as client:
        yield client
    await backend.close()


@pytest.fixture
async def server(http: httpx.AsyncClient) -> AsyncIterator[Server]:
    opened = Server(http=http, run=f"c{SystemChance().id()[:12]}")
    if BASE:
        http.event_hooks = {"response": [opened.note]}
    yield opened
    if BASE:
        http.event_hooks = {}
        await opened.tidy()


def issue(answer: httpx.Response) -> Json:
    """The first issue of the OperationOutcome that a refusal carries."""
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    found: Json = body["issue"][0]
    return found
