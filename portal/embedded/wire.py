"""The HTTP face: an ASGI application that reads a request, finds who asks, and writes the answer."""

import asyncio
import inspect
import itertools
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

from portal.chance import Chance
from portal.clock import Clock
from portal.embedded.doors import Doors
from portal.embedded.engine import Engine
from portal.embedded.failures import failure
from portal.embedded.identity import Authenticate, Identity
from portal.embedded.introspection import Introspectors
from portal.embedded.messages import Answer, Params, Request, allowed, read_query, version_headers
from portal.embedded.metadata import VERSION, capability, health
from portal.embedded.openapi import describe
from portal.embedded.outcome import Refusal, refuse
from portal.embedded.passwords import Passwords
from portal.embedded.service import Service
from portal.embedded.text import dumps, received
from portal.embedded.tokens import Tokens
from portal.types import Json

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

FORM = "application/x-www-form-urlencoded"
BODY_LIMIT = 20 * 1024 * 1024
JSON_TYPES = (
    "application/json",
    "application/fhir+json",
    "application/json-patch+json",
    "application/merge-patch+json",
)
DESCRIPTIONS = (("fhir", "metadata"), ("fhir", "openapi.json"))
"""What everybody may read, because it tells of nobody."""


class Wire:
    """`base_url` is the public address of the FHIR base, for links; without it the request's own Host is used."""

    def __init__(
        self,
        service: Service,
        engine: Engine,
        clock: Clock,
        chance: Chance,
        authenticate: Authenticate,
        *,
        base_url: str | None,
    ) -> None:
        self.service = service
        self.engine = engine
        self.clock = clock
        self.authenticate = authenticate
        self.tokens = Tokens(service.store, engine, clock)
        self.doors = Doors(self.tokens, Passwords(service.store, engine, clock, self.tokens.sessions), service)
        self.introspectors = Introspectors(service.store, engine, clock)
        self.base_url = base_url.rstrip("/") if base_url else None
        self.started = clock.monotonic()
        self._run, self._count = chance.id()[:8], itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        start = self.clock.monotonic()
        headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request_id = headers.get("x-request-id", "")[:100] or f"{self._run}-{next(self._count)}"
        try:
            answer = await self._answer(scope, headers, receive)
        except Refusal as refusal:
            extra = {"www-authenticate": 'Bearer realm="fhir"'} if refusal.status == 401 else {}
            if refusal.status == 405:
                extra = {"allow": allowed(_path(scope)[1:])}
            answer = Answer(status=refusal.status, body=dumps(refusal.outcome()), headers=extra)
        except Exception as problem:  # noqa: BLE001 – the caller gets 500
            answer = Answer(status=500, body=dumps(failure(problem, request_id).outcome()))
        await self._send(scope, answer, send, request_id, self.clock.monotonic() - start)

    async def _send(self, scope: Scope, answer: Answer, send: Send, request_id: str, seconds: float) -> None:
        body = b"" if answer.status in {204, 304} else answer.body
        headers = [
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id.encode("latin-1")),
            (b"x-duration", b"%d" % round(seconds * 1000)),
            (b"cache-control", b"no-store"),
        ]
        if answer.kept:
            headers += version_headers(answer.kept)
        if answer.headers:
            headers += [(name.encode(), value.encode("latin-1", "replace")) for name, value in answer.headers.items()]
        if body:
            headers.append((b"content-type", answer.content_type.encode("ascii", "replace")))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope, headers: dict[str, str], receive: Receive) -> Answer:
        method: str = scope["method"]
        path = _path(scope)
        if path[:1] == ("fhir",) and path not in DESCRIPTIONS:
            identity = await self._identity(headers)
            if method not in {"GET", "HEAD"}:
                return await self.service.answer(await self._read(scope, headers, receive, path[1:], identity))
            request = Request(
                method=method, path=path[1:], params=_query(scope), headers=headers, base=self._base(scope, headers),
                identity=identity, remote=_remote(scope),
            )  # fmt: skip
            return self.service.answer_at_once(request) or await self.service.answer(request)
        match path:
            case ("health",) if method in {"GET", "HEAD"}:
                return Answer(status=200, body=dumps(await self._health()), content_type="application/health+json")
            case ("$version",) if method in {"GET", "HEAD"}:
                return Answer(
                    status=200, body=dumps({"version": VERSION, "channel": "embedded"}), content_type="application/json"
                )
            case ("fhir", "metadata") if method in {"GET", "HEAD"}:
                return Answer(
                    status=200, body=dumps(capability(self.engine, self._base(scope, headers), self.clock.now()))
                )
            case ("fhir", "openapi.json") if method in {"GET", "HEAD"}:
                described = await asyncio.to_thread(lambda: dumps(describe(self.engine, self._base(scope, headers))))
                return Answer(status=200, body=described, content_type="application/json")
            case ("auth", _) | ("Session",):
                raw = await _body(receive, headers) if method == "POST" else b""
                identity = None if path == ("auth", "token") else await self._identity(headers)
                base = self._base(scope, headers).removesuffix("/fhir")
                knock = Request(
                    method=method, path=path, params=_query(scope), headers=headers, raw=raw, base=base, root="/",
                    identity=identity, remote=_remote(scope),
                )  # fmt: skip
                return await self.doors.answer(knock)
            case _:
                raise refuse(404, "not-found", "There is nothing at this address")

    async def _health(self) -> Json:
        asked = self.clock.monotonic()
        answered = await self.service.store.answers()
        now = self.clock.monotonic()
        return health(now - self.started, now - asked if answered else None)

    async def _identity(self, headers: dict[str, str]) -> Identity | None:
        authorization = headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        scheme, token = scheme.lower(), token.strip()
        if scheme == "basic":
            return self.tokens.by_basic(authorization)
        if scheme != "bearer" or not token:
            return None
        found = self.authenticate(token)
        identity = found if isinstance(found, Identity) else await found if inspect.isawaitable(found) else None
        return identity or self.tokens.by_session(token) or self.introspectors.identity(token)

    async def _read(
        self, scope: Scope, headers: dict[str, str], receive: Receive, path: tuple[str, ...], identity: Identity | None
    ) -> Request:
        params = _query(scope)
        raw = await _body(receive, headers)
        content = headers.get("content-type", "").partition(";")[0].strip().lower()
        body: Any = None
        if path[-1:] == ("_search",):
            if raw and content != FORM:
                raise refuse(415, "not-supported", f"A search is posted as {FORM}")
            params = [*params, *read_query(raw.decode("utf-8", "replace"))]
        elif raw and content and content not in JSON_TYPES and path[:1] != ("Binary",):
            raise refuse(415, "not-supported", "The body must be JSON")
        elif raw and (content in JSON_TYPES or not content):
            body = received(raw)
        return Request(
            method=scope["method"], path=path, params=params, headers=headers, body=body, raw=raw,
            base=self._base(scope, headers), identity=identity, remote=_remote(scope),
        )  # fmt: skip

    def _base(self, scope: Scope, headers: dict[str, str]) -> str:
        if self.base_url:
            return self.base_url
        return f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}{scope.get('root_path', '')}/fhir"


