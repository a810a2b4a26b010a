"""Composition root: builds the portal from its settings. Whatever starts the product (web, command line, tests) starts here."""

import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.access import RESTS_ON, Actor, Role, twins
from portal.accounts.passwords import install_client, own_client
from portal.accounts.tokens import Bearer, TokenSigner, basic
from portal.acting import Acting
from portal.authoring import Catalogue
from portal.chance import Chance, SystemChance
from portal.clock import Clock, SystemClock
from portal.content import CONTENT, load_content
from portal.db import Database
from portal.embedded import Backend, Identity, open_backend
from portal.errors import NotReady
from portal.fhir import FHIRClient, Transport, embedded_transport, remote_transport
from portal.i18n import N_
from portal.install import install_all
from portal.settings import Settings
from portal.trials import Trial

FACE_TOKEN = "fhir-token"  # noqa: S105 – the name of a file
SERVICE = Actor(user="portal", role=Role.SERVICE, reference="Device/portal", name="Portail")


@dataclass(frozen=True, kw_only=True, slots=True)
class Portal:
    """The running product. `backend` is the embedded FHIR server, or None when the record is in Aidbox."""

    settings: Settings
    clock: Clock
    chance: Chance
    db: Database
    transport: Transport
    backend: Backend | None
    catalogue: Catalogue = field(repr=False)
    trials: Mapping[str, Trial] = field(repr=False)
    signer: TokenSigner = field(repr=False)
    secret: str = field(repr=False)

    def acting(self, actor: Actor) -> Acting:
        """A person at work: FHIR calls carry their own token."""
        return Acting(
            actor=actor,
            fhir=FHIRClient(self.transport, self._authorization(actor)),
            service=FHIRClient(self.transport, self._authorization(SERVICE)),
            db=self.db,
            clock=self.clock,
            chance=self.chance,
            settings=self.settings,
            catalogue=self.catalogue,
        )

    def service(self) -> Acting:
        """The portal itself, for what no person does: start-up, sign-in look-ups, demonstration data."""
        return self.acting(SERVICE)

    def _authorization(self, actor: Actor) -> Callable[[], str]:
        """A person's own token. The portal itself is a client of the server's, or the embedded backend's own master."""
        if actor.role is Role.SERVICE and self.backend is None:
            return basic(*own_client(self.settings, self.secret))
        return Bearer(self.signer, actor)

    async def close(self) -> None:
        await self.transport.close()
        if self.backend is not None:
            await self.backend.close()
        await self.db.close()


async def open_portal(settings: Settings, *, clock: Clock | None = None, chance: Chance | None = None) -> Portal:
    """Open the databases and the catalogue. Raises `NotReady` with the setting or the file to mend."""
    clock, chance = clock or SystemClock(), chance or SystemChance()
    content = load_content(settings, CONTENT)
    secret = portal_secret(settings)
    signer = TokenSigner(key=secret, issuer=settings.address, clock=clock)
    db = await open_database(settings)
    backend: Backend | None = None
    if settings.fhir_url:
        transport = remote_transport(
            settings.fhir_url,
            chance=chance,
            clock=clock,
            deadline=settings.fhir_timeout,
            connections=settings.fhir_connections,
            aliases=settings.fhir_aliases,
        )
    else:
        backend = await open_backend(
            settings.data_dir / "fhir",
            clock=clock,
            chance=chance,
            authenticate=Introspector(signer, face_token(settings) if settings.demo else ""),
            address=f"{settings.address}/fhir",
            sql_twins=twins(),
            twins_rest_on=RESTS_ON,
        )
        transport = embedded_transport(backend.asgi, chance=chance, deadline=settings.fhir_timeout)
    portal = Portal(
        settings=settings,
        clock=clock,
        chance=chance,
        db=db,
        transport=transport,
        backend=backend,
        catalogue=content.catalogue,
        trials=content.trials,
        signer=signer,
        secret=secret,
    )
    try:
        await install_all(portal.service(), portal.trials)
        if backend is not None:
            await install_client(portal.service(), secret)
    except BaseException:
        await portal.close()
        raise
    return portal


async def open_database(settings: Settings) -> Database:
    """The portal's own database: where the settings say, else a file in the data folder. Raises `NotReady`."""
    url = settings.database_url.get_secret_value()
    return await (Database.open(url) if url else Database.open_folder(settings.data_dir))


@dataclass(frozen=True, slots=True)
class Introspector:
    """Tells the embedded backend whose token this is, as Aidbox's TokenIntrospector does in production.

    `face` opens the FHIR face of a demonstration to whoever can read the data folder; empty: nobody.
    """

    signer: TokenSigner
    face: str = ""

    def __call__(self, token: str) -> Identity | None:
        if self.face and hmac.compare_digest(token.encode(), self.face.encode()):
            return Identity(is_service=True, client="demonstration")
        claims = self.signer.read(token)
        if claims is None:
            return None
        return Identity(
            user_id=claims.user,
            roles=(claims.role,),
            fhir_user=claims.reference,
            is_service=claims.role == Role.SERVICE,
            claims={"role": claims.role},
        )


def face_token(settings: Settings) -> str:
    """The bearer token of the demonstration's FHIR face, made once and kept in the data folder."""
    return _kept(settings.data_dir / FACE_TOKEN)


def portal_secret(settings: Settings) -> str:
    """The key that signs: from the settings, or made once and kept where only the portal's own account reads it."""
    given = settings.secret_key.get_secret_value()
    if given:
        if len(given) < 32:
            raise NotReady(N_("PORTAL_SECRET_KEY must have at least 32 characters."))
        return given
    if settings.fhir_url:
        raise NotReady(N_("Set PORTAL_SECRET_KEY: the FHIR server must know the key that signs."))
    return _kept(settings.data_dir / "secret")


def _kept(path: Path) -> str:
    """A secret made once, in a file that only the portal's own account reads."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
