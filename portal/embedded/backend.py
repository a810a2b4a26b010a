"""Opens the embedded backend on a folder and puts its parts together."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.chance import Chance
from portal.clock import Clock
from portal.embedded.access import Guard, SqlTwin
from portal.embedded.definitions import load_definitions
from portal.embedded.engine import CREATED_AT, Engine
from portal.embedded.identity import Authenticate
from portal.embedded.service import Service
from portal.embedded.store import Store
from portal.embedded.wire import Wire


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """`asgi` serves /fhir, /health, /$version and /auth. Close it to release the folder."""

    asgi: Wire
    service: Service
    store: Store

    async def close(self) -> None:
        await self.store.close()


async def open_backend(
    folder: Path,
    *,
    clock: Clock,
    chance: Chance,
    authenticate: Authenticate,
    base_url: str | None = None,
    created_at_url: str = CREATED_AT,
    sql_twins: Mapping[str, SqlTwin] | None = None,
) -> Backend:
    """Opens, or makes, the store in `folder`. `authenticate` gives the identity of a bearer token.

    NotReady when the folder is in use by another process, cannot be written, or holds a damaged file.
    """
    definitions = await asyncio.to_thread(load_definitions)
    store = await asyncio.to_thread(Store, folder, clock)
    engine = Engine(definitions=definitions, names=store.names, chance=chance, created_at_url=created_at_url)
    guard = Guard(engine, sql_twins or {})
    store.on_commit.append(guard.follow)
    service = Service(store, engine, guard)
    wire = Wire(service, engine, clock, chance, authenticate, base_url=base_url)
    return Backend(asgi=wire, service=service, store=store)
