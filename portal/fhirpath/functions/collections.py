"""Parts of collections, and collections put together."""

from portal.fhirpath.equality import distinct, key
from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.run import Run
from portal.fhirpath.table import Group, Table
from portal.fhirpath.values import Collection, single

TABLE: Table = {}
group = Group(name="Subsetting and combining", table=TABLE)


@group.collection("single", "", "", "The only item; an error when there are several.")
def single_(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    if len(v) > 1:
        raise FhirPathError("single() found several items.")
    return v


@group.collection("first", "", "", "The first item.")
def first(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return v[:1]


@group.collection("last", "", "", "The last item.")
def last(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return v[-1:]


@group.collection("tail", "", "", "All items but the first.")
def tail(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return v[1:]


def _number(items: Collection, name: str) -> int:
    value = single(items, name)
    if type(value) is not int:
        raise FhirPathError(f"{name} needs a whole number.")
    return value


@group.collection("skip", "number", "", "The items after the first so many.")
def skip(c: Run, v: Collection, number: Collection) -> Collection:  # noqa: ARG001
    return v[max(0, _number(number, "skip()")) :]


@group.collection("take", "number", "", "The first so many items.")
def take(c: Run, v: Collection, number: Collection) -> Collection:  # noqa: ARG001
    return v[: max(0, _number(number, "take()"))]


@group.collection("intersect", "other", "", "The items that are in both, each once.")
def intersect(c: Run, v: Collection, other: Collection) -> Collection:
    c.spend(len(v) + len(other))
    keys = {key(item) for item in other}
    return distinct([item for item in v if key(item) in keys])


@group.collection("exclude", "other", "", "The items that are not in the other collection.")
def exclude(c: Run, v: Collection, other: Collection) -> Collection:
    c.spend(len(v) + len(other))
    keys = {key(item) for item in other}
    return [item for item in v if key(item) not in keys]


@group.collection("union", "other", "", "The items of both, each once; the same as |.")
def union(c: Run, v: Collection, other: Collection) -> Collection:
    c.spend(len(v) + len(other))
    return distinct(v + other)


@group.collection("combine", "other", "", "The items of both, equal ones included.")
def combine(c: Run, v: Collection, other: Collection) -> Collection:
    c.spend(len(v) + len(other))
    return v + other