def _query(scope: Scope) -> Params:
    query: bytes = scope.get("query_string", b"")
    return read_query(query.decode("utf-8", "replace")) if query else []


def _remote(scope: Scope) -> str | None:
    caller = scope.get("client")
    return str(caller[0]) if caller else None


def _path(scope: Scope) -> tuple[str, ...]:
    """Segments of the path, each decoded on its own; what the application is mounted under is taken off."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if raw else scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(root):
        path = path[len(root) :]
    parts = [part for part in path.split("/") if part]
    return tuple(map(unquote, parts) if raw and "%" in path else parts)


async def _body(receive: Receive, headers: dict[str, str]) -> bytes:
    """Refusal 400 when the caller left before all of it came: half a document is none."""
    told = headers.get("content-length") or ""
    if told and not (told.isascii() and told.isdigit() and len(told) < 20):
        raise refuse(400, "structure", "Content-Length is a number")
    if int(told or 0) > BODY_LIMIT:
        raise refuse(413, "too-long", "The body is too large")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise refuse(400, "incomplete", "The body did not come whole")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            raise refuse(413, "too-long", "The body is too large")
        parts.append(part)
        if not message.get("more_body", False):
            break
    if size < int(told or 0):
        raise refuse(400, "incomplete", "The body did not come whole")
    return b"".join(parts)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
