"""Who asks: what a bearer token was found to stand for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """A person or a service. `fhir_user` is a reference ("Practitioner/x"); a service is a root client: no policy applies.

    `roles` are names added to those of the stored Role resources; `client` and `session` are the ids
    of the calling Client and of the Session here, if any.
    """

    user_id: str | None = None
    roles: tuple[str, ...] = ()
    fhir_user: str | None = None
    is_service: bool = False
    client: str | None = None
    session: str | None = None
    claims: Json = field(default_factory=dict)


Authenticate = Callable[[str], "Identity | Awaitable[Identity | None] | None"]
"""Gives the identity that a bearer token stands for, or None when it is not, or no longer, valid."""

ROOT = Identity(is_service=True, client="root")
