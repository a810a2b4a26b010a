"""SMS by Twilio: POST …/Messages.json, a form, account and token as Basic credentials."""

from dataclasses import dataclass
from urllib.parse import quote

from portal.errors import NotSent
from portal.notifications.http import post
from portal.notifications.messages import Message
from portal.settings import Settings

OURS = frozenset({20003, 20404, 20429, 21212, 21603, 21606, 21611, 21701})
"""Twilio's codes for what is wrong with our own account, our sender or our pace: not the number's fault, so tried again."""


@dataclass(frozen=True, slots=True)
class Twilio:
    settings: Settings

    async def send(self, message: Message) -> None:
        settings = self.settings
        sender = "MessagingServiceSid" if settings.twilio_from.startswith("MG") else "From"
        reply = await post(
            f"{settings.twilio_url.rstrip('/')}/2010-04-01/Accounts/{quote(settings.twilio_account, safe='')}/Messages.json",
            timeout=settings.message_timeout,
            form={"To": message.to, sender: settings.twilio_from, "Body": message.body},
            basic=(settings.twilio_account, settings.twilio_token.get_secret_value()),
        )
        if reply.status == 201:
            return
        code = reply.body.get("code")
        cause = f"twilio-{code}" if code else f"twilio-http-{reply.status}"
        raise NotSent(cause, for_good=reply.status == 400 and code is not None and code not in OURS)
