"""One-time codes. Asking costs the same and answers the same whether or not anybody is known by that contact:
the account is looked up, and the message sent, only after the answer was given (see `posting`).
"""

import hmac

from portal.accounts import authenticator, failures, people, recovery_codes
from portal.accounts.challenges import (
    Asked,
    Channel,
    Purpose,
    Tried,
    begin,
    code_of,
    find,
    linked,
    use_one_try,
    waiting_for,
    win,
)
from portal.accounts.contacts import Contact, ContactKind, account_contacts
from portal.accounts.door import Door
from portal.accounts.entries import note_attempt
from portal.accounts.people import Account
from portal.accounts.proof_of_work import Solution
from portal.accounts.sessions import Kind
from portal.accounts.throttle import Limit, admit, note_failure
from portal.errors import CodeRefused, Invalid, SignInNeeded, problem
from portal.i18n import N_, Texts


async def ask_patient_code(
    door: Door, contact: Contact, *, browser: str, address: str, t: Texts, work: Solution | None = None
) -> Asked:
    """Starts a patient's sign-in. Raises TooManyTries, WorkNeeded. The message goes out only if one patient has this contact."""
    return await _ask_by_contact(door, Purpose.PATIENT, contact, browser=browser, address=address, t=t, work=work)


async def ask_recovery_code(
    door: Door, contact: Contact, *, browser: str, address: str, t: Texts, work: Solution | None = None
) -> Asked:
    """Starts a professional's recovery. Same answer, same work for whoever is unknown, or is a patient."""
    return await _ask_by_contact(door, Purpose.RECOVERY, contact, browser=browser, address=address, t=t, work=work)


async def ask_contact_proof(
    door: Door, user: str, contact: Contact, *, browser: str, address: str, t: Texts, work: Solution | None = None
) -> Asked:
    """A code to a new contact of somebody who is signed in, so that they show that it is theirs."""
    return await _ask_by_contact(
        door, Purpose.CONTACT, contact, browser=browser, address=address, t=t, work=work, user=user
    )


async def _ask_by_contact(
    door: Door,
    purpose: Purpose,
    contact: Contact,
    *,
    browser: str,
    address: str,
    t: Texts,
    work: Solution | None,
    user: str | None = None,
) -> Asked:
    who = door.digest("contact", contact.value)
    await admit(door, *_limits(door, who, address), failures=(who, address), work=work)
    post = {"channel": str(contact.kind), "to": contact.value, "locale": t.locale}
    return await begin(
        door, purpose, Channel(contact.kind), contact.masked, who=who, browser=browser, user=user, post=post
    )


async def ask_second_factor(
    door: Door,
    account: Account,
    channel: Channel | None = None,
    *,
    browser: str,
    address: str,
    t: Texts,
    purpose: Purpose = Purpose.SECOND_FACTOR,
    work: Solution | None = None,
) -> Asked:
    """The second step of somebody whose account is known: by their app when they have one, else by a message."""
    contacts = {contact.kind: contact for contact in account_contacts(email=account.email, phone=account.phone)}
    channel = channel or (Channel.APP if account.authenticator else Channel.EMAIL)
    if channel is Channel.APP and account.authenticator and not await failures.stopped(door, account.id, app=True):
        await admit(door, *_limits(door, account.id, address), work=work)
        return await begin(door, purpose, channel, "", who=account.id, browser=browser, user=account.id)
    kind = ContactKind.SMS if channel is Channel.SMS else ContactKind.EMAIL
    contact = contacts.get(kind) or next(iter(contacts.values()), None)
    if contact is None:
        raise Invalid(
            [problem("channel", N_("Your account has no contact for this. Ask the administrator of your centre."))]
        )
    who = door.digest("contact", contact.value)
    await admit(door, *_limits(door, who, address), work=work)
    post = {"channel": str(contact.kind), "user": account.id, "locale": t.locale}
    return await begin(
        door,
        purpose,
        Channel(contact.kind),
        contact.masked,
        who=who,
        browser=browser,
        user=account.id,
        post=post,
    )


async def ask_again(
    door: Door, asked: Asked, channel: Channel, *, browser: str, address: str, t: Texts, work: Solution | None = None
) -> Asked:
    """Another code for the same purpose, by the same channel or another. Same answer when nobody is known."""
    row = await find(door, asked.id)
    if row is None or row.browser_hash != door.digest("browser", browser):
        raise SignInNeeded
    if asked.purpose in {Purpose.SECOND_FACTOR, Purpose.FRESH, Purpose.RECOVERY_SECOND}:
        account = await people.account(door, str(row.user))
        return await ask_second_factor(
            door, account, channel, browser=browser, address=address, t=t, purpose=asked.purpose, work=work
        )
    who = str(row.contact_hash)
    await admit(door, *_limits(door, who, address), failures=(who, address), work=work)
    shown = asked.shown if channel is asked.channel else ""
    # Whose it is is looked up when the message leaves: now, nobody may have been looked up yet.
    post = {"channel": str(channel), "former": asked.id, "locale": t.locale}
    return await begin(door, asked.purpose, channel, shown, who=who, browser=browser, post=post)


