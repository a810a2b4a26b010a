"""What the queue does for each code that was asked: look the account up, give it the challenge, send the message.

All of it happens after the answer, in the queue, for known and unknown contacts alike: how long an answer takes tells
nothing. When the record or a message's server is away it is tried again, with the same code, while the code is good.
"""

import asyncio

from portal import jobs, notifications
from portal.accounts import failures, people
from portal.accounts.challenges import Channel, Purpose, arm, code_of, find, link_of
from portal.accounts.contacts import Contact, ContactKind, account_contacts
from portal.accounts.door import Door, stamp
from portal.accounts.mailing import message_task
from portal.accounts.people import Account
from portal.errors import SignInNeeded, Unavailable
from portal.i18n import texts
from portal.jobs import Task
from portal.notifications import Message
from portal.types import Json

PATIENCE = 30  # tenths of a second
WITH_LINK = frozenset({Purpose.PATIENT})
"""Whose messages hold a link beside the code. A professional copies the code: their password was typed where it goes."""


def task(door: Door) -> Task:
    """Arguments: `challenge`, `channel`, `locale`; and for whom: `to` (a contact as typed), or `user`, or `former`,
    the challenge whose account it is.
    """
    return message_task(door, _message)


async def _message(door: Door, args: Json) -> Message | None:
    """None when there is nobody to write to, or the code is dead by now."""
    row = await find(door, args["challenge"])
    if row is None or row.expires <= stamp(door.now):
        return None
    purpose = Purpose(row.purpose)
    if purpose is Purpose.CONTACT:
        contact, user, language = Contact(kind=ContactKind(args["channel"]), value=args["to"]), str(row.user), ""
    else:
        account = await _account(door, args, purpose)
        contacts = account_contacts(email=account.email, phone=account.phone) if account else []
        contact = next((one for one in contacts if one.kind == args["channel"]), None)
        if account is None or contact is None:
            return None
        user, language = account.id, account.language
    if not await arm(door, row.id, user=user):
        return None
    stopped = await failures.stopped(door, user)
    link = f"{door.acting.settings.address}/lien#{link_of(door, row.id)}"
    openable = purpose in {Purpose.PATIENT, Purpose.SECOND_FACTOR, Purpose.FRESH}
    return notifications.code_message(
        texts(language or args["locale"]),
        by_sms=contact.kind is ContactKind.SMS,
        to=contact.value,
        code="" if stopped and openable else code_of(door, row.id),
        minutes=door.acting.settings.code_minutes,
        link=link if openable and (stopped or purpose in WITH_LINK) else "",
        about=f"code: {purpose}"[:24],
    )


async def _account(door: Door, args: Json, purpose: Purpose) -> Account | None:
    user = str(args.get("user", ""))
    if not user and "former" in args:
        user = await _looked_up(door, args["former"])
        if not user:
            return None
    if user:
        try:
            return await people.account(door, user)
        except SignInNeeded:
            return None
    kind = ContactKind.SMS if args["channel"] == Channel.SMS else ContactKind.EMAIL
    found = await people.find_account(door, Contact(kind=kind, value=args["to"]))
    if found is None or found.is_patient is not (purpose is Purpose.PATIENT):
        return None
    return found


async def _looked_up(door: Door, former: str) -> str:
    """Whose the former challenge is, or nothing. Where it is being looked up at this moment, that is waited for a little."""
    for _ in range(PATIENCE):
        row = await find(door, former)
        if row is None or row.user or not await jobs.is_waiting(door.acting, former):
            return str(row.user or "") if row else ""
        await asyncio.sleep(0.1)
    raise Unavailable
