"""Whether JSON has the shape of a response at all: lists where FHIR has lists, objects in them, names that are texts."""

from collections.abc import Iterator
from typing import Any, cast

from portal.i18n import N_
from portal.types import Json

NOT_A_LIST = N_("A list with at least one entry belongs here, or nothing.")
NOT_AN_OBJECT = N_("An object belongs here.")
NOT_A_TEXT = N_("A text belongs here.")

DEEPEST = 100


def misshapen(response: Json) -> Iterator[tuple[str, str]]:
    """(where, what is wrong) of all that no response has: nothing else about it can be said before that is mended."""
    if not isinstance(response.get("questionnaire", ""), str):
        yield "QuestionnaireResponse.questionnaire", NOT_A_TEXT
    yield from _extensions(response, "QuestionnaireResponse")
    yield from _list(response, "item", "QuestionnaireResponse", 0)


def _list(element: Json, name: str, where: str, depth: int) -> Iterator[tuple[str, str]]:
    """The items, or the answers, of an element."""
    if name not in element:
        return
    found: Any = element[name]
    here = f"{where}.{name}"
    if not isinstance(found, list) or not found or depth > DEEPEST:
        yield here, NOT_A_LIST
        return
    for index, each in enumerate(cast("list[Any]", found)):
        place = f"{here}[{index}]"
        if not isinstance(each, dict):
            yield place, NOT_AN_OBJECT
            continue
        inner = cast("Json", each)
        if name == "item" and not isinstance(inner.get("linkId"), str):
            yield f"{place}.linkId", NOT_A_TEXT
        yield from _extensions(inner, place)
        yield from _list(inner, "item", place, depth + 1)
        yield from _list(inner, "answer", place, depth + 1)


def _extensions(element: Json, where: str) -> Iterator[tuple[str, str]]:
    found: Any = element.get("extension", [{}])
    if not isinstance(found, list) or not found:
        yield f"{where}.extension", NOT_A_LIST
    elif not all(isinstance(each, dict) for each in cast("list[Any]", found)):
        yield f"{where}.extension", NOT_AN_OBJECT
