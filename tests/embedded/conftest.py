"""A backend on a folder of its own, and a client that is its root."""

import asyncio
import time
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
settings.register_profile("prove", max_examples=1500, deadline=None)
TOKENS: dict[str, Identity] = {"root": ROOT, "someone": Identity(user_id="someone", roles=("practitioner",))}
LONGEST, UNDER_ANY_LOAD = 1.0, 10.0
"""Seconds that an answer may take: of the process's own time, which other work on the machine does not lengthen; by the
clock, however busy the machine is."""


def pytest_configure(config: pytest.Config) -> None:
    """`make prove` asks ten thousand times instead of some hundreds."""
    wanted = config.option.markexpr
    settings.load_profile("prove" if "prove" in wanted and "not prove" not in wanted else "test")
    config.stash[ASKED] = Asked()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Generated requests are asked in `make test`, and in `make prove` again, many times as many."""
    for item in items:
        if settings.get_current_profile_name() == "prove" and "runner" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.prove)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    asked = config.stash[ASKED]
    if asked.requests:
        terminalreporter.write_line(
            f"generated requests: {asked.requests}, refused {asked.refused}; slowest {asked.own:.2f} s of the process, "
            f"{asked.clock:.2f} s by the clock; beyond a second by the clock alone: {asked.beyond}"
        )


@dataclass(slots=True)
class Asked:
    """What the generated requests of a run came to."""

    requests: int = 0
    refused: int = 0
    own: float = 0
    clock: float = 0
    beyond: int = 0

    def note(self, status: int, own: float, clock: float) -> None:
        self.requests += 1
        self.refused += status >= 400
        self.own, self.clock = max(self.own, own), max(self.clock, clock)
        self.beyond += clock > LONGEST


ASKED = pytest.StashKey[Asked]()


@dataclass(frozen=True, slots=True)
class Runner:
    """A backend on a loop of its own, asked from synchronous tests; every answer must be what `make prove` promises."""

    loop: asyncio.Runner
    backend: Backend
    root: httpx.AsyncClient
    asked: Asked

    def __call__(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        """Never a failure, nor long in coming, with headers that can be sent; when it is a refusal, nothing was stored."""
        before = self.version()
        clock, own = time.perf_counter(), time.process_time()
        answer = self.loop.run(self.root.request(method, url, **kwargs))
        clock, own = time.perf_counter() - clock, time.process_time() - own
        self.asked.note(answer.status_code, own, clock)
        assert answer.status_code < 500, answer.text
        assert own < LONGEST, own
        assert clock < UNDER_ANY_LOAD, clock
        assert all(byte >= 32 and byte != 127 for _, value in answer.headers.raw for byte in value)
        assert answer.status_code < 400 or self.version() == before, answer.text
        return answer

    def version(self) -> int:
        """The number of the last version written."""
        query = "SELECT coalesce(max(version), 0) FROM resource"
        found: int = self.backend.store.quick_reader.execute(query).fetchone()[0]
        return found


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Runner]:
    folder = tmp_path_factory.mktemp("asked")
    with asyncio.Runner() as loop:
        opening = open_backend(folder, clock=SystemClock(), chance=SeededChance(1), authenticate=TOKENS.get)
        backend = loop.run(opening)
        root = client(backend, "root")
        loop.run(root.put("Patient/alice", json={"resourceType": "Patient", "name": [{"family": "Roux"}]}))
        yield Runner(loop, backend, root, pytestconfig.stash[ASKED])
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
