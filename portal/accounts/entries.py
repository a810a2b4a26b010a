"""The last step of every sign-in. A proof was given on the page; the browser's next request gets in with it, once, and
leaves with a new secret: whoever knew the old one has nothing.
"""

from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, delete, insert, select

from portal import audit
from portal.access import Actor
from portal.accounts import people, sessions
from portal.accounts.devices import device_name, trust
from portal.accounts.door import Door, minutes, stamp
from portal.accounts.sessions import Kind
from portal.db import entries
from portal.errors import SignInNeeded


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """`secret` is for the cookie; `device_secret` for the one by which this browser is known again, or empty."""

    secret: str = field(repr=False)
    actor: Actor
    device_secret: str = field(default="", repr=False)


def allow_in(
    door: Door, connection: Connection, *, browser: str, user: str, kind: Kind = Kind.BROWSER, trust: bool = False
) -> None:
    """Within the transaction that used up the proof: this browser may enter as this account, for one minute."""
    mine = door.digest("browser", browser)
    connection.execute(delete(entries).where(entries.c.browser_hash == mine))
    expires = stamp(door.now + minutes(1))
    row = insert(entries).values(browser_hash=mine, user=user, expires=expires, kind=kind, trust=trust)
    connection.execute(row)


async def enter(door: Door, *, browser: str, user_agent: str) -> Entered:
    """Starts the session. Raises SignInNeeded when this browser proved nothing, or the account was closed meanwhile.

    Who was signed in already and proved it once more goes on in the same role, with a new secret and no longer life.
    """
    mine = entries.c.browser_hash == door.digest("browser", browser)
    waiting = select(entries).where(mine, entries.c.expires > stamp(door.now))
    row = await door.acting.db.read(lambda connection: connection.execute(waiting).first())
    if row is None:
        raise SignInNeeded
    former = await sessions.current(door, browser)
    if former is not None and former.user != row.user:
        former = None
    role = former.role if former else None
    actor = await people.actor(door, row.user, role)  # before the proof is used up: when the record is away, try again
    if await door.acting.db.write(lambda connection: connection.execute(delete(entries).where(mine)).rowcount) != 1:
        raise SignInNeeded
    what = "prove-again" if former else "sign-in"
    await audit.record(replace(door.acting, actor=actor), audit.Action.EXECUTE, what, entity=f"User/{row.user}")
    secret = await sessions.start(
        door,
        user=row.user,
        role=actor.role,
        reference=actor.reference,
        device=device_name(user_agent),
        before=browser,
        kind=former.kind if former else Kind(row.kind),
        created=former.created if former else None,
    )
    trusted = await trust(door, row.user, device_name(user_agent)) if row.trust else ""
    return Entered(secret=secret, actor=actor, device_secret=trusted)


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
