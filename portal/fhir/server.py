"""Questions to the FHIR server beside `/fhir`: is it well, which version, whose token is this."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

from portal.errors import Unavailable
from portal.fhir.jsons import loads
from portal.fhir.transport import Transport

log = structlog.get_logger("portal.fhir")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """Any answer, whatever its status. `body` is decoded JSON, or None. Header names are in lower case."""

    status: int
    body: Any
    headers: dict[str, str]
    request_id: str


async def ask(
    transport: Transport, method: str, path: str, *, authorization: str = "", data: object = None, slow: bool = False
) -> Reply:
    """`path` begins at the server's root, such as "/health". Raises Unavailable when nobody answers.

    `slow` waits six times as long: for what the server itself takes long to do.
    """
    root = transport.base.removesuffix("/fhir")
    request_id = transport.chance.id()
    headers = {"X-Request-Id": request_id, **({"Authorization": authorization} if authorization else {})}
    deadline = transport.deadline * (6 if slow else 1)
    with transport.reaching():
        try:
            async with asyncio.timeout(deadline):
                answer = await transport.http.request(
                    method, f"{root}{path}", json=data, headers=headers, timeout=deadline, follow_redirects=False
                )
        except (httpx.TransportError, TimeoutError) as error:
            log.warning("fhir.no_answer", method=method, request_id=request_id, cause=type(error).__name__)
            raise Unavailable(request_id=request_id) from None
        try:
            body = loads(answer.content) if answer.content else None
        except ValueError:
            body = None
        return Reply(status=answer.status_code, body=body, headers=dict(answer.headers), request_id=request_id)
