"""Sessions: one `Session` resource for each access token, kept as a digest.

The Sessions that follow from one sign-in hold its refresh token, which is good until one of them is ended. A Session
that opens nothing any more is kept for a week and then taken away with its versions, a few at each sign-in: what must be
known for longer is in the audit trail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, inf

from portal.clock import Clock
from portal.embedded.engine import Engine, body_of
from portal.embedded.search.query import Params
from portal.embedded.search.values import date_range
from portal.embedded.secrets import hash_secret
from portal.embedded.store import LIVE, MENTIONED, Kept, Store, Unit
from portal.embedded.text import loads
from portal.types import Json

KEPT = timedelta(days=7)
LOOKED_AT = 10
"""Sessions looked at for each one opened: more than are made, so that all have their turn."""
PAGE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What a new Session lets in, and for how long (seconds; None: without an end)."""

    grant: str
    client: str
    user: str | None
    access: str
    life: int | None
    refresh: str | None = None
    refresh_life: int | None = None


class Sessions:
    def __init__(self, store: Store, engine: Engine, clock: Clock) -> None:
        self.store = store
        self.engine = engine
        self.clock = clock
        self._tidied = ""

    def of_access_token(self, token: str) -> Json | None:
        """The Session of an access token, while it lives; that its user and client do is for the caller to see."""
        params = [("access_token", hash_secret(token)), ("_count", "1"), ("_total", "none")]
        found = self.store.read_now(
            lambda connection: self.engine.search(connection, self.engine.query(connection, "Session", params)).matches
        )
        session: Json | None = loads(found[0][3]) if found else None
        return session if session and not ended(session) and not over(session, "exp", self.clock.now()) else None

    def open(self, unit: Unit, opening: Opening) -> None:
        now = self.clock.now()
        session: Json = {
            "type": opening.grant,
            "client": {"reference": f"Client/{opening.client}"},
            **_access(now, opening.access, opening.life),
        }
        if opening.user:
            session["user"] = {"reference": f"User/{opening.user}"}
        if opening.refresh:
            session["refresh_token"] = hash_secret(opening.refresh)
            if opening.refresh_life is not None:
                session["refresh_exp"] = _until(now, opening.refresh_life)
        self._write(unit, session)
        self._tidy(unit)

    def refresh(self, unit: Unit, token: str, client: str, access: str, life: int | None) -> str | None:
        """Opens a Session for a further access token; the ones before live on. The id of its user, or None: the refresh
        token is not, or no longer, good.
        """
        now = self.clock.now()
        family = self._family(unit, hash_secret(token)) if token else []
        if not family or any(ended(one) or over(one, "refresh_exp", now) for one in family):
            return None
        first = family[0]
        user = named(first, "user")
        if named(first, "client") != client or not user or not self.stands(unit.find("User", user), first):
            return None
        kept = {
            name: value for name, value in first.items() if name not in {"resourceType", "id", "meta", "exp", "jti"}
        }
        self._write(unit, {**kept, **_access(now, access, life)})
        for one in family:  # the new one stands for them too
            if over(one, "exp", now):
                self._purge(unit, unit.find("Session", one["id"]))
        return user

    def end(self, unit: Unit, id_: str) -> None:
        """Ends a Session and those that its refresh token opened."""
        kept = unit.find("Session", id_)
        if kept is None or kept.state != LIVE:
            return
        session = body_of(kept)
        digest = _renewal(session)
        for one in self._family(unit, digest) if digest else [session]:
            self._end(unit, one)

    def end_all(self, unit: Unit, user_id: str) -> None:
        """Ends every Session of a user."""
        for one in list(self._all(unit, [("user", f"User/{user_id}")])):
            self._end(unit, one)

    def stands(self, user: Kept | None, session: Json) -> bool:
        """Whether the person of a Session is still the one who signed in: there, not inactive, not made anew since."""
        if user is None or user.state != LIVE or inactive(body_of(user)):
            return False
        start = date_range(str(session.get("start")))
        return start is not None and start[1] >= user.created

    def _family(self, unit: Unit, digest: str) -> list[Json]:
        return list(self._all(unit, [("refresh_token", digest)]))

    def _all(self, unit: Unit, condition: Params) -> Iterator[Json]:
        page = 1
        while True:
            params = [*condition, ("_sort", "_id"), ("_count", str(PAGE)), ("_page", str(page))]
            found = self.engine.search(unit.connection, self.engine.query(unit.connection, "Session", params))
            for match in found.matches:
                yield loads(match[3])
            if not found.more:
                return
            page += 1

    def _write(self, unit: Unit, session: Json) -> None:
        id_ = self.engine.chance.id()
        whole = {"resourceType": "Session", **session}
        self.engine.write(unit, "Session", id_, whole, "POST", unit.find("Session", id_))

    def _end(self, unit: Unit, session: Json) -> None:
        kept = unit.find("Session", session["id"])
        if kept and kept.state == LIVE and not ended(session):
            changed = {**session, "active": False, "end": self.clock.now().isoformat()}
            self.engine.write(unit, "Session", kept.id, changed, "PUT", kept)

    def _tidy(self, unit: Unit) -> None:
        """Goes round all Sessions, some at a time."""
        rows = unit.connection.execute(
            "SELECT id FROM resource WHERE type = ? AND id > ? ORDER BY id LIMIT ?",
            (self.engine.names.find("type", "Session"), self._tidied, LOOKED_AT),
        ).fetchall()
        self._tidied = rows[-1][0] if len(rows) == LOOKED_AT else ""
        limit = (self.clock.now() - KEPT).timestamp()
        for (id_,) in rows:
            kept = unit.find("Session", id_)
            family = self._of_sign_in(unit, kept) if kept and kept.state != MENTIONED else []
            refused = any(one.state != LIVE or ended(body_of(one)) for one in family)
            if family and all(_closed(one, refused) <= limit for one in family):
                for one in family:  # together: the last trace of an ended one says that their refresh token is not good
                    self._purge(unit, one)

    def _of_sign_in(self, unit: Unit, kept: Kept) -> list[Kept]:
        digest = _renewal(body_of(kept))
        if digest is None:
            return [kept]
        found = (unit.find("Session", one["id"]) for one in self._family(unit, digest))
        return [one for one in found if one]

    def _purge(self, unit: Unit, kept: Kept | None) -> None:
        if kept and not unit.connection.execute("SELECT 1 FROM event WHERE rid = ? LIMIT 1", (kept.rid,)).fetchone():
            unit.purge(kept)


