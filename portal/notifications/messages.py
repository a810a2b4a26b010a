"""The texts that leave the portal."""

from dataclasses import dataclass
from typing import Literal

from portal.i18n import Texts

Kind = Literal["email", "sms"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """`to` is an address or a number in E.164; `subject` is empty for an SMS; `about` says in a code what it is for."""

    kind: Kind
    to: str
    subject: str
    body: str
    about: str = ""


def code_message(
    t: Texts, *, by_sms: bool, to: str, code: str, minutes: int, link: str = "", about: str = "code"
) -> Message:
    """A one-time code. It stands alone on its line, so that phones and people copy it whole. `link` opens the same door
    without typing; without a code (after too many wrong ones) it is the only way.
    """
    if by_sms and not code:
        body = t("To sign in to the FondaMental portal: {link}", link=link)
        return Message(kind="sms", to=to, subject="", body=body, about=about)
    if by_sms:
        body = t(
            "{code} is your code for the FondaMental portal. It works for {minutes} minutes. Give it to nobody.",
            code=code,
            minutes=minutes,
        )
        return Message(kind="sms", to=to, subject="", body=body, about=about)
    lines = [t("Hello,")]
    if code:
        lines += [
            t("Here is your code to sign in to the FondaMental portal:"),
            code,
            t("It works for {minutes} minutes, once, and only in the browser where you asked for it.", minutes=minutes),
        ]
    if link:
        instead = t("Or open this link there, without typing anything:")
        only = t(
            "Open this link in the browser where you asked for it. It works for {minutes} minutes.", minutes=minutes
        )
        lines += [instead if code else only, link]
    lines.append(
        t("You did not ask for it? Do nothing: without this code nobody can get in. Nobody will ever ask you for it.")
    )
    subject = t("Your code for the FondaMental portal") if code else t("Your link for the FondaMental portal")
    return Message(kind="email", to=to, subject=subject, body="\n\n".join(lines), about=about)


def contact_changed_message(t: Texts, *, by_sms: bool, to: str, new: str) -> Message:
    """To the former contact and to the new one. `new` is masked."""
    told = t("The contact of your account on the FondaMental portal is now {contact}.", contact=new)
    return _notice(t, by_sms, to, t("Your contact was changed"), told, "contact changed")


def password_changed_message(t: Texts, *, by_sms: bool, to: str) -> Message:
    told = t("The password of your account on the FondaMental portal was changed.")
    return _notice(t, by_sms, to, t("Your password was changed"), told, "password changed")


def factor_changed_message(t: Texts, *, to: str) -> Message:
    told = t("The way in which you prove who you are on the FondaMental portal was changed.")
    return _notice(t, False, to, t("Your way to sign in was changed"), told, "factor changed")


def _notice(t: Texts, by_sms: bool, to: str, subject: str, told: str, about: str) -> Message:
    """Something of the account was changed: whoever did not do it must know at once."""
    not_you = t("It was not you? Call your centre.")
    if by_sms:
        return Message(kind="sms", to=to, subject="", body=f"{told} {not_you}", about=about)
    return Message(kind="email", to=to, subject=subject, body="\n\n".join((t("Hello,"), told, not_you)), about=about)
