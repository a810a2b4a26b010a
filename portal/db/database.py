"""Reads in threads, writes through one thread that commits many at once: each caller is told only after its row is on disk.

SQLite and PostgreSQL do the same here: writes follow each other as if one after the other, also those of another process.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine

from portal.db.engines import must_begin_anew, prepared_engine, writing

T = TypeVar("T")
READERS = 4
MOST_AT_ONCE = 64
ATTEMPTS = 5  # of a write that another process came in between of
Work = Callable[[Connection], Any]


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


class Database:
    """Open with `Database.open`; `read` and `write` take a function of a connection, so that no transaction outlives a call."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._writing = engine, writing(engine)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="portal-db-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="portal-db-write", daemon=True)
        self._writer.start()

    @classmethod
    async def open(cls, url: str) -> "Database":
        """`url` is SQLAlchemy's: sqlite:///folder/portal.db or postgresql://…; tables are made or migrated."""
        return cls(await asyncio.to_thread(prepared_engine, url, READERS + 1))

    @classmethod
    async def open_folder(cls, folder: Path) -> "Database":
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        return await cls.open(f"sqlite:///{folder / 'portal.db'}")

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

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
        """What met a write of another process is done anew: the work is a function, so it may run again."""
        waiting = batch
        for left in reversed(range(ATTEMPTS)):
            outcomes = self._commit(waiting)
            anew = [job for job, _, error in outcomes if left and error is not None and must_begin_anew(error)]
            for job, result, error in outcomes:
                if job not in anew:
                    job.loop.call_soon_threadsafe(_settle, job.done, result, error)
            if not anew:
                return
            waiting = anew
            time.sleep(0.01 * (ATTEMPTS - left))

    def _commit(self, batch: list[_Job]) -> list[tuple[_Job, Any, BaseException | None]]:
        """Each job in its own savepoint, one commit for all: one fsync serves everybody who waits. What a lone job has done is
        undone with the transaction.
        """
        alone = len(batch) == 1
        outcomes: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            with self._writing.begin() as connection:
                for job in batch:
                    if alone:
                        outcomes.append((job, job.work(connection), None))
                        continue
                    try:
                        with connection.begin_nested():
                            outcomes.append((job, job.work(connection), None))
                    except Exception as error:  # noqa: BLE001 – handed to the caller, who waits for it
                        outcomes.append((job, None, error))
        except Exception as error:  # noqa: BLE001 – nobody's work is kept: the commit failed, or the only job
            return [(job, None, error) for job in batch]
        return outcomes


def _settle(done: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)
