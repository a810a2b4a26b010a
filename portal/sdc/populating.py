"""$populate: what is known already goes into a new response. A problem here never stops anybody from filling the form in.

Groups with a population context get one copy for each of its results; questions linked to Observations get the newest one.
First values by expression follow in the engine, where they see these contexts.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, cast

from portal.fhirpath import FhirPathError
from portal.sdc.amounts import as_unit, number_in
from portal.sdc.formats import is_date_time
from portal.sdc.limits import Bounds, NotAnAnswer, check_limits
from portal.sdc.model import FormItem
from portal.sdc.nodes import Node
from portal.sdc.tree import Tree
from portal.sdc.values import ANSWER_KEY, matching_option
from portal.types import Json

if TYPE_CHECKING:
    from portal.sdc.engine import Engine

_DAYS = {"d": 1, "wk": 7, "mo": 30.4375, "a": 365.25, "h": 1 / 24, "min": 1 / 1440}
_FINAL = ("final", "amended", "corrected")


def populate_groups(engine: "Engine") -> None:
    """From the outside in, so that an inner context may use the outer one."""
    form = engine.form
    if form.populated_by:
        try:
            results = [each for found in engine.run(form.populated_by, None) for each in resources(found)]
        except FhirPathError as error:
            engine.faults[""] = str(error)
            results = []
        if len(results) > 1:
            engine.faults[""] = "The population context gives several results for the form, which stands once."
        else:
            engine.bound[form.population_name] = results
    for item in engine.form.by_link_id.values():
        if item.populated_by is None:
            continue
        for node in tuple(engine.nodes_of(item.link_id)):
            try:
                results = [each for found in engine.run(item.populated_by, node.parent) for each in resources(found)]
            except FhirPathError as error:
                engine.faults[item.link_id] = str(error)
                continue
            if len(results) > 1 and not item.repeats:
                engine.faults[item.link_id] = (
                    "The population context gives several results for a group that stands once."
                )
                continue
            _bind(engine.tree, node, item.population_name, results)
        engine.tree.index()


def populate_observations(tree: Tree, observations: Sequence[Json], now: datetime) -> dict[str, Json]:
    """The newest final Observation of one of the item's codes, if not older than the item allows; by the path it went to."""
    used: dict[str, Json] = {}
    if not observations:
        return used
    for nodes in tuple(tree.by_link_id.values()):
        for node in nodes:
            period = _period(tree, node.item)
            if period is None or not node.item.definition.get("code"):
                continue
            for observation in _newest_first(observations, node.item, now - period):
                answers = _answer(node.item, observation)
                if answers:
                    node.answers = answers
                    tree.fit(node)
                    used[node.path] = observation
                    break
    return used


def resources(found: Any) -> Iterator[Any]:
    """The resources of a Bundle, or the thing itself."""
    if isinstance(found, dict) and cast("Json", found).get("resourceType") == "Bundle":
        yield from (entry["resource"] for entry in cast("Json", found).get("entry", ()) if "resource" in entry)
    else:
        yield found


def _bind(tree: Tree, node: Node, name: str, results: list[Any]) -> None:
    siblings = tree.siblings(node)
    place = siblings.index(node)
    for offset, result in enumerate(results):
        copy = node if offset == 0 else tree.make(node.item, node.parent, None)
        copy.bound[name] = [result]
        if offset:
            siblings.insert(place + offset, copy)


def _period(tree: Tree, item: FormItem) -> timedelta | None:
    """Of the item, or of the nearest ancestor that says one."""
    for link_id in (item.link_id, *reversed(item.ancestors)):
        duration = tree.form.by_link_id[link_id].observed_within
        if duration:
            unit = duration.get("code") or duration.get("unit", "d")
            return timedelta(days=float(duration.get("value", 0)) * _DAYS.get(unit, 1))
    return None


def _newest_first(observations: Sequence[Json], item: FormItem, since: datetime) -> list[Json]:
    wanted = {(each.get("system"), each.get("code")) for each in item.definition["code"]}
    found = [
        (at, each)
        for each in observations
        if each.get("status") in _FINAL
        and any((c.get("system"), c.get("code")) in wanted for c in each.get("code", {}).get("coding", ()))
        and (at := _instant(each, since)) is not None
        and at >= since
    ]
    return [each for _, each in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _instant(observation: Json, like: datetime) -> datetime | None:
    """When it was true: of a period its end, of a month or year its first day. None when it does not say, or says nonsense."""
    period: Json = observation.get("effectivePeriod") or {}
    text = str(
        observation.get("effectiveDateTime")
        or observation.get("effectiveInstant")
        or period.get("end")
        or period.get("start")
        or observation.get("issued")
        or ""
    )
    if not is_date_time(text):
        return None
    at = datetime.fromisoformat(f"{text}-01-01"[:10] if len(text) < 10 else text)
    return at if at.tzinfo else at.replace(tzinfo=like.tzinfo)


def _answer(item: FormItem, observation: Json) -> list[Json]:
    """Empty when the value is of another kind, in another unit, or impossible for the question."""
    key = next((name for name in observation if name.startswith("value")), "")
    value: Any = observation.get(key)
    answer: Json = {}
    match item.type:
        case "integer" | "decimal" if key == "valueQuantity":
            number = _in_unit(item, value)
            if number is not None and (item.type == "decimal" or number == int(number)):
                answer = {ANSWER_KEY[item.type]: int(number) if item.type == "integer" else number}
        case "quantity" if key == "valueQuantity":
            number = _in_unit(item, value)
            if number is not None:
                unit = item.unit or {
                    "system": value.get("system"),
                    "code": value.get("code"),
                    "display": value.get("unit"),
                }
                answer = {"valueQuantity": {"value": number, **as_unit(unit)}}
        case "integer" | "decimal" if key == "valueInteger":
            answer = {ANSWER_KEY[item.type]: value}
        case "choice" | "open-choice":
            given = (
                [{"valueCoding": each} for each in value.get("coding", ())]
                if isinstance(value, dict)
                else [{key: value}]
            )
            found = [option for each in given if (option := item.option(matching_option(item, each)))]
            if found:
                answer = found[0].answer
            elif key == "valueString" and item.type == "open-choice":
                answer = {key: value}
        case "url" | "text" if key == "valueString":
            answer = {ANSWER_KEY[item.type]: value}
        case "date" if key == "valueDateTime":
            answer = {"valueDate": value[:10]}
        case kind if ANSWER_KEY.get(kind) == key:
            answer = {key: value}
        case _:
            pass
    try:
        check_limits(item, answer, Bounds(low=item.low, high=item.high))
    except NotAnAnswer:
        return []
    return [answer] if answer else []


def _in_unit(item: FormItem, quantity: Json) -> Decimal | None:
    """The number in the question's unit. What a conversion adds behind the point is cut to what the question takes."""
    number = number_in(quantity, item.unit)
    if number is None or number == quantity["value"] or item.max_decimals is None:
        return number
    return number.quantize(Decimal(1).scaleb(-item.max_decimals), ROUND_HALF_UP)
