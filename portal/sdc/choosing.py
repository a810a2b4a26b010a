"""From what a person gives to the answers of a question: one or several, among the options there are now, exclusive or not."""

from typing import cast

from portal.fhirpath import FhirPathError
from portal.i18n import N_
from portal.sdc.conversion import truth
from portal.sdc.engine import Engine
from portal.sdc.limits import CHOOSE, NotAnAnswer
from portal.sdc.model import Option
from portal.sdc.nodes import Node
from portal.sdc.values import from_answer, to_answer
from portal.types import Json


def answers_given(engine: Engine, node: Node, value: object) -> list[Json]:
    """Raises `NotAnAnswer`. An option that is off now may stay where it was chosen, and may not be chosen anew."""
    item = node.item
    if value is None or value in ("", []):
        return []
    given = cast("list[object]", list(value)) if isinstance(value, (list, tuple)) else [value]
    if len(given) > 1 and not item.repeats:
        raise NotAnAnswer(CHOOSE)
    bounds = engine.bounds(node)
    answers = [to_answer(item, each, bounds) for each in given]
    if item.options:
        allowed = {option.key for option in options_now(engine, node)}
        allowed |= {str(from_answer(item, each)) for each in node.answers}
        picked = [from_answer(item, answer) for answer in answers]
        if any(item.option(key) and key not in allowed for key in picked):
            raise NotAnAnswer(CHOOSE)
        answers = _exclusive(node, answers)
    if item.max_occurs is not None and len(answers) > item.max_occurs:
        raise NotAnAnswer(N_("Choose at most {most} answers."), most=item.max_occurs)
    return answers


def options_now(engine: Engine, node: Node) -> tuple[Option, ...]:
    """Options listed in toggles exist while one of them is true; a toggle that cannot be computed hides nothing."""
    item = node.item
    if not item.toggles:
        return item.options
    governed: set[str] = set()
    on: set[str] = set()
    for toggle in item.toggles:
        governed |= toggle.keys
        try:
            holds = truth(engine.run(toggle.program, node))
        except FhirPathError as error:
            engine.faults[item.link_id] = str(error)
            holds = True
        if holds:
            on |= toggle.keys
    return tuple(option for option in item.options if option.key not in governed - on)


def _exclusive(node: Node, answers: list[Json]) -> list[Json]:
    """An exclusive option just chosen drives the others out; another just chosen drives it out."""
    alone = [each for each in answers if _is_alone(node, each)]
    if not alone or len(answers) == 1:
        return answers
    fresh = [each for each in alone if each not in node.answers]
    return fresh[:1] or [each for each in answers if each not in alone]


def _is_alone(node: Node, answer: Json) -> bool:
    option = node.item.option(from_answer(node.item, answer))
    return option is not None and (option.exclusive or option.declined)
