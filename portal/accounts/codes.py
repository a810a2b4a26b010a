"""One-time codes. Asking costs the same and answers the same whether or not anybody is known by that contact:
the account is looked up, and the code made and sent, only after the answer was given.
"""

import hmac

from portal import notifications
from portal.accounts import people
from portal.accounts.authenticator import opens
from portal.accounts.challenges import (
    Asked,
    Channel,
    Purpose,
    arm,
    begin,
    code_of,
    find,
    use_one_try,
    waiting_for,
    win,
)
from portal.accounts.contacts import Contact, ContactKind, account_contacts
from portal.accounts.door import Door
from portal.accounts.entries import note_attempt
from portal.accounts.people import Account
from portal.accounts.throttle import Limit, take
from portal.errors import CodeRefused, Invalid, SignInNeeded, problem
from portal.i18n import N_, Texts


async def ask_patient_code(door: Door, contact: Contact, *, browser: str, address: str, t: Texts) -> Asked:
    """Starts a patient's sign-in. Raises TooManyTries. The message goes out only if one patient has this contact."""
    who = door.digest("contact", contact.value)
    await _count(door, who, address)
    asked = await begin(door, Purpose.PATIENT, Channel(contact.kind), contact.masked, who=who, browser=browser)

    async def send() -> None:
        found = await people.find_account(door, contact)
        if found is not None and found.is_patient:
            await _send(door, asked.id, found, contact, t)

    door.later.later(send)
    return asked


async def ask_second_factor(
    door: Door, account: Account, channel: Channel | None = None, *, browser: str, address: str, t: Texts
) -> Asked:
    """The second step of a professional whose password was right: by their app when they have one, else by a message."""
    contacts = {contact.kind: contact for contact in account_contacts(email=account.email, phone=account.phone)}
    channel = channel or (Channel.APP if account.authenticator else Channel.EMAIL)
    if channel is Channel.APP:
        await _count(door, account.id, address)
        return await begin(door, Purpose.SECOND_FACTOR, channel, "", who=account.id, browser=browser, user=account.id)
    contact = contacts.get(ContactKind(channel)) or next(iter(contacts.values()), None)
    if contact is None:
        raise Invalid(
            [problem("channel", N_("Your account has no contact for this. Ask the administrator of your centre."))]
        )
    who = door.digest("contact", contact.value)
    await _count(door, who, address)
    channel = Channel(contact.kind)
    asked = await begin(door, Purpose.SECOND_FACTOR, channel, contact.masked, who=who, browser=browser, user=account.id)
    door.later.later(lambda: _send(door, asked.id, account, contact, t))
    return asked


async def ask_again(door: Door, asked: Asked, channel: Channel, *, browser: str, address: str, t: Texts) -> Asked:
    """Another code for the same sign-in, by the same channel or the other. Same answer when nobody is known."""
    row = await find(door, asked.id)
    if row is None or row.browser_hash != door.digest("browser", browser):
        raise SignInNeeded
    if asked.purpose is Purpose.SECOND_FACTOR:
        account = await people.account(door, str(row.user))
        return await ask_second_factor(door, account, channel, browser=browser, address=address, t=t)
    await _count(door, row.contact_hash, address)
    shown = asked.shown if channel is asked.channel else ""
    again = await begin(door, asked.purpose, channel, shown, who=row.contact_hash, browser=browser)

    async def send() -> None:
        former = await find(door, asked.id)  # read now: when the first code was asked, nobody had been looked up yet
        account = await people.account(door, former.user) if former is not None and former.user else None
        contacts = account_contacts(email=account.email, phone=account.phone) if account else []
        contact = next((one for one in contacts if one.kind == channel), None)
        if account is not None and contact is not None:
            await _send(door, again.id, account, contact, t)

    door.later.later(send)
    return again


async def try_code(door: Door, asked: Asked, typed: str, *, browser: str) -> None:
    """Opens the door for this browser (see `entries.enter`), once. Raises Invalid for what cannot be a code, without
    counting it; CodeRefused for a wrong code, with the tries left, or a dead one.
    """
    settings = door.acting.settings
    digits = 6 if asked.channel is Channel.APP else settings.code_digits
    code = "".join(str(int(letter)) for letter in typed if letter.isdecimal())
    if len(code) != digits:
        raise Invalid([problem("code", N_("The code has {digits} digits."), digits=digits)])
    row = await door.acting.db.write(lambda connection: use_one_try(door, connection, asked.id, browser))
    if row is None:
        raise CodeRefused
    if asked.channel is Channel.APP:
        right = await opens(door, str(row.user), code)
    else:
        right = hmac.compare_digest(code_of(door, asked.id), code)
    if right and row.user and await door.acting.db.write(lambda connection: win(door, connection, row, browser)):
        return
    note_attempt(door, row.user, "wrong-code")
    left = settings.code_tries - row.tries
    if left <= 0:
        raise CodeRefused(N_("This code was tried too often. We can send you another."))
    sentence = (
        N_("This code is not right. Check the {digits} digits: you have one try left.")
        if left == 1
        else N_("This code is not right. Check the {digits} digits: you have {tries} tries left.")
    )
    raise CodeRefused(sentence, tries_left=left, digits=digits, tries=left)


async def _count(door: Door, who: str, address: str) -> None:
    settings = door.acting.settings
    await take(
        door,
        Limit(kind="code", who=who, per_hour=settings.codes_per_hour),
        Limit(kind="address", who=address, per_hour=settings.codes_per_hour_address),
    )


async def _send(door: Door, id_: str, account: Account, contact: Contact, t: Texts) -> None:
    settings = door.acting.settings
    if not await arm(door, id_, user=account.id):
        return  # another code was asked meanwhile: one message, not two
    message = notifications.code_message(
        t, by_sms=contact.kind is ContactKind.SMS, to=contact.value, code=code_of(door, id_), minutes=settings.code_minutes
    )
    await notifications.send(door.acting, message)


__all__ = [
    "Asked",
    "Channel",
    "Purpose",
    "ask_again",
    "ask_patient_code",
    "ask_second_factor",
    "try_code",
    "waiting_for",
]