def named(session: Json, name: str) -> str:
    """The id of the user or client of a Session; "" without one."""
    reference = session.get(name)
    return str(reference.get("reference", "")).partition("/")[2] if isinstance(reference, dict) else ""


def inactive(user: Json) -> bool:
    return user.get("inactive") is True or user.get("active") is False


def ended(session: Json) -> bool:
    return session.get("active", True) is False or "end" in session


def over(session: Json, name: str, now: datetime) -> bool:
    """Whether the instant `exp` or `refresh_exp` has come: from that very second on. One that is not written never comes."""
    return isinstance(session.get(name), int) and session[name] <= now.timestamp()


def _renewal(session: Json) -> str | None:
    """The digest of its refresh token; None also for anything else that somebody wrote there."""
    digest = session.get("refresh_token")
    return digest if isinstance(digest, str) and re.fullmatch(r"\$sha256\$[0-9a-f]{64}", digest) else None


def _closed(kept: Kept, refused: bool) -> float:
    """Since when a Session opens nothing, in seconds since 1970; `refused`: its refresh token is not good any more."""
    session = body_of(kept)
    if kept.state != LIVE or ended(session):
        return kept.updated / 1_000_000
    names = ("exp", "refresh_exp") if _renewal(session) and not refused else ("exp",)
    return max(session[name] if isinstance(session.get(name), int) else inf for name in names)


def _access(now: datetime, token: str, life: int | None) -> Json:
    ends = {} if life is None else {"exp": _until(now, life)}
    return {"active": True, "start": now.isoformat(), "access_token": hash_secret(token), **ends}


def _until(now: datetime, life: int) -> int:
    """Whole seconds since 1970, not before the time that was promised is over."""
    return ceil((now + timedelta(seconds=life)).timestamp())
