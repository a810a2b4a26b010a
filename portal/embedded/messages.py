"""A request as the interactions see it, whether it came alone or as an entry of a bundle, and its answer."""

import re
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from portal.embedded.identity import Identity
from portal.embedded.outcome import refuse
from portal.embedded.search.query import Params
from portal.embedded.search.values import written_instant
from portal.embedded.store import Kept
from portal.types import Json

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """`path` is what follows `root`, split; header names are in lower case; `body` is decoded JSON, or None; `remote` is the
    caller's network address, None when there is none.
    """

    method: str
    path: tuple[str, ...]
    params: Params = field(default_factory=list[tuple[str, str]])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    raw: bytes = b""
    base: str = ""
    root: str = "/fhir/"
    identity: Identity | None = None
    remote: str | None = None

    def option(self, name: str) -> str | None:
        return next((value for key, value in self.params if key == name), None)

    @property
    def condition(self) -> Params:
        return [(k, v) for k, v in self.params if k not in {"_method", "_no-content", "_pretty", "_format"}]

    def resource(self) -> Json:
        if not isinstance(self.body, dict):
            raise refuse(400, "structure", "A resource is expected as the body")
        return self.body


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`body` is JSON text (b"" for none). `kept` is the version that it tells of, if any, whose headers go with it."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    kept: Kept | None = None
    content_type: str = "application/fhir+json; charset=utf-8"


def allowed(path: tuple[str, ...]) -> str:
    """The methods that an address under /fhir takes, as the header `Allow` lists them."""
    match path:
        case ():
            return "POST"
        case (*_, "_history") | (_, _, "_history", _):
            return "GET, HEAD"
        case (*_, "$validate" | "_search"):
            return "POST"
        case (*_, last) if last.startswith(("_", "$")):
            return "GET, HEAD, POST"
        case (_,):
            return "GET, HEAD, POST, PUT, PATCH, DELETE"
        case ("AidboxTopicDestination", _):
            return "GET, HEAD, DELETE"
        case _:
            return "GET, HEAD, PUT, PATCH, DELETE"


def split_url(url: str) -> tuple[tuple[str, ...], Params]:
    path, _, query = url.partition("?")
    parts = [part for part in path.split("/") if part]
    return tuple(map(unquote, parts) if "%" in path else parts), read_query(query)


def read_query(query: str) -> Params:
    if not query:
        return []
    return [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key]


def version_headers(kept: Kept) -> list[tuple[bytes, bytes]]:
    return [(b"etag", b'W/"%d"' % kept.version), (b"last-modified", _http_date(kept.updated // 1_000_000))]


@lru_cache(maxsize=1024)
def _http_date(seconds: int) -> bytes:
    return formatdate(seconds, usegmt=True).encode()


def location(request: Request, kept: Kept) -> str:
    return f"{request.base}/{kept.type}/{kept.id}/_history/{kept.version}"


def tag(written: str) -> str:
    """The version of `W/"13"`, `"13"` or `13`."""
    return written.strip().removeprefix("W/").strip('"')


def tags(written: str) -> set[str]:
    return {tag(part) for part in written.split(",")}


def shown(request: Request, kept: Kept, status: int) -> Answer:
    """The stored resource, unless the caller prefers no body."""
    headers = {"location": location(request, kept)} if status == 201 else {}
    minimal = "return=minimal" in request.headers.get("prefer", "")
    return Answer(status=status, body=b"" if minimal else kept.body or b"", headers=headers, kept=kept)


def when(kept: Kept) -> str:
    return written_instant(kept.updated)
