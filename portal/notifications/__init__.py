"""Messages to people, by e-mail and SMS. No clinical word and no name of a trial or questionnaire ever stands in one."""

from portal.notifications.messages import Message, code_message
from portal.notifications.outbox import Kept, latest, send

__all__ = ["Kept", "Message", "code_message", "latest", "send"]
