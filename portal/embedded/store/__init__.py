"""The store: one SQLite file, one writer thread that commits durably, readers that never wait for it."""

import asyncio
import fcntl
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar

from portal.clock import Clock
from portal.embedded.failures import kind_and_place
from portal.embedded.outcome import Refusal, refuse
from portal.embedded.search.values import instant
from portal.embedded.store.schema import DELETED, LIVE, MENTIONED, NOT_A_STORE, connect, prepare
from portal.embedded.store.unit import Index, Kept, Names, Unit, all_live, find, versions
from portal.errors import NotReady
from portal.i18n import N_

__all__ = ["DELETED", "LIVE", "MENTIONED", "Index", "Kept", "Names", "Store", "Unit", "all_live", "find", "versions"]

log = logging.getLogger(__name__)
T = TypeVar("T")
Job = tuple[Callable[[Unit], Any], "Future[Any]"]
GROUP = 64
READERS = 2


class Store:
    """`write(job)` returns once the job's changes are on disk (fsync), or raises and has changed nothing.

    Jobs that wait while a commit is under way share the next one. `on_commit` is called in the writer thread after each
    commit with what changed; who fails there is told of in the log, and stops nobody.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.names = Names()
        self.generation = 0
        self.on_commit: list[Callable[[list[Kept]], None]] = []
        self._lock = _own(folder)
        self.file = folder / "records.sqlite"
        try:
            self._writer = connect(str(self.file))
            prepare(self._writer, str(self.file))
            self.names.load(self._writer)
            row = self._writer.execute("SELECT value FROM state WHERE key = 'version'").fetchone()
            self._version = int(row[0]) if row else 0
            self._last = int(self._writer.execute("SELECT coalesce(max(rid), 0) FROM resource").fetchone()[0])
        except sqlite3.OperationalError as problem:
            self._lock.close()
            raise NotReady(NOT_WRITABLE, folder=str(folder)) from problem
        except sqlite3.DatabaseError as problem:
            self._lock.close()
            raise NotReady(NOT_A_STORE, file=str(self.file)) from problem
        except NotReady:
            self._lock.close()
            raise
        self.quick_reader = connect(str(self.file))
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = [self.quick_reader]
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="fhir-read")
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="fhir-write", daemon=True)
        self._thread.start()

    async def write(self, job: Callable[[Unit], T]) -> T:
        future: Future[T] = Future()
        self._jobs.put((job, future))
        return await asyncio.wrap_future(future)

    def write_now(self, job: Callable[[Unit], T]) -> T:
        """The same from a plain thread (start-up, tools)."""
        future: Future[T] = Future()
        self._jobs.put((job, future))
        return future.result()

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `job` in a reader thread, on one snapshot of the store."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._snapshot, job)

    async def answers(self) -> bool:
        """Whether the file can be read now."""
        try:
            await self.read(lambda connection: connection.execute("SELECT 1 FROM state LIMIT 1").fetchone())
        except Refusal:
            return False
        return True

    def read_now(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """The same on the spot, for what takes tens of microseconds from memory."""
        try:
            return job(self.quick_reader)
        except sqlite3.Error as problem:
            raise _unavailable() from problem

    def find(self, type_: str, id_: str) -> Kept | None:
        """One resource by its key, on the spot."""
        return self.read_now(lambda connection: find(connection, self.names, type_, id_))

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in [*self._connections, self._writer]:
            connection.close()
        self._lock.close()

    def _snapshot(self, job: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(str(self.file))
            self._connections.append(connection)
        try:
            connection.execute("BEGIN")
            try:
                return job(connection)
            finally:
                connection.execute("COMMIT")
        except sqlite3.Error as problem:
            raise _unavailable() from problem

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            group = [first]
            closing = False
            while len(group) < GROUP and not self._jobs.empty():
                more = self._jobs.get()
                if more is None:
                    closing = True
                    break
                group.append(more)
            self._commit(group)
            if closing:
                return

    def _commit(self, group: list[Job]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        units: list[Unit] = []
        version, last = self._version, self._last
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for job, future in group:
                if not future.set_running_or_notify_cancel():
                    continue
                unit = Unit(self._writer, self.names, instant(self.clock.now()), version, last)
                if len(group) > 1:
                    self._writer.execute("SAVEPOINT job")
                try:
                    result = job(unit)
                    unit.flush()
                except BaseException as problem:  # noqa: BLE001 – it belongs to the caller, who gets it
                    unit.undone()
                    self._writer.execute("ROLLBACK TO job" if len(group) > 1 else "ROLLBACK")
                    future.set_exception(_unavailable() if isinstance(problem, sqlite3.Error) else problem)
                    if len(group) == 1:
                        return
                    self._writer.execute("RELEASE job")
                    continue
                if len(group) > 1:
                    self._writer.execute("RELEASE job")
                version, last = unit.version, unit.last
                units.append(unit)
                done.append((future, result))
            if version != self._version:
                self._writer.execute("INSERT OR REPLACE INTO state VALUES ('version', ?)", (str(version),))
            self._writer.execute("COMMIT")
        except sqlite3.Error:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            for unit in reversed(units):
                unit.undone()
            for _, future in group:
                if not future.done():
                    future.set_exception(_unavailable())
            return
        changed = [kept for unit in units for kept in unit.changed]
        self._last = last
        if changed:
            self._version = version
            self.generation += 1
            for follow in self.on_commit:
                try:
                    follow(changed)
                except Exception as problem:  # noqa: BLE001 – the change is stored, and the writer must go on
                    log.error("fhir commit not followed: %s", kind_and_place(problem))  # noqa: TRY400 – no text of it
        for future, result in done:
            future.set_result(result)


NOT_WRITABLE = N_(
    "The records cannot be opened in {folder}: check that the folder exists and that the portal may write there."
)
IN_USE = N_("The folder {folder} is already used by another portal. Stop it first, or choose another folder.")


def _own(folder: Path) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "records.lock").open("w")
    except OSError as problem:
        raise NotReady(NOT_WRITABLE, folder=str(folder)) from problem
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        lock.close()
        raise NotReady(IN_USE, folder=str(folder)) from problem
    return lock


def _unavailable() -> Refusal:
    return refuse(503, "transient", "The store did not answer: nothing was changed")
