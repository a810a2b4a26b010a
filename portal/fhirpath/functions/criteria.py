"""Functions that look at each item through an expression: where, select, repeat, sort, iif."""

import functools
from typing import TYPE_CHECKING, Any

from portal.fhirpath.equality import compare, equal, key
from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.navigation import Step
from portal.fhirpath.operators import FALSE, TRUE, Fn
from portal.fhirpath.run import JUDGED, Run
from portal.fhirpath.shortcuts import filtered
from portal.fhirpath.syntax import Call, Unary, mentions
from portal.fhirpath.table import Group, Table
from portal.fhirpath.values import Collection, Node, single, system

if TYPE_CHECKING:
    from portal.fhirpath.compiler import Compiler

TABLE: Table = {}
_ELEMENTS = (dict, Node)
"""What a resource has a bounded number of: whatever else a repetition makes, it may make without end."""

group = Group(name="Filtering and projection", table=TABLE)


@group.special("where", "criteria", "", "The items for which the criteria are true.")
def where(compiler: "Compiler", call: Call) -> Step:
    argument = call.args[0]
    fast = None if compiler.typed else filtered(argument, compiler.model)
    if fast:
        return fast
    judge = compiler.compile(argument)
    indexed = mentions(argument, "index")
    position = argument.position

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.spend(JUDGED * len(v))
        out: Collection = []
        if indexed:
            return _indexed(c, v, judge, position)
        for item in v:
            found = judge(c, [item])
            if found is TRUE or (found and found is not FALSE and _true(found, position)):
                out.append(item)
        return out

    return step


def _indexed(c: Run, v: Collection, judge: Fn, position: int) -> Collection:
    before = c.index
    out: Collection = []
    try:
        for at, item in enumerate(v):
            c.index = at
            found = judge(c, [item])
            if found and _true(found, position):
                out.append(item)
    finally:
        c.index = before
    return out


def _true(found: Collection, position: int) -> bool:
    value = single(found, "The condition")
    if not isinstance(value, bool):
        raise FhirPathError("The condition must be true or false.", position)
    return value


@group.special("select", "projection", "", "What the projection gives for each item, in one collection.")
def select(compiler: "Compiler", call: Call) -> Step:
    project = compiler.compile(call.args[0])
    indexed = mentions(call.args[0], "index")

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.spend(JUDGED * len(v))
        out: Collection = []
        before = c.index
        try:
            for at, item in enumerate(v):
                if indexed:
                    c.index = at
                out += project(c, [item])
        finally:
            c.index = before
        c.spend(len(out))
        return out

    return step


@group.special("repeat", "projection", "", "The projection of each item, of what that gives, and so on; no item twice.")
def repeat(compiler: "Compiler", call: Call) -> Step:
    project = compiler.compile(call.args[0])

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        seen = _Seen()
        out: Collection = []
        todo = v
        while todo:
            fresh: Collection = []
            for item in todo:
                fresh += [found for found in project(c, [item]) if seen.add(found)]
            c.spend(sum(JUDGED if type(item) in _ELEMENTS else 20 * JUDGED for item in fresh) + len(todo))
            out += fresh
            todo = fresh
        return out

    return step


class _Seen:
    """Which items were met: bucketed by what is cheap to read, compared in full only within a bucket."""

    def __init__(self) -> None:
        self.buckets: dict[Any, Collection] = {}

    def add(self, item: Any) -> bool:
        value = system(item)
        sign = (value.get("linkId"), value.get("id"), value.get("code"), len(value)) if type(value) is dict else None
        try:
            bucket = self.buckets.setdefault(sign or key(item), [])
        except TypeError:
            bucket = self.buckets.setdefault("", [])
        if type(value) is dict:
            if any(equal(value, other) for other in bucket):
                return False
        elif bucket:
            return False
        bucket.append(value)
        return True


@group.special("repeatAll", "projection", "", "Like repeat, but equal items are all kept.")
def repeat_all(compiler: "Compiler", call: Call) -> Step:
    project = compiler.compile(call.args[0])

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        out: Collection = []
        todo = v
        while todo:
            fresh: Collection = []
            for item in todo:
                fresh += project(c, [item])
            c.spend(len(fresh) * 100 * JUDGED + len(todo))
            out += fresh
            todo = fresh
        return out

    return step


@group.special("iif", "criterion, then, otherwise?", "", "One of two results; only the one that is wanted is computed.")
def iif(compiler: "Compiler", call: Call) -> Step:
    judge = compiler.criterion(call.args[0])
    then = compiler.compile(call.args[1])
    otherwise = compiler.compile(call.args[2]) if len(call.args) > 2 else None
    own = call.base is not None

    def step(c: Run, t: Collection, v: Collection) -> Collection:
        if own:
            if len(v) > 1:
                raise FhirPathError("iif() can be asked of one item only.")
            t = v
        if judge(c, t):
            return then(c, t)
        return otherwise(c, t) if otherwise else []

    return step


@group.special("sort", "key…", "", "The items in order (of the keys); a minus before a key turns its order round.")
def sort(compiler: "Compiler", call: Call) -> Step:
    keys: list[tuple[Fn, int]] = []
    for argument in call.args:
        turned = isinstance(argument, Unary) and argument.op == "-"
        keys.append(
            (compiler.compile(argument.operand if isinstance(argument, Unary) else argument), -1 if turned else 1)
        )

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.spend(JUDGED * len(v) * (1 + len(keys)))
        if keys:
            rows = [([single(k(c, [item]), "sort()") for k, _ in keys], item) for item in v]
        else:
            rows = [([system(item)], item) for item in v]
        signs = [sign for _, sign in keys] or [1]

        def order(a: tuple[Collection, Any], b: tuple[Collection, Any]) -> int:
            for x, y, sign in zip(a[0], b[0], signs, strict=True):
                by = _order(x, y, sign)
                if by:
                    return by
            return 0

        return [item for _, item in sorted(rows, key=functools.cmp_to_key(order))]

    return step


def _order(a: Any, b: Any, sign: int) -> int:
    """What has no key comes first either way."""
    if a is None or b is None:
        return (a is not None) - (b is not None)
    return (compare(a, b) or 0) * sign


@group.special("coalesce", "value…", "", "The first of the values that is not empty.")
def coalesce(compiler: "Compiler", call: Call) -> Step:
    values = [compiler.compile(argument) for argument in call.args]

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        for value in values:
            found = value(c, t)
            if found:
                return found
        return []

    return step


@group.special("aggregate", "aggregator, start?", "", "Folds the items into $total, beginning with start (or empty).")
def aggregate(compiler: "Compiler", call: Call) -> Step:
    fold = compiler.compile(call.args[0])
    start = compiler.compile(call.args[1]) if len(call.args) > 1 else None

    def step(c: Run, t: Collection, v: Collection) -> Collection:
        before, place = c.total, c.index
        try:
            c.total = start(c, t) if start else []
            for at, item in enumerate(v):
                c.index = at
                c.total = fold(c, [item])
                c.spend(JUDGED + len(c.total))
            return c.total
        finally:
            c.total, c.index = before, place

    return step
