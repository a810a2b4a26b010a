"""A backend on a folder of its own, and a client that is its root."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import settings

from portal.chance import SeededChance
from portal.clock import FixedClock, SystemClock
from portal.embedded import ROOT, Backend, Identity, open_backend

settings.register_profile("test", max_examples=150, deadline=None)
settings.register_profile("prove", max_examples=1500, deadline=1000)
TOKENS: dict[str, Identity] = {"root": ROOT}


def pytest_configure(config: pytest.Config) -> None:
    """`make prove` asks ten thousand times instead of some hundreds."""
    wanted = config.option.markexpr
    settings.load_profile("prove" if "prove" in wanted and "not prove" not in wanted else "test")


@dataclass(frozen=True, slots=True)
class Runner:
    """A backend on a loop of its own, asked from synchronous tests; every answer must be what `make prove` promises."""

    loop: asyncio.Runner
    backend: Backend
    root: httpx.AsyncClient

    def __call__(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        """Never a failure, and when it is a refusal, nothing was stored."""
        before = self.version()
        answer = self.loop.run(self.root.request(method, url, **kwargs))
        assert answer.status_code < 500, answer.text
        assert answer.status_code < 400 or self.version() == before, answer.text
        return answer

    def version(self) -> int:
        """The number of the last version written."""
        query = "SELECT coalesce(max(version), 0) FROM resource"
        found: int = self.backend.store.quick_reader.execute(query).fetchone()[0]
        return found


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    folder = tmp_path_factory.mktemp("asked")
    with asyncio.Runner() as loop:
        opening = open_backend(folder, clock=SystemClock(), chance=SeededChance(1), authenticate=TOKENS.get)
        backend = loop.run(opening)
        root = client(backend, "root")
        loop.run(root.put("Patient/alice", json={"resourceType": "Patient", "name": [{"family": "Roux"}]}))
        yield Runner(loop, backend, root)
        loop.run(root.aclose())
        loop.run(backend.close())


@pytest.fixture
async def backend(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> AsyncIterator[Backend]:
    opened = await open_backend(tmp_path / "records", clock=clock, chance=chance, authenticate=TOKENS.get)
    yield opened
    await opened.close()


@pytest.fixture
async def root(backend: Backend) -> AsyncIterator[httpx.AsyncClient]:
    async with client(backend, "root") as opened:
        yield opened


def client(backend: Backend, token: str | None) -> httpx.AsyncClient:
    """A client of the backend's FHIR base, with that bearer token."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app=backend.asgi)
    return httpx.AsyncClient(transport=transport, base_url="http://records.test/fhir/", headers=headers)
