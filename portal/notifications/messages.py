"""The texts that leave the portal."""

from dataclasses import dataclass
from typing import Literal

from portal.i18n import Texts

Kind = Literal["email", "sms"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """`to` is an address or a number in E.164; `subject` is empty for an SMS."""

    kind: Kind
    to: str
    subject: str
    body: str


def code_message(t: Texts, *, by_sms: bool, to: str, code: str, minutes: int) -> Message:
    """A one-time code. It stands alone on its line, so that phones and people copy it whole."""
    if by_sms:
        body = t(
            "{code} is your code for the FondaMental portal. It works for {minutes} minutes. Give it to nobody.",
            code=code,
            minutes=minutes,
        )
        return Message(kind="sms", to=to, subject="", body=body)
    lines = [
        t("Hello,"),
        t("Here is your code to sign in to the FondaMental portal:"),
        code,
        t("It works for {minutes} minutes, once, and only in the browser where you asked for it.", minutes=minutes),
        t("You did not ask for it? Do nothing: without this code nobody can get in. Nobody will ever ask you for it."),
    ]
    return Message(kind="email", to=to, subject=t("Your code for the FondaMental portal"), body="\n\n".join(lines))
