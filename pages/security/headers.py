"""Headers of every answer, and a nonce on the page's own scripts, so that no other script can run in it.

`'unsafe-eval'` stays: the page's framework compiles its templates in the browser. `'unsafe-inline'` is for styles only.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.chance import Chance
from portal.settings import Settings

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data:; font-src 'self' data:; connect-src 'self' {socket}; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=63072000; includeSubDomains"
HOST = re.compile(r"[\w.\-\[\]:]{1,255}")
OPENING_SCRIPT = re.compile(rb"<script(?=[\s>])")


class SafeHeaders:
    """ASGI middleware. What says nothing about caching is not kept by anybody: it may hold a person's data."""

    def __init__(self, app: ASGIApp, *, settings: Settings, chance: Chance) -> None:
        self.app, self.settings, self.chance = app, settings, chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = self.chance.token()[:22]
        held: Message | None = None
        parts: list[bytes] = []

        async def with_headers(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                self._add(headers, nonce, Headers(scope=scope).get("host", ""))
                message["headers"] = headers.raw
                if headers.get("x-nicegui-content") == "page":
                    held = message  # its length changes with the nonce
                    return
            elif message["type"] == "http.response.body" and held is not None:
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                # Element data hold no raw "<": what matches is the page's own tags.
                body = OPENING_SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', b"".join(parts))
                headers = MutableHeaders(raw=held["headers"])
                headers["content-length"] = str(len(body))
                await send({**held, "headers": headers.raw})
                held = None
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self.app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, nonce: str, host: str) -> None:
        # Some browsers do not take 'self' to mean the page's own socket too.
        socket = f"{'wss' if self.settings.secure else 'ws'}://{host}" if HOST.fullmatch(host) else ""
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce, socket=socket))  # a file has its own
        for name, value in ALWAYS.items():
            headers[name] = value
        if self.settings.secure:
            headers["Strict-Transport-Security"] = HSTS
        headers.setdefault("Cache-Control", "no-store")
