"""What the portal writes to people whose account is on its way. No clinical word stands in a message, nor a trial's name."""

from portal.accounts.contacts import Contact, ContactKind
from portal.i18n import Texts
from portal.notifications import Message


def proof_code(t: Texts, contact: Contact, code: str, minutes: int) -> Message:
    """The code that proves that an address or a number is one's own."""
    if contact.kind is ContactKind.SMS:
        body = t(
            "{code} is your code to create your account on the FondaMental portal. It works for {minutes} minutes. Give it to nobody.",
            code=code,
            minutes=minutes,
        )
        return _sms("code", contact, body)
    return _mail(
        "code",
        contact,
        t("Your code for the FondaMental portal"),
        t("Hello,"),
        t("Here is your code to create your account on the FondaMental portal:"),
        code,
        t("It works for {minutes} minutes, once, and only in the browser where you asked for it.", minutes=minutes),
        t("You did not ask for it? Do nothing: without this code no account is made. Nobody will ever ask you for it."),
    )


def already_known(t: Texts, contact: Contact, address: str) -> Message:
    """Instead of a code, to a contact that opens an account already: the page says nothing of it to whoever typed it."""
    if contact.kind is ContactKind.SMS:
        body = t("This number already opens an account on the FondaMental portal. Sign in: {address}", address=address)
        return _sms("code", contact, body)
    return _mail(
        "code",
        contact,
        t("You already have an account on the FondaMental portal"),
        t("Hello,"),
        t("Someone, you perhaps, wanted to create an account with this address. It already opens one."),
        t("To sign in: {address}", address=address),
        t("It was not you? Do nothing: nothing was changed."),
    )


def accepted(t: Texts, contact: Contact, address: str) -> Message:
    return _mail(
        "request",
        contact,
        t("Your account on the FondaMental portal is open"),
        t("Hello,"),
        t("An administrator has accepted your request. You can sign in now: {address}", address=address),
    )


def refused(t: Texts, contact: Contact, reason: str) -> Message:
    """`reason` is the administrator's own sentence."""
    return _mail(
        "request",
        contact,
        t("Your request on the FondaMental portal"),
        t("Hello,"),
        t("An administrator has not accepted your request for an account, for this reason:"),
        reason,
        t("What you had given us has been erased. If it is a mistake, ask the administrator of your centre."),
    )


def invitation(t: Texts, contact: Contact, link: str, days: int, *, patient: bool) -> Message:
    """The link by which an invited person makes their account."""
    if contact.kind is ContactKind.SMS:
        body = t(
            "Your expert centre invites you to the FondaMental portal: {link} This link works for {days} days, once.",
            link=link,
            days=days,
        )
        return _sms("invitation", contact, body)
    invites = (
        t("Your expert centre invites you to open your account on the FondaMental portal.")
        if patient
        else t("An administrator invites you to open your professional account on the FondaMental portal.")
    )
    return _mail(
        "invitation",
        contact,
        t("Your invitation to the FondaMental portal"),
        t("Hello,"),
        invites,
        link,
        t("This link works for {days} days, once. It is for you alone: do not pass it on.", days=days),
        t("You did not expect it? Do nothing."),
    )


def _mail(about: str, contact: Contact, subject: str, *lines: str) -> Message:
    return Message(kind="email", to=contact.value, subject=subject, body="\n\n".join(lines), about=about)


def _sms(about: str, contact: Contact, body: str) -> Message:
    return Message(kind="sms", to=contact.value, subject="", body=body, about=about)
