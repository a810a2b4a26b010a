"""Reads in threads, writes through one thread that commits many at once: each caller is told only after its row is on disk."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text

from portal.errors import NotReady
from portal.i18n import N_

T = TypeVar("T")
READERS = 4
MIGRATIONS = Path(__file__).parent / "migrations"
MOST_AT_ONCE = 64
Work = Callable[[Connection], Any]


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


class Database:
    """Open with `Database.open`; `read` and `write` take a function of a connection, so that no transaction outlives a call."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="portal-db-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="portal-db-write", daemon=True)
        self._writer.start()

    @classmethod
    async def open(cls, url: str) -> "Database":
        """`url` is SQLAlchemy's: sqlite:///folder/portal.db or postgresql+psycopg://…; tables are made or migrated."""
        return cls(await asyncio.to_thread(_prepared_engine, url))

    @classmethod
    async def open_folder(cls, folder: Path) -> "Database":
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        return await cls.open(f"sqlite:///{folder / 'portal.db'}")

    async def read(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._engine.connect() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction; returns after the commit is durable. An exception undoes this work alone."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, cast("asyncio.Future[Any]", done)))
        return await done

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self._engine.dispose()

    def _write_all(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            batch = [job]
            last = False
            while len(batch) < MOST_AT_ONCE and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    last = True
                    break
                batch.append(following)
            self._write_batch(batch)
            if last:
                return

    def _write_batch(self, batch: list[_Job]) -> None:
        """Each job in its own savepoint, one commit for all: one fsync serves everybody who waits."""
        outcomes: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            with self._engine.begin() as connection:
                for job in batch:
                    try:
                        with connection.begin_nested():
                            outcomes.append((job, job.work(connection), None))
                    except Exception as error:  # noqa: BLE001 – handed to the caller, who waits for it
                        outcomes.append((job, None, error))
        except Exception as error:  # noqa: BLE001 – the commit itself failed: nobody's work is kept
            outcomes = [(job, None, error) for job in batch]
        for job, result, error in outcomes:
            job.loop.call_soon_threadsafe(_settle, job.done, result, error)


def _settle(done: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)


def _prepared_engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _durable)
        event.listen(engine, "begin", _begin)
    try:
        if _revision(engine) != max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")):
            _migrate(engine)
    except Exception as error:
        engine.dispose()
        cause = type(error).__name__
        raise NotReady(N_("The portal's own database cannot be opened: {cause}"), cause=cause) from error
    return engine


def _revision(engine: Engine) -> str | None:
    """What Alembic noted at the last migration; None for a new database."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    from alembic import command  # a third of a second, which a start that migrates nothing is spared
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _durable(connection: Any, _record: object) -> None:
    """What is acknowledged is on disk: write-ahead log, and a sync at each commit."""
    connection.isolation_level = None  # SQLAlchemy's BEGIN below, not the driver's guess
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
