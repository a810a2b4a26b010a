"""Proving that an address or a number is one's own, before there is an account: a code sent to it.

The page answers the same for a contact that opens an account already; that one gets a message that says so, and no code.
"""

import hashlib
import hmac

from sqlalchemy import Connection, Row, select, update

from portal import notifications
from portal.accounts import drafts, letters
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.door import Door, minutes, stamp
from portal.accounts.drafts import Draft
from portal.accounts.throttle import Limit, take
from portal.db import sign_ups
from portal.errors import CodeRefused, Invalid, LinkDead, problem
from portal.i18n import N_, Texts

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
    luck = door.acting.chance.token()
    begun = (
        update(sign_ups)
        .where(drafts.live_row(door, draft.id, browser))
        .values(
            proof_kind=contact.kind,
            proof_contact=who,
            proof_luck=luck,
            proof_armed=False,
            proof_shown=contact.masked,
            proof_expires=stamp(door.now + minutes(settings.code_minutes)),
            proof_tries=0,
            touched=stamp(door.now),
        )
    )
    if await door.acting.db.write(lambda connection: connection.execute(begun).rowcount) != 1:
        raise LinkDead

    async def send() -> None:
        known = await is_known(door, contact)
        code = code_of(door, luck)
        if not await _arm(door, draft.id, luck, fits=not known or bool(draft.invitation)):
            return  # another code was asked meanwhile: one message, not two
        if known and not draft.invitation:
            await notifications.send(door.acting, letters.already_known(t, contact, settings.address))
        else:
            await notifications.send(door.acting, letters.proof_code(t, contact, code, settings.code_minutes))

    door.later.later(send)


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


async def _arm(door: Door, id_: str, luck: str, *, fits: bool) -> bool:
    """From now on the code may fit; False when another was asked meanwhile."""
    change = update(sign_ups).where(sign_ups.c.id == id_, sign_ups.c.proof_luck == luck).values(proof_armed=fits)
    return await door.acting.db.write(lambda connection: connection.execute(change).rowcount == 1)


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
