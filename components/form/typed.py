"""What was typed as an answer, and an answer as it is written, for each kind of question that is answered by typing. Pure."""

from datetime import date
from decimal import Decimal

from components.form.items import DateQuestion, NumberQuestion, TextQuestion, TimeQuestion
from components.form.reading import Unreadable, first_day, read_date, read_number, read_time, show, show_date
from portal.i18n import N_, Texts

TypedQuestion = TextQuestion | NumberQuestion | DateQuestion | TimeQuestion

TOO_LONG = N_("This text is too long: {length} characters for {limit} at most. Shorten it, it is not saved yet.")


def decimal_mark(t: Texts) -> str:
    return "," if t.locale == "fr" else "."


def read(t: Texts, item: TypedQuestion, text: str, *, today: date, unit: str | None = None) -> str | Decimal:
    """The answer in what was typed (never empty). Raises Unreadable with the sentence to show. `unit` = the chosen one's words."""
    match item:
        case TextQuestion():
            if len(text) > item.limit:
                raise Unreadable(TOO_LONG, length=t.number(len(text)), limit=t.number(item.limit))
            return text
        case NumberQuestion():
            words = item.unit if unit is None else unit
            return read_number(text, unit=words, low=item.low, high=item.high, whole=item.whole, mark=decimal_mark(t))
        case DateQuestion():
            return _read_day(t, item, text, today)
        case TimeQuestion():
            return read_time(text)


def written(t: Texts, item: TypedQuestion, value: object) -> str:
    """How an answer is written back into its field."""
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return show(value, decimal_mark(t))
    match item:
        case DateQuestion():
            return show_date(str(value))
        case TimeQuestion():
            return str(value)[:5]
        case _:
            return str(value)


def _read_day(t: Texts, item: DateQuestion, text: str, today: date) -> str:
    iso = read_date(text, today=today, partial=item.partial)
    latest, earliest = item.latest, item.earliest
    if latest and first_day(iso) > latest:
        if latest <= today:
            raise Unreadable(N_("The date must be in the past."))
        raise Unreadable(N_("The date must be {day} at the latest."), day=t.day(latest))
    if earliest and iso < earliest.isoformat()[: len(iso)]:
        raise Unreadable(N_("The date must be {day} at the earliest."), day=t.day(earliest))
    return iso
