"""What forms add: the answers below an item, and the weight of an answer, which is what a score adds up.

A weight is looked for on the answer, then on the option that was chosen in the Questionnaire (%questionnaire), then in
a value set contained there, then with the caller (`Hooks.weight`). No weight gives nothing; nowhere to look is an error,
and so is a value that has different weights in different questions when it is not known which one was answered.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.functions.fhir import plain_json
from portal.fhirpath.navigation import Step, wrap
from portal.fhirpath.run import JUDGED, Run
from portal.fhirpath.syntax import Call
from portal.fhirpath.table import Group, Table
from portal.fhirpath.values import Collection
from portal.types import Json

if TYPE_CHECKING:
    from portal.fhirpath.compiler import Compiler

TABLE: Table = {}
group = Group(name="Forms", table=TABLE)

_WEIGHTS = frozenset(
    (
        "http://hl7.org/fhir/StructureDefinition/itemWeight",
        "http://hl7.org/fhir/StructureDefinition/ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/questionnaire-optionScore",
    )
)
_QUESTIONS = ("weight", "questions")
_PLACES = ("weight", "places")
WEIGHING = frozenset(("weight", "ordinal"))
ANSWER = "QuestionnaireResponse.item.answer"


@group.special("answers", "", "", "All answers below a response, an item or an answer, at any depth.")
def answers(compiler: "Compiler", call: Call) -> Step:  # noqa: ARG001
    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        out: Collection = []
        for item in v:
            out += _answers(plain_json(item))
        c.spend(len(out))
        return wrap(compiler.model, out, None, ANSWER) if compiler.typed else out

    return step


def _answers(element: Any) -> Iterator[Json]:
    if not isinstance(element, dict):
        return
    for answer in element.get("answer", ()):
        yield answer
        yield from _answers(answer)
    for item in element.get("item", ()):
        yield from _answers(item)


@group.collection("weight", "", "Decimal", "The weight of each answer or coded value: itemWeight or ordinalValue.")
def weight(c: Run, v: Collection) -> Collection:
    c.left -= JUDGED * len(v)
    out: Collection = []
    for item in v:
        found = _weight_of(c, item)
        if found is not None:
            out.append(found)
    return out


@group.collection("ordinal", "", "Decimal", "The older name of weight().")
def ordinal(c: Run, v: Collection) -> Collection:
    return weight(c, v)


def weight_of_items(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
    """`answer.weight()` and `answer.value.weight()` of items in plain JSON, whose questions are known at once."""
    c.left -= JUDGED * len(v)
    out: Collection = []
    for item in v:
        if type(item) is dict:
            for answer in item.get("answer", ()):
                found = _weight_of_answer(c, answer, item.get("linkId"))
                if found is not None:
                    out.append(found)
    return out


def _weight_of(c: Run, item: Any) -> Any:
    value = plain_json(item)
    if not isinstance(value, dict):
        own = extension_weight(getattr(item, "sibling", None))
        return own if own is not None else _looked_up(c, value, None)
    if value.keys() & {"code", "display", "system"}:
        own = extension_weight(value)
        return own if own is not None else _looked_up(c, value, _places(c).get(id(value)))
    return _weight_of_answer(c, value, _places(c).get(id(value)))


def _weight_of_answer(c: Run, answer: Json, link_id: str | None) -> Any:
    key = next((k for k in answer if k.startswith("value")), "")
    for carrier in (answer, answer.get(f"_{key}"), answer.get(key)):
        own = extension_weight(carrier)
        if own is not None:
            return own
    return _looked_up(c, answer[key], link_id) if key else None


def extension_weight(element: Any) -> Any:
    """The number of the first weight extension, as a Decimal, or None."""
    if not isinstance(element, dict):
        return None
    for extension in element.get("extension", ()):
        if extension.get("url") in _WEIGHTS:
            for key in ("valueDecimal", "valueInteger"):
                if key in extension:
                    value = extension[key]
                    return Decimal(repr(value)) if isinstance(value, float) else value
    return None


def _looked_up(c: Run, value: Any, link_id: str | None) -> Any:
    if isinstance(value, dict) and "code" not in value:
        return None
    questionnaire = c.variables.get("questionnaire")
    if isinstance(questionnaire, list):
        questionnaire = questionnaire[0] if questionnaire else None
    if isinstance(questionnaire, dict):
        asked = _questions(c, questionnaire)
        items = list(asked.values()) if link_id is None else [asked[link_id]] if link_id in asked else []
        weights = {w for w in (_option_weight(questionnaire, item, value) for item in items) if w is not None}
        if len(weights) > 1:
            raise FhirPathError("weight() cannot tell which question was answered: ask it of the answers themselves.")
        if weights:
            return weights.pop()
    if c.hooks.weight and isinstance(value, dict):
        return c.hooks.weight(value)
    if not isinstance(questionnaire, dict) and c.hooks.weight is None:
        raise FhirPathError("weight() has nowhere to look: %questionnaire is not given.")
    return None


def _option_weight(questionnaire: Json, item: Json, value: Any) -> Any:
    for option in item.get("answerOption", ()):
        key = next((k for k in option if k.startswith("value")), "")
        if _same_option(option.get(key), value):
            inner = option[key] if isinstance(option[key], dict) else option.get(f"_{key}")
            own = extension_weight(option)
            return own if own is not None else extension_weight(inner)
    reference = item.get("answerValueSet", "")
    if reference.startswith("#") and isinstance(value, dict):
        return _value_set_weight(questionnaire, reference[1:], value)
    return None


def _same_option(option: Any, value: Any) -> bool:
    if isinstance(option, dict) and isinstance(value, dict):
        return option.get("code") == value.get("code") and option.get("system") == value.get("system")
    return type(option) is type(value) and option == value


def _value_set_weight(questionnaire: Json, wanted: str, value: Json) -> Any:
    for contained in questionnaire.get("contained", ()):
        if contained.get("id") != wanted:
            continue
        for concept in _concepts(contained):
            if concept.get("code") == value.get("code") and concept.get("system", value.get("system")) == value.get(
                "system"
            ):
                return extension_weight(concept)
    return None


def _concepts(value_set: Json) -> Iterator[Json]:
    todo = list(value_set.get("expansion", {}).get("contains", ()))
    while todo:
        concept = todo.pop()
        yield concept
        todo.extend(concept.get("contains", ()))
    for include in value_set.get("compose", {}).get("include", ()):
        for concept in include.get("concept", ()):
            yield {**concept, "system": include.get("system")}


def _questions(c: Run, questionnaire: Json) -> Mapping[str, Json]:
    """Every item of the form by its linkId."""
    if c.hooks.questions is not None:
        return c.hooks.questions
    found = c.memo.get(_QUESTIONS)
    if found is None:
        found = c.memo[_QUESTIONS] = {}
        todo = list(questionnaire.get("item", ()))
        while todo:
            item = todo.pop()
            found[item.get("linkId")] = item
            todo.extend(item.get("item", ()))
    return found


def _places(c: Run) -> dict[int, str]:
    """The linkId under which each answer and each answered value of the response stands, by identity."""
    found = c.memo.get(_PLACES)
    if found is None:
        found = c.memo[_PLACES] = {}
        for given in (c.variables.get("resource"), c.variables.get("context"), plain_json(c.resource)):
            for response in given if isinstance(given, list) else [given]:
                if isinstance(response, dict):
                    _place(response, response.get("linkId", ""), found)
    return found


def _place(element: Json, link_id: str, found: dict[int, str]) -> None:
    for answer in element.get("answer", ()):
        found[id(answer)] = link_id
        for key, value in answer.items():
            if key.startswith("value") and isinstance(value, dict):
                found[id(value)] = link_id
        _place(answer, link_id, found)
    for item in element.get("item", ()):
        if isinstance(item, dict):
            _place(item, item.get("linkId", ""), found)
