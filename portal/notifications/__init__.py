"""Messages to people, by e-mail and SMS. No clinical word and no name of a trial or questionnaire ever stands in one.

`send` puts a message on its way: it survives a restart and is tried again when its server is away. `deliver` sends one now,
for work that is in the queue already. What is refused for good is kept for the administrators (`refusals`).
"""

from portal.notifications.messages import (
    Message,
    code_message,
    contact_changed_message,
    factor_changed_message,
    password_changed_message,
)
from portal.notifications.outbox import Kept, latest
from portal.notifications.reaching import reach_email, reach_sms
from portal.notifications.refused import RefusedMessage, masked, refusals
from portal.notifications.sending import TASK, deliver, note_refusal, send, task

__all__ = [
    "TASK",
    "Kept",
    "Message",
    "RefusedMessage",
    "code_message",
    "contact_changed_message",
    "deliver",
    "factor_changed_message",
    "latest",
    "masked",
    "note_refusal",
    "password_changed_message",
    "reach_email",
    "reach_sms",
    "refusals",
    "send",
    "task",
]
