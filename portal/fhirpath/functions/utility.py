"""Time, traces, variables of one expression, the tree below an element, and questions about types."""

from typing import TYPE_CHECKING

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.navigation import Step, descendants
from portal.fhirpath.run import Run
from portal.fhirpath.syntax import Call, type_name
from portal.fhirpath.table import Group, Table
from portal.fhirpath.temporal import Time
from portal.fhirpath.types import as_type, is_type, of_type, type_info
from portal.fhirpath.values import Collection, single

if TYPE_CHECKING:
    from portal.fhirpath.compiler import Compiler

TABLE: Table = {}
group = Group(name="Time, tree, types, variables", table=TABLE)

RESERVED = frozenset(("this", "resource", "rootResource", "context", "questionnaire", "qitem", "ucum", "sct", "loinc"))


@group.collection(
    "now", "", "DateTime", "The present instant, in the caller's zone; the same all through an evaluation."
)
def now(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return [c.moment()]


@group.collection("today", "", "Date", "The present day, in the caller's zone.")
def today(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return [c.day()]


@group.collection("timeOfDay", "", "Time", "The present time of day, in the caller's zone.")
def time_of_day(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return [Time.parse(c.moment().split("T")[1][:12])]


@group.special("children", "", "", "All elements directly below each item.")
def children(compiler: "Compiler", call: Call) -> Step:  # noqa: ARG001
    return compiler.children


@group.special("descendants", "", "", "All elements below each item, at any depth.")
def descendants_(compiler: "Compiler", call: Call) -> Step:  # noqa: ARG001
    return descendants(compiler.children)


@group.special(
    "trace", "name, projection?", "", "The collection itself; the caller may be told the name and the count."
)
def trace(compiler: "Compiler", call: Call) -> Step:
    name = compiler.compile(call.args[0])

    def step(c: Run, t: Collection, v: Collection) -> Collection:
        if c.hooks.trace:
            c.hooks.trace(str(single(name(c, t), "trace()")), len(v))
        return v

    return step


@group.special(
    "defineVariable", "name, value?", "", "The collection itself; %name holds it, or the value, to the path's end."
)
def define_variable(compiler: "Compiler", call: Call) -> Step:
    name = compiler.compile(call.args[0])
    value = compiler.compile(call.args[1]) if len(call.args) > 1 else None

    def step(c: Run, t: Collection, v: Collection) -> Collection:
        wanted = single(name(c, t), "defineVariable()")
        if not isinstance(wanted, str):
            raise FhirPathError("defineVariable() needs a name.", call.position)
        if wanted in RESERVED or wanted in c.local:
            raise FhirPathError(f"%{wanted} is defined already.", call.position)
        c.local[wanted] = value(c, v) if value else v
        return v

    return step


def _type_argument(compiler: "Compiler", call: Call) -> str:
    return compiler.model.resolve(type_name(call.args[0]), call.args[0].position)


@group.special("is", "type", "Boolean", "Whether the item is of the type or of one derived from it.")
def is_(compiler: "Compiler", call: Call) -> Step:
    return is_type(compiler.model, _type_argument(compiler, call), "is()")


@group.special("as", "type", "", "The item when it is of the type, else nothing.")
def as_(compiler: "Compiler", call: Call) -> Step:
    return as_type(compiler.model, _type_argument(compiler, call), "as()")


@group.special("ofType", "type", "", "The items that are of the type.")
def of_type_(compiler: "Compiler", call: Call) -> Step:
    return of_type(compiler.model, _type_argument(compiler, call))


@group.collection("type", "", "", "The namespace and the name of each item's type.")
def type_(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    return [type_info(item) for item in v]
