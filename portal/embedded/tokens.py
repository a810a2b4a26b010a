"""Sign-in at the backend itself: `/auth/token`, sessions and their end, `/auth/userinfo`.

A session is a `Session` resource; its tokens are kept as digests. Nothing here counts failures, as in Aidbox.
"""

import asyncio
import base64
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.clock import Clock
from portal.embedded.access import both_forms
from portal.embedded.engine import Engine, body_of
from portal.embedded.identity import ROOT, Identity
from portal.embedded.search.query import Params
from portal.embedded.secrets import hash_secret, password_fits, secret_fits
from portal.embedded.store import LIVE, Kept, Store, Unit
from portal.embedded.text import loads
from portal.types import Json


@dataclass(frozen=True, slots=True)
class OAuthError(Exception):
    """An error of OAuth, which is not an OperationOutcome."""

    error: str
    description: str
    status: int = 400

    def json(self) -> Json:
        return {"error": self.error, "error_description": self.description}


class Tokens:
    def __init__(self, store: Store, engine: Engine, clock: Clock) -> None:
        self.store = store
        self.engine = engine
        self.clock = clock

    async def grant(self, asked: Json, authorization: str) -> Json:
        """The body of a successful `/auth/token`. OAuthError otherwise."""
        basic = basic_credentials(authorization)
        client_id, secret = basic or (str(asked.get("client_id", "")), str(asked.get("client_secret", "")))
        client = self.client(client_id)
        grant = str(asked.get("grant_type", ""))
        if grant not in {"password", "client_credentials", "refresh_token"}:
            raise OAuthError("unsupported_grant_type", f"Grant type {grant!r} is not supported")
        if client is None or not _secret_accepted(client, grant, secret):
            raise OAuthError("invalid_client", "Unknown client or wrong secret", 401)
        if grant == "refresh_token":
            return await self._refresh(client, str(asked.get("refresh_token", "")))
        if not _may(client, grant) and not (grant == "client_credentials" and _may(client, "basic")):
            raise OAuthError("unauthorized_client", f"The client may not use {grant}")
        if grant == "password":
            user = await self._signed_in(str(asked.get("username", "")), str(asked.get("password", "")))
            return await self._open(client, grant, user)
        return await self._open(client, grant, None)

    def client(self, id_: str) -> Json | None:
        """A Client, its secret digested also when it is kept in a file."""
        kept = self.store.find("Client", id_)
        if kept is None or kept.state != LIVE:
            return None
        body = body_of(kept)
        if "secret" in body or "_secret" not in body:
            return body
        secret = self.engine.vault.value(body, body, "secret")
        return {**body, "secret": hash_secret(secret) if secret else "unreadable"}

    def by_basic(self, authorization: str) -> Identity | None:
        """The client of a Basic header, when it may use it."""
        found = basic_credentials(authorization)
        client = self.client(found[0]) if found else None
        if not found or client is None or not _may(client, "basic") or not secret_fits(client.get("secret"), found[1]):
            return None
        return _client_identity(found[0])

    def by_session(self, token: str) -> Identity | None:
        """Who holds an access token of this backend, while its session lives."""
        session = self._session("access_token", token)
        if session is None or _over(session, "exp", self.clock.now()):
            return None
        client, user = _named(session, "client"), _named(session, "user")
        if not user:
            return _client_identity(client)
        kept = self.store.find("User", user)
        if kept is None or kept.state != LIVE or _inactive(body_of(kept)):
            return None
        return Identity(user_id=user, client=client, session=str(session["id"]))

    async def end(self, identity: Identity) -> bool:
        """Ends the caller's own session; False when the token was not one of a session here."""
        if not identity.session:
            return False
        await self.store.write(lambda unit: self._end(unit, identity.session or ""))
        return True

    def end_all(self, unit: Unit, user_id: str) -> None:
        """Ends every session of a user."""
        query = self.engine.query(unit.connection, "Session", [("user", f"User/{user_id}"), ("_count", "1000")])
        for match in self.engine.search(unit.connection, query).matches:
            self._end(unit, match[2])

    def userinfo(self, identity: Identity, user: Json, roles: list[Json]) -> Json:
        """The User without secrets, and its roles with references as Aidbox writes them."""
        shown = {k: v for k, v in user.items() if k not in {"password", "twoFactor"}}
        return {**shown, "id": identity.user_id, "role": [both_forms(role) for role in roles]}

    def _session(self, name: str, token: str) -> Json | None:
        found = self._found("Session", [(name, hash_secret(token)), ("_count", "1"), ("_total", "none")])
        session = found[0] if found else None
        return session if session and session.get("active", True) is not False and "end" not in session else None

    async def _signed_in(self, username: str, password: str) -> Json:
        user = self._user(username)
        stored: object = (user or {}).get("password") or _NOBODY
        fits = await asyncio.to_thread(password_fits, stored, password)
        if user is None or not fits:
            raise OAuthError("invalid_grant", "Wrong username or password")
        if _inactive(user):
            raise OAuthError("invalid_grant", "User is inactive")
        return user

    def _user(self, username: str) -> Json | None:
        kept = self.store.find("User", username)
        if kept and kept.state == LIVE:
            return body_of(kept)
        for name in ("userName", "email-token"):
            value = username.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|")
            found = self._found("User", [(name, value), ("_count", "2")]) if username else []
            if len(found) == 1:
                return found[0]
        return None

    def _found(self, type_: str, params: Params) -> list[Json]:
        def search(connection: sqlite3.Connection) -> list[Json]:
            query = self.engine.query(connection, type_, params)
            return [loads(match[3]) for match in self.engine.search(connection, query).matches]

        return self.store.read_now(search)

    async def _open(self, client: Json, grant: str, user: Json | None) -> Json:
        access, refresh = self.engine.chance.token(), self.engine.chance.token()
        rules = _rules(client, grant)
        now = self.clock.now()
        session: Json = {
            "resourceType": "Session",
            "type": grant,
            "active": True,
            "start": now.isoformat(),
            "client": {"reference": f"Client/{client['id']}"},
            "access_token": hash_secret(access),
        }
        answer: Json = {"token_type": "Bearer", "access_token": access}
        if isinstance(life := rules.get("access_token_expiration"), int):
            answer["expires_in"] = life
            session["exp"] = int((now + timedelta(seconds=life)).timestamp())
        if user and rules.get("refresh_token"):
            answer["refresh_token"] = refresh
            session["refresh_token"] = hash_secret(refresh)
            if isinstance(life := rules.get("refresh_token_expiration"), int):
                session["refresh_exp"] = int((now + timedelta(seconds=life)).timestamp())
        if user:
            session["user"] = {"reference": f"User/{user['id']}"}
            answer["userinfo"] = {k: v for k, v in user.items() if k not in {"password", "twoFactor", "meta"}}
        id_ = self.engine.chance.id()
        await self.store.write(
            lambda unit: self.engine.write(unit, "Session", id_, session, "POST", unit.find("Session", id_))
        )
        return answer

    async def _refresh(self, client: Json, token: str) -> Json:
        session = self._session("refresh_token", token) if token else None
        now = self.clock.now()
        if session is None or _over(session, "refresh_exp", now) or _named(session, "client") != client["id"]:
            raise OAuthError("invalid_grant", "The refresh token is not valid")
        kept = self.store.find("User", _named(session, "user"))
        if kept is None or kept.state != LIVE or _inactive(body_of(kept)):
            raise OAuthError("invalid_grant", "User is inactive")
        access = self.engine.chance.token()
        answer: Json = {"token_type": "Bearer", "access_token": access}
        changed: Json = {**session, "access_token": hash_secret(access)}
        life = _rules(client, "password").get("access_token_expiration")
        if isinstance(life, int):
            answer["expires_in"] = life
            changed["exp"] = int((now + timedelta(seconds=life)).timestamp())
        id_ = str(session["id"])
        await self.store.write(
            lambda unit: self.engine.write(unit, "Session", id_, changed, "PUT", unit.find("Session", id_))
        )
        return answer

    def _end(self, unit: Unit, id_: str) -> None:
        kept: Kept | None = unit.find("Session", id_)
        if kept and kept.state == LIVE:
            ended = {**body_of(kept), "active": False, "end": self.clock.now().isoformat()}
            self.engine.write(unit, "Session", id_, ended, "PUT", kept)


