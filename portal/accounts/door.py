"""What every way in needs: the portal's own hands, the key of keyed hashes, and a queue for what is done after the answer."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.accounts.hashing import Hashing
from portal.acting import Acting
from portal.background import Background


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """`acting` is the portal itself (Role.SERVICE): nobody is signed in yet. `key` is kept outside the database."""

    acting: Acting
    key: str = field(repr=False)
    later: Background
    hashing: Hashing = field(default_factory=Hashing, repr=False)

    def digest(self, purpose: str, text: str) -> str:
        """HMAC-SHA-256 in hex. `purpose` keeps the hash of a code from ever equalling the hash of a contact."""
        return hmac.new(self.key.encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

    @property
    def now(self) -> datetime:
        return self.acting.clock.now()


def stamp(at: datetime) -> str:
    """An instant (UTC) as the database keeps it: text that sorts by time."""
    return at.isoformat(timespec="milliseconds")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
