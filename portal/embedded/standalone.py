"""The embedded backend on its own: what `portal fhir serve` runs."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypedDict

from portal.chance import Chance
from portal.clock import Clock
from portal.embedded.access import SqlTwin
from portal.embedded.backend import Backend, open_backend
from portal.embedded.engine import CREATED_AT
from portal.embedded.identity import Authenticate
from portal.embedded.readings import OtherReadings, Readings, readings
from portal.embedded.vault import open_vault
from portal.embedded.wire import Receive, Scope, Send
from portal.errors import NotReady


class StandaloneApp:
    """Opens the folder when the server starts, closes it when the server stops."""

    def __init__(self, opening: Callable[[], Awaitable[Backend]], readings: Readings) -> None:
        self._opening, self._readings = opening, readings
        self._backend: Backend | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._backend and self._readings.any:
            await OtherReadings(self._backend.asgi, self._readings)(scope, receive, send)
        elif self._backend:
            await self._backend.asgi(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._backend = await self._opening()
        except NotReady as problem:
            await send({"type": "lifespan.startup.failed", "message": str(problem.message)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._backend.close()
        self._backend = None
        await send({"type": "lifespan.shutdown.complete"})


class BoxOptions(TypedDict, total=False):
    """What `create_app` takes from Aidbox's variables."""

    root_secret: str
    admin_password: str
    base_url: str
    created_at_url: str
    whole_references: bool
    vault_config: Path
    other_readings: Readings


def box_options(variables: Mapping[str, str]) -> BoxOptions:
    """Aidbox's variables, as far as they mean something here, and the readings; an empty one is not set."""
    options: BoxOptions = {"other_readings": readings(variables)}
    if secret := variables.get("BOX_ROOT_CLIENT_SECRET"):
        options["root_secret"] = secret
    if password := variables.get("BOX_ADMIN_PASSWORD"):
        options["admin_password"] = password
    if address := variables.get("BOX_WEB_BASE_URL"):
        options["base_url"] = f"{address.rstrip('/')}/fhir"
    if url := variables.get("BOX_FHIR_CREATEDAT_URL"):
        options["created_at_url"] = url
    if skip := variables.get("BOX_FHIR_VALIDATION_SKIP_REFERENCE"):
        options["whole_references"] = skip.lower() != "true"
    if config := variables.get("BOX_VAULT_CONFIG"):
        options["vault_config"] = Path(config)
    return options


def address_of(host: str, port: int) -> str:
    """The FHIR base of a server that listens there, as this machine reaches it."""
    name = "localhost" if host in {"", "0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104 – told apart
    return f"http://{name}:{port}/fhir"


def create_app(
    folder: Path,
    *,
    clock: Clock,
    chance: Chance,
    root_secret: str | None = None,
    admin_password: str | None = None,
    base_url: str | None = None,
    address: str = "http://localhost/fhir",
    authenticate: Authenticate | None = None,
    sql_twins: Mapping[str, SqlTwin] | None = None,
    created_at_url: str = CREATED_AT,
    whole_references: bool = True,
    vault_config: Path | None = None,
    other_readings: Readings | None = None,
) -> StandaloneApp:
    """An ASGI application on `folder`. Without `authenticate`, only Basic, the tokens of `/auth/token` and those that a
    TokenIntrospector believes are known. Events name resources under `address` when there is no `base_url`.

    The others are Aidbox's BOX_ROOT_CLIENT_SECRET, BOX_ADMIN_PASSWORD, BOX_WEB_BASE_URL (with /fhir), BOX_FHIR_CREATEDAT_URL,
    BOX_FHIR_VALIDATION_SKIP_REFERENCE (the contrary of `whole_references`) and BOX_VAULT_CONFIG.
    """

    def nobody(_: str) -> None:
        return None

    async def opening() -> Backend:
        return await open_backend(
            folder, clock=clock, chance=chance, authenticate=authenticate or nobody, base_url=base_url,
            address=address, sql_twins=sql_twins, root_secret=root_secret, admin_password=admin_password,
            created_at_url=created_at_url, whole_references=whole_references,
            vault=open_vault(vault_config) if vault_config else None,
        )  # fmt: skip

    return StandaloneApp(opening, other_readings or Readings())
