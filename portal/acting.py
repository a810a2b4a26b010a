"""The signed-in person at work: who they are, and the doors that open for them. Every verb takes it first."""

from dataclasses import dataclass, field, replace

from portal.access import Actor
from portal.authoring import Catalogue
from portal.chance import Chance
from portal.clock import Clock
from portal.db import Database
from portal.fhir import FHIRClient
from portal.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Acting:
    """`fhir` calls carry this person's own token (wall 2); `service` is the portal's own client, for what no person does:
    looking up an account at sign-in, raising an alert, writing the audit trail. A verb that uses `service` says why.
    """

    actor: Actor
    fhir: FHIRClient
    service: FHIRClient
    db: Database
    clock: Clock
    chance: Chance
    settings: Settings
    catalogue: Catalogue = field(repr=False)

    def as_service(self) -> "Acting":
        """The portal itself acting in the same world."""
        return replace(self, fhir=self.service)
