"""Whether there is anything, and whether all or any of it is true."""

from typing import TYPE_CHECKING

from portal.fhirpath.equality import distinct, key
from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.navigation import Step
from portal.fhirpath.operators import FALSE, TRUE, answer
from portal.fhirpath.run import JUDGED, Run
from portal.fhirpath.syntax import Call, mentions
from portal.fhirpath.table import Group, Table
from portal.fhirpath.values import Collection, system, truth

if TYPE_CHECKING:
    from portal.fhirpath.compiler import Compiler

TABLE: Table = {}
group = Group(name="Existence", table=TABLE)


@group.collection("empty", "", "Boolean", "Whether the collection has nothing.")
def empty(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return FALSE if v else TRUE


@group.special("exists", "criteria?", "Boolean", "Whether there is an item (for which the criteria hold).")
def exists(compiler: "Compiler", call: Call) -> Step:
    if not call.args:
        return lambda c, t, v: TRUE if v else FALSE  # noqa: ARG005
    judge = compiler.criterion(call.args[0])
    indexed = mentions(call.args[0], "index")

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.spend(JUDGED * len(v))
        before = c.index
        try:
            for at, item in enumerate(v):
                if indexed:
                    c.index = at
                if judge(c, [item]):
                    return TRUE
        finally:
            c.index = before
        return FALSE

    return step


@group.special("all", "criteria", "Boolean", "Whether the criteria hold for every item; true when there is none.")
def all_(compiler: "Compiler", call: Call) -> Step:
    judge = compiler.criterion(call.args[0])

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.spend(JUDGED * len(v))
        before = c.index
        try:
            for at, item in enumerate(v):
                c.index = at
                if not judge(c, [item]):
                    return FALSE
        finally:
            c.index = before
        return TRUE

    return step


def _booleans(v: Collection, name: str) -> list[bool]:
    values = [system(item) for item in v]
    if not all(isinstance(value, bool) for value in values):
        raise FhirPathError(f"{name}() needs a collection of true and false.")
    return values


@group.collection("allTrue", "", "Boolean", "Whether every item is true.")
def all_true(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return answer(all(_booleans(v, "allTrue")))


@group.collection("anyTrue", "", "Boolean", "Whether an item is true.")
def any_true(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return answer(any(_booleans(v, "anyTrue")))


@group.collection("allFalse", "", "Boolean", "Whether every item is false.")
def all_false(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return answer(not any(_booleans(v, "allFalse")))


@group.collection("anyFalse", "", "Boolean", "Whether an item is false.")
def any_false(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return answer(not all(_booleans(v, "anyFalse")))


@group.collection("subsetOf", "other", "Boolean", "Whether every item is in the other collection.")
def subset_of(c: Run, v: Collection, other: Collection) -> Collection:
    c.spend(len(v) + len(other))
    return answer({key(i) for i in v} <= {key(i) for i in other})


@group.collection("supersetOf", "other", "Boolean", "Whether every item of the other collection is in this one.")
def superset_of(c: Run, v: Collection, other: Collection) -> Collection:
    return subset_of(c, other, v)


@group.collection("count", "", "Integer", "How many items there are.")
def count(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return [len(v)]


@group.collection("distinct", "", "", "The items without those that equal an earlier one.")
def distinct_(c: Run, v: Collection) -> Collection:
    c.spend(len(v))
    return distinct(v)


@group.collection("isDistinct", "", "Boolean", "Whether no two items are equal.")
def is_distinct(c: Run, v: Collection) -> Collection:
    c.spend(len(v))
    return answer(len(distinct(v)) == len(v))


@group.collection("not", "", "Boolean", "True for false, false for true, empty for empty.")
def not_(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    value = truth(v, "not()")
    return answer(None if value is None else not value)
