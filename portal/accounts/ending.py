"""Signing somebody out everywhere: the account was closed, its password changed, or the person wishes it."""

from sqlalchemy import Connection, delete, update

from portal.acting import Acting
from portal.db import challenges, entries, sessions, trusted_devices


async def end_everywhere(acting: Acting, user: str, *, but: str = "") -> None:
    """Ends every session of this account but the one named, forgets its known browsers, kills the codes and proofs under
    way. Open pages are sent away within two seconds. The caller has decided the right (`session:end`, or one's own).
    """
    now = acting.clock.now().isoformat(timespec="milliseconds")

    def work(connection: Connection) -> None:
        others = (sessions.c.user == user, sessions.c.ended.is_(None), sessions.c.id_hash != but)
        connection.execute(update(sessions).where(*others).values(ended=now))
        connection.execute(delete(trusted_devices).where(trusted_devices.c.user == user))
        connection.execute(delete(entries).where(entries.c.user == user))
        waiting = (challenges.c.user == user, challenges.c.used.is_(False))
        connection.execute(update(challenges).where(*waiting).values(used=True))

    await acting.db.write(work)
