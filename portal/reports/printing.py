"""Turns a document into PDF in a process of its own: laying out pages takes a second of work that nobody else should wait for,
and what is printed can reach neither the network nor other files.
"""

import asyncio
import sys
from pathlib import Path

import structlog

from portal.errors import Unavailable

LONGEST = 60.0  # seconds for one document
AT_ONCE = 2

log = structlog.get_logger("portal.reports")


class Printer:
    """`fonts` is the folder of the typeface. At most two documents are printed at the same time; others wait."""

    def __init__(self, fonts: Path) -> None:
        self._fonts = fonts
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def pdf(self, document: str) -> bytes:
        """The document as a tagged PDF (PDF/UA-1). Raises `Unavailable` when it cannot be made in time."""
        async with self._turns:
            worker = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "portal.reports.worker", str(self._fonts)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # it could hold words of the document
            )
            try:
                made, _ = await asyncio.wait_for(worker.communicate(document.encode()), LONGEST)
            except (TimeoutError, asyncio.CancelledError):
                worker.kill()
                await worker.wait()
                log.warning("reports.not_printed", cause="took too long")
                raise Unavailable from None
        if worker.returncode or not made.startswith(b"%PDF-"):
            log.warning("reports.not_printed", cause=f"code {worker.returncode}")
            raise Unavailable
        return made
