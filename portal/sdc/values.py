"""Between what a page or a program gives (a code, a number, a date) and what FHIR stores as an answer, with every check on the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from portal.i18n import N_, Message
from portal.sdc.model import FormItem
from portal.sdc.reading import decimal, value_of
from portal.types import Json

ANSWER_KEY: Mapping[str, str] = {
    "boolean": "valueBoolean",
    "decimal": "valueDecimal",
    "integer": "valueInteger",
    "date": "valueDate",
    "dateTime": "valueDateTime",
    "time": "valueTime",
    "string": "valueString",
    "text": "valueString",
    "url": "valueUri",
    "attachment": "valueAttachment",
    "reference": "valueReference",
    "quantity": "valueQuantity",
}
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
DATE_TIME = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?"
)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?")

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")

CHOOSE = N_("Choose one of the answers shown.")
WRITE_NUMBER = N_("Write a number, for example 7.5.")
WRITE_WHOLE = N_("Write a whole number, without a comma.")
WRITE_DATE = N_("Write the date like this: DD/MM/YYYY.")
WRITE_TIME = N_("Write the time like this: 22:30.")
WRITE_TEXT = N_("Write your answer.")


class NotAnAnswer(Exception):
    """The value does not fit the question; carries the sentence to show. Becomes `Invalid` at the session's door."""

    def __init__(self, msgid: str, /, **params: Any) -> None:
        super().__init__(msgid)
        self.message = Message(msgid=msgid, params=params)


LONGEST: Mapping[str, int] = {"string": 255, "open-choice": 255, "text": 4000, "url": 2000}
"""Characters that a person may type where the form sets no limit of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The lowest and highest value possible now: fixed in the form, or computed (the day before today, another answer)."""

    low: Any
    high: Any
    today: str = ""


def to_answer(item: FormItem, value: object, bounds: Bounds) -> Json:
    """One typed value as an answer element. Raises `NotAnAnswer`."""
    if item.is_choice:
        return _choice(item, value, bounds)
    answer = {ANSWER_KEY[item.type]: _TO_FHIR[item.type](item, value)}
    check_limits(item, answer, bounds)
    return answer


def from_answer(item: FormItem, answer: Json) -> object:
    """The typed value of an answer: an option's key, a number, ISO text, a bool, or the FHIR structure."""
    value = value_of(answer)
    if item.is_choice:
        option = matching_option(item, answer)
        if option is not None:
            return option
        return (value.get("code") or value.get("display")) if isinstance(value, dict) else value
    if item.type == "decimal" and value is not None:
        return decimal(value)
    return value


def matching_option(item: FormItem, answer: Json) -> str | None:
    """The key of the option that an answer is: codings are equal by system and code, whatever they display."""
    value = value_of(answer)
    if isinstance(value, dict):
        wanted = _identity(cast("Json", value))
        for option in item.options:
            own = value_of(option.answer)
            if isinstance(own, dict) and _identity(cast("Json", own)) == wanted:
                return option.key
        return None
    return next((option.key for option in item.options if value_of(option.answer) == value), None)


def _identity(coding: Json) -> tuple[Any, Any, Any]:
    return coding.get("system"), coding.get("code"), coding.get("reference")


def _choice(item: FormItem, value: object, bounds: Bounds) -> Json:
    if isinstance(value, Mapping):
        given = cast("Json", dict(value))
        key = matching_option(item, {"valueCoding": given})
    else:
        given = {}
        key = str(value) if not isinstance(value, bool) else ""
    option = item.option(key)
    if option is not None:
        return option.answer
    if item.type == "open-choice" and isinstance(value, str) and value.strip():
        answer = {"valueString": _text(item, value)}
        check_limits(item, answer, bounds)
        return answer
    if given.get("code") and not item.options:  # the options are in a value set that the caller expands
        return {"valueCoding": given}
    raise NotAnAnswer(CHOOSE)


def check_limits(item: FormItem, answer: Json, bounds: Bounds) -> None:
    """Bounds, lengths, decimals and pattern of one answer. Raises `NotAnAnswer`."""
    value = value_of(answer)
    if isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(item, value)
        if item.type in ("date", "dateTime", "time"):
            _check_order(bounds, value)
    elif isinstance(value, (int, float, Decimal)):
        _check_number(item, decimal(value), bounds)
    elif isinstance(value, dict) and "valueQuantity" in answer and value.get("value") is not None:
        _check_number(item, decimal(value["value"]), bounds)


def _check_text(item: FormItem, value: str) -> None:
    if item.max_length is not None and len(value) > item.max_length:
        raise NotAnAnswer(
            N_("Use at most {most} characters: there are {count}."), most=item.max_length, count=len(value)
        )
    if item.min_length is not None and len(value) < item.min_length:
        if item.type in ("date", "dateTime"):
            raise NotAnAnswer(WRITE_DATE)
        raise NotAnAnswer(N_("Use at least {least} characters."), least=item.min_length)
    if item.regex and not re.fullmatch(item.regex, value):
        raise NotAnAnswer(N_("This answer is not written as expected."))


