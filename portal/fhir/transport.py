"""One pooled HTTP transport to the FHIR server: deadlines, safe repetitions, request ids, and answers turned into our errors."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import stamina
import structlog

from portal import errors
from portal.chance import Chance
from portal.clock import Clock
from portal.fhir.addresses import Addresses
from portal.fhir.answers import issues_in, resource_in
from portal.fhir.circuit import Circuit, LeftAlone
from portal.fhir.jsons import dumps
from portal.fhir.repeats import is_conditional, is_read, may_repeat
from portal.types import Json

ATTEMPTS = 3
OVERLOADED = frozenset({429, 502, 503, 504})
ABSENT = frozenset({404, 410})  # looking for what may not be there is no event
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]

log = structlog.get_logger("portal.fhir")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back: `body` is a resource, or None when a write may answer nothing and does."""

    status: int
    body: Json | None
    headers: httpx.Headers


class _Serialized(errors.VersionConflict):
    """A write without a condition was refused because of another one at the same moment: it may be sent again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transport:
    """`base` ends without a slash, such as https://aidbox.example.fr/fhir. One transport serves every signed-in person.

    `aliases` are further names under which the server gives links to itself; `circuit` leaves a silent server alone.
    """

    base: str
    http: httpx.AsyncClient
    chance: Chance
    deadline: float = 10.0
    aliases: tuple[str, ...] = ()
    circuit: Circuit | None = None

    async def close(self) -> None:
        await self.http.aclose()

    def url(self, path: str) -> str:
        """The absolute address of a path or of a link that the server gave. `Forbidden` for an address elsewhere: no
        token is ever sent there.
        """
        return Addresses(self.base, self.aliases).own(path)

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
        """Send and wait at most `deadline` seconds for each try.

        A call after which twice is the same as once (portal.fhir.repeats) is tried again when no answer came; any other
        never is by itself. `form` is a search sent in the body, and so a read.
        """
        call = _Call(method, self.url(path), data, params, dict(headers or {}), form)
        if not call.may_repeat(path):
            return await self._send(call, authorization)
        async for attempt in stamina.retry_context(
            on=_worth_another_try, attempts=ATTEMPTS, timeout=self.deadline * 2, wait_initial=0.1, wait_max=1.0
        ):
            with attempt:
                return await self._send(call, authorization)
        raise AssertionError  # the loop above returns or raises

    @contextmanager
    def reaching(self) -> Generator[None]:
        """Around any call to the server: refused while it is left alone."""
        if self.circuit is None:
            yield
            return
        with self.circuit.call():
            yield

    async def _send(self, call: "_Call", authorization: str) -> Answer:
        with self.reaching():
            request_id = self.chance.id()
            read = is_read(call.method, form=call.form is not None)
            try:
                async with asyncio.timeout(self.deadline):
                    response = await self.http.request(
                        call.method,
                        call.url,
                        content=call.content(),
                        params=call.params,
                        headers=call.all_headers(authorization, request_id),
                        follow_redirects=False,
                    )
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                log.warning("fhir.unreachable", method=call.method, request_id=request_id, cause=type(error).__name__)
                raise errors.Unavailable(request_id=request_id) from None
            except (httpx.TransportError, TimeoutError) as error:
                log.warning("fhir.no_answer", method=call.method, request_id=request_id, cause=type(error).__name__)
                raise errors.Unavailable(request_id=request_id, maybe_done=not read) from None
            if response.status_code < 300 or response.status_code == 304:
                try:
                    body = resource_in(response, may_be_empty=call.method == "DELETE")
                except ValueError:
                    # Most often the page of a proxy. Status 0: to the circuit it is as if nobody had answered.
                    log.warning("fhir.not_fhir", method=call.method, status=response.status_code, request_id=request_id)
                    raise errors.Unavailable(request_id=request_id, maybe_done=not read) from None
                return Answer(status=response.status_code, body=body, headers=response.headers)
            raise failure(response, request_id, call)


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    url: str
    data: object
    params: Mapping[str, Any] | None
    headers: dict[str, str]
    form: Mapping[str, Any] | None

    def may_repeat(self, path: str) -> bool:
        if self.params and not is_read(self.method, form=self.form is not None):
            return False  # a write by a search
        return may_repeat(self.method, path, self.data, self.headers, form=self.form is not None)

    @property
    def conditional(self) -> bool:
        return bool(self.params) or is_conditional(self.url, self.data, self.headers)

    def content(self) -> bytes | None:
        if self.form is not None:
            return str(httpx.QueryParams(dict(self.form))).encode()
        return None if self.data is None else dumps(self.data)

    def all_headers(self, authorization: str, request_id: str) -> dict[str, str]:
        return {
            "Accept": "application/fhir+json",
            "Content-Type": "application/fhir+json" if self.form is None else "application/x-www-form-urlencoded",
            "X-Request-Id": request_id,
            "Authorization": authorization,
            **self.headers,
        }


def failure(response: httpx.Response, request_id: str, call: _Call) -> errors.RecordError:
    """The error that a refused call means."""
    status, issues = response.status_code, issues_in(response)
    if status not in ABSENT:
        log.info("fhir.refused", status=status, request_id=request_id, codes=[issue.get("code") for issue in issues])
    if status in OVERLOADED:
        return errors.Unavailable(status=status, request_id=request_id)
    if status >= 500:
        return errors.Unavailable(status=status, request_id=request_id, maybe_done=True)
    if status == 412:
        kind = _failed_condition(call, issues)
    else:
        kind = {
            401: errors.Unauthorized,
            403: errors.Forbidden,
            404: errors.NotFound,
            409: errors.VersionConflict,
            410: errors.Gone,
        }.get(status, errors.Rejected)
    return kind(status=status, request_id=request_id, issues=issues)


def _failed_condition(call: _Call, issues: list[Json]) -> type[errors.RecordError]:
    """412 has three causes. In a transaction the condition stands in an entry, so the issue says which one failed."""
    if "If-Match" in call.headers or any(issue.get("code") == "conflict" for issue in issues):
        return errors.VersionConflict if call.conditional else _Serialized
    return errors.MultipleMatches


def _worth_another_try(error: Exception) -> bool:
    return isinstance(error, errors.Unavailable | _Serialized) and not isinstance(error, LeftAlone)


def remote_transport(
    base: str, *, chance: Chance, clock: Clock, deadline: float, connections: int = 50, aliases: tuple[str, ...] = ()
) -> Transport:
    """To a FHIR server elsewhere, through a pool of at most `connections` kept-alive connections."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=min(connections, 20))
    http = httpx.AsyncClient(timeout=httpx.Timeout(deadline, connect=min(deadline, 5)), limits=limits)
    return Transport(
        base=base.rstrip("/"),
        http=http,
        chance=chance,
        deadline=deadline,
        aliases=tuple(alias.rstrip("/") for alias in aliases),
        circuit=Circuit(clock=clock, chance=chance),
    )


def embedded_transport(
    app: ASGIApp, *, chance: Chance, deadline: float, base: str = "http://embedded/fhir"
) -> Transport:
    """To the embedded backend in this process: the same calls, with no socket between and so nothing to wait out."""
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), timeout=deadline)
    return Transport(base=base, http=http, chance=chance, deadline=deadline)
