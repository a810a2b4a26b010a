"""A browser without a screen: gets a page, opens its socket, sends the events that a click would send."""

import asyncio
import json
import re
import uuid
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.asyncio.client import ClientConnection, connect

UNESCAPED = (("&#36;", "$"), ("&#96;", "`"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&"))


class Refused(Exception):
    """The server did not accept the socket."""


class Browser:
    """`html`, `client_id` and `elements` are those of the page opened last; `heard` what its socket has received."""

    def __init__(self, address: str, http: httpx.AsyncClient) -> None:
        self.address, self.http_client = address, http
        self.html, self.client_id = "", ""
        self.elements: dict[str, Any] = {}
        self.heard: list[tuple[str, Any]] = []
        self.socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self, path: str) -> httpx.Response:
        answer = await self.http_client.get(path)
        self.html = answer.text
        self.client_id = re.search(r"'client_id': '([0-9a-f-]+)'", self.html).group(1)
        raw = re.search(r"parseElements\(String\.raw`(.*?)`\)", self.html, re.DOTALL).group(1)
        for written, meant in UNESCAPED:
            raw = raw.replace(written, meant)
        self.elements = json.loads(raw)
        return answer

    async def connect(self, *, client_id: str = "", cookie: str | None = None, origin: str | None = "own") -> None:
        """Opens the socket of the present page, or of another client. Raises Refused."""
        query = {
            "client_id": client_id or self.client_id,
            "next_message_id": "0",
            "implicit_handshake": "true",
            "document_id": str(uuid.uuid4()),
            "tab_id": str(uuid.uuid4()),
            "EIO": "4",
            "transport": "websocket",
        }
        own = "; ".join(f"{one.name}={one.value}" for one in self.http_client.cookies.jar)
        headers = {"Cookie": own if cookie is None else cookie}
        if origin is not None:
            headers["Origin"] = self.address if origin == "own" else origin
        url = f"{self.address.replace('http', 'ws', 1)}/_nicegui_ws/socket.io/?{urlencode(query)}"
        try:
            self.socket = await connect(
                url, additional_headers=headers, ping_interval=None, compression=None, proxy=None
            )
            await self.socket.recv()
            await self.socket.send("40")
            answer = str(await self.socket.recv())
        except Exception as error:
            raise Refused(str(error)) from error
        if not answer.startswith("40"):
            raise Refused(answer)
        self._reader = asyncio.create_task(self._read(self.socket))

    async def emit(self, name: str, *content: Any) -> None:
        assert self.socket is not None
        await self.socket.send("42" + json.dumps([name, *content]))

    async def click(self, *, of: "Browser | None" = None) -> None:
        """Clicks the one button of the page; of another browser's page when `of` is given."""
        page = of or self
        id_, element = next((id_, one) for id_, one in page.elements.items() if one["tag"] == "button")
        listener = element["events"][0]["listener_id"]
        await self.emit("event", {"id": int(id_), "client_id": page.client_id, "listener_id": listener, "args": []})
        await asyncio.sleep(0.15)

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self.socket is not None:
            await self.socket.close()

    async def _read(self, socket: ClientConnection) -> None:
        async for sent in socket:
            if sent == "2":
                await socket.send("3")
            elif str(sent).startswith("42"):
                name, *content = json.loads(str(sent)[2:])
                self.heard.append((name, content[0] if content else None))
