"""One-time codes. Asking costs the same and answers the same whether or not anybody is known by that contact:
the account is looked up, and the code made and sent, only after the answer was given.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, and_, insert, select, update

from portal import notifications
from portal.accounts import people
from portal.accounts.authenticator import opens
from portal.accounts.contacts import Contact, ContactKind, account_contacts
from portal.accounts.door import Door, minutes, stamp
from portal.accounts.entries import allow_in, note_attempt
from portal.accounts.people import Account
from portal.accounts.throttle import Limit, take
from portal.db import challenges
from portal.errors import CodeRefused, Invalid, SignInNeeded, problem
from portal.i18n import N_, Texts

NEVER = "9999"  # what no code hashes to


class Purpose(StrEnum):
    """What a code opens."""

    PATIENT = "patient"
    SECOND_FACTOR = "second-factor"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    APP = "app"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A code that this browser waits for. `shown` is the masked contact, empty when it must not be told."""

    id: str
    purpose: Purpose
    channel: Channel
    shown: str
    expires: datetime


async def ask_patient_code(door: Door, contact: Contact, *, browser: str, address: str, t: Texts) -> Asked:
    """Starts a patient's sign-in. Raises TooManyTries. The message goes out only if one patient has this contact."""
    who = door.digest("contact", contact.value)
    await _count(door, who, address)
    asked = await _ask(door, Purpose.PATIENT, Channel(contact.kind), contact.masked, who=who, browser=browser)

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
        return await _ask(door, Purpose.SECOND_FACTOR, channel, "", who=account.id, browser=browser, user=account.id)
    contact = contacts.get(ContactKind(channel)) or next(iter(contacts.values()), None)
    if contact is None:
        raise Invalid(
            [problem("channel", N_("Your account has no contact for this. Ask the administrator of your centre."))]
        )
    who = door.digest("contact", contact.value)
    await _count(door, who, address)
    channel = Channel(contact.kind)
    asked = await _ask(door, Purpose.SECOND_FACTOR, channel, contact.masked, who=who, browser=browser, user=account.id)
    door.later.later(lambda: _send(door, asked.id, account, contact, t))
    return asked


async def ask_again(door: Door, asked: Asked, channel: Channel, *, browser: str, address: str, t: Texts) -> Asked:
    """Another code for the same sign-in, by the same channel or the other. Same answer when nobody is known."""
    row = await _row(door, asked.id)
    if row is None or row.browser_hash != door.digest("browser", browser):
        raise SignInNeeded
    if asked.purpose is Purpose.SECOND_FACTOR:
        account = await people.account(door, str(row.user))
        return await ask_second_factor(door, account, channel, browser=browser, address=address, t=t)
    await _count(door, row.contact_hash, address)
    shown = asked.shown if channel is asked.channel else ""
    again = await _ask(door, asked.purpose, channel, shown, who=row.contact_hash, browser=browser)

    async def send() -> None:
        former = await _row(door, asked.id)  # read now: when the first code was asked, nobody had been looked up yet
        account = await people.account(door, former.user) if former is not None and former.user else None
        contacts = account_contacts(email=account.email, phone=account.phone) if account else []
        contact = next((one for one in contacts if one.kind == channel), None)
        if account is not None and contact is not None:
            await _send(door, again.id, account, contact, t)

    door.later.later(send)
    return again


async def waiting_for(door: Door, browser: str, purpose: Purpose) -> Asked | None:
    """The code that this browser waits for, so that a reload or a return from the mail shows the same step."""
    query = (
        select(challenges)
        .where(
            challenges.c.browser_hash == door.digest("browser", browser),
            challenges.c.purpose == purpose,
            challenges.c.used.is_(False),
            challenges.c.expires > stamp(door.now),
        )
        .order_by(challenges.c.created.desc())
    )
    row = await door.acting.db.read(lambda connection: connection.execute(query).first())
    return _asked(row) if row else None


