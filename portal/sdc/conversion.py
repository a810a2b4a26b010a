"""Results of an expression as answers of an item: by FHIRPath's implicit rules only, so nothing is rounded in silence."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from portal.fhirpath import DateTime, FhirPathError, Time
from portal.sdc.amounts import as_unit
from portal.sdc.model import FormItem
from portal.sdc.reading import decimal, value_of
from portal.sdc.values import ANSWER_KEY, LEAST, MOST, fits, option_of
from portal.types import Json


def answers_from(item: FormItem, results: Sequence[Any]) -> list[Json]:
    """Raises `FhirPathError` when a question for one answer gets several, or a result is not of its kind."""
    if len(results) > 1 and not item.repeats:
        raise FhirPathError(f"The expression gives {len(results)} results for a question with one answer.")
    return [_answer(item, result) for result in results if result != ""]  # an empty text is no answer


def truth(results: Sequence[Any]) -> bool | None:
    """None when there is no result: neither true nor false."""
    if not results:
        return None
    if len(results) > 1 or not isinstance(results[0], bool):
        raise FhirPathError("The expression should give true or false.")
    return results[0]


def same_answers(some: Sequence[Json], others: Sequence[Json]) -> bool:
    """Compared as values: 7.5 and 7.50 are the same, so a draft is not written for nothing."""
    return len(some) == len(others) and all(map(_same, some, others))


def _same(one: Json, other: Json) -> bool:
    if one == other:
        return True
    mine, theirs = value_of(one), value_of(other)
    if isinstance(mine, dict) and isinstance(theirs, dict):
        if "code" in mine or "code" in theirs:
            keys = ("system", "code", "value", "unit") if "value" in mine else ("system", "code")
            return all(mine.get(key) == theirs.get(key) for key in keys)
        return mine == theirs
    if type(mine) is type(theirs) and mine == theirs:
        return next(filter(_is_value, one)) == next(filter(_is_value, other))
    numbers = (int, float, Decimal)
    if isinstance(mine, numbers) and isinstance(theirs, numbers) and bool not in (type(mine), type(theirs)):
        return decimal(mine) == decimal(theirs)
    return False


def _is_value(key: str) -> bool:
    return key.startswith("value")


def _answer(item: FormItem, result: Any) -> Json:
    if item.is_choice:
        return _choice(item, result)
    key = ANSWER_KEY[item.type]
    match item.type, result:
        case "boolean", bool():
            return {key: result}
        case "integer", int() | Decimal() if not isinstance(result, bool) and result == int(result):
            if not LEAST <= result <= MOST:
                raise FhirPathError("The expression gives a number that is too large.")
            return {key: int(result)}
        case "decimal", int() | float() | Decimal() if not isinstance(result, bool):
            return {key: decimal(result)}
        case "quantity", dict():
            return {key: result}
        case "quantity", int() | float() | Decimal() if not isinstance(result, bool):
            return {key: {"value": decimal(result), **as_unit(item.unit)}}
        case "reference", {"resourceType": kind, "id": name}:
            return {key: {"reference": f"{kind}/{name}"}}
        case (("reference" | "attachment"), dict()):
            return {key: result}
        case (("date" | "dateTime" | "time" | "url"), str()):
            return _written_well(item, {key: _in_full(item, result)})
        case (("string" | "text"), str()):
            return {key: result}
        case _:
            raise FhirPathError(f"The expression should give a value for a question of type {item.type}.")


def _in_full(item: FormItem, result: str) -> str:
    """An instant as the day that it is; a time of day with its seconds."""
    if item.type == "date" and isinstance(result, DateTime):
        return result[:10]
    return f"{result}:00" if item.type == "time" and isinstance(result, Time) and len(result) == 5 else result


def _written_well(item: FormItem, answer: Json) -> Json:
    if not fits(item, answer):
        raise FhirPathError(f"The expression gives a value that a question of type {item.type} cannot keep.")
    return answer


def _choice(item: FormItem, result: Any) -> Json:
    coded = isinstance(result, dict) and "system" in result
    key = result.get("code") if isinstance(result, dict) else str(result)
    option = option_of(item.options, {"valueCoding": result}) if coded else item.option(key)
    if option is not None:
        return option.answer
    if isinstance(result, dict) and item.has_options and not item.options:
        return {"valueCoding": {name: part for name, part in result.items() if name != "extension"}}
    if isinstance(result, str) and item.type == "open-choice":
        return {"valueString": result}
    raise FhirPathError("The expression gives something that is not among the answers of the question.")
