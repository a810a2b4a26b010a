"""Who read or changed whose data, when, and with what outcome: one `AuditEvent` each, written by the portal itself."""

from portal.audit.record import Action, Outcome, event, record

__all__ = ["Action", "Outcome", "event", "record"]
