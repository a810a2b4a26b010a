"""The last step of every sign-in. A proof was given on the page; the browser's next request gets in with it, once, and
leaves with a new secret: whoever knew the old one has nothing.
"""

from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, delete, insert, select

from portal import audit
from portal.access import Actor
from portal.accounts import people, sessions
from portal.accounts.devices import device_name
from portal.accounts.door import Door, minutes, stamp
from portal.db import entries
from portal.errors import SignInNeeded


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """`secret` is for the cookie."""

    secret: str = field(repr=False)
    actor: Actor


def allow_in(door: Door, connection: Connection, *, browser: str, user: str) -> None:
    """Within the transaction that used up the proof: this browser may enter as this account, for one minute."""
    mine = door.digest("browser", browser)
    connection.execute(delete(entries).where(entries.c.browser_hash == mine))
    connection.execute(insert(entries).values(browser_hash=mine, user=user, expires=stamp(door.now + minutes(1))))


async def enter(door: Door, *, browser: str, user_agent: str) -> Entered:
    """Starts the session. Raises SignInNeeded when this browser proved nothing, or the account was closed meanwhile."""
    mine = entries.c.browser_hash == door.digest("browser", browser)
    waiting = select(entries).where(mine, entries.c.expires > stamp(door.now))
    row = await door.acting.db.read(lambda connection: connection.execute(waiting).first())
    if row is None:
        raise SignInNeeded
    actor = await people.actor(door, row.user)  # before the proof is used up: when the record is away, try again
    if await door.acting.db.write(lambda connection: connection.execute(delete(entries).where(mine)).rowcount) != 1:
        raise SignInNeeded
    await audit.record(replace(door.acting, actor=actor), audit.Action.EXECUTE, "sign-in", entity=f"User/{row.user}")
    secret = await sessions.start(
        door, user=row.user, role=actor.role, reference=actor.reference, device=device_name(user_agent), before=browser
    )
    return Entered(secret=secret, actor=actor)


async def leave(door: Door, browser: str) -> None:
    """Sign out this browser. Harmless when nobody is signed in; done even when the audit trail cannot be reached."""
    session = await sessions.current(door, browser)
    if session is None:
        return
    await sessions.end(door, session.id)
    who = Actor(user=session.user, role=session.role, reference=session.reference, name="")

    async def tell() -> None:
        await audit.record(replace(door.acting, actor=who), audit.Action.EXECUTE, "sign-out", entity=f"User/{who.user}")

    door.later.later(tell)


def note_attempt(door: Door, user: str | None, reason: str) -> None:
    """A refused sign-in goes to the audit trail, after the answer: for a known account and an unknown one alike."""

    async def tell() -> None:
        await audit.record(
            door.acting,
            audit.Action.EXECUTE,
            "sign-in",
            entity=f"User/{user}" if user else None,
            outcome=audit.Outcome.REFUSED,
            reason=reason,
        )

    door.later.later(tell)
