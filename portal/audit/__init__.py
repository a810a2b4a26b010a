"""Who read or changed whose data, when, and with what outcome: one `AuditEvent` each, written by the portal itself."""

from portal.audit.looks import Looked, LooksPage, looks
from portal.audit.record import Action, Outcome, event, record, record_refusal
from portal.audit.trail import Entry, Filters, TrailPage, export, trail

__all__ = [
    "Action",
    "Entry",
    "Filters",
    "Looked",
    "LooksPage",
    "Outcome",
    "TrailPage",
    "event",
    "export",
    "looks",
    "record",
    "record_refusal",
    "trail",
]
