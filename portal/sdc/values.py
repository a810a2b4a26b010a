"""Between what a page or a program gives (a code, a number, a date) and what FHIR stores as an answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from portal.i18n import N_
from portal.sdc.formats import DATE, DATE_TIME, TIME, day_exists, is_date, is_date_time, is_time
from portal.sdc.limits import (
    CHOOSE,
    LONGEST,
    NO_SUCH_DAY,
    WRITE_DATE,
    WRITE_NUMBER,
    WRITE_TEXT,
    WRITE_TIME,
    WRITE_WHOLE,
    Bounds,
    NotAnAnswer,
    check_limits,
)
from portal.sdc.model import FormItem, Option
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
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "valueBoolean": bool,
    "valueDecimal": (int, float, Decimal),
    "valueInteger": int,
    "valueDate": str,
    "valueDateTime": str,
    "valueTime": str,
    "valueString": str,
    "valueUri": str,
    "valueAttachment": dict,
    "valueReference": dict,
    "valueQuantity": dict,
}
MOST, LEAST = 2**31 - 1, -(2**31)
_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "valueDate": is_date,
    "valueDateTime": is_date_time,
    "valueTime": is_time,
    "valueString": bool,
    "valueUri": lambda text: bool(text) and not any(map(str.isspace, text)),
}

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")


def to_answer(item: FormItem, value: object, bounds: Bounds) -> Json:
    """One typed value as an answer element. Raises `NotAnAnswer`."""
    if item.is_choice:
        return _choice(item, value, bounds)
    if item.type == "quantity":
        answer: Json = {"valueQuantity": _quantity(item, value, bounds.units)}
    else:
        answer = {ANSWER_KEY[item.type]: _TO_FHIR[item.type](item, value)}
    check_limits(item, answer, bounds)
    return answer


def from_answer(item: FormItem, answer: Json, options: Sequence[Option] | None = None) -> object:
    """The typed value of an answer: an option's key, a number, ISO text, a bool, or the FHIR structure. None when a stored
    answer is not of the question's kind. `options` are those that are not in the form.
    """
    value = value_of(answer)
    if item.is_choice:
        option = option_of(item.options if options is None else options, answer)
        if option is not None:
            return option.key
        return (value.get("code") or value.get("display")) if isinstance(value, dict) else value
    if not fits(item, answer):
        return None
    return decimal(value) if item.type == "decimal" else value


def fits(item: FormItem, answer: Json) -> bool:
    """Whether a stored answer is of the question's kind, written as FHIR writes it. A whole number is a decimal too."""
    if item.is_choice:
        return isinstance(value_of(answer), (dict, str, int))
    for key in (ANSWER_KEY[item.type], "valueInteger" if item.type == "decimal" else ""):
        if key in answer:
            value = answer[key]
            return (
                isinstance(value, _KINDS[key])
                and (item.type == "boolean") == isinstance(value, bool)
                and _is_written_well(key, value)
            )
    return False


def _is_written_well(key: str, value: Any) -> bool:
    if key in _FORMATS:
        return _FORMATS[key](value)
    if key == "valueInteger":
        return LEAST <= value <= MOST
    if key == "valueQuantity":
        number = value.get("value", 0)
        return isinstance(number, (int, float, Decimal)) and not isinstance(number, bool)
    return True


def matching_option(item: FormItem, answer: Json) -> str | None:
    """The key of the option that an answer is: codings are equal by system and code, whatever they display."""
    option = option_of(item.options, answer)
    return option.key if option else None


def option_of(options: Sequence[Option], answer: Json) -> Option | None:
    """The option that an answer is. A number is no truth value: 1 is not true."""
    value = value_of(answer)
    if isinstance(value, dict):
        wanted = _identity(cast("Json", value))
        for option in options:
            own = value_of(option.answer)
            if isinstance(own, dict) and _identity(cast("Json", own)) == wanted:
                return option
        return None
    return next(
        (each for each in options if (own := value_of(each.answer)) == value and type(own) is type(value)), None
    )


def _identity(coding: Json) -> tuple[Any, Any, Any]:
    return coding.get("system"), coding.get("code"), coding.get("reference")


