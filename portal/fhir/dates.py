"""FHIR's written dates as days at the centres (Europe/Paris) and as instants."""

from datetime import UTC, date, datetime, time

from portal.clock import PARIS


def day_of(text: str) -> date:
    """The day at the centres of a FHIR date or dateTime. A partial date is its first day: 2024 is 1 January 2024."""
    if len(text) > 10:
        return instant_of(text).astimezone(PARIS).date()
    return date.fromisoformat({4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text))


def instant_of(text: str) -> datetime:
    """The instant of a FHIR dateTime; of a date, its beginning at the centres. Aware, in UTC."""
    if len(text) <= 10:
        return datetime.combine(day_of(text), time(), PARIS).astimezone(UTC)
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=PARIS)).astimezone(UTC)
