"""A visitor without a browser: fetches a page and keeps its socket open, as far as NiceGUI 3.18 can tell."""

import asyncio
import json
import re
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

CLIENT_ID = re.compile(r"'client_id': '([0-9a-f-]+)'")
ELEMENTS = re.compile(r"createApp\(parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
ESCAPED = {"&#96;": "`", "&#36;": "$", "&#60;": "<", "&lt;": "<", "&gt;": ">", "&amp;": "&"}

Hear = Callable[[str], None]


@dataclass(kw_only=True, slots=True)
class OpenPage:
    """One open page. `close` before the event loop ends."""

    socket: ClientConnection
    reading: asyncio.Task[None]
    client_id: str
    elements: dict[str, dict[str, Any]] = field(repr=False)
    """What stands on the page, by id, as the server described it."""

    @classmethod
    async def open(cls, url: str, path: str, cookies: dict[str, str], hear: Hear | None = None) -> "OpenPage":
        """Raises LookupError when the answer is not a NiceGUI page (a redirect to the sign-in page, say)."""
        html, cookie = await asyncio.to_thread(_fetch, url + path, cookies)
        found = CLIENT_ID.search(html)
        if not found:
            raise LookupError(f"{path} is no NiceGUI page")
        query = urllib.parse.urlencode(
            {
                "client_id": found[1],
                "next_message_id": "0",
                "implicit_handshake": "true",
                "document_id": str(uuid.uuid4()),
                "tab_id": str(uuid.uuid4()),
                "EIO": "4",
                "transport": "websocket",
            }
        )
        address = url.replace("http", "ws", 1) + "/_nicegui_ws/socket.io/?" + query
        headers = {"Cookie": cookie, "Origin": url}
        socket = await connect(address, additional_headers=headers, max_size=None, ping_interval=None)
        await socket.recv()  # engine.io opens
        await socket.send("40")
        answer = await socket.recv()
        if not str(answer).startswith("40"):
            raise LookupError(f"the socket of {path} answers {answer!r}")
        reading = asyncio.create_task(_read(socket, hear))
        return cls(socket=socket, reading=reading, client_id=found[1], elements=_elements(html))

    async def send(self, element: str, event: str, args: Any) -> None:
        """What the browser tells when this event happens to that element."""
        listener = next(each for each in self.elements[element]["events"] if each["type"].startswith(event))
        arguments = [json.dumps(args)]
        told = {
            "id": int(element),
            "client_id": self.client_id,
            "listener_id": listener["listener_id"],
            "args": arguments,
        }
        await self.socket.send("42" + json.dumps(["event", told]))

    async def close(self) -> None:
        self.reading.cancel()
        await self.socket.close()


def _fetch(address: str, cookies: dict[str, str]) -> tuple[str, str]:
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    with urllib.request.urlopen(urllib.request.Request(address, headers=sent)) as answer:
        fresh = dict(
            line.split(";", 1)[0].split("=", 1) for line in answer.headers.get_all("Set-Cookie", []) if "=" in line
        )
        return answer.read().decode(), "; ".join(f"{name}={value}" for name, value in (cookies | fresh).items())


def _elements(html: str) -> dict[str, dict[str, Any]]:
    found = ELEMENTS.search(html)
    text = found[1] if found else "{}"
    for written, sign in ESCAPED.items():
        text = text.replace(written, sign)
    return json.loads(text)


async def _read(socket: ClientConnection, hear: Hear | None) -> None:
    """Answers the server's pings, and gives everything else to who listens."""
    async for message in socket:
        if message == "2":
            await socket.send("3")
        elif hear is not None:
            hear(str(message))
