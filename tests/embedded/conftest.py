"""A backend on a folder of its own, and a client that is its root."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import ROOT, Backend, Identity, open_backend

settings.register_profile("prove", max_examples=1500)
TOKENS: dict[str, Identity] = {"root": ROOT}


def pytest_configure(config: pytest.Config) -> None:
    """`make prove` asks ten thousand times instead of some hundreds."""
    if "prove" in config.option.markexpr:
        settings.load_profile("prove")


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
