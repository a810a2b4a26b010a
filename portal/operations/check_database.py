"""The portal's own database: is it there, on disk as it says, and fit for several processes."""

from collections.abc import AsyncIterator

from sqlalchemy import Connection, text

from portal.db import Database
from portal.errors import NotReady
from portal.i18n import N_
from portal.operations.findings import Finding, broken, fault, ok, warning
from portal.settings import Settings


async def database_findings(settings: Settings) -> AsyncIterator[Finding]:
    """Opens it, which also migrates it, as the portal does at its start."""
    url = settings.database_url.get_secret_value()
    try:
        database = await (Database.open(url) if url else Database.open_folder(settings.data_dir))
    except NotReady as problem:
        yield broken(problem, N_("Look at PORTAL_DATABASE_URL and whether that database answers."))
        return
    try:
        if database.kind == "sqlite":
            yield _about_sqlite(settings)
            return
        async for finding in _about_postgresql(database):
            yield finding
    finally:
        await database.close()


def _about_sqlite(settings: Settings) -> Finding:
    if settings.fhir_url or settings.jobs == "worker":
        return warning(
            N_("The portal's own database is a file in the data folder: it serves one machine."),
            N_("Set PORTAL_DATABASE_URL to a PostgreSQL for several processes or machines."),
        )
    return ok(N_("The portal's own database is a file in the data folder."))


async def _about_postgresql(database: Database) -> AsyncIterator[Finding]:
    def shown(connection: Connection) -> tuple[str, str, str, str]:
        version = connection.execute(text("SHOW server_version")).scalar_one()
        fsync = connection.execute(text("SHOW fsync")).scalar_one()
        collation = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        return version, fsync, connection.execute(text(collation)).scalar_one(), encoding

    version, fsync, collation, encoding = await database.read(shown)
    yield ok(N_("The portal's own database is PostgreSQL {version}, with today's tables."), version=version)
    if fsync != "on":
        yield fault(
            N_("That PostgreSQL does not write to disk before it answers (fsync is {value})."),
            N_("Switch fsync on: saved answers would be lost with the power."),
            value=fsync,
        )
    if encoding != "UTF8":
        yield fault(
            N_("That database is encoded in {value}."), N_("Make it anew with the encoding UTF8."), value=encoding
        )
    if collation not in {"C", "POSIX", "C.UTF-8", "C.utf8"}:
        yield warning(
            N_("That database sorts by the language {value}."),
            N_("Make it with the collation C, as deploy/compose.yaml does: instants are then in order as written."),
            value=collation,
        )
