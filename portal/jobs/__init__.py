"""Work that waits for its turn: put in the queue in the same transaction as the change it follows from, tried until done.

`defer` and `enqueue` put work in; a `Worker` does it, in the web process or in a process of its own (`portal worker`).
"""

from portal.jobs.queue import defer, enqueue, is_waiting, overdue
from portal.jobs.worker import Task, Worker

__all__ = ["Task", "Worker", "defer", "enqueue", "is_waiting", "overdue"]
