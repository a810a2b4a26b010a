"""The embedded backend on its own: what `portal fhir serve` runs."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from portal.chance import Chance
from portal.clock import Clock
from portal.embedded.access import SqlTwin
from portal.embedded.backend import Backend, open_backend
from portal.embedded.identity import Authenticate
from portal.embedded.wire import Receive, Scope, Send
from portal.errors import NotReady


class StandaloneApp:
    """Opens the folder when the server starts, closes it when the server stops."""

    def __init__(self, opening: Callable[[], Awaitable[Backend]]) -> None:
        self._opening = opening
        self._backend: Backend | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
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


def create_app(
    folder: Path,
    *,
    clock: Clock,
    chance: Chance,
    root_secret: str | None = None,
    admin_password: str | None = None,
    base_url: str | None = None,
    authenticate: Authenticate | None = None,
    sql_twins: Mapping[str, SqlTwin] | None = None,
) -> StandaloneApp:
    """An ASGI application on `folder`. Without `authenticate`, only Basic and the tokens of `/auth/token` are known.

    `root_secret` and `admin_password` are Aidbox's BOX_ROOT_CLIENT_SECRET and BOX_ADMIN_PASSWORD.
    """

    def nobody(_: str) -> None:
        return None

    async def opening() -> Backend:
        return await open_backend(
            folder, clock=clock, chance=chance, authenticate=authenticate or nobody, base_url=base_url,
            sql_twins=sql_twins, root_secret=root_secret, admin_password=admin_password,
        )  # fmt: skip

    return StandaloneApp(opening)
