"""Asking the FHIR server whether a password is right: its own `/auth/token`, with the portal's client. The hash stays there."""

import structlog

from portal.errors import Unavailable
from portal.fhir.server import ask
from portal.fhir.transport import Transport

REFUSED = frozenset({400, 401, 403, 404, 422})

log = structlog.get_logger("portal.fhir")


async def password_opens(
    transport: Transport, *, client: str, client_secret: str, username: str, password: str
) -> bool:
    """Raises Unavailable when the server does not answer. The session that a right password opens there is closed at
    once: it is not by that token that the portal works.
    """
    sent = {
        "grant_type": "password",
        "client_id": client,
        "client_secret": client_secret,
        "username": username,
        "password": password,
    }
    answer = await ask(transport, "POST", "/auth/token", data=sent)
    token = answer.body.get("access_token") if isinstance(answer.body, dict) else None
    if answer.status == 200 and token and isinstance(token, str):
        await ask(transport, "DELETE", "/Session", authorization=f"Bearer {token}")
        return True
    if answer.status in REFUSED:
        return False
    log.warning("fhir.refused", status=answer.status, request_id=answer.request_id)
    raise Unavailable(status=answer.status, request_id=answer.request_id)
