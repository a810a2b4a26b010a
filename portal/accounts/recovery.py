"""A professional's forgotten password: their e-mail address, then another of their proofs, then a new password.

A mailbox alone is not enough, or the password would be worth nothing. Who has neither telephone nor app nor recovery codes
asks an administrator.
"""

from enum import StrEnum

from portal import audit
from portal.accounts import failures, recovery_codes
from portal.accounts.challenges import Asked, Channel, Purpose, begin
from portal.accounts.door import Door
from portal.accounts.passwords import set_password
from portal.accounts.people import Account
from portal.accounts.sessions import session_id


class Proof(StrEnum):
    """What can be asked beside the mailbox."""

    APP = "app"
    SMS = "sms"
    RECOVERY_CODE = "recovery-code"


async def second_proofs(door: Door, account: Account) -> list[Proof]:
    """What this account has beside its mailbox, the best first."""
    found: list[Proof] = []
    if account.authenticator and not await failures.stopped(door, account.id, app=True):
        found.append(Proof.APP)
    if account.phone:
        found.append(Proof.SMS)
    if await recovery_codes.left(door, account.id):
        found.append(Proof.RECOVERY_CODE)
    return found


async def ask_paper(door: Door, account: Account, *, browser: str) -> Asked:
    """For an account that has only recovery codes beside its mailbox: a challenge that no message answers."""
    purpose = Purpose.RECOVERY_SECOND
    return await begin(door, purpose, Channel.APP, "", who=account.id, browser=browser, user=account.id)


async def recover(door: Door, account: Account, new: str, *, browser: str) -> None:
    """Sets the password of who gave both proofs; every session ends. Raises Invalid (place "password")."""
    await set_password(door, account, new, but=session_id(browser))
    await audit.record(door.acting, audit.Action.UPDATE, "password:recover", entity=f"User/{account.id}")
