"""Whether the parts of a resource are of the kind that FHIR says, as far as reading them depends on it: what is a list of
elements, what a text. An extension whose value is of another kind is left out when the form is compiled, and told then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from portal.authoring.source import Step
from portal.types import Json

Wrong = tuple[tuple[Step, ...], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shape:
    """Of one kind of element: the names of its lists of elements, of its elements, of its texts."""

    lists: frozenset[str]
    elements: frozenset[str]
    texts: frozenset[str]


def _shape(*, lists: str = "", elements: str = "", texts: str = "") -> _Shape:
    both = f"extension modifierExtension {lists}"
    return _Shape(lists=frozenset(both.split()), elements=frozenset(elements.split()), texts=frozenset(texts.split()))


_ITEM = _shape(
    lists="item code answerOption enableWhen initial answer",
    elements="_text _prefix",
    texts="linkId text prefix type answerValueSet enableBehavior definition",
)
_CODING = _shape(elements="_display", texts="system code display version")
_EXPRESSION = _shape(texts="expression name language reference description")
_QUANTITY = _shape(texts="unit system code comparator")
_REFERENCE = _shape(texts="reference type display")
_CONCEPT = _shape(lists="coding", texts="text")
_ANY = _shape()
_SHAPES: Mapping[str, _Shape] = {
    "Questionnaire": _shape(
        lists="item code contained useContext",
        elements="_title _description _copyright",
        texts="url version title description copyright status language name id",
    ),
    "QuestionnaireResponse": _shape(
        lists="item contained", elements="subject author source encounter", texts="questionnaire status authored id"
    ),
    "Bundle": _shape(lists="entry", texts="type"),
    "entry": _shape(elements="resource request", texts="fullUrl"),
    "item": _ITEM,
    "answer": _shape(lists="item"),
    "extension": _shape(texts="url"),
    "modifierExtension": _shape(texts="url"),
    "enableWhen": _shape(texts="question operator"),
    "useContext": _shape(elements="code"),
    "Coding": _CODING,
    "coding": _CODING,
    "code": _CODING,
    "Expression": _EXPRESSION,
    "Quantity": _QUANTITY,
    "Duration": _QUANTITY,
    "Reference": _REFERENCE,
    "CodeableConcept": _CONCEPT,
    "Attachment": _shape(texts="contentType url title"),
}
_VALUES = frozenset({"Coding", "Expression", "Quantity", "Duration", "Reference", "CodeableConcept", "Attachment"})


def misshapen(resource: Json) -> Wrong | None:
    """Where the first part of the wrong kind stands, and what should; only of forms, responses and bundles."""
    if resource["resourceType"] not in ("Questionnaire", "QuestionnaireResponse", "Bundle"):
        return None
    waiting: list[tuple[tuple[Step, ...], Json, _Shape]] = [((), resource, _SHAPES[resource["resourceType"]])]
    while waiting:
        path, element, shape = waiting.pop()
        for key, value in element.items():
            if sentence := _wrong(key, value, shape):
                return (*path, key), f"“{key}” must be {sentence}."
            if key not in ("contained", "resource"):  # other resources, in which the same names may mean something else
                inside = _SHAPES.get(_kind(key), _ANY)
                waiting.extend((where, each, inside) for where, each in _inside((*path, key), value))
    return None


def _kind(key: str) -> str:
    """value[x], answer[x] and defaultValue[x] by their type; anything else by its name."""
    kind = key.removeprefix("value").removeprefix("answer")
    return kind if kind in _VALUES else key


def _wrong(key: str, value: Any, shape: _Shape) -> str:
    if key in shape.lists:
        listed = isinstance(value, list) and all(isinstance(each, dict) for each in cast("list[Any]", value))
        return "" if listed else "a list of elements here: [{…}, {…}]"
    if key in shape.elements or _kind(key) != key:
        return "" if isinstance(value, dict) else "an element here: {…}"
    return "" if key not in shape.texts or isinstance(value, str) else "a text here"


def _inside(path: tuple[Step, ...], value: Any) -> Iterator[tuple[tuple[Step, ...], Json]]:
    if isinstance(value, dict):
        yield path, cast("Json", value)
    elif isinstance(value, list):
        for index, each in enumerate(cast("list[Any]", value)):
            if isinstance(each, dict):
                yield (*path, index), cast("Json", each)
