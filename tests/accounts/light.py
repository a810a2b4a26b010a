"""A door without a record behind it: enough for codes, tasks and sessions, and opened in milliseconds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from portal.access import Actor, Role
from portal.accounts import Door
from portal.acting import Acting
from portal.background import Background
from portal.chance import Chance, SeededChance
from portal.clock import Clock
from portal.db import Database
from portal.settings import Settings

SERVICE = Actor(user="portal", role=Role.SERVICE, reference="Device/portal", name="Portail")


@asynccontextmanager
async def light_door(folder: Path, clock: Clock, chance: Chance | None = None, **settings: Any) -> AsyncIterator[Door]:
    """Any call to the record fails: there is none."""
    db = await Database.open_folder(folder)
    later = Background()  # never started: what is done after the answer needs the record
    nothing = cast("Any", None)
    acting = Acting(
        actor=SERVICE,
        fhir=nothing,
        service=nothing,
        db=db,
        clock=clock,
        chance=chance or SeededChance(1),
        settings=Settings(data_dir=folder, **settings),
        catalogue=nothing,
    )
    try:
        yield Door(acting=acting, key="k" * 40, later=later)
    finally:
        await later.stop()
        await db.close()
