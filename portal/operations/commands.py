"""What `portal aidbox render-init-bundle`, `portal migrate` and `portal check` do."""

import asyncio
import os
import sys
from pathlib import Path

from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.content import load_content
from portal.db import Database
from portal.fhir.jsons import dumps
from portal.i18n import Texts
from portal.operations.checking import look
from portal.operations.contract import run_contract
from portal.operations.findings import Finding, Level, told, worst
from portal.operations.init_bundle import init_bundle, vault_config
from portal.settings import Settings
from portal.types import Json


def render_init_bundle(settings: Settings, *, out: Path | None, vault: Path | None, secrets: str) -> None:
    """Writes the bundle to `out`, or to the terminal; to `vault` which of the files in the folder `secrets` hold secrets."""
    content = load_content(settings)
    bundle = init_bundle(settings, content.catalogue, content.trials)
    if vault is not None:
        _write(vault, vault_config(settings, secrets))
    if out is not None:
        _write(out, bundle)
    else:
        sys.stdout.write(dumps(bundle).decode() + "\n")


def migrate(settings: Settings) -> None:
    """Brings the portal's own database to this release. Raises NotReady when it cannot be opened."""

    async def opened() -> None:
        url = settings.database_url.get_secret_value()
        database = await (Database.open(url) if url else Database.open_folder(settings.data_dir))
        await database.close()

    asyncio.run(opened())


def check(settings: Settings, t: Texts, *, contract: bool) -> int:
    """Tells each finding as it comes. The exit code: 1 when something is at fault, or a test of the contract fails."""

    async def looked() -> list[Finding]:
        findings: list[Finding] = []
        async for finding in look(settings, clock=SystemClock(), chance=SystemChance(), variables=os.environ):
            findings.append(finding)
            sys.stdout.write(f"{told(finding, t)}\n")
            sys.stdout.flush()
        return findings

    code = 1 if worst(asyncio.run(looked())) is Level.FAULT else 0
    return (run_contract(settings) and 1) or code if contract else code


def _write(path: Path, content: Json) -> None:
    """Whole or not at all: Aidbox may be waiting for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(dumps(content))
    part.replace(path)
