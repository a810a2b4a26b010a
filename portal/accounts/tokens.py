"""Short-lived tokens by which each FHIR call runs as the signed-in person (Aidbox `TokenIntrospector`, claim `box_user`)."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import jwt

from portal.access import Actor
from portal.clock import Clock

LIFE = timedelta(minutes=5)
RENEW_BEFORE = timedelta(minutes=1)
ALGORITHM = "HS256"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """What a valid token says: account id, role code, the FHIR resource the person is, and their centres and trials."""

    user: str
    role: str
    reference: str
    organizations: tuple[str, ...]
    trials: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenSigner:
    """`key` is shared with the FHIR server's introspector; `issuer` is the portal's public address."""

    key: str
    issuer: str
    clock: Clock

    def sign(self, actor: Actor) -> str:
        now = self.clock.now()
        return jwt.encode(
            {
                "iss": self.issuer,
                "sub": actor.user,
                "box_user": actor.user,
                "role": str(actor.role),
                "fhir_user": actor.reference,
                "organizations": sorted(actor.organizations),
                "trials": sorted(actor.trials),
                "iat": now,
                "exp": now + LIFE,
            },
            self.key,
            algorithm=ALGORITHM,
        )

    def read(self, token: str) -> Claims | None:
        """None when the token is not ours, altered or out of date."""
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[ALGORITHM],
                issuer=self.issuer,
                options={"require": ["exp", "iss", "box_user", "role"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        if claims["exp"] <= self.clock.now().timestamp():
            return None
        return Claims(
            user=claims["box_user"],
            role=claims["role"],
            reference=claims.get("fhir_user", ""),
            organizations=tuple(claims.get("organizations", ())),
            trials=tuple(claims.get("trials", ())),
        )


def basic(client: str, secret: str) -> Callable[[], str]:
    """The Authorization header of a client of the FHIR server, such as the portal itself."""
    header = "Basic " + b64encode(f"{client}:{secret}".encode()).decode()
    return lambda: header


class Bearer:
    """The Authorization header of one person, signed anew shortly before it ends."""

    def __init__(self, signer: TokenSigner, actor: Actor) -> None:
        self._signer = signer
        self._actor = actor
        self._header = ""
        self._until = signer.clock.now()

    def __call__(self) -> str:
        now = self._signer.clock.now()
        if now >= self._until:
            self._header = f"Bearer {self._signer.sign(self._actor)}"
            self._until = now + LIFE - RENEW_BEFORE
        return self._header
