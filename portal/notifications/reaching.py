"""Whether the services by which messages leave answer and know us, without writing to anybody."""

from portal.errors import NotSent
from portal.notifications import smtp
from portal.notifications.messages import Message
from portal.notifications.postmark import Postmark
from portal.notifications.transports import email_by, sms_by
from portal.notifications.twilio import Twilio
from portal.settings import Settings

NOBODY = "nobody"
"""No address and no number: a service that knows us refuses it for good, one that does not says so first."""


async def reach_email(settings: Settings) -> str:
    """The way by which e-mails leave: smtp, postmark, or outbox when they do not. Raises NotSent."""
    way = email_by(settings)
    if way == "smtp":
        await smtp.reach(settings)
    elif way == "postmark":
        message = Message(kind="email", to=NOBODY, subject="Portail", body="Portail")
        await _refused_for_good(Postmark(settings), message)
    return way


async def reach_sms(settings: Settings) -> str:
    """The way by which text messages leave: twilio, or outbox when they do not. Raises NotSent."""
    way = sms_by(settings)
    if way == "twilio":
        await _refused_for_good(Twilio(settings), Message(kind="sms", to=NOBODY, subject="", body="Portail"))
    return way


async def _refused_for_good(service: Postmark | Twilio, message: Message) -> None:
    try:
        await service.send(message)
    except NotSent as refused:
        if not refused.for_good:
            raise
