"""Closing an account and opening it again, ending a session: felt at once, everywhere the person is signed in."""

from portal import audit
from portal.access import Permission, decide
from portal.accounts import Door, sessions
from portal.accounts.ending import end_everywhere
from portal.acting import Acting
from portal.errors import Invalid, NotFound, problem
from portal.fhir import Transaction, version_read
from portal.i18n import N_
from portal.people import account_of, change, not_oneself, positions, staff_scope


async def deactivate(acting: Acting, practitioner: str, *, reason: str = "") -> None:
    """They can no longer sign in, and are signed out everywhere. Nothing they wrote is touched. Twice changes nothing.

    Who administers an organisation closes accounts of people who work nowhere else.
    """
    not_oneself(acting, practitioner)
    decide(acting.actor, Permission.ACCOUNT_DEACTIVATE, await staff_scope(acting, practitioner))
    await _set(acting, practitioner, Permission.ACCOUNT_DEACTIVATE, active=False, reason=reason)
    user = await account_of(acting, practitioner)
    if user is not None:
        await end_everywhere(acting, user["id"])


async def sign_out_everywhere(acting: Acting, practitioner: str) -> None:
    """Ends every session of theirs and forgets the browsers they trust. Their account stays open."""
    decide(acting.actor, Permission.SESSION_END, await staff_scope(acting, practitioner))
    user = await account_of(acting, practitioner)
    if user is None:
        return
    await end_everywhere(acting, user["id"])
    await _told(acting, practitioner)


async def reactivate(acting: Acting, practitioner: str) -> None:
    """They can sign in again, with the rights that they hold. Raises `Invalid` for who was never accepted."""
    decide(acting.actor, Permission.ACCOUNT_REACTIVATE, await staff_scope(acting, practitioner))
    if not await positions(acting, practitioner):
        raise Invalid([problem("person", N_("This account was never accepted: it is among the accounts to accept."))])
    await _set(acting, practitioner, Permission.ACCOUNT_REACTIVATE, active=True)


async def end_session(acting: Acting, practitioner: str, session: str, *, door: Door) -> None:
    """Signs out one browser of theirs. Raises `NotFound` when it is none of theirs, or is over."""
    decide(acting.actor, Permission.SESSION_END, await staff_scope(acting, practitioner))
    user = await account_of(acting, practitioner)
    theirs = await sessions.sessions_of(door, user["id"]) if user else []
    if session not in {one.id for one in theirs}:
        raise NotFound(status=404)
    await sessions.end(door, session)
    await _told(acting, practitioner)


async def _told(acting: Acting, practitioner: str) -> None:
    entity = f"Practitioner/{practitioner}"
    await acting.service.add(change(acting, audit.Action.EXECUTE, Permission.SESSION_END, entity=entity))


async def _set(acting: Acting, practitioner: str, what: Permission, *, active: bool, reason: str = "") -> None:
    person = await acting.service.read("Practitioner", practitioner)
    user = await account_of(acting, practitioner)
    if person.get("active", True) is active and (user or {}).get("inactive", False) is not active:
        return
    write = Transaction()
    write.update({**person, "active": active})
    if user is not None:
        # A patch: the rest of it, its password too, stays as it is.
        write.patch("User", user["id"], {"inactive": not active}, version=version_read(user))
    entity = f"Practitioner/{practitioner}"
    write.create(change(acting, audit.Action.UPDATE, what, entity=entity, reason=reason.strip()[:500]))
    await acting.service.commit(write)  # accounts are written by the portal alone
