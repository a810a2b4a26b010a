"""Tokens that somebody else signed: a `TokenIntrospector` of type jwt says whose signature is believed.

As in Aidbox the token names a User by the claim `box_user`, else by `sub`; that User must be there and not inactive. Keys
are shared secrets (HS256, HS384, HS512).
"""

import sqlite3
from typing import Any

import jwt

from portal.clock import Clock
from portal.embedded.engine import Engine, body_of
from portal.embedded.identity import Identity
from portal.embedded.messages import ID
from portal.embedded.sessions import inactive
from portal.embedded.store import LIVE, Store, all_live
from portal.types import Json

ALGORITHMS = ["HS256", "HS384", "HS512"]


class Introspectors:
    def __init__(self, store: Store, engine: Engine, clock: Clock) -> None:
        self.store = store
        self.engine = engine
        self.clock = clock

    def identity(self, token: str) -> Identity | None:
        """Who holds this token; None when nobody here believes it."""
        claims = self._claims(token) if token.count(".") == 2 else None
        if claims is None:
            return None
        user = claims.get("box_user") or claims.get("sub")
        kept = self.store.find("User", user) if isinstance(user, str) and ID.fullmatch(user) else None
        if kept is None or kept.state != LIVE:
            return None
        if inactive(body_of(kept)):
            return None
        return Identity(user_id=kept.id, claims=claims)

    def _claims(self, token: str) -> Json | None:
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        except (jwt.InvalidTokenError, RecursionError):
            return None
        if not isinstance(issuer, str) or not issuer:
            return None
        for introspector in self.store.read_now(self._introspectors):
            rules = introspector.get("jwt")
            if introspector.get("type") != "jwt" or not isinstance(rules, dict) or rules.get("iss") != issuer:
                continue
            secret = self.engine.vault.value(introspector, rules, "secret")
            claims = self._verified(token, secret, issuer) if secret else None
            if claims is not None:
                return claims
        return None

    def _introspectors(self, connection: sqlite3.Connection) -> list[Json]:
        return [body_of(kept) for kept in all_live(connection, self.engine.names, "TokenIntrospector")]

    def _verified(self, token: str, secret: str, issuer: str) -> Json | None:
        times = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}  # by our own clock, below
        options: Any = {
            "require": ["exp"],
            "verify_aud": False,
            **times,
        }  # the audience is for policies to judge: jwt.aud
        try:
            claims = jwt.decode(token, secret, algorithms=ALGORITHMS, issuer=issuer, options=options)
        except jwt.PyJWTError:  # also a key that is none
            return None
        now = self.clock.now().timestamp()
        begins, ends = claims.get("nbf", now), claims["exp"]
        good = isinstance(begins, int | float) and isinstance(ends, int | float) and begins <= now < ends
        return claims if good else None
