"""weight(), ordinal() and answers(): where the number of an answer comes from."""

from decimal import Decimal
from typing import Any

import pytest

from portal.fhirpath import FhirPathError, Hooks, evaluate
from tests.fhirpath.forms import ORDINAL, WEIGHT, answered, below, coding, option, question

ASKED = {
    "resourceType": "Questionnaire",
    "contained": [
        {
            "resourceType": "ValueSet",
            "id": "vs",
            "compose": {"include": [{"system": "urn:scale", "concept": [{"code": "7", **coding("7", 70)}]}]},
        }
    ],
    "item": [
        question("a", "choice", answerOption=[option("1", 10), option("2", 20)]),
        question("b", "choice", answerOption=[{"valueCoding": coding("1", 100)}]),
        question("c", "choice", answerValueSet="#vs"),
        question("d", "integer", answerOption=[{"valueInteger": 4, "extension": [{"url": WEIGHT, "valueDecimal": 8}]}]),
    ],
}


def response(*items: Any) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "item": list(items)}


def score(given: Any, expression: str = "%resource.item.answer.value.weight()", **more: Any) -> list[Any]:
    return evaluate(given, expression, {"questionnaire": ASKED}, **more)


def test_the_weight_on_the_answer_comes_first() -> None:
    assert score(response(answered("a", valueCoding=coding("1", 3)))) == [3]


def test_then_the_weight_of_the_option_of_that_question() -> None:
    given = response(answered("a", valueCoding=coding("1")), answered("b", valueCoding=coding("1")))
    assert score(given) == [10, 100]
    assert score(given, "%resource.item.answer.weight().sum()") == [110]
    assert score(given, "%resource.item.answer.value.ofType(Coding).weight()") == [10, 100]


def test_then_the_weight_in_the_contained_value_set() -> None:
    assert score(response(answered("c", valueCoding=coding("7")))) == [70]


def test_then_what_the_caller_knows() -> None:
    given = response(answered("c", valueCoding=coding("8")))
    assert score(given) == []
    assert score(given, hooks=Hooks(weight=lambda value: int(value["code"]) * 2)) == [16]


def test_a_weight_stands_on_other_answers_than_codings_too() -> None:
    assert score(response(answered("d", valueInteger=4)), "%resource.item.answer.weight()") == [8]
    assert score(response(answered("d", valueInteger=4))) == [8]
    beside = {
        "linkId": "x",
        "answer": [{"valueString": "y", "_valueString": {"extension": [{"url": ORDINAL, "valueDecimal": 0.5}]}}],
    }
    assert score(response(beside), "%resource.item.answer.weight()") == [Decimal("0.5")]


def test_answers_in_groups_and_below_answers_are_weighed_by_their_own_question() -> None:
    nested = {"linkId": "q", "answer": [{"valueBoolean": True, "item": [answered("b", valueCoding=coding("1"))]}]}
    given = response(below("g", answered("a", valueCoding=coding("2"))), nested)
    assert score(given, "%resource.answers().weight()") == [20, 100]
    assert score(given, "%resource.answers().count()") == [3]
    assert score(given, "%resource.descendants().where(linkId = 'b').answer.value.weight()") == [100]


def test_no_weight_gives_nothing() -> None:
    assert score(response(answered("a", valueCoding=coding("9")))) == []
    assert score(response()) == []


def test_nowhere_to_look_is_an_error() -> None:
    with pytest.raises(FhirPathError, match="nowhere to look"):
        evaluate(response(answered("a", valueCoding=coding("1"))), "%resource.item.answer.value.weight()")


def test_a_value_of_unknown_question_with_different_weights_is_an_error() -> None:
    with pytest.raises(FhirPathError, match="which question"):
        evaluate(None, "%code.weight()", {"code": coding("1"), "questionnaire": ASKED})
    assert evaluate(None, "%code.weight()", {"code": coding("2"), "questionnaire": ASKED}) == [20]


def test_a_score_of_an_unanswered_form_is_zero() -> None:
    assert score(response(), "%resource.item.answer.value.weight().sum()") == [0]
    assert score(response(), "%resource.item.answer.value.weight().max()") == []
