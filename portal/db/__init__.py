"""The portal's own database: what FHIR has no place for and what must be cheap and durable. Never clinical, but for answers not yet folded."""

from portal.db.database import Database
from portal.db.schema import challenges, entries, journal, messages, places, sessions, throttle, totp

__all__ = ["Database", "challenges", "entries", "journal", "messages", "places", "sessions", "throttle", "totp"]
