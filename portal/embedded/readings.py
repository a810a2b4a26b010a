"""The other answers that Aidbox may give where its documentation is silent or says two things (docs/aidbox.md).

The embedded backend gives one answer by itself; a reading switched on here gives the other one, so that whoever relies on
the first finds out before production does.
"""

import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, fields
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from portal.embedded.text import dumps, loads
from portal.embedded.wire import Receive, Scope, Send
from portal.errors import NotReady
from portal.i18n import N_

PREFIX = "EMBEDDED_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Readings:
    """Each is an environment variable: EMBEDDED_BARE_ETAG=true and so on."""

    bare_etag: bool = False
    """`ETag: 7` instead of `W/"7"`."""
    text_401: bool = False
    """A refusal for want of a token is a line of text instead of an OperationOutcome."""
    conflict_409: bool = False
    """An id that exists is refused with the code `conflict` instead of `duplicate`."""
    always_body: bool = False
    """`Prefer: return=minimal` is not heard."""
    lenient_search: bool = False
    """An unknown search parameter is ignored instead of refused."""
    relative_links: bool = False
    """Links to further pages begin with /fhir instead of the whole address."""
    empty_entry: bool = False
    """An empty searchset has `entry: []` instead of none."""

    @property
    def any(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def readings(variables: Mapping[str, str]) -> Readings:
    """Those that the environment switches on. NotReady for a value that is neither true nor false."""
    found: dict[str, bool] = {}
    for each in fields(Readings):
        name = PREFIX + each.name.upper()
        value = variables.get(name, "").lower() or "false"
        if value not in {"true", "false"}:
            raise NotReady(N_("{name} is either true or false."), name=name)
        found[each.name] = value == "true"
    return Readings(**found)


class OtherReadings:
    """Around the backend's ASGI application."""

    def __init__(self, app: Any, chosen: Readings) -> None:
        self.app, self.chosen = app, chosen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.chosen.always_body:
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() != b"prefer"]}
        form = b""
        if self.chosen.lenient_search and _in_the_body(scope):
            form, receive = await _whole(receive)
        start, body = await self._asked(scope, receive)
        while (unknown := self._unknown(scope, start, body)) is not None:
            less = _without(form, unknown), _without(scope["query_string"], unknown)
            if less == (form, scope["query_string"]):
                break  # it is no condition of the address: a sort, or one inside a chain
            form = less[0]
            headers = [pair for pair in scope["headers"] if pair[0].lower() != b"content-length"]
            scope = {**scope, "query_string": less[1], "headers": headers}
            start, body = await self._asked(scope, _said([_part(form)]))
        body = self._body(int(start["status"]), body)
        start["headers"] = [*self._headers(start), (b"content-length", str(len(body)).encode())]
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _asked(self, scope: Scope, receive: Receive) -> tuple[MutableMapping[str, Any], bytes]:
        messages: list[MutableMapping[str, Any]] = []

        async def keep(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        return messages[0], b"".join(message.get("body", b"") for message in messages[1:])

    def _unknown(self, scope: Scope, start: MutableMapping[str, Any], body: bytes) -> str | None:
        """The parameter for which a search was refused, when such are to be ignored."""
        if not self.chosen.lenient_search or start["status"] != 400:
            return None
        if scope["method"] != "GET" and not _in_the_body(scope):
            return None
        issue = cast("dict[str, Any]", json.loads(body))["issue"][0]
        told = str(issue.get("diagnostics", ""))
        return issue.get("expression", [""])[0] if told.startswith("Unknown search parameter ") else None

    def _headers(self, start: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
        kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        if self.chosen.text_401 and start["status"] == 401:
            kept = [(name, b"text/plain" if name == b"content-type" else value) for name, value in kept]
        if self.chosen.bare_etag:
            kept = [(name, value.removeprefix(b"W/").strip(b'"') if name == b"etag" else value) for name, value in kept]
        return kept

    def _body(self, status: int, body: bytes) -> bytes:
        if self.chosen.text_401 and status == 401:
            return b"Unauthorized"
        if self.chosen.conflict_409 and status == 409:
            return body.replace(b'"duplicate"', b'"conflict"')
        if (self.chosen.relative_links or self.chosen.empty_entry) and b'"searchset"' in body[:300]:
            return self._searchset(body)
        return body

    def _searchset(self, body: bytes) -> bytes:
        bundle: Any = loads(body)
        if self.chosen.empty_entry:
            bundle.setdefault("entry", [])
        for link in bundle.get("link", []) if self.chosen.relative_links else ():
            link["url"] = "/fhir" + link["url"].split("/fhir", 1)[1]
        return dumps(bundle)


def _in_the_body(scope: Scope) -> bool:
    return scope["method"] == "POST" and scope["path"].endswith("/_search")


def _without(query: bytes, name: str) -> bytes:
    """The same bytes when it has no parameter of that name."""
    pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
    left = [pair for pair in pairs if pair[0] != name]
    return urlencode(left).encode() if len(left) < len(pairs) else query


async def _whole(receive: Receive) -> tuple[bytes, Receive]:
    """The body, and what says it again as it came: one that breaks off breaks off again."""
    messages: list[MutableMapping[str, Any]] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    return b"".join(message.get("body", b"") for message in messages), _said(messages)


def _part(body: bytes) -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": body, "more_body": False}


def _said(messages: list[MutableMapping[str, Any]]) -> Receive:
    left = iter(messages)

    async def receive() -> MutableMapping[str, Any]:
        return next(left, {"type": "http.disconnect"})

    return receive