async def try_code(
    door: Door,
    asked: Asked,
    typed: str,
    *,
    browser: str,
    address: str = "",
    kind: Kind = Kind.BROWSER,
    trust: bool = False,
) -> str:
    """The account whose code this is, once. For signing in and proving oneself again, the door is open for this browser
    from now on (see `entries.enter`).

    Raises Invalid for what cannot be a code, without counting it; CodeRefused for a wrong code, with the tries left, or a
    dead one. `kind` and `trust` are for the session to come.
    """
    settings = door.acting.settings
    digits = 6 if asked.channel is Channel.APP else settings.code_digits
    code = "".join(str(int(letter)) for letter in typed if letter.isdecimal())
    if len(code) != digits:
        raise Invalid([problem("code", N_("The code has {digits} digits."), digits=digits)])
    tried = await door.acting.db.write(lambda connection: use_one_try(door, connection, asked.id, browser))
    if tried is None:
        raise CodeRefused
    if asked.channel is Channel.APP:
        right = not tried.stopped and await authenticator.opens(door, str(tried.user), code)
    else:
        right = hmac.compare_digest(code_of(door, asked.id), code) and not tried.stopped
    return await _settle(door, tried, right=right, browser=browser, address=address, kind=kind, trust=trust)


async def try_recovery_code(
    door: Door, asked: Asked, typed: str, *, browser: str, address: str = "", kind: Kind = Kind.BROWSER
) -> str:
    """The same with one of the account's recovery codes, in the place of whatever was asked."""
    if not recovery_codes.may_be(typed):
        raise Invalid([problem("code", N_("A recovery code has 16 letters and digits."))])
    if asked.purpose not in {Purpose.SECOND_FACTOR, Purpose.FRESH, Purpose.RECOVERY_SECOND}:
        raise CodeRefused
    tried = await door.acting.db.write(lambda connection: use_one_try(door, connection, asked.id, browser))
    if tried is None or tried.user is None:
        raise CodeRefused
    right = await recovery_codes.opens(door, tried.user, typed)
    return await _settle(door, tried, right=right, browser=browser, address=address, kind=kind, trust=False)


async def open_link(door: Door, secret: str, *, browser: str, kind: Kind = Kind.BROWSER) -> None:
    """Opens the door for the browser that asked, once. Raises CodeRefused for any other, or a link that is dead."""
    row = await linked(door, browser, secret)
    if row is None or not await door.acting.db.write(lambda connection: win(door, connection, row, browser, kind=kind)):
        raise CodeRefused(N_("This link has expired, or it was opened in another browser. Ask for another here."))


async def _settle(door: Door, tried: Tried, *, right: bool, browser: str, address: str, kind: Kind, trust: bool) -> str:
    if (
        right
        and tried.user
        and await door.acting.db.write(
            lambda connection: win(door, connection, tried.row, browser, kind=kind, trust=trust)
        )
    ):
        return tried.user
    whose = (str(tried.row.contact_hash), *((address,) if address else ()))
    await door.acting.db.write(lambda connection: note_failure(door, connection, *whose))
    note_attempt(door, tried.user, "wrong-code")
    left = door.acting.settings.code_tries - tried.tries
    if left <= 0:
        raise CodeRefused(N_("This code was tried too often. We can send you another."))
    digits = 6 if tried.row.channel == Channel.APP else door.acting.settings.code_digits
    sentence = (
        N_("This code is not right. Check the {digits} digits: you have one try left.")
        if left == 1
        else N_("This code is not right. Check the {digits} digits: you have {tries} tries left.")
    )
    raise CodeRefused(sentence, tries_left=left, digits=digits, tries=left)


def _limits(door: Door, who: str, address: str) -> tuple[Limit, Limit]:
    settings = door.acting.settings
    return (
        Limit(kind="code", who=who, per_hour=settings.codes_per_hour),
        Limit(kind="address", who=address, per_hour=settings.codes_per_hour_address),
    )


__all__ = [
    "Asked",
    "Channel",
    "Purpose",
    "ask_again",
    "ask_contact_proof",
    "ask_patient_code",
    "ask_recovery_code",
    "ask_second_factor",
    "open_link",
    "try_code",
    "try_recovery_code",
    "waiting_for",
]
