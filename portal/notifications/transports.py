"""Which transport takes a message, by the settings. Each one has `send(message)`; it returns once the message was accepted
and raises NotSent otherwise, which says whether trying again may help.
"""

from typing import Protocol

from portal.acting import Acting
from portal.notifications.messages import Kind, Message
from portal.notifications.outbox import Outbox
from portal.notifications.postmark import Postmark
from portal.notifications.smtp import Smtp
from portal.notifications.twilio import Twilio
from portal.settings import Settings


class Transport(Protocol):
    async def send(self, message: Message) -> None: ...


def transport_for(acting: Acting, kind: Kind) -> Transport:
    """Made anew for each message: none of them keeps anything."""
    settings = acting.settings
    match email_by(settings) if kind == "email" else sms_by(settings):
        case "postmark":
            return Postmark(settings)
        case "smtp":
            return Smtp(acting)
        case "twilio":
            return Twilio(settings)
        case _:
            return Outbox(acting)


def email_by(settings: Settings) -> str:
    """The setting; without it, what is set up. A demonstration writes to nobody unless it is told to."""
    if settings.email_by or settings.demo:
        return settings.email_by or "outbox"
    if settings.postmark_token.get_secret_value():
        return "postmark"
    return "smtp" if settings.smtp_host else "outbox"


def sms_by(settings: Settings) -> str:
    if settings.sms_by or settings.demo:
        return settings.sms_by or "outbox"
    return "twilio" if settings.twilio_account else "outbox"
