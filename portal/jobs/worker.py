"""Does what waits in the queue: a few pieces at a time, each tried more and more seldom until it is done or given up."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from portal.acting import Acting
from portal.errors import GivenUp, PortalError
from portal.jobs.queue import Job, drop, next_due, put_back, take
from portal.types import Json

AT_ONCE = 4
LOOK_EVERY = 0.5  # seconds
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)

log = structlog.get_logger("portal.jobs")


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What a job's name means. It may run more than once for one job, after a failure or a crash.

    `tries` at most; then, or when trying again cannot help, `given_up(args, cause, tries)` tells whom it concerns.
    """

    run: Callable[[Json], Awaitable[None]]
    tries: int = 8
    given_up: Callable[[Json, str, int], Awaitable[None]] | None = None


class Worker:
    """`start` in the server's loop, `stop` at its end. What was begun is finished; what waits stays in the database."""

    def __init__(self, acting: Acting, tasks: Mapping[str, Task]) -> None:
        self._acting, self._tasks = acting, tasks
        self._loop: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._loop = asyncio.create_task(self.run(), name="jobs")

    async def stop(self) -> None:
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        await asyncio.gather(*self._running, return_exceptions=True)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while len(self._running) < AT_ONCE and (job := await self._take()):
                    doing = asyncio.create_task(self._do(job), name=f"job {job.name}")
                    self._running.add(doing)
                    doing.add_done_callback(self._running.discard)
            except Exception as error:  # noqa: BLE001 – the database may be away for a while: go on looking
                log.warning("jobs.look_failed", cause=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def drained(self) -> None:
        """Does, one after another, everything that is due now. For tests, and for who must not wait."""
        await asyncio.gather(*self._running, return_exceptions=True)
        while job := await self._take():
            await self._do(job)

    async def _take(self) -> Job | None:
        db, now, claim = self._acting.db, self._acting.clock.now(), self._acting.chance.id()
        if await db.read(lambda connection: next_due(connection, now)) is None:
            return None
        return await db.write(lambda connection: take(connection, now, claim))

    async def _do(self, job: Job) -> None:
        task = self._tasks.get(job.name)
        if task is None:
            await self._again(job, "unknown-job")  # perhaps a newer worker knows it
            return
        try:
            await task.run(job.args)
        except GivenUp as error:
            await self._give_up(task, job, error.cause)
        except Exception as error:  # noqa: BLE001 – whatever it is, it is tried again; its text may hold data
            cause = (
                type(error).__name__
                if not isinstance(error, PortalError)
                else getattr(error, "cause", type(error).__name__)
            )
            log.warning("jobs.failed", job=job.name, tries=job.tries, cause=cause)
            if job.tries >= task.tries:
                await self._give_up(task, job, str(cause))
            else:
                await self._again(job, str(cause))
        else:
            await self._acting.db.write(lambda connection: drop(connection, job))

    async def _give_up(self, task: Task, job: Job, cause: str) -> None:
        log.error("jobs.given_up", job=job.name, tries=job.tries, cause=cause)
        if task.given_up is not None:
            await task.given_up(job.args, cause, job.tries)
        await self._acting.db.write(lambda connection: drop(connection, job))

    async def _again(self, job: Job, cause: str) -> None:
        due = self._acting.clock.now() + self.wait_after(job.tries)
        await self._acting.db.write(lambda connection: put_back(connection, job, due, cause))

    def wait_after(self, tries: int) -> timedelta:
        """10 s, 30 s, 90 s… at most an hour; up to a quarter less by luck, so that a thousand do not come at once."""
        wait = min(FIRST_WAIT * 3 ** (tries - 1), LONGEST_WAIT)
        return wait * (1 - int(self._acting.chance.code(3)) / 4000)
