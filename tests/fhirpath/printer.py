"""A tree as text, with every parenthesis that could matter: for the proof that printing and parsing are inverse."""

from portal.fhirpath.parser import PRECEDENCE
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.syntax import (
    Binary,
    Call,
    Empty,
    Expr,
    Index,
    Literal,
    Member,
    Special,
    TypeTest,
    Unary,
    Variable,
)
from portal.fhirpath.temporal import Date, DateTime, Time


def printed(node: Expr) -> str:
    match node:
        case Literal(value=value):
            return _literal(value)
        case Empty():
            return "{ }"
        case Variable(name=name):
            return f"%`{_escaped(name, '`')}`"
        case Special(name=name):
            return f"${name}"
        case Member(base=base, name=name):
            return f"{_base(base)}`{_escaped(name, '`')}`"
        case Call(base=base, name=name, args=args):
            return f"{_base(base)}`{_escaped(name, '`')}`({', '.join(map(printed, args))})"
        case Index(base=base, index=index):
            return f"({printed(base)})[{printed(index)}]"
        case Unary(op=op, operand=operand):
            return f"{op}({printed(operand)})"
        case Binary(op=op, left=left, right=right):
            assert op in PRECEDENCE
            return f"({printed(left)}) {op} ({printed(right)})"
        case TypeTest(op=op, operand=operand, type_name=type_name):
            return f"({printed(operand)}) {op} {type_name}"
        case _:
            raise AssertionError(node)


def _base(base: Expr | None) -> str:
    return f"({printed(base)})." if base else ""


def _escaped(text: str, quote: str) -> str:
    return text.replace("\\", "\\\\").replace(quote, f"\\{quote}")


def _literal(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Date():
            return f"@{value}"
        case DateTime():
            return f"@{value}" if "T" in value else f"@{value}T"
        case Time():
            return f"@T{value}"
        case Quantity():
            return str(value)
        case str():
            return f"'{_escaped(value, chr(39))}'"
        case _:
            return f"{value:f}" if not isinstance(value, int) else str(value)
