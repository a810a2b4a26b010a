"""The portal's own database: what FHIR has no place for and what must be cheap and durable. Never clinical, but for answers not yet folded."""

from portal.db.database import Database
from portal.db.schema import (
    challenges,
    counters,
    entries,
    invitations,
    jobs,
    journal,
    messages,
    pending_accounts,
    places,
    recovery_codes,
    refusals,
    sessions,
    sign_ups,
    spent,
    throttle,
    totp,
    trusted_devices,
)

__all__ = [
    "Database",
    "challenges",
    "counters",
    "entries",
    "invitations",
    "jobs",
    "journal",
    "messages",
    "pending_accounts",
    "places",
    "recovery_codes",
    "refusals",
    "sessions",
    "sign_ups",
    "spent",
    "throttle",
    "totp",
    "trusted_devices",
]