def _choice(item: FormItem, value: object, bounds: Bounds) -> Json:
    options = item.options if bounds.options is None else bounds.options
    given: Json = dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}
    key = str(value) if not isinstance(value, bool) else ""
    option = option_of(options, {"valueCoding": given}) if given else next((o for o in options if o.key == key), None)
    if option is not None:
        return option.answer
    if item.type == "open-choice" and isinstance(value, str) and value.strip():
        answer = {"valueString": _text(item, value)}
        check_limits(item, answer, bounds)
        return answer
    if given.get("code") and not options and item.has_options:  # the options are in a value set that the caller expands
        return {"valueCoding": given}
    raise NotAnAnswer(CHOOSE)


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
    if not LEAST <= number <= MOST:
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
    return _real_day(_matching(DATE, WRITE_DATE, value))


def _date_time(_item: FormItem, value: object) -> str:
    return _real_day(_matching(DATE_TIME, WRITE_DATE, value))


def _real_day(text: str) -> str:
    if not day_exists(text):
        raise NotAnAnswer(NO_SUCH_DAY)
    return text


def _address(item: FormItem, value: object) -> str:
    text = _text(item, value)
    if any(map(str.isspace, text)):
        raise NotAnAnswer(N_("Write the address without spaces."))
    return text


def _time(_item: FormItem, value: object) -> str:
    text = f"{value}:00" if isinstance(value, str) and len(value) == 5 else value
    return _matching(TIME, WRITE_TIME, text)


def _quantity(item: FormItem, value: object, units: tuple[Json, ...] | None) -> Json:
    given: Json = dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {"value": value}
    number = _number(item, given.get("value"))
    unit = item.unit or {}
    wanted = given.get("code") or given.get("unit")
    listed = item.unit_options if units is None else units
    if wanted and listed:
        chosen = next((each for each in listed if wanted in (each.get("code"), each.get("display"))), None)
        if chosen is None:
            return {**_other_unit(item, given), "value": number}
        unit = chosen
    elif wanted and not item.unit:
        return {**given, "value": number}
    stored: Json = {"value": number}
    if unit:
        stored["unit"] = unit.get("display") or unit.get("code")
        stored.update({key: unit[key] for key in ("system", "code") if key in unit})
    return stored


def _other_unit(item: FormItem, given: Json) -> Json:
    """A unit beside the listed ones, where the form takes it: a code of a system, or a word without a code."""
    word = str(given.get("unit") or given.get("code"))
    if item.open_units == "optionsOrString":
        return {"unit": word}
    system = given.get("system") or item.unit_system
    if item.open_units == "optionsOrType" and given.get("code") and system and system == (item.unit_system or system):
        return {"unit": word, "system": system, "code": given["code"]}
    raise NotAnAnswer(N_("Choose one of the units shown."))


def _attachment(item: FormItem, value: object) -> Json:
    given = _structure(item, value)
    if item.mime_types and given.get("contentType") not in item.mime_types:
        raise NotAnAnswer(N_("This kind of file is not accepted."))
    size = given.get("size", 0)
    if isinstance(size, bool) or not isinstance(size, int) or (item.max_size is not None and size > item.max_size):
        raise NotAnAnswer(N_("This file is too large."))
    return given


def _structure(_item: FormItem, value: object) -> Json:
    if not isinstance(value, Mapping) or not value:
        raise NotAnAnswer(N_("Choose an answer."))
    return dict(cast("Mapping[str, Any]", value))


def _reference(item: FormItem, value: object) -> Json:
    found = {"reference": value} if isinstance(value, str) and "/" in value else _structure(item, value)
    kind = found.get("type") or str(found.get("reference", "")).rpartition("/")[0].rpartition("/")[2]
    if item.reference_types and kind and kind not in item.reference_types:
        raise NotAnAnswer(N_("This cannot be chosen here."))
    return found


_TO_FHIR = {
    "boolean": _boolean,
    "decimal": _number,
    "integer": _whole,
    "date": _date,
    "dateTime": _date_time,
    "time": _time,
    "string": _text,
    "text": _text,
    "url": _address,
    "attachment": _attachment,
    "reference": _reference,
}
