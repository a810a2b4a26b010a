"""Argon2id for the secrets that the portal keeps itself, off the event loop and two at a time, so that nobody else waits.

Passwords are not among them: the record server holds the accounts, and their hashes, in its own form.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

ARGON = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Compared when there is nothing to compare with, so that it takes as long."""


class Hashing:
    """Two threads for hashing."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="portal-hash")

    async def hash(self, secret: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, ARGON.hash, secret)

    async def fits(self, stored: str | None, secret: str) -> bool:
        fits = await asyncio.get_running_loop().run_in_executor(self._threads, _fits, stored or NOBODYS, secret)
        return fits and stored is not None


def _fits(stored: str, secret: str) -> bool:
    try:
        return ARGON.verify(stored, secret)
    except (VerifyMismatchError, InvalidHashError):
        return False
