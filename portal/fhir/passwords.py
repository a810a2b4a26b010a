"""Asking the FHIR server whether a password is right: its own `/auth/token`, with the portal's client. The hash stays there."""

import asyncio

import httpx
import structlog

from portal.errors import Unavailable
from portal.fhir.transport import Transport

REFUSED = frozenset({400, 401, 403, 404, 422})

log = structlog.get_logger("portal.fhir")


async def password_opens(
    transport: Transport, *, client: str, client_secret: str, username: str, password: str
) -> bool:
    """Raises Unavailable when the server does not answer. The session that a right password opens there is closed at
    once: it is not by that token that the portal works.
    """
    root = transport.base.removesuffix("/fhir")
    sent = {
        "grant_type": "password",
        "client_id": client,
        "client_secret": client_secret,
        "username": username,
        "password": password,
    }
    request_id = transport.chance.id()
    try:
        async with asyncio.timeout(transport.deadline):
            answer = await transport.http.post(f"{root}/auth/token", json=sent, headers={"X-Request-Id": request_id})
            if answer.status_code == 200:
                token = answer.json().get("access_token", "")
                await transport.http.delete(f"{root}/Session", headers={"Authorization": f"Bearer {token}"})
    except (httpx.TransportError, TimeoutError) as error:
        log.warning("fhir.no_answer", method="POST", request_id=request_id, cause=type(error).__name__)
        raise Unavailable(request_id=request_id) from None
    if answer.status_code == 200:
        return True
    if answer.status_code in REFUSED:
        return False
    log.warning("fhir.refused", status=answer.status_code, request_id=request_id)
    raise Unavailable(status=answer.status_code, request_id=request_id)