_NOBODY = "$s0$f0801$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
"""Compared when there is no such user, so that the answer takes as long."""


def basic_credentials(authorization: str) -> tuple[str, str] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # not base64, not ASCII, not Unicode
        return None
    return (name, secret) if colon else None


def _client_identity(id_: str) -> Identity:
    return ROOT if id_ == ROOT.client else Identity(client=id_)


def _secret_accepted(client: Json, grant: str, secret: str) -> bool:
    required = _rules(client, grant).get("secret_required", grant == "client_credentials" or "secret" in client)
    return secret_fits(client.get("secret"), secret) if secret or required else True


def _may(client: Json, grant: str) -> bool:
    grants = client.get("grant_types")
    return isinstance(grants, list) and grant in grants


def _rules(client: Json, grant: str) -> Json:
    """What the client says of a grant. OAuthError when it cannot be understood, for it may be a restriction."""
    every = client.get("auth", {})
    rules = every.get(grant, {}) if isinstance(every, dict) else None
    if not isinstance(rules, dict):
        raise OAuthError("invalid_client", "The client is not set up", 401)
    return rules


def _named(session: Json, who: str) -> str:
    """The id of the session's user or client; empty without one."""
    reference = session.get(who)
    return str(reference.get("reference", "")).partition("/")[2] if isinstance(reference, dict) else ""


def _inactive(user: Json) -> bool:
    return user.get("inactive") is True or user.get("active") is False


def _over(session: Json, name: str, now: datetime) -> bool:
    return isinstance(session.get(name), int) and session[name] <= now.timestamp()
