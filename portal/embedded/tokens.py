"""Sign-in at the backend itself: `/auth/token`, sessions and their end, `/auth/userinfo`.

Nothing here counts failures, as in Aidbox.
"""

import asyncio
import base64
import sqlite3
from dataclasses import dataclass, replace

from portal.clock import Clock
from portal.embedded.access import both_forms
from portal.embedded.engine import Engine, body_of
from portal.embedded.identity import ROOT, Identity
from portal.embedded.search.query import Params
from portal.embedded.secrets import hash_secret, password_fits, secret_fits
from portal.embedded.sessions import Opening, Sessions, inactive, named
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
        self.sessions = Sessions(store, engine, clock)

    async def grant(self, asked: Json, authorization: str) -> Json:
        """The body of a successful `/auth/token`. OAuthError otherwise."""
        if not asked.get("grant_type"):
            raise OAuthError("invalid_request", "grant_type is missing")
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
        session = self.sessions.of_access_token(token)
        if session is None:
            return None
        client, user = named(session, "client"), named(session, "user")
        if self.client(client) is None:
            return None
        if not user:
            return replace(_client_identity(client), session=str(session["id"]))
        if not self.sessions.stands(self.store.find("User", user), session):
            return None
        return Identity(user_id=user, client=client, session=str(session["id"]))

    async def end(self, identity: Identity) -> bool:
        """Ends the caller's own session; False when the token was not one of a session here."""
        if not identity.session:
            return False
        await self.store.write(lambda unit: self.sessions.end(unit, identity.session or ""))
        return True

    def userinfo(self, identity: Identity, user: Json, roles: list[Json]) -> Json:
        """The User without secrets, and its roles with references as Aidbox writes them."""
        shown = {k: v for k, v in user.items() if k not in {"password", "twoFactor"}}
        return {**shown, "id": identity.user_id, "role": [both_forms(role) for role in roles]}

    async def _signed_in(self, username: str, password: str) -> Json:
        user = self._user(username)
        stored: object = (user or {}).get("password") or _NOBODY
        fits = await asyncio.to_thread(password_fits, stored, password)
        if user is None or not fits:
            raise OAuthError("invalid_grant", "Wrong username or password")
        if inactive(user):
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
        rules = _rules(client, grant)
        renewed = bool(user and rules.get("refresh_token"))
        opening = Opening(
            grant=grant,
            client=str(client["id"]),
            user=str(user["id"]) if user else None,
            access=self.engine.chance.token(),
            life=_seconds(rules, "access_token_expiration"),
            refresh=self.engine.chance.token() if renewed else None,
            refresh_life=_seconds(rules, "refresh_token_expiration"),
        )

        def opened(unit: Unit) -> bool:
            if user and not _unchanged(unit.find("User", str(user["id"])), user):
                return False
            self.sessions.open(unit, opening)
            return True

        if not await self.store.write(opened):
            raise OAuthError("invalid_grant", "Wrong username or password")
        answer = _told(opening.access, opening.life)
        if opening.refresh:
            answer["refresh_token"] = opening.refresh
        if user:
            answer["userinfo"] = {k: v for k, v in user.items() if k not in {"password", "twoFactor", "meta"}}
        return answer

    async def _refresh(self, client: Json, token: str) -> Json:
        access = self.engine.chance.token()
        life = _seconds(_rules(client, "password"), "access_token_expiration")
        id_ = str(client["id"])
        if await self.store.write(lambda unit: self.sessions.refresh(unit, token, id_, access, life)) is None:
            raise OAuthError("invalid_grant", "The refresh token is not valid")
        return _told(access, life)


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


def _unchanged(present: Kept | None, user: Json) -> bool:
    """Whether the person whose password was right a moment ago still has it, and may sign in."""
    if present is None or present.state != LIVE:
        return False
    body = body_of(present)
    return not inactive(body) and body.get("password") == user.get("password")


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


def _seconds(rules: Json, name: str) -> int | None:
    life = rules.get(name)
    return life if isinstance(life, int) else None


def _told(access: str, life: int | None) -> Json:
    """What is answered for each access token."""
    return {"token_type": "Bearer", "access_token": access, **({} if life is None else {"expires_in": life})}
