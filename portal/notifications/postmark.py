"""E-mail by Postmark: POST /email, JSON, the server's token in a header."""

from dataclasses import dataclass

from portal.errors import NotSent
from portal.notifications.http import post
from portal.notifications.messages import Message
from portal.settings import Settings

FOR_GOOD = frozenset({300, 406})
"""Postmark's codes for an address that is none, and for one that bounced or complained before."""


@dataclass(frozen=True, slots=True)
class Postmark:
    settings: Settings

    async def send(self, message: Message) -> None:
        settings = self.settings
        reply = await post(
            f"{settings.postmark_url.rstrip('/')}/email",
            timeout=settings.message_timeout,
            headers={
                "Accept": "application/json",
                "X-Postmark-Server-Token": settings.postmark_token.get_secret_value(),
            },
            json={
                "From": settings.email_from,
                "To": message.to,
                "Subject": message.subject,
                "TextBody": message.body,
                "MessageStream": settings.postmark_stream,
                "TrackOpens": False,
                "TrackLinks": "None",
            },
        )
        code = reply.body.get("ErrorCode")
        if reply.status == 200 and code == 0:
            return
        cause = f"postmark-{code}" if code else f"postmark-http-{reply.status}"
        raise NotSent(cause, for_good=reply.status == 422 and code in FOR_GOOD)
