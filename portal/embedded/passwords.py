"""A person's password: changed by them, or set anew by a link that an administrator had made.

The link's token is kept as a digest, works once and for a quarter of an hour, and making it ends the present password
and the links before it.
Aidbox does not send it, and neither does this: whoever asked for it does.
"""

import asyncio
from datetime import timedelta

from pyotp.totp import TOTP

from portal.clock import Clock
from portal.embedded.engine import Engine, body_of
from portal.embedded.identity import Identity
from portal.embedded.secrets import hash_password, hash_secret, password_fits
from portal.embedded.sessions import Sessions
from portal.embedded.store import LIVE, Kept, Store, Unit
from portal.embedded.text import dumps, loads
from portal.types import Json

LINK_LIVES, SECOND_STEP_LIVES = timedelta(minutes=15), timedelta(minutes=1)


class Passwords:
    def __init__(self, store: Store, engine: Engine, clock: Clock, sessions: Sessions) -> None:
        self.store = store
        self.engine = engine
        self.clock = clock
        self.sessions = sessions

    async def change(self, identity: Identity, current: str, new: str) -> bool:
        """Checks the present password, sets the new one and ends all of the user's sessions; False when it is wrong."""
        kept = self._user(identity.user_id or "")
        if kept is None or not new:
            return False
        if not await asyncio.to_thread(password_fits, body_of(kept).get("password"), current):
            return False
        digest = await asyncio.to_thread(hash_password, self.engine.chance, new)
        checked = body_of(kept).get("password")

        def set_it(unit: Unit) -> bool:
            """Unless another password was set meanwhile, or taken away."""
            present = unit.find("User", kept.id)
            same = present is not None and body_of(present).get("password") == checked
            return same and self._set(unit, kept.id, digest)

        return await self.store.write(set_it)

    async def force_reset(self, user_id: str) -> str | None:
        """Ends the user's password and sessions; the token by which a new password is set. None: no such user."""
        if self._user(user_id) is None:
            return None
        token = self.engine.chance.token()

        def reset(unit: Unit) -> None:
            self._set(unit, user_id, None)
            self._keep(unit, token, {"user": user_id, "proved": False}, LINK_LIVES)

        await self.store.write(reset)
        return token

    async def prove(self, token: str, code: str) -> str | None:
        """For a user with a second factor: the link's token and a code of it give the token that sets the password."""

        def second(unit: Unit) -> str | None:
            held = self._read(unit, token)
            user = self._user(str(held["user"])) if held and not held["proved"] else None
            factor: Json = (body_of(user).get("twoFactor") or {}) if user else {}
            secret = factor.get("secretKey")
            if user is None or not factor.get("enabled") or not isinstance(secret, str):
                return None
            try:
                proved = TOTP(secret).verify(code, for_time=self.clock.now(), valid_window=1)
            except ValueError:  # the key is not base 32
                return None
            if not proved:
                return None
            fresh = self.engine.chance.token()
            self._forget(unit, token)
            self._keep(unit, fresh, {"user": user.id, "proved": True}, SECOND_STEP_LIVES)
            return fresh

        return await self.store.write(second)

    async def reset(self, token: str, new: str) -> bool:
        """Sets the password; False when the token is used, old or unknown, or the second factor was not shown."""
        if not new:
            return False
        digest = await asyncio.to_thread(hash_password, self.engine.chance, new)

        def reset(unit: Unit) -> bool:
            held = self._read(unit, token)
            if held is None or (not held["proved"] and self._needs_proof(str(held["user"]))):
                return False
            self._forget(unit, token)
            return self._set(unit, str(held["user"]), digest)

        return await self.store.write(reset)

    def _needs_proof(self, user_id: str) -> bool:
        kept = self._user(user_id)
        return bool(kept and (body_of(kept).get("twoFactor") or {}).get("enabled"))

    def _user(self, user_id: str) -> Kept | None:
        kept = self.store.find("User", user_id)
        return kept if kept and kept.state == LIVE else None

    def _set(self, unit: Unit, user_id: str, digest: str | None) -> bool:
        present = unit.find("User", user_id)
        if present is None or present.state != LIVE:
            return False
        body = {key: value for key, value in body_of(present).items() if key != "password"}
        self.engine.write(unit, "User", user_id, {**body, "password": digest} if digest else body, "PUT", present)
        self.sessions.end_all(unit, user_id)
        self._end_links(unit, user_id)
        return True

    def _end_links(self, unit: Unit, user_id: str) -> None:
        """Those of the user, and whoever's time is over."""
        now = self.clock.now().timestamp()
        rows = unit.connection.execute(
            "SELECT key, value FROM state WHERE key >= 'reset:' AND key < 'reset;'"
        ).fetchall()
        for key, value in rows:
            held: Json = loads(value.encode())
            if held["user"] == user_id or held["until"] <= now:
                unit.connection.execute("DELETE FROM state WHERE key = ?", (key,))

    def _keep(self, unit: Unit, token: str, held: Json, lives: timedelta) -> None:
        until = (self.clock.now() + lives).timestamp()
        row = (_key(token), dumps({**held, "until": int(until)}).decode())
        unit.connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", row)

    def _read(self, unit: Unit, token: str) -> Json | None:
        row = unit.connection.execute("SELECT value FROM state WHERE key = ?", (_key(token),)).fetchone()
        held: Json | None = loads(row[0].encode()) if row else None
        return held if held and held["until"] > self.clock.now().timestamp() else None

    def _forget(self, unit: Unit, token: str) -> None:
        unit.connection.execute("DELETE FROM state WHERE key = ?", (_key(token),))


def _key(token: str) -> str:
    return f"reset:{hash_secret(token)}"
