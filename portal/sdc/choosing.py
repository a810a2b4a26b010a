"""From what a person gives to the answers of a question: one or several, among the options there are now, exclusive or not."""

from collections.abc import Sequence
from typing import Any, cast

from portal import fhirpath
from portal.fhirpath import FhirPathError
from portal.i18n import N_
from portal.sdc.conversion import truth
from portal.sdc.engine import Engine
from portal.sdc.limits import CHOOSE, NotAnAnswer
from portal.sdc.model import FormItem, Option
from portal.sdc.nodes import Node
from portal.sdc.options import make_options
from portal.sdc.populating import resources
from portal.sdc.program import Program
from portal.sdc.values import option_of, to_answer
from portal.types import Json


def answers_given(engine: Engine, node: Node, value: object) -> list[Json]:
    """Raises `NotAnAnswer`. An option that is off now may stay where it was chosen, and may not be chosen anew."""
    item = node.item
    if value is None or value in ("", []):
        return []
    given = cast("list[object]", list(value)) if isinstance(value, (list, tuple)) else [value]
    if len(given) > 1 and not (item.repeats and engine.flag(item.dynamic.repeats, node, fixed=True)):
        raise NotAnAnswer(CHOOSE)
    now = options_now(engine, node)
    bounds = engine.bounds(node)
    answers = [to_answer(item, each, bounds) for each in given]
    options = item.options if node.options is None else node.options
    if options:
        for answer in answers:
            option = option_of(options, answer)
            if option and option not in now and answer not in node.answers:
                raise NotAnAnswer(CHOOSE)
        answers = _exclusive(options, node, answers)
    most = engine.said(item.dynamic.max_occurs, node, item.max_occurs)
    if most is not None and len(answers) > most:
        raise NotAnAnswer(N_("Choose at most {most} answers."), most=most)
    return answers


def options_now(engine: Engine, node: Node) -> tuple[Option, ...]:
    """Options listed in toggles exist while one of them is true; a toggle that cannot be computed hides nothing."""
    item = node.item
    options = item.options
    if item.has_options and not options:
        found = _found(engine, node)
        node.options = found
        options = found or ()
    if not item.toggles:
        return options
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
    return tuple(option for option in options if option.key not in governed - on)


def offered(engine: Engine, node: Node, program: Program) -> tuple[Option, ...]:
    """What an expression proposes as answers: codes, values, or resources to refer to. A fault proposes nothing."""
    try:
        found = [each for result in engine.run(program, node) for each in resources(result)]
    except FhirPathError as error:
        engine.faults[node.item.link_id] = str(error)
        return ()
    raw = [_as_option(node.item, each) for each in found]
    options = list(make_options(raw, node.item.columns))
    for at, each in enumerate(found):
        if isinstance(each, dict) and "resourceType" in each:
            options[at] = _with_columns(options[at], node.item, cast("Json", each))
    return tuple(options)


def _found(engine: Engine, node: Node) -> tuple[Option, ...] | None:
    """Answers that an expression or the caller's value sets give; None when nobody can say which there are."""
    item = node.item
    if item.answers_by:
        return offered(engine, node, item.answers_by)
    canonical = engine.said(item.dynamic.value_set, node, item.value_set)
    codes = engine.codes(str(canonical)) if canonical else None
    if codes is None:
        return None
    place = (str(canonical), item.link_id if item.columns else "")
    if place not in engine.made:
        engine.made[place] = make_options([{"valueCoding": each} for each in codes], item.columns)
    return engine.made[place]


def _as_option(item: FormItem, result: Any) -> Json:
    if isinstance(result, dict):
        element = cast("Json", result)
        if "resourceType" in element:
            return {"valueReference": {"reference": f"{element['resourceType']}/{element.get('id', '')}"}}
        return {"valueReference" if "reference" in element else "valueCoding": element}
    if isinstance(result, bool):
        return {"valueBoolean": result}
    if isinstance(result, int):
        return {"valueInteger": result}
    return {"valueDecimal" if item.type == "decimal" else "valueString": result}


def _with_columns(option: Option, item: FormItem, resource: Json) -> Option:
    """The columns of a resource, by FHIRPath; those for display name the reference."""
    cells = [" ".join(map(str, _on(column.path, resource))) for column in item.columns]
    named = [cell for cell, column in zip(cells, item.columns, strict=True) if column.for_display and cell]
    display = " ".join(named) or option.key
    reference: Json = {**option.answer["valueReference"], "display": display}
    (relabelled,) = make_options([{"valueReference": reference}])
    return Option(
        key=relabelled.key, label=relabelled.label, answer={"valueReference": reference}, columns=tuple(cells)
    )


def _on(path: str, resource: Json) -> Sequence[Any]:
    try:
        return fhirpath.compile(path)(resource)
    except FhirPathError:
        return ()  # an empty cell; lint reports what does not compile


def _exclusive(options: tuple[Option, ...], node: Node, answers: list[Json]) -> list[Json]:
    """An exclusive option just chosen drives the others out; another just chosen drives it out."""
    alone = [each for each in answers if _is_alone(options, each)]
    if not alone or len(answers) == 1:
        return answers
    fresh = [each for each in alone if each not in node.answers]
    return fresh[:1] or [each for each in answers if each not in alone]


def _is_alone(options: tuple[Option, ...], answer: Json) -> bool:
    option = option_of(options, answer)
    return option is not None and (option.exclusive or option.declined)
