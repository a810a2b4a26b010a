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


_ACCEPT: dict[str, Callable[[Any], bool]] = {
    "": lambda value: True,  # noqa: ARG005
    "String": lambda value: isinstance(value, str),
    "Integer": lambda value: type(value) is int,
    "Decimal": number,
    "Boolean": lambda value: isinstance(value, bool),
    "Number": lambda value: number(value) or isinstance(value, Quantity),
    "Temporal": lambda value: isinstance(value, str),
}


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
            label = f"{name}()"
            accept = _ACCEPT[wants]
            checks = [(_ACCEPT[p.type], f"The argument {p.name} of {name}()", p.type) for p in parameters]

            def build(compiler: "Compiler", call: Call) -> Step:
                given = [
                    (compiler.compile(argument), *check) for argument, check in zip(call.args, checks, strict=False)
                ]

                def step(c: Run, t: Collection, v: Collection) -> Collection:
                    if not v:
                        return []
                    value = single(v, label)
                    if value is None:
                        return []
                    if not accept(value):
                        raise FhirPathError(f"{label} cannot be asked of this kind of value: it wants {wants}.")
                    arguments: list[Any] = []
                    for argument, fits, place, kind in given:
                        one = single(argument(c, t), place)
                        if one is None:
                            return []
                        if not fits(one):
                            raise FhirPathError(f"{place} must be {kind}.")
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
