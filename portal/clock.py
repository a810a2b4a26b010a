"""The only source of time. Everything that needs to know what time it is receives a `Clock`."""

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The present day at the centres (Europe/Paris)."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for durations only."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(PARIS).date()

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is told to tick: for tests and for the making of demonstration data."""

    at: datetime
    _elapsed: float = field(default=0.0, init=False)

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def today(self) -> date:
        return self.now().astimezone(PARIS).date()

    def monotonic(self) -> float:
        return self._elapsed

    def tick(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self._elapsed += seconds