async def try_code(door: Door, asked: Asked, typed: str, *, browser: str) -> None:
    """Opens the door for this browser (see `entries.enter`), once. Raises Invalid for what cannot be a code, without
    counting it; CodeRefused for a wrong code, with the tries left, or a dead one.
    """
    settings = door.acting.settings
    digits = 6 if asked.channel is Channel.APP else settings.code_digits
    code = "".join(str(int(letter)) for letter in typed if letter.isdecimal())
    if len(code) != digits:
        raise Invalid([problem("code", N_("The code has {digits} digits."), digits=digits)])
    row = await door.acting.db.write(lambda connection: _use_one_try(door, connection, asked.id, browser))
    if row is None:
        raise CodeRefused
    if asked.channel is Channel.APP:
        right = await opens(door, str(row.user), code)
    else:
        right = hmac.compare_digest(door.digest("code", f"{asked.id}:{code}"), row.code_hash)
    if right and row.user and await door.acting.db.write(lambda connection: _open(door, connection, row, browser)):
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


def _use_one_try(door: Door, connection: Connection, id_: str, browser: str) -> Row[tuple[str, ...]] | None:
    """Takes a try before anything is compared, so that a hundred at once are still five. The row as it is then, or None."""
    alive = and_(
        challenges.c.id == id_,
        challenges.c.browser_hash == door.digest("browser", browser),
        challenges.c.used.is_(False),
        challenges.c.expires > stamp(door.now),
        challenges.c.tries < door.acting.settings.code_tries,
    )
    if connection.execute(update(challenges).where(alive).values(tries=challenges.c.tries + 1)).rowcount != 1:
        return None
    return connection.execute(select(challenges).where(challenges.c.id == id_)).first()


def _open(door: Door, connection: Connection, row: Row[tuple[str, ...]], browser: str) -> bool:
    """Of all who know the right code, the first one gets in."""
    first = update(challenges).where(challenges.c.id == row.id, challenges.c.used.is_(False)).values(used=True)
    if connection.execute(first).rowcount != 1:
        return False
    allow_in(door, connection, browser=browser, user=row.user)
    return True


async def _count(door: Door, who: str, address: str) -> None:
    settings = door.acting.settings
    await take(
        door,
        Limit(kind="code", who=who, per_hour=settings.codes_per_hour),
        Limit(kind="address", who=address, per_hour=settings.codes_per_hour_address),
    )


async def _ask(
    door: Door, purpose: Purpose, channel: Channel, shown: str, *, who: str, browser: str, user: str | None = None
) -> Asked:
    """A new challenge; the former ones of this browser are dead. It has no code until one is sent."""
    id_, mine = door.acting.chance.id(), door.digest("browser", browser)
    expires = door.now + minutes(door.acting.settings.code_minutes)

    def work(connection: Connection) -> None:
        former = update(challenges).where(challenges.c.browser_hash == mine, challenges.c.used.is_(False))
        connection.execute(former.values(used=True))
        connection.execute(
            insert(challenges).values(
                id=id_,
                purpose=purpose,
                channel=channel,
                shown=shown,
                browser_hash=mine,
                contact_hash=who,
                user=user,
                code_hash=NEVER,
                created=stamp(door.now),
                expires=stamp(expires),
                tries=0,
                used=False,
            )
        )

    await door.acting.db.write(work)
    return Asked(id=id_, purpose=purpose, channel=channel, shown=shown, expires=expires)


async def _send(door: Door, id_: str, account: Account, contact: Contact, t: Texts) -> None:
    """Makes the code, keeps its hash, sends it."""
    settings = door.acting.settings
    code = door.acting.chance.code(settings.code_digits)
    mine = challenges.c.id == id_
    kept = update(challenges).where(mine).values(user=account.id, code_hash=door.digest("code", f"{id_}:{code}"))

    def work(connection: Connection) -> bool:
        connection.execute(kept)
        return connection.execute(select(challenges.c.id).where(mine, challenges.c.used.is_(False))).first() is not None

    if not await door.acting.db.write(work):
        return  # another code was asked meanwhile: one message, not two
    message = notifications.code_message(
        t, by_sms=contact.kind is ContactKind.SMS, to=contact.value, code=code, minutes=settings.code_minutes
    )
    await notifications.send(door.acting, message)


async def _row(door: Door, id_: str) -> Row[tuple[str, ...]] | None:
    query = select(challenges).where(challenges.c.id == id_)
    return await door.acting.db.read(lambda connection: connection.execute(query).first())


def _asked(row: Row[tuple[str, ...]]) -> Asked:
    return Asked(
        id=row.id,
        purpose=Purpose(row.purpose),
        channel=Channel(row.channel),
        shown=row.shown,
        expires=datetime.fromisoformat(row.expires),
    )
