"""Proving that an address or a number is one's own, before there is an account: a code sent to it.

The page answers the same for a contact that opens an account already; that one gets a message that says so, and no code.
"""

import hashlib
import hmac

from sqlalchemy import Connection, Row, and_, select, update

from portal import jobs
from portal.accounts import drafts, letters
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.door import Door, minutes, stamp
from portal.accounts.drafts import Draft
from portal.accounts.mailing import message_task
from portal.accounts.throttle import Limit, take
from portal.db import sign_ups
from portal.errors import CodeRefused, Invalid, LinkDead, problem
from portal.i18n import N_, Texts, texts
from portal.jobs import Task
from portal.notifications import Message
from portal.types import Json

JOB = "contact-proof"
PROVEN = {ContactKind.EMAIL: "email_proven", ContactKind.SMS: "phone_proven"}


async def ask(door: Door, draft: Draft, contact: Contact, *, browser: str, address: str, t: Texts) -> None:
    """Sends a code to this contact, after the answer; the code sent before is dead. Raises TooManyTries, LinkDead.

    An invited contact (a draft with an invitation) gets its code even when it opens an account: it may be theirs.
    """
    settings = door.acting.settings
    who = drafts.contact_hash(door, contact)
    await take(
        door,
        Limit(kind="code", who=who, per_hour=settings.codes_per_hour),
        Limit(kind="address", who=address, per_hour=settings.codes_per_hour_address),
    )
    luck, now = door.acting.chance.token(), door.now
    begun = (
        update(sign_ups)
        .where(drafts.live_row(door, draft.id, browser))
        .values(
            proof_kind=contact.kind,
            proof_contact=who,
            proof_luck=luck,
            proof_armed=False,
            proof_shown=contact.masked,
            proof_expires=stamp(now + minutes(settings.code_minutes)),
            proof_tries=0,
            touched=stamp(now),
        )
    )
    args = {"draft": draft.id, "luck": luck, "kind": contact.kind, "to": contact.value, "locale": t.locale}

    def work(connection: Connection) -> None:
        if connection.execute(begun).rowcount != 1:
            raise LinkDead
        jobs.enqueue(connection, JOB, args, now=now)

    await door.acting.db.write(work)


def task(door: Door) -> Task:
    """What the queue does for each code that was asked: looks whether the contact opens an account, sends one message
    or the other. When a message's server is away it is tried again, with the same code, while the code is good.
    """
    return message_task(door, _message)


async def _message(door: Door, args: Json) -> Message | None:
    """None when the code is dead by now, or another was asked meanwhile."""
    contact, luck = Contact(kind=ContactKind(args["kind"]), value=args["to"]), str(args["luck"])
    waiting = and_(sign_ups.c.proof_luck == luck, sign_ups.c.proof_expires > stamp(door.now))
    query = select(sign_ups.c.invitation).where(sign_ups.c.id == args["draft"], waiting)
    row = await door.acting.db.read(lambda connection: connection.execute(query).first())
    if row is None:
        return None
    tells = await is_known(door, contact) and not row.invitation
    armed = update(sign_ups).where(sign_ups.c.id == args["draft"], waiting).values(proof_armed=not tells)
    if await door.acting.db.write(lambda connection: connection.execute(armed).rowcount) != 1:
        return None
    settings, t = door.acting.settings, texts(args["locale"])
    if tells:
        return letters.already_known(t, contact, settings.address)
    return letters.proof_code(t, contact, code_of(door, luck), settings.code_minutes)


async def try_code(door: Door, draft: Draft, typed: str, *, browser: str) -> None:
    """Proves the contact that the code was sent to, once. Raises Invalid for what cannot be a code, without counting it;
    CodeRefused for a wrong code, with the tries left, or a dead one.
    """
    settings = door.acting.settings
    code = "".join(str(int(letter)) for letter in typed if letter.isdecimal())
    if len(code) != settings.code_digits:
        raise Invalid([problem("code", N_("The code has {digits} digits."), digits=settings.code_digits)])
    row = await door.acting.db.write(lambda connection: _use_one_try(door, connection, draft.id, browser))
    if row is None:
        raise CodeRefused
    right = hmac.compare_digest(code_of(door, row.proof_luck), code) and row.proof_armed
    if await door.acting.db.write(lambda connection: _settle(connection, row, right=right)):
        return
    left = settings.code_tries - row.proof_tries
    if left <= 0:
        raise CodeRefused(N_("This code was tried too often. We can send you another."))
    sentence = (
        N_("This code is not right. Check the {digits} digits: you have one try left.")
        if left == 1
        else N_("This code is not right. Check the {digits} digits: you have {tries} tries left.")
    )
    raise CodeRefused(sentence, tries_left=left, digits=settings.code_digits, tries=left)


async def is_known(door: Door, contact: Contact) -> bool:
    """Whether this contact opens an account, closed ones and those that wait for an administrator included."""
    field = "email" if contact.kind is ContactKind.EMAIL else "phoneNumber"
    page = await door.acting.service.find("User", {field: contact.value, "_count": 20}, private=True)
    return any(str(user.get(field, "")).lower() == contact.value for user in page.resources)


def code_of(door: Door, luck: str) -> str:
    """Worked out, not kept: the database alone tells no code."""
    digits = door.acting.settings.code_digits
    digest = hmac.new(door.key.encode(), f"contact proof\0{luck}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest, 'big') % 10**digits:0{digits}d}"


def _use_one_try(door: Door, connection: Connection, id_: str, browser: str) -> Row[tuple[str, ...]] | None:
    """Takes a try before anything is compared, so that a hundred at once are still five."""
    alive = (
        drafts.live_row(door, id_, browser),
        sign_ups.c.proof_luck != "",
        sign_ups.c.proof_expires > stamp(door.now),
        sign_ups.c.proof_tries < door.acting.settings.code_tries,
    )
    if connection.execute(update(sign_ups).where(*alive).values(proof_tries=sign_ups.c.proof_tries + 1)).rowcount != 1:
        return None
    return connection.execute(select(sign_ups).where(sign_ups.c.id == id_)).first()


def _settle(connection: Connection, row: Row[tuple[str, ...]], *, right: bool) -> bool:
    """The contact is proven and the code used up, the first time only. A wrong code costs the same write."""
    won = {PROVEN[ContactKind(row.proof_kind)]: row.proof_contact, "proof_kind": "", "proof_luck": ""}
    same = (sign_ups.c.id == row.id, sign_ups.c.proof_luck == row.proof_luck)
    change = update(sign_ups).where(*same).values(won if right else {"proof_armed": sign_ups.c.proof_armed})
    return connection.execute(change).rowcount == 1 and right
