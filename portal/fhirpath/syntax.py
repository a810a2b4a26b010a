"""The tree of an expression. Positions are offsets in its text and do not take part in comparisons."""

from dataclasses import dataclass, field
from decimal import Decimal

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.temporal import Date, DateTime, Time

Constant = bool | int | Decimal | str | Date | DateTime | Time | Quantity


@dataclass(frozen=True, kw_only=True, slots=True)
class Expr:
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal(Expr):
    value: Constant
    text: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Empty(Expr):
    """`{}`"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable(Expr):
    """`%name`"""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Special(Expr):
    """What a criterion may say of where it stands: `$this`, `$index`, `$total`; `name` has no dollar."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Member(Expr):
    """`base.name`, or `name` at the head of a path when there is no base."""

    base: Expr | None
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Call(Expr):
    base: Expr | None
    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Index(Expr):
    base: Expr
    index: Expr


@dataclass(frozen=True, kw_only=True, slots=True)
class Unary(Expr):
    op: str
    operand: Expr


@dataclass(frozen=True, kw_only=True, slots=True)
class Binary(Expr):
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeTest(Expr):
    """`operand is Type` or `operand as Type`; `type_name` may have a namespace: `FHIR.Quantity`."""

    op: str
    operand: Expr
    type_name: str


def children(node: Expr) -> tuple[Expr, ...]:
    """The sub-expressions directly below a node, in the order of the text."""
    match node:
        case Member(base=base):
            return (base,) if base else ()
        case Call(base=base, args=args):
            return (base, *args) if base else args
        case Index(base=base, index=index):
            return (base, index)
        case Unary(operand=operand) | TypeTest(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case _:
            return ()


def walk(node: Expr) -> list[Expr]:
    """The node and everything below it; a list, so that deep trees do not recurse."""
    found: list[Expr] = []
    todo = [node]
    while todo:
        current = todo.pop()
        found.append(current)
        todo.extend(children(current))
    return found


def mentions(node: Expr, special: str) -> bool:
    """Whether an argument speaks of `$index` or `$total` (those inside nested criteria count too: harmless)."""
    return any(isinstance(n, Special) and n.name == special for n in walk(node))


def type_name(node: Expr) -> str:
    """The argument of is, as and ofType: a name, perhaps with a namespace."""
    match node:
        case Member(base=None, name=name):
            return name
        case Member(base=Member(base=None, name=namespace), name=name):
            return f"{namespace}.{name}"
        case Literal(value=str() as name):
            return name
        case _:
            parts: list[str] = []
            while isinstance(node, Member) and node.base:
                parts.append(node.name)
                node = node.base
            if isinstance(node, Member):
                return ".".join([node.name, *reversed(parts)])
            raise FhirPathError("A type is written as a name: Coding, FHIR.Quantity, System.String.", node.position)
