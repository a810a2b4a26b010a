"""What the names in the queue mean, and the process that does nothing else (`portal worker`)."""

import asyncio
from datetime import timedelta

from portal import jobs, notifications
from portal.accounts import Door, posting, proofs
from portal.accounts.challenges import JOB
from portal.app import Portal, open_database
from portal.background import Background
from portal.clock import SystemClock
from portal.errors import NotReady
from portal.i18n import N_
from portal.jobs import Worker
from portal.settings import Settings


def worker_of(door: Door) -> Worker:
    """Does whatever waits, of every room."""
    return Worker(
        door.acting,
        {
            JOB: posting.task(door),
            proofs.JOB: proofs.task(door),
            notifications.TASK: notifications.task(door.acting),
        },
    )


async def run_worker(portal: Portal) -> None:
    """Until cancelled. Raises NotReady with the embedded backend, which only one process may open."""
    if portal.backend is not None:
        raise NotReady(
            N_("The embedded record belongs to one process: leave PORTAL_JOBS as it is, it does the work itself.")
        )
    later = Background()
    later.start()
    worker = worker_of(Door(acting=portal.service(), key=portal.secret, later=later))
    try:
        await worker.run()
    except asyncio.CancelledError:
        await worker.stop()
        await later.stop()
        raise


async def left_lying(settings: Settings) -> int:
    """How many pieces of work wait for ten minutes too long: no worker runs, or it does not come through."""
    db = await open_database(settings)
    try:
        return await jobs.overdue(db, SystemClock().now(), timedelta(minutes=10))
    finally:
        await db.close()
