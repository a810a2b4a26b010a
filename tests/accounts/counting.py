"""Counting work instead of time: what an answer costs, before it is given.

async with counted(door) as work:
    await some_door(...)
assert work == other_work
"""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from portal import jobs
from portal.accounts import Door
from portal.accounts import hashing as argon


@asynccontextmanager
async def counted(door: Door) -> AsyncIterator[Counter[str]]:
    """Reads and writes of the portal's own database, calls to the record, slow hashes, jobs put in, work left for later."""
    work: Counter[str] = Counter()
    patch = pytest.MonkeyPatch()

    def count(owner: Any, name: str, what: str) -> None:
        real = getattr(owner, name)

        def counting(*given: Any, **named: Any) -> Any:
            work[what] += 1
            return real(*given, **named)

        patch.setattr(owner, name, counting)

    count(door.acting.db, "read", "reads")
    count(door.acting.db, "write", "writes")
    http = door.acting.service.transport.http
    real_request = http.request

    async def request(method: str, url: Any, **named: Any) -> Any:
        work[f"record {method}"] += 1
        return await real_request(method, url, **named)

    patch.setattr(http, "request", request)
    count(hashlib, "scrypt", "scrypt")
    count(argon, "_fits", "argon2id")
    count(jobs, "enqueue", "jobs")
    count(door.later, "later", "later")
    try:
        yield work
    finally:
        patch.undo()
