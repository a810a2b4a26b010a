"""A professional's own choice of second factor. Each change wants a fresh proof, is told to the mailbox, and is audited."""

from portal import audit, notifications
from portal.access import Permission, decide
from portal.accounts import authenticator, people, recovery_codes
from portal.accounts.door import Door
from portal.accounts.own_contacts import need_fresh
from portal.accounts.sessions import Session
from portal.acting import Acting
from portal.errors import SignInNeeded
from portal.i18n import texts


async def use_app(door: Door, acting: Acting, session: Session | None, key: str, code: str) -> None:
    """From now on by the app that has this key, as its code shows. Raises FreshProofNeeded, CodeRefused."""
    _may(door, acting, session)
    await authenticator.enrol(door, acting.actor.user, key, code)
    await _tell(door, acting)


async def use_messages(door: Door, acting: Acting, session: Session | None) -> None:
    """From now on by codes in messages. Raises FreshProofNeeded."""
    _may(door, acting, session)
    await authenticator.remove(door, acting.actor.user)
    await _tell(door, acting)


async def new_recovery_codes(door: Door, acting: Acting, session: Session | None) -> list[str]:
    """Ten codes to keep on paper; the former ones are dead. Raises FreshProofNeeded."""
    _may(door, acting, session)
    codes = await recovery_codes.renew(door, acting.actor.user)
    await _tell(door, acting)
    return codes


def _may(door: Door, acting: Acting, session: Session | None) -> None:
    decide(acting.actor, Permission.ACCOUNT_UPDATE_OWN)
    if session is None:
        raise SignInNeeded
    need_fresh(door, session)


async def _tell(door: Door, acting: Acting) -> None:
    account = await people.account(door, acting.actor.user)
    what = Permission.ACCOUNT_UPDATE_OWN
    await audit.record(acting, audit.Action.UPDATE, what, entity=f"User/{account.id}", reason="second factor")
    if account.email:
        t = texts(account.language or door.acting.settings.language)
        await notifications.send(door.acting, notifications.factor_changed_message(t, to=account.email))
