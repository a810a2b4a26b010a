"""A small task for the browser: it costs a person nothing and a machine that tries thousands of times a lot.

Find the number whose hash is given. Nothing is kept for a task that was set: its signature says that it is ours and until
when; only a task that was used is noted, so that no answer serves twice. No third party, no cookie, nothing to look at.
"""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from portal.accounts.door import Door, minutes, stamp
from portal.db import spent
from portal.errors import ProofOfWorkRefused

LIFE = minutes(20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """Which number from 0 to `most`, written after `salt`, has the SHA-256 `digest`? `expires` as the database writes it."""

    salt: str
    digest: str
    most: int
    expires: str
    signature: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Solution:
    """What the browser brings back."""

    challenge: Challenge
    number: int


def challenge(door: Door, *, digits: int | None = None) -> Challenge:
    """A new task, good for twenty minutes; on average half of 10^digits hashes. Without `digits`, as the setting says."""
    digits = digits or door.acting.settings.work_digits
    salt, number = door.acting.chance.id(), int(door.acting.chance.code(digits))
    digest, expires = _hash(salt, number), stamp(door.now + LIFE)
    most = 10**digits - 1
    return Challenge(
        salt=salt, digest=digest, most=most, expires=expires, signature=_signature(door, salt, digest, most, expires)
    )


async def verify(door: Door, solution: Solution) -> None:
    """Raises ProofOfWorkRefused when it is wrong, not ours, too old, or was used before. One hash is all it costs us."""
    set_ = solution.challenge
    ours = hmac.compare_digest(_signature(door, set_.salt, set_.digest, set_.most, set_.expires), set_.signature)
    right = 0 <= solution.number <= set_.most and hmac.compare_digest(_hash(set_.salt, solution.number), set_.digest)
    if not ours or not right or set_.expires <= stamp(door.now):
        raise ProofOfWorkRefused
    row = insert(spent).values(id=set_.signature, expires=set_.expires)
    try:
        await door.acting.db.write(lambda connection: connection.execute(row))
    except IntegrityError:
        raise ProofOfWorkRefused from None


def solve(set_: Challenge) -> Solution:
    """What the browser's script does, for tests and the demonstration's making."""
    number = next(number for number in range(set_.most + 1) if _hash(set_.salt, number) == set_.digest)
    return Solution(challenge=set_, number=number)


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signature(door: Door, salt: str, digest: str, most: int, expires: str) -> str:
    return door.digest("proof of work", f"{salt}:{digest}:{most}:{expires}")
