"""SQLite or PostgreSQL behind the same calls: how each is opened, made durable and migrated."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from portal.errors import NotReady
from portal.i18n import N_

MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRESQL = "postgresql+psycopg"
DRIVERS = {"postgres": POSTGRESQL, "postgresql": POSTGRESQL, POSTGRESQL: POSTGRESQL, "sqlite": "sqlite"}
MIGRATING = 8_151_623_042  # the number of the lock that one process holds while it migrates
CONNECT_SECONDS = 5


def prepared_engine(url: str, connections: int) -> Engine:
    """An engine whose tables are those of this release. `NotReady` in words that hold neither address nor password."""
    engine: Engine | None = None
    try:
        engine = _engine(_known(url), connections)
        if _revision(engine) != latest_revision():
            _migrate(engine)
    except NotReady:
        raise
    except Exception as error:
        if engine is not None:
            engine.dispose()
        cause = type(error).__name__
        raise NotReady(N_("The portal's own database cannot be opened: {cause}"), cause=cause) from error
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine for writes, which must not be crossed by those of another process."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(portal_writes=True)
    return engine.execution_options(isolation_level="SERIALIZABLE")


def must_begin_anew(error: BaseException) -> bool:
    """Whether PostgreSQL refused a transaction because another one came in between: it may be done again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in {"40001", "40P01"}


def latest_revision() -> str:
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _known(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise NotReady(N_("PORTAL_DATABASE_URL is not an address of a database.")) from None
    if parsed.drivername not in DRIVERS:
        raise NotReady(N_("PORTAL_DATABASE_URL must begin with postgresql:// or sqlite:///."))
    return parsed.set(drivername=DRIVERS[parsed.drivername])


def _engine(url: URL, connections: int) -> Engine:
    if url.drivername == POSTGRESQL:
        engine = create_engine(
            url, pool_size=connections, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}
        )
        event.listen(engine, "connect", _durable_postgresql)
        return engine
    engine = create_engine(url)
    event.listen(engine, "connect", _durable_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _noted(connection)


def _noted(connection: Connection) -> str | None:
    """What Alembic noted at the last migration; None for a new database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    from alembic import command  # a third of a second, which a start that migrates nothing is spared
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    postgresql = engine.dialect.name == "postgresql"
    with (engine if postgresql else writing(engine)).begin() as connection:
        if postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")  # does nothing when another process has just done it


def _durable_sqlite(connection: Any, _record: object) -> None:
    """What is acknowledged is on disk: write-ahead log, and a sync at each commit."""
    connection.isolation_level = None  # SQLAlchemy's BEGIN below, not the driver's guess
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _durable_postgresql(connection: Any, _record: object) -> None:
    """What is acknowledged is on disk, whatever the server's own configuration says."""
    connection.execute("SET synchronous_commit TO on")
    connection.commit()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("portal_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
