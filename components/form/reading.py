"""Reading what people type: dates, times and numbers as they are written in France, forgiving in form, strict in sense."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from portal.i18n import N_, Message

ENOUGH_DIGITS = 18


class Unreadable(ValueError):
    """What was typed cannot be used; `message` says how to write it."""

    def __init__(self, msgid: str, /, **params: object) -> None:
        super().__init__(msgid)
        self.message = Message(msgid=msgid, params=params)


def read_date(text: str, *, today: date, partial: bool = False) -> str:
    """ISO date out of 27/3/26, 27-03-2026, 27.03.2026, 27 03 2026, 2026-03-27; with `partial` also 03/2026 and 2026.

    Two-digit years are of this century up to ten years from `today`, of the last one after that.
    """
    pieces = [piece for piece in re.split(r"[\s/.\-]+", text.strip()) if piece]
    if len(pieces) == 1 and re.fullmatch(r"\d{8}", pieces[0]):  # 27032026 from a numeric keyboard
        pieces = [pieces[0][:2], pieces[0][2:4], pieces[0][4:]]
    if not pieces or not all(re.fullmatch(r"[0-9]{1,4}", piece) for piece in pieces):
        raise _date_form(partial=partial)
    if len(pieces[0]) == 4 and len(pieces) > 1:  # year first
        pieces.reverse()
    if len(pieces) > 3 or (len(pieces) < 3 and not partial) or any(len(piece) > 2 for piece in pieces[:-1]):
        raise _date_form(partial=partial)
    if len(pieces) == 3 and len(pieces[-1]) == 2:
        pieces[-1] = str(_full_year(int(pieces[-1]), today))
    if len(pieces[-1]) != 4:
        raise _date_form(partial=partial)
    numbers = [int(piece) for piece in reversed(pieces)]
    try:
        date(*[*numbers, 1, 1][:3])
    except ValueError:
        raise Unreadable(N_("This date does not exist. Check the day and the month.")) from None
    return "-".join([f"{numbers[0]:04d}", *(f"{number:02d}" for number in numbers[1:])])


def show_date(iso: str) -> str:
    """27/03/2026, 03/2026 or 2026 out of an ISO date."""
    return "/".join(reversed(iso[:10].split("-"))) if iso else ""


def first_day(iso: str) -> date:
    """The earliest day that a partial date can mean."""
    return date(*[*(int(piece) for piece in iso.split("-")), 1, 1][:3])


def read_time(text: str) -> str:
    """ISO time `14:30` out of 14:30, 14h30, 14 h, 1430."""
    found = re.fullmatch(r"([0-9]{1,2})\s*(?:[:hH.]\s*([0-9]{2})?|([0-9]{2}))?\s*", text.strip())
    if not found:
        raise Unreadable(N_("Write the time like this: 14:30."))
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if hour > 23 or minute > 59:
        raise Unreadable(N_("Write the time like this: 14:30."))
    return f"{hour:02d}:{minute:02d}"


def read_number(
    text: str,
    *,
    unit: str = "",
    low: Decimal | None = None,
    high: Decimal | None = None,
    whole: bool = False,
    mark: str = ",",
) -> Decimal:
    """A number out of 72,5 or 72.5 or 1 200, with or without its unit after it. `mark` = decimal mark of the sentences."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", text.strip().removesuffix(unit) if unit else text)
    bare = bare.replace(",", ".").replace("\u2212", "-")
    if not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", bare) or len(bare) > ENOUGH_DIGITS:
        raise Unreadable(N_("Write a number, for example {example}."), example="72" if whole else f"72{mark}5")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise Unreadable(N_("Write a number, for example {example}."), example="72") from None
    if whole and number != number.to_integral_value():
        raise Unreadable(N_("Write a whole number, without a comma."))
    if low is not None and high is not None and not low <= number <= high:
        raise Unreadable(N_("The number must be between {low} and {high}."), low=show(low, mark), high=show(high, mark))
    if low is not None and number < low:
        raise Unreadable(N_("The number must be at least {low}."), low=show(low, mark))
    if high is not None and number > high:
        raise Unreadable(N_("The number must be at most {high}."), high=show(high, mark))
    return number.to_integral_value() if whole else number


def show(number: Decimal, mark: str = ",") -> str:
    """A number as it is typed: no trailing zero, no thousands separator, `mark` before the decimals."""
    plain = format(number, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace(".", mark)


def _full_year(two_digits: int, today: date) -> int:
    year = today.year // 100 * 100 + two_digits
    return year if year <= today.year + 10 else year - 100


def _date_form(*, partial: bool) -> Unreadable:
    if partial:
        return Unreadable(N_("Write the date like this: DD/MM/YYYY, MM/YYYY or YYYY."))
    return Unreadable(N_("Write the date like this: DD/MM/YYYY."))
