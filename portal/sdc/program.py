"""Expressions of a form, compiled once, and the order in which they run when an answer changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from portal.fhirpath import Expression
from portal.sdc.queries import Query


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Variable:
    """A named expression, visible on the item that owns it (empty: the whole form) and below."""

    name: str
    owner: str
    program: "Program"
    populated: bool = False  # bound to each copy when the response is populated, empty later


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Program:
    """One FHIRPath expression. `reads` are the questions whose answers it can look at, through its variables too; `names`
    those items that it calls by their linkId.
    """

    text: str
    run: Expression | Query
    reads: frozenset[str]
    variables: tuple[Variable, ...] = ()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Decides whether an item is asked (`enable`), what it holds (`calculate`) or what it holds at first (`begin`)."""

    kind: Literal["enable", "calculate", "begin"]
    link_id: str
    reads: frozenset[str]
    writes: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Rules in an order in which each runs after those it depends on.

    `readers` says, for a linkId, which rules (by position) look at it. `circle` gives the rules that wait for each other:
    they share a number, and run together until they settle or are frozen.
    """

    rules: tuple[Rule, ...]
    readers: Mapping[str, tuple[int, ...]]
    circle: Mapping[int, tuple[int, ...]]


def make_plan(rules: Sequence[Rule]) -> Plan:
    writers: dict[str, list[int]] = {}
    for index, rule in enumerate(rules):
        for link_id in rule.writes:
            writers.setdefault(link_id, []).append(index)
    waits_for = {
        index: {writer for link_id in rule.reads for writer in writers.get(link_id, ())}
        for index, rule in enumerate(rules)
    }
    groups = _components(waits_for)
    ordered = [index for group in groups for index in group]
    position = {index: place for place, index in enumerate(ordered)}
    circle: dict[int, tuple[int, ...]] = {}
    for group in groups:
        if len(group) > 1 or group[0] in waits_for[group[0]]:
            places = tuple(position[index] for index in group)
            circle.update(dict.fromkeys(places, places))
    readers: dict[str, list[int]] = {}
    for place, index in enumerate(ordered):
        for link_id in rules[index].reads:
            readers.setdefault(link_id, []).append(place)
    return Plan(
        rules=tuple(rules[index] for index in ordered),
        readers={link_id: tuple(places) for link_id, places in readers.items()},
        circle=circle,
    )


def _components(waits_for: Mapping[int, Iterable[int]]) -> list[list[int]]:
    """Groups of rules that wait for each other (mostly of one), each group after those it waits for."""
    group_of = {index: index for index in waits_for}
    while True:
        graph: dict[int, set[int]] = {group: set() for group in group_of.values()}
        for index, others in waits_for.items():
            graph[group_of[index]].update(group_of[other] for other in others if group_of[other] != group_of[index])
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            merged = set(error.args[1])
            first = min(merged)
            group_of = {index: first if group in merged else group for index, group in group_of.items()}
            continue
        members: dict[int, list[int]] = {group: [] for group in order}
        for index in sorted(waits_for):
            members[group_of[index]].append(index)
        return [members[group] for group in order]
