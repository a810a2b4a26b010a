"""A visitor without a browser: fetches a page and keeps its socket open, as far as NiceGUI 3.18 can tell."""

import asyncio
import re
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect

CLIENT_ID = re.compile(r"'client_id': '([0-9a-f-]+)'")


@dataclass(kw_only=True, slots=True)
class OpenPage:
    """One open page. `close` before the event loop ends."""

    socket: ClientConnection
    reading: asyncio.Task[None]

    @classmethod
    async def open(cls, url: str, path: str, cookies: dict[str, str]) -> "OpenPage":
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
        return cls(socket=socket, reading=asyncio.create_task(_read(socket)))

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


async def _read(socket: ClientConnection) -> None:
    """Answers the server's pings; everything else is let go."""
    async for message in socket:
        if message == "2":
            await socket.send("3")
