"""Leaves a server alone that does not answer: people are told at once, and it can come back in peace.

Closed: calls pass. After `limit` calls in a row without an answer, open: calls are refused without being sent. When the
pause is over, one call passes to look (half-open); the others are refused until it comes back. An answer closes the
circuit, none opens it for twice as long. Pauses differ a little, so that several processes do not look at once.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from portal.chance import Chance
from portal.clock import Clock
from portal.errors import Unavailable

NOT_THERE = frozenset({0, 502, 503, 504})
"""Statuses of `Unavailable` that mean that nobody is there; a server that says 429 or 500 is."""

log = structlog.get_logger("portal.fhir")


class LeftAlone(Unavailable):
    """Refused without being sent, because the server did not answer a moment ago. Nothing was written."""


@dataclass(kw_only=True, slots=True)
class Circuit:
    """`limit` is a number of calls, pauses are seconds. Used from one event loop."""

    clock: Clock
    chance: Chance
    limit: int = 5
    first_pause: float = 2.0
    longest_pause: float = 30.0
    _missed: int = field(default=0, init=False)
    _pause: float = field(default=0.0, init=False)
    _until: float | None = field(default=None, init=False)
    _looking: bool = field(default=False, init=False)

    @property
    def closed(self) -> bool:
        return self._until is None

    @contextmanager
    def call(self) -> Generator[None]:
        """Around one call. Raises `LeftAlone` instead of letting it be sent while the circuit is open."""
        looks = self._admit()
        try:
            yield
        except Unavailable as error:
            if error.status in NOT_THERE:
                self._note_silence(looks=looks)
            else:
                self._note_answer()
            raise
        except Exception:
            self._note_answer()  # an error of another kind is an answer
            raise
        else:
            self._note_answer()
        finally:
            if looks:  # also when whoever was looking gave up
                self._looking = False

    def _admit(self) -> bool:
        """Whether this call is the one that looks."""
        if self._until is None:
            return False
        if self._looking or self.clock.monotonic() < self._until:
            raise LeftAlone
        self._looking = True
        return True

    def _note_answer(self) -> None:
        self._missed = 0
        if self._until is not None:
            self._until, self._pause = None, 0.0
            log.warning("fhir.circuit_closed")

    def _note_silence(self, *, looks: bool) -> None:
        self._missed += 1
        if looks or (self._until is None and self._missed >= self.limit):
            self._pause = min(self._pause * 2 or self.first_pause, self.longest_pause)
            wait = self._pause * (0.75 + int(self.chance.code(3)) / 2000)
            self._until = self.clock.monotonic() + wait
            log.warning("fhir.circuit_open", seconds=round(wait, 1))
