"""How a function is declared: once, with its signature, its group and a sentence, which are also its documentation.

Three kinds, by what the function wants to see: `scalar` (one value and single arguments; an empty one gives empty),
`collection` (whole collections) and `special` (the arguments' trees: criteria, projections, types).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.navigation import Step
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.syntax import Call
from portal.fhirpath.temporal import Temporal
from portal.fhirpath.values import Collection, number, single

if TYPE_CHECKING:
    from portal.fhirpath.compiler import Compiler

Build = Callable[["Compiler", Call], Step]


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """`result` is the system type that it always gives ("" when it depends on the input): the compiler reads it."""

    name: str
    signature: str
    group: str
    text: str
    least: int
    most: int
    result: str
    build: Build


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    name: str
    type: str
    optional: bool


Table = dict[str, Function]


def _parameters(text: str) -> list[Parameter]:
    found: list[Parameter] = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, type_name = part.partition(":")
        found.append(Parameter(name=name.rstrip("?"), type=type_name.strip(), optional=name.endswith("?")))
    return found


def _signature(name: str, parameters: list[Parameter]) -> str:
    inner = ", ".join(f"{p.name}{'?' * p.optional}{f': {p.type}' * bool(p.type)}" for p in parameters)
    return f"{name}({inner})"


def _accepts(value: Any, type_name: str) -> bool:
    match type_name:
        case "String":
            return isinstance(value, str)
        case "Integer":
            return type(value) is int
        case "Decimal":
            return number(value)
        case "Boolean":
            return isinstance(value, bool)
        case "Number":
            return number(value) or isinstance(value, Quantity)
        case "Temporal":
            return isinstance(value, (str, Temporal))
        case _:
            return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Collects the functions of one module into a table."""

    name: str
    table: Table

    def scalar(
        self, name: str, wants: str, args: str, result: str, text: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A function of one value: `f(run, value, *arguments)` gives the result, or None for an empty one."""
        parameters = _parameters(args)
        required = sum(not p.optional for p in parameters)

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            def build(compiler: "Compiler", call: Call) -> Step:
                given = [compiler.compile(arg) for arg in call.args]

                def step(c: Run, t: Collection, v: Collection) -> Collection:
                    value = single(v, f"{name}()")
                    if value is None:
                        return []
                    if not _accepts(value, wants):
                        raise FhirPathError(f"{name}() cannot be asked of this kind of value: it wants {wants}.")
                    arguments: list[Any] = []
                    for argument, parameter in zip(given, parameters, strict=False):
                        one = single(argument(c, t), f"The argument {parameter.name} of {name}()")
                        if one is None:
                            return []
                        if not _accepts(one, parameter.type):
                            raise FhirPathError(f"The argument {parameter.name} of {name}() must be {parameter.type}.")
                        arguments.append(one)
                    try:
                        found = function(c, value, *arguments)
                    except (DecimalException, OverflowError):
                        return []
                    if found is None:
                        return []
                    return found if type(found) is list else [found]

                return step

            self._add(name, parameters, required, result, text, build)
            return function

        return declare

    def collection(
        self, name: str, args: str, result: str, text: str
    ) -> Callable[[Callable[..., Collection]], Callable[..., Collection]]:
        """A function of a whole collection: `f(run, items, *argument collections)` gives a collection."""
        parameters = _parameters(args)
        required = sum(not p.optional for p in parameters)

        def declare(function: Callable[..., Collection]) -> Callable[..., Collection]:
            def build(compiler: "Compiler", call: Call) -> Step:
                given = [compiler.compile(arg) for arg in call.args]
                if not given:
                    return lambda c, t, v: function(c, v)  # noqa: ARG005
                if len(given) == 1:
                    only = given[0]
                    return lambda c, t, v: function(c, v, only(c, t))
                return lambda c, t, v: function(c, v, *[argument(c, t) for argument in given])

            self._add(name, parameters, required, result, text, build)
            return function

        return declare

    def special(self, name: str, args: str, result: str, text: str) -> Callable[[Build], Build]:
        """A function that compiles its own arguments."""
        parameters = _parameters(args)
        required = sum(not p.optional for p in parameters)

        def declare(build: Build) -> Build:
            self._add(name, parameters, required, result, text, build)
            return build

        return declare

    def _add(self, name: str, parameters: list[Parameter], required: int, result: str, text: str, build: Build) -> None:
        many = any(p.name.endswith("…") for p in parameters)
        most, required = (99, 0) if many else (len(parameters), required)
        self.table[name] = Function(
            name=name,
            signature=_signature(name, parameters),
            group=self.name,
            text=text,
            least=required,
            most=most,
            result=result,
            build=build,
        )


def decimal(value: int | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value)