def _check_number(item: FormItem, value: Decimal, bounds: Bounds) -> None:
    low, high = (None if bound is None else decimal(bound) for bound in (bounds.low, bounds.high))
    if (low is not None and value < low) or (high is not None and value > high):
        unit = f"\u00a0{item.unit_text}" if item.unit_text else ""
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


def _check_order(bounds: Bounds, value: str) -> None:
    """Dates compare at the precision both have: 2026 is neither before nor after 2026-03."""
    low, high = bounds.low, bounds.high
    if isinstance(low, str) and value[: len(low)] < low[: len(value)]:
        raise NotAnAnswer(N_("The date must be {date} or later."), date=_day(low))
    if isinstance(high, str) and value[: len(high)] > high[: len(value)]:
        if high == bounds.today:
            raise NotAnAnswer(N_("The date must be in the past."))
        raise NotAnAnswer(N_("The date must be {date} or earlier."), date=_day(high))


def _day(iso: str) -> str:
    return "/".join(reversed(iso[:10].split("-")))


def _boolean(_item: FormItem, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise NotAnAnswer(N_("Choose yes or no."))


def _number(_item: FormItem, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise NotAnAnswer(WRITE_NUMBER)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise NotAnAnswer(WRITE_NUMBER)
    number = decimal(value)
    if not number.is_finite() or len(number.as_tuple().digits) > 18:
        raise NotAnAnswer(WRITE_NUMBER)
    return number


def _whole(item: FormItem, value: object) -> int:
    number = _number(item, value)
    if number != number.to_integral_value():
        raise NotAnAnswer(WRITE_WHOLE)
    if abs(number) > 2**31 - 1:
        raise NotAnAnswer(N_("This number is too large."))
    return int(number)


def _text(item: FormItem, value: object) -> str:
    if not isinstance(value, str):
        raise NotAnAnswer(WRITE_TEXT)
    text = value.strip()
    most = item.max_length or LONGEST[item.type]
    if len(text) > most:
        raise NotAnAnswer(N_("Use at most {most} characters: there are {count}."), most=most, count=len(text))
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text):
        raise NotAnAnswer(N_("This text has signs that cannot be kept. Type it again."))
    return text


def _matching(pattern: re.Pattern[str], sentence: str, value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotAnAnswer(sentence)
    return value


def _date(_item: FormItem, value: object) -> str:
    return real_day(_matching(DATE, WRITE_DATE, value))


def _date_time(_item: FormItem, value: object) -> str:
    return real_day(_matching(DATE_TIME, WRITE_DATE, value))


def real_day(text: str) -> str:
    """Refuses 30 February. The month and day are known to look right."""
    if len(text) >= 10:
        year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
        if day > days:
            raise NotAnAnswer(N_("This day does not exist. Write the date like this: DD/MM/YYYY."))
    return text


def _time(_item: FormItem, value: object) -> str:
    text = f"{value}:00" if isinstance(value, str) and len(value) == 5 else value
    return _matching(TIME, WRITE_TIME, text)


def _quantity(item: FormItem, value: object) -> Json:
    given: Json = dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {"value": value}
    number = _number(item, given.get("value"))
    unit = item.unit or {}
    wanted = given.get("code") or given.get("unit")
    if wanted and item.unit_options:
        chosen = next((each for each in item.unit_options if wanted in (each.get("code"), each.get("display"))), None)
        if chosen is None:
            raise NotAnAnswer(N_("Choose one of the units shown."))
        unit = chosen
    elif wanted and not item.unit:
        return {**given, "value": number}
    stored: Json = {"value": number}
    if unit:
        stored["unit"] = unit.get("display") or unit.get("code")
        stored.update({key: unit[key] for key in ("system", "code") if key in unit})
    return stored


def _attachment(item: FormItem, value: object) -> Json:
    given = _structure(item, value)
    if item.mime_types and given.get("contentType") not in item.mime_types:
        raise NotAnAnswer(N_("This kind of file is not accepted."))
    if item.max_size is not None and decimal(given.get("size", 0)) > decimal(item.max_size):
        raise NotAnAnswer(N_("This file is too large."))
    return given


def _structure(_item: FormItem, value: object) -> Json:
    if not isinstance(value, Mapping) or not value:
        raise NotAnAnswer(N_("Choose an answer."))
    return dict(cast("Mapping[str, Any]", value))


def _reference(item: FormItem, value: object) -> Json:
    return {"reference": value} if isinstance(value, str) and "/" in value else _structure(item, value)


_TO_FHIR = {
    "boolean": _boolean,
    "decimal": _number,
    "integer": _whole,
    "date": _date,
    "dateTime": _date_time,
    "time": _time,
    "string": _text,
    "text": _text,
    "url": _text,
    "attachment": _attachment,
    "reference": _reference,
    "quantity": _quantity,
}
