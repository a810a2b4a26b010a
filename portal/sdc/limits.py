"""What an answer may be: its bounds, length, decimals and pattern, and the sentences that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeGuard, cast

from portal.i18n import N_, Message
from portal.sdc.amounts import order
from portal.sdc.formats import order as in_order
from portal.sdc.model import FormItem, Option
from portal.sdc.patterns import matches
from portal.sdc.reading import decimal, value_of
from portal.types import Json

CHOOSE = N_("Choose one of the answers shown.")
WRITE_NUMBER = N_("Write a number, for example 7.5.")
WRITE_WHOLE = N_("Write a whole number, without a comma.")
WRITE_DATE = N_("Write the date like this: DD/MM/YYYY.")
WRITE_TIME = N_("Write the time like this: 22:30.")
WRITE_TEXT = N_("Write your answer.")
NO_SUCH_DAY = N_("This day does not exist. Write the date like this: DD/MM/YYYY.")
NOT_AS_EXPECTED = N_("This answer is not written as expected.")


class NotAnAnswer(Exception):
    """The value does not fit the question; carries the sentence to show. Becomes `Invalid` at the session's door."""

    def __init__(self, msgid: str, /, **params: Any) -> None:
        super().__init__(msgid)
        self.message = Message(msgid=msgid, params=params)


LONGEST: Mapping[str, int] = {"string": 255, "open-choice": 255, "text": 4000, "url": 2000}
"""Characters that a person may type where the form sets no limit of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What may be answered now. The lowest and highest value: fixed in the form, or computed (the day before today, another
    answer); a Quantity where the bound has a unit of its own. `options` and `units` are those of an item whose choices are
    not all in the form, None when the form's own hold.
    """

    low: Any
    high: Any
    today: str = ""
    options: tuple[Option, ...] | None = None
    units: tuple[Json, ...] | None = None


def check_limits(item: FormItem, answer: Json, bounds: Bounds) -> None:
    """Bounds, lengths, decimals and pattern of one answer. Raises `NotAnAnswer`."""
    value = value_of(answer)
    if isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(item, value)
        if item.type in ("date", "dateTime", "time"):
            _check_order(item, bounds, value)
    elif isinstance(value, (int, float, Decimal)):
        number = decimal(value)
        _check_number(item, number, bounds)
        if item.pattern is not None:
            _check_pattern(item, format(number, "f"))
    elif isinstance(value, dict) and "valueQuantity" in answer and value.get("value") is not None:
        _check_amount(item, cast("Json", value), bounds)


def _check_text(item: FormItem, value: str) -> None:
    if item.max_length is not None and len(value) > item.max_length:
        raise NotAnAnswer(
            N_("Use at most {most} characters: there are {count}."), most=item.max_length, count=len(value)
        )
    if item.min_length is not None and len(value) < item.min_length:
        if item.type in ("date", "dateTime"):
            raise NotAnAnswer(WRITE_DATE)
        raise NotAnAnswer(N_("Use at least {least} characters."), least=item.min_length)
    _check_pattern(item, value)


def _check_pattern(item: FormItem, text: str) -> None:
    if item.pattern is not None and not matches(item.pattern, text):
        raise NotAnAnswer(NOT_AS_EXPECTED)


def _check_amount(item: FormItem, amount: Json, bounds: Bounds) -> None:
    """Bounds with units are compared with the amount by its own unit."""
    for bound, wrong, sentence in (
        (bounds.low, -1, N_("The amount must be {amount}{unit} or more.")),
        (bounds.high, 1, N_("The amount must be {amount}{unit} or less.")),
    ):
        if isinstance(bound, dict):
            limit = cast("Json", bound)
            unit = limit.get("unit") or limit.get("code", "")
            found = order(amount, limit)
            if found is None:
                raise NotAnAnswer(N_("Give this amount in a unit that compares with {unit}."), unit=unit)
            if found == wrong:
                raise NotAnAnswer(sentence, amount=decimal(limit["value"]), unit=f"\u00a0{unit}" if unit else "")
    plain = Bounds(
        low=None if isinstance(bounds.low, dict) else bounds.low,
        high=None if isinstance(bounds.high, dict) else bounds.high,
    )
    _check_number(item, decimal(amount["value"]), plain)


def _check_number(item: FormItem, value: Decimal, bounds: Bounds) -> None:
    low, high = (decimal(bound) if _is_number(bound) else None for bound in (bounds.low, bounds.high))
    if (low is not None and value < low) or (high is not None and value > high):
        plain = item.unit_text and not item.unit_label.translations  # kg is said in every language, “ans” is not
        unit = f"\u00a0{item.unit_text}" if plain else ""
        if low is not None and high is not None:
            raise NotAnAnswer(N_("The number must be between {low} and {high}{unit}."), low=low, high=high, unit=unit)
        if low is not None:
            raise NotAnAnswer(N_("The number must be {low}{unit} or more."), low=low, unit=unit)
        raise NotAnAnswer(N_("The number must be {high}{unit} or less."), high=high, unit=unit)
    exponent = value.as_tuple().exponent
    if item.max_decimals is not None and isinstance(exponent, int) and -exponent > item.max_decimals:
        if item.max_decimals == 0:
            raise NotAnAnswer(WRITE_WHOLE)
        raise NotAnAnswer(N_("Use at most {most} digits after the comma."), most=item.max_decimals)


def _is_number(value: Any) -> TypeGuard[float | Decimal]:
    """A bound of another kind (a word, a date) says nothing of a number."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _check_order(item: FormItem, bounds: Bounds, value: str) -> None:
    """Where the precision of a date leaves it open, nothing is said against it."""
    low, high = bounds.low, bounds.high
    if isinstance(low, str) and in_order(value, low) == -1:
        if item.type == "time":
            raise NotAnAnswer(N_("The time must be {time} or later."), time=low[:5])
        raise NotAnAnswer(N_("The date must be {date} or later."), date=_day(low))
    if isinstance(high, str) and in_order(value, high) == 1:
        if item.type == "time":
            raise NotAnAnswer(N_("The time must be {time} or earlier."), time=high[:5])
        if high == bounds.today:
            raise NotAnAnswer(N_("The date must be in the past."))
        raise NotAnAnswer(N_("The date must be {date} or earlier."), date=_day(high))


def _day(iso: str) -> str:
    return "/".join(reversed(iso[:10].split("-")))
