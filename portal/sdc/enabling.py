"""enableWhen as FHIR's code system defines its operators: `=` and the orders hold if any answer satisfies, `!=` if none equals."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, TypeGuard

from portal.sdc.amounts import order
from portal.sdc.formats import order as in_order
from portal.sdc.model import Condition, FormItem
from portal.sdc.nodes import Node
from portal.sdc.reading import decimal, value_of
from portal.types import Json

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {">": gt, "<": lt, ">=": ge, "<=": le}


def conditions_hold(item: FormItem, node: Node, nodes_of: Callable[[str], list[Node]]) -> bool:
    held = (_holds(condition, node, nodes_of) for condition in item.conditions)
    return all(held) if item.all_conditions else any(held)


def _holds(condition: Condition, node: Node, nodes_of: Callable[[str], list[Node]]) -> bool:
    answers = [answer for source in _sources(condition.question, node, nodes_of) for answer in source.answers]
    wanted = value_of(condition.answer)
    match condition.operator:
        case "exists":
            return bool(answers) == bool(wanted)
        case "=":
            return any(_equal(value_of(answer), wanted) for answer in answers)
        case "!=":
            return not any(_equal(value_of(answer), wanted) for answer in answers)
        case sign if sign in _ORDERS:
            return any(_ordered(_ORDERS[sign], value_of(answer), wanted) for answer in answers)
        case _:
            return True


def _sources(link_id: str, node: Node, nodes_of: Callable[[str], list[Node]]) -> Iterator[Node]:
    """The copies of a source under the nearest ancestor shared with the target, as far as they are asked; never those beneath
    the target. Where the nearest is not asked it counts as unanswered: no other copy speaks for it.
    """
    near = nearest(node, [each for each in nodes_of(link_id) if not _beneath(each, node)])
    yield from (each for each in near if each.active)


def nearest(node: Node, candidates: list[Node]) -> list[Node]:
    """Of several copies, those under the nearest ancestor shared with the node; all of them when none is shared."""
    around = node.parent if len(candidates) > 1 else None
    while around is not None:
        near = [each for each in candidates if _beneath(each, around)]
        if near:
            return near
        around = around.parent
    return candidates


def _beneath(node: Node, ancestor: Node) -> bool:
    current: Node | None = node
    while current is not None:
        if current is ancestor:
            return True
        current = current.parent
    return False


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(value, dict) and isinstance(wanted, dict):
        if "value" in wanted:
            return order(value, wanted) == 0
        if "reference" in wanted:
            return value.get("reference") == wanted["reference"]
        return _same_coding(value, wanted)
    if isinstance(value, dict):  # a string in the form against a chosen code
        return wanted in (value.get("code"), value.get("display"))
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, str) and isinstance(wanted, str):
        return value == wanted or (value[10:11] == "T" == wanted[10:11] and in_order(value, wanted) == 0)
    if isinstance(value, str) or isinstance(wanted, str):
        return False
    return _is_number(value) and _is_number(wanted) and decimal(value) == decimal(wanted)


def _is_number(value: Any) -> TypeGuard[float | Decimal]:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _same_coding(value: Json, wanted: Json) -> bool:
    versions = {value.get("version"), wanted.get("version")} - {None}
    return value.get("code") == wanted.get("code") and value.get("system") == wanted.get("system") and len(versions) < 2


def _ordered(holds: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    if isinstance(value, dict) and isinstance(wanted, dict):
        found = order(value, wanted)
        return found is not None and holds(found, 0)
    if isinstance(value, str) and isinstance(wanted, str):
        found = in_order(value, wanted)
        return found is not None and holds(found, 0)
    if _is_number(value) and _is_number(wanted):
        return holds(decimal(value), decimal(wanted))
    return False
