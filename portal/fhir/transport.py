"""One pooled HTTP transport to the FHIR server: deadlines, retries of reads, request ids, and answers turned into our errors."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import stamina
import structlog

from portal import errors
from portal.chance import Chance
from portal.fhir.jsons import dumps, loads
from portal.types import Json

READ_ATTEMPTS = 3
OVERLOADED = frozenset({429, 502, 503, 504})
ABSENT = frozenset({404, 410})  # looking for what may not be there is no event
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]

log = structlog.get_logger("portal.fhir")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back: `body` decoded, or None when empty."""

    status: int
    body: Any
    headers: httpx.Headers


@dataclass(frozen=True, kw_only=True, slots=True)
class Transport:
    """`base` ends without a slash, such as https://aidbox.example.fr/fhir. One transport serves every signed-in person."""

    base: str
    http: httpx.AsyncClient
    chance: Chance
    deadline: float = 10.0

    async def close(self) -> None:
        await self.http.aclose()

    def url(self, path: str) -> str:
        """The absolute address of a path or of a link that the server gave.

        An address elsewhere is refused before any token is sent to it.
        """
        if "://" not in path:
            return f"{self.base}/{path.lstrip('/')}"
        wanted, own = urlsplit(path), urlsplit(self.base)
        if (wanted.scheme, wanted.netloc) != (own.scheme, own.netloc) or not wanted.path.startswith(own.path):
            raise errors.Forbidden(status=0)
        return path

    async def send(
        self,
        method: str,
        path: str,
        *,
        authorization: str,
        data: object = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send and wait at most `deadline` seconds. Reads are tried again; writes never are by themselves.

        `form` is a search sent in the body, and so a read.
        """
        if method == "GET" or form is not None:
            async for attempt in stamina.retry_context(
                on=errors.Unavailable, attempts=READ_ATTEMPTS, timeout=self.deadline * 2, wait_initial=0.1, wait_max=1.0
            ):
                with attempt:
                    return await self._send(method, path, authorization, data, params, headers, form)
        return await self._send(method, path, authorization, data, params, headers, form)

    async def _send(
        self,
        method: str,
        path: str,
        authorization: str,
        data: object,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        form: Mapping[str, Any] | None,
    ) -> Answer:
        request_id = self.chance.id()
        sent = {
            "Accept": "application/fhir+json",
            "Content-Type": "application/fhir+json" if form is None else "application/x-www-form-urlencoded",
            "X-Request-Id": request_id,
            "Authorization": authorization,
            **(headers or {}),
        }
        content = None if data is None else dumps(data)
        if form is not None:
            content = str(httpx.QueryParams(dict(form))).encode()
        try:
            async with asyncio.timeout(self.deadline):
                response = await self.http.request(method, self.url(path), content=content, params=params, headers=sent)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            log.warning("fhir.unreachable", method=method, request_id=request_id, cause=type(error).__name__)
            raise errors.Unavailable(request_id=request_id) from None
        except (httpx.TransportError, TimeoutError) as error:
            log.warning("fhir.no_answer", method=method, request_id=request_id, cause=type(error).__name__)
            raise errors.Unavailable(request_id=request_id, maybe_done=method != "GET" and form is None) from None
        if response.status_code < 300 or response.status_code == 304:
            body = loads(response.content) if response.content and response.status_code != 304 else None
            return Answer(status=response.status_code, body=body, headers=response.headers)
        raise failure(response, request_id, conditional="If-Match" in sent)


def failure(response: httpx.Response, request_id: str, *, conditional: bool) -> errors.RecordError:
    """The error that a refused call means."""
    status, issues = response.status_code, outcome_issues(response)
    if status not in ABSENT:
        log.info("fhir.refused", status=status, request_id=request_id, codes=[issue.get("code") for issue in issues])
    if status in OVERLOADED:
        return errors.Unavailable(status=status, request_id=request_id)
    if status >= 500:
        return errors.Unavailable(status=status, request_id=request_id, maybe_done=True)
    if status == 412:  # in a transaction the condition stands in an entry, so the issue says which one failed
        conflict = conditional or any(issue.get("code") == "conflict" for issue in issues)
        kind = errors.VersionConflict if conflict else errors.MultipleMatches
    else:
        kind = {
            401: errors.Unauthorized,
            403: errors.Forbidden,
            404: errors.NotFound,
            409: errors.VersionConflict,
            410: errors.Gone,
        }.get(status, errors.Rejected)
    return kind(status=status, request_id=request_id, issues=issues)


def outcome_issues(response: httpx.Response) -> list[Json]:
    try:
        body = loads(response.content)
    except ValueError:
        return []
    return (
        list(body.get("issue", [])) if isinstance(body, dict) and body.get("resourceType") == "OperationOutcome" else []
    )


def remote_transport(base: str, *, chance: Chance, deadline: float) -> Transport:
    """To a FHIR server elsewhere, through a pool of kept-alive connections."""
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=20)
    http = httpx.AsyncClient(timeout=httpx.Timeout(deadline, connect=5), limits=limits, follow_redirects=False)
    return Transport(base=base.rstrip("/"), http=http, chance=chance, deadline=deadline)


def embedded_transport(
    app: ASGIApp, *, chance: Chance, deadline: float, base: str = "http://embedded/fhir"
) -> Transport:
    """To the embedded backend in this process: the same calls, with no socket between."""
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), timeout=deadline)
    return Transport(base=base, http=http, chance=chance, deadline=deadline)
