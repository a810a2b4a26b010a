"""The only source of randomness. Everything that needs luck receives a `Chance`."""

import random
import secrets
from dataclasses import dataclass, field
from typing import Protocol

_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Thirty-two of them, so that five bits of luck make one letter, each equally likely."""


class Chance(Protocol):
    def code(self, digits: int) -> str:
        """A decimal code of that many digits, each value equally likely, leading zeros kept."""
        ...

    def token(self) -> str:
        """A URL-safe secret of 256 bits."""
        ...

    def id(self) -> str:
        """An opaque id for a FHIR resource: 20 letters and digits, so that it tells nothing and is never guessed."""
        ...


@dataclass(frozen=True, slots=True)
class SystemChance:
    """Luck from the operating system: what runs in front of people."""

    def code(self, digits: int) -> str:
        return f"{secrets.randbelow(10**digits):0{digits}d}"

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def id(self) -> str:
        return _spelt(secrets.token_bytes(20))


@dataclass(slots=True)
class SeededChance:
    """The same luck at every run: for tests and demonstration data only, never for secrets of real people."""

    seed: int
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 – deterministic on purpose

    def code(self, digits: int) -> str:
        return f"{self._random.randrange(10**digits):0{digits}d}"

    def token(self) -> str:
        return f"{self._random.getrandbits(256):064x}"

    def id(self) -> str:
        return _spelt(self._random.randbytes(20))


def _spelt(luck: bytes) -> str:
    return "".join(_ID_LETTERS[byte & 31] for byte in luck)
