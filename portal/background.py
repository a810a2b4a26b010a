"""Work done after the answer was given, so that how long it takes tells nobody anything: sending codes, above all."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

Work = Callable[[], Awaitable[None]]

log = structlog.get_logger("portal.background")


class Background:
    """A queue and one worker. `start` in the server's loop; `later` from anywhere in it; `stop` finishes what waits."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Work] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = asyncio.create_task(self._run(), name="background work")

    def later(self, work: Work) -> None:
        self._queue.put_nowait(work)

    async def drained(self) -> None:
        """Returns when all that was put in has been done."""
        await self._queue.join()

    async def stop(self, patience: float = 5.0) -> None:
        """Waits at most `patience` seconds for what is in the queue, then lets go of it."""
        if self._worker is None:
            return
        try:
            async with asyncio.timeout(patience):
                await self.drained()
        except TimeoutError:
            log.warning("background.abandoned", waiting=self._queue.qsize())
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            work = await self._queue.get()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 – one failed message must not stop the next; never its text
                log.error("background.failed", cause=type(error).__name__)  # noqa: TRY400 – the trace may quote data
            finally:
                self._queue.task_done()
