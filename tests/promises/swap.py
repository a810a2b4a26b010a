"""The swap crawl: what one person's browser sent is sent again by everybody else, and no answer may hold what is that person's.

Requests go out with the other's cookie. Socket events go three ways: over the other's own socket as they were recorded,
after an attempt to take over the first person's page by a handshake, and on the other's own copy of the same page.
"""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.security.socket_client import UNESCAPED

CLIENT_ID = re.compile(r"'client_id': '([0-9a-f-]+)'")
ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
FILES = ("/assets/", "/_nicegui/", "/favicon.ico")
DOCUMENT = "a document"
"""Stands for the canaries of an answer whose content is packed: that it is given at all is the leak."""
PACKED = ("application/pdf", "application/octet-stream", "image/")
LATE = 1.5  # seconds in which an answer over a socket may still come, once everybody has sent everything

TOGETHER = 3
"""So many at the same time, so that one reads while the portal answers another."""

Event = tuple[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request. `path` has its query."""

    method: str
    path: str
    body: bytes = b""
    kind: str = ""

    @property
    def is_file(self) -> bool:
        return self.path.startswith(FILES)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedPage:
    """One page that stands open, the query with which its browser shook hands, and the events that it sent, in order."""

    path: str
    handshake: Mapping[str, str]
    events: list[Event] = field(default_factory=list[Event])


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """All that one browser sent. `who` is whose it was."""

    who: str
    asked: list[Asked] = field(default_factory=list[Asked])
    pages: list[OpenedPage] = field(default_factory=list[OpenedPage])

    @property
    def events(self) -> int:
        return sum(len(page.events) for page in self.pages)


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """Somebody else: the name and value of their cookie, and a page of their own that shows nobody's data."""

    name: str
    cookies: Mapping[str, str] = field(repr=False)
    home: str = "/compte"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Canaries where `other` saw them: "request", "event", "handshake" or "own page"."""

    other: str
    way: str
    where: str
    canaries: frozenset[str]


@dataclass(kw_only=True, slots=True)
class Crawl:
    """`found` is everything that anybody saw; whether they may is judged by who asked for the crawl."""

    url: str
    canaries: Mapping[str, str]
    """Name → text, as it is written without blanks."""
    found: list[Found] = field(default_factory=list[Found])
    answers: int = 0
    taken_over: list[str] = field(default_factory=list[str])
    """Who shook hands for a page of somebody else."""

    def canaries_in(self, text: str) -> frozenset[str]:
        bare = "".join(text.replace("&nbsp;", "").replace("\\u00a0", "").split()).casefold()
        return frozenset(name for name, written in self.canaries.items() if written.casefold() in bare)

    async def run(self, journey: Journey, others: Sequence[Other]) -> None:
        """Everything by everybody; their sockets stay open until all have sent, so that late answers are heard."""
        sockets: list[Listening] = []
        gate = asyncio.Semaphore(TOGETHER)

        async def one(other: Other) -> None:
            async with gate, self.browser(other) as http:
                sockets.extend(await self._requests(journey, other, http))
                sockets.extend(await self._foreign_handshakes(journey, other, http))
                sockets.extend(await self._own_socket(journey, other, http))

        try:
            await asyncio.gather(*(one(other) for other in others))
            await asyncio.sleep(LATE)
        finally:
            for socket in sockets:
                await socket.close()
        for socket in sockets:
            self._note(socket.other, socket.way, socket.where, self.canaries_in(socket.heard) - socket.said)

    @asynccontextmanager
    async def browser(self, other: Other) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"origin": self.url, "sec-fetch-site": "same-origin"}
        async with httpx.AsyncClient(
            base_url=self.url, cookies=dict(other.cookies), headers=headers, timeout=60
        ) as one:
            yield one

    async def ask(self, http: httpx.AsyncClient, asked: Asked) -> tuple[httpx.Response, frozenset[str]]:
        """The answer as it is, redirections not followed, and the canaries in its body and headers."""
        headers = {"content-type": asked.kind} if asked.kind else {}
        answer = await http.request(asked.method, asked.path, content=asked.body or None, headers=headers)
        self.answers += 1
        packed = answer.is_success and answer.headers.get("content-type", "").startswith(PACKED)
        said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        seen = self.canaries_in(said + ("" if packed else answer.text))
        return answer, seen | ({DOCUMENT} if packed and not asked.is_file else frozenset())

    async def _requests(self, journey: Journey, other: Other, http: httpx.AsyncClient) -> list["Listening"]:
        """Every request; where the answer is a page, its events too, in the other's own copy."""
        events = {page.path: page.events for page in journey.pages}
        sockets: list[Listening] = []
        for asked in dict.fromkeys(journey.asked):
            if asked.is_file and other.cookies:
                continue  # the same for everybody: asked by nobody in particular
            answer, seen = await self.ask(http, asked)
            self._note(other.name, "request", f"{asked.method} {asked.path}", seen)
            client = CLIENT_ID.search(answer.text) if answer.is_success and not asked.is_file else None
            if client and asked.method == "GET" and events.get(asked.path):
                socket = await self._connect(http, other, fresh(client[1]), "own page", asked.path)
                if socket is not None:
                    sent = _on_their_own(events[asked.path], client[1], elements(answer.text))
                    socket.said = self.canaries_in(json.dumps(sent))  # what they type themselves tells them nothing
                    await socket.emit(sent)
                    sockets.append(socket)
        return sockets

    async def _foreign_handshakes(self, journey: Journey, other: Other, http: httpx.AsyncClient) -> list["Listening"]:
        """A socket that says from its first byte that it is the first person's page."""
        sockets: list[Listening] = []
        for page in journey.pages:
            socket = await self._connect(http, other, page.handshake, "handshake", page.path)
            if socket is not None:
                self.taken_over.append(f"{other.name} {page.path}")
                await socket.emit(page.events)
                sockets.append(socket)
        return sockets

    async def _own_socket(self, journey: Journey, other: Other, http: httpx.AsyncClient) -> list["Listening"]:
        """The socket of a page of their own, over which everything is sent as it was recorded."""
        answer = await http.get(other.home)
        client = CLIENT_ID.search(answer.text)
        if client is None:
            raise LookupError(f"{other.name} has no page at {other.home}: {answer.status_code}")
        socket = await self._connect(http, other, fresh(client[1]), "event", "own socket")
        if socket is None:
            raise LookupError(f"{other.name} has no socket at {other.home}")
        for page in journey.pages:
            await socket.emit(page.events)
            await socket.emit([("handshake", page.handshake), *page.events])
        return [socket]

    async def _connect(
        self, http: httpx.AsyncClient, other: Other, handshake: Mapping[str, str], way: str, where: str
    ) -> "Listening | None":
        cookie = "; ".join(f"{one.name}={one.value}" for one in http.cookies.jar)
        self.answers += 1
        return await Listening.open(self.url, cookie, handshake, other=other.name, way=way, where=where)

    def _note(self, other: str, way: str, where: str, canaries: frozenset[str]) -> None:
        if canaries:
            self.found.append(Found(other=other, way=way, where=where, canaries=canaries))


@dataclass(kw_only=True, slots=True)
class Listening:
    """One socket and all that it has heard."""

    socket: ClientConnection
    other: str
    way: str
    where: str
    heard: str = ""
    said: frozenset[str] = frozenset()
    reading: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, url: str, cookie: str, handshake: Mapping[str, str], *, other: str = "", way: str = "", where: str = ""
    ) -> "Listening | None":
        """None when the server does not accept it."""
        address = f"{url.replace('http', 'ws', 1)}/_nicegui_ws/socket.io/?{urlencode(handshake)}"
        try:
            socket = await connect(
                address,
                additional_headers={"Cookie": cookie, "Origin": url},
                ping_interval=None,
                max_size=None,
                proxy=None,
                open_timeout=60,
            )
            await socket.recv()
            await socket.send("40")
            answer = str(await socket.recv())
        except (OSError, WebSocketException):
            return None
        one = cls(socket=socket, other=other, way=way, where=where, heard=answer)
        if not answer.startswith("40"):
            await socket.close()
            return None
        one.reading = asyncio.create_task(one._read())
        return one

    async def emit(self, events: Collection[Event]) -> None:
        with suppress(WebSocketException):  # a server that hangs up has said nothing
            for name, content in events:
                await self.socket.send("42" + json.dumps([name, content]))

    async def close(self) -> None:
        if self.reading is not None:
            self.reading.cancel()
            await asyncio.gather(self.reading, return_exceptions=True)
        await self.socket.close()

    async def _read(self) -> None:
        with suppress(WebSocketException):
            async for sent in self.socket:
                if sent == "2":
                    await self.socket.send("3")
                else:
                    self.heard += str(sent)


def fresh(client_id: str) -> dict[str, str]:
    """The handshake of a page just opened."""
    return {
        "client_id": client_id,
        "next_message_id": "0",
        "implicit_handshake": "true",
        "document_id": str(uuid.uuid4()),
        "tab_id": str(uuid.uuid4()),
        "EIO": "4",
        "transport": "websocket",
    }


def elements(html: str) -> dict[str, Any]:
    """What stands on a page, by id, as the server described it."""
    found = ELEMENTS.search(html)
    described = found[1] if found else "{}"
    for written, meant in UNESCAPED:
        described = described.replace(written, meant)
    return json.loads(described)


def _on_their_own(events: Sequence[Event], client_id: str, there: Mapping[str, Any]) -> list[Event]:
    """The same events for another copy of the page: the same element, and whatever listens to it there."""
    sent: list[Event] = []
    for name, content in events:
        if not isinstance(content, dict):
            sent.append((name, content))
            continue
        listeners = [each["listener_id"] for each in there.get(str(content.get("id")), {}).get("events", [])]
        moved = {**content, "client_id": client_id}
        sent += [(name, {**moved, "listener_id": each}) for each in listeners] or [(name, moved)]
    return sent
