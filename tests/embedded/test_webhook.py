"""Events over HTTP: what counts as taken, and what a destination that answers badly does to itself and to others."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.embedded import Backend, open_backend

from .conftest import TOKENS, client
from .test_subscriptions import respond, subscribe

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(slots=True)
class Site:
    """A server that answers each request with the next of `answers`, the last one again and again."""

    answers: list[bytes] = field(default_factory=lambda: [TAKEN])
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            (int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-le")), 0
        )
        self.asked.append(head + await reader.readexactly(size))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        writer.write(answer)
        await writer.drain()
        writer.close()

    def url(self, path: str = "/hooks") -> dict[str, str]:
        return {"valueUrl": f"http://127.0.0.1:{self.port}{path}"}

    async def until(self, count: int) -> None:
        for _ in range(300):
            if len(self.asked) >= count:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"asked {len(self.asked)} times instead of {count}")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
    await server.wait_closed()


@pytest.fixture
async def sending(tmp_path: Path, clock: FixedClock, chance: SeededChance) -> AsyncIterator[Backend]:
    backend = await open_backend(tmp_path, clock=clock, chance=chance, authenticate=TOKENS.get)
    yield backend
    await backend.close()


async def told(backend: Backend, site: Site, **parameter: Any) -> None:
    async with client(backend, "root") as root:
        await subscribe(root, endpoint=site.url(), header={"valueString": "Authorization: Bearer secret"}, **parameter)
        await respond(root, "r1")


def waiting(backend: Backend) -> int:
    found: int = backend.store.quick_reader.execute("SELECT count(*) FROM event").fetchone()[0]
    return found


async def test_events_are_posted_with_the_destinations_headers(sending: Backend, site: Site) -> None:
    await told(sending, site)
    await site.until(1)
    head = site.asked[0].lower()
    assert head.startswith(b"post /hooks ")
    assert b"authorization: bearer secret" in head
    assert b'"questionnaireresponse/r1"' in head


async def test_a_redirection_is_not_followed_and_the_events_come_again(sending: Backend, site: Site) -> None:
    away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{site.port}/elsewhere\r\nContent-Length: 0\r\n\r\n"
    site.answers = [away.encode(), TAKEN]
    await told(sending, site)
    await site.until(2)
    assert [asked.split(b" ")[:2] for asked in site.asked] == [[b"POST", b"/hooks"]] * 2
    assert b"QuestionnaireResponse/r1" in site.asked[1]


@pytest.mark.parametrize("answer", [b"", b"good morning\r\n\r\n", b"HTTP/1.1 500 Broken\r\n\r\n", b"HTTP/1.1 2", b"\0"])
async def test_an_answer_that_is_none_is_a_failure_and_the_events_come_again(
    sending: Backend, site: Site, answer: bytes
) -> None:
    site.answers = [answer, TAKEN]
    await told(sending, site)
    await site.until(2)
    assert b"QuestionnaireResponse/r1" in site.asked[1]


async def test_a_destination_that_never_ends_its_answer_is_left_after_its_timeout(sending: Backend) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        try:
            while not writer.is_closing():
                writer.write(b"H")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            left.set()

    asked: list[bytes] = []
    left = asyncio.Event()
    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    site = Site(port=server.sockets[0].getsockname()[1])
    await told(sending, site, timeout={"valueUnsignedInt": 1})
    async with asyncio.timeout(10):
        await left.wait()
    assert waiting(sending) == 1
    await sending.close()
    server.close()


@pytest.mark.parametrize("endpoint", ["http://[", "http://127.0.0.1:9/x"])
async def test_an_address_that_nothing_answers_keeps_its_events(sending: Backend, endpoint: str) -> None:
    async with client(sending, "root") as root:
        await subscribe(root, endpoint={"valueUrl": endpoint})
        await respond(root, "r1")
    await asyncio.sleep(0.1)
    assert waiting(sending) == 1
