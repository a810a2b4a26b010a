"""Whether an expression can run on plain JSON, or has to know the types of what it reads.

Plain JSON is three times faster and enough for most forms. Types are needed where the author asks for them, and where
two values of the resource meet that may be dates: as texts they would compare as texts. In doubt: typed.
"""

import re

from portal.fhirpath.functions import FUNCTIONS
from portal.fhirpath.model import TEMPORAL, Model
from portal.fhirpath.shortcuts import choice_of_type
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
    type_name,
    walk,
)

_ASKING = frozenset(
    ("is", "as", "ofType", "type", "conformsTo", "lowBoundary", "highBoundary", "precision", "getValue", "toQuantity",
     "convertsToQuantity", "min", "max", "sort")
)  # fmt: skip
_COMPARING = frozenset(("=", "!=", "~", "!~", "<", ">", "<=", ">=", "in", "contains"))
_ORDERING = frozenset(("<", ">", "<=", ">="))
_COMPUTING = frozenset(("*", "/", "div", "mod", "&", "and", "or", "xor", "implies"))
_KEEPING = frozenset(("where", "first", "last", "single", "tail", "skip", "take", "trace", "distinct"))
_DATE_LIKE = re.compile(r"\d{4}(-|T|$)|T?\d\d:")


def needs_types(tree: Expr, model: Model) -> bool:
    return any(_asks(node, model) for node in walk(tree))


def _asks(node: Expr, model: Model) -> bool:
    match node:
        case TypeTest():
            return True
        case Call(name=name, base=base, args=args):
            if name in {"min", "max", "sort"}:
                return not (isinstance(base, Call) and _known(base, model))
            if name == "extension":
                return not _sees_extensions(base, args[0] if args else None, model)
            if name == "ofType" and args and isinstance(base, Member):
                return (
                    choice_of_type(model, base.base, base.name, model.resolve(type_name(args[0]), node.position))
                    is None
                )
            return name in _ASKING
        case Binary(op=op, left=left, right=right) if op in _COMPARING:
            settled = _settled(left, right, model) or _settled(right, left, model)
            return not settled or (op in _ORDERING and _text_beside_date(left, right, model))
        case _:
            return False


def _text_beside_date(left: Expr, right: Expr, model: Model) -> bool:
    """Whether a text may have to be ordered with a date, which is an error that only types reveal."""
    return any(_is_text(a) and _maybe_temporal(b, model) for a, b in ((left, right), (right, left)))


def _is_text(node: Expr) -> bool:
    if isinstance(node, Call):
        function = FUNCTIONS.get(node.name)
        return bool(function and function.result == "String")
    return isinstance(node, Literal) and type(node.value) is str


def _settled(known: Expr, other: Expr, model: Model) -> bool:
    """Whether one side says by itself how the two are to be compared."""
    if isinstance(known, Literal) and isinstance(known.value, str) and type(known.value) is str:
        return not _DATE_LIKE.match(known.value) or not _maybe_temporal(other, model)
    return _known(known, model) or not _maybe_temporal(known, model)


def _known(node: Expr, model: Model) -> bool:
    """Whether the kind of value is certain without asking the resource."""
    match node:
        case Literal() | Empty():
            return True
        case Special(name="index"):
            return True
        case Call(name=name):
            function = FUNCTIONS.get(name)
            return bool(function and function.result)
        case Unary(operand=operand):
            return _known(operand, model)
        case Binary():
            return _known_result(node, model)
        case _:
            return False


def _known_result(node: Binary, model: Model) -> bool:
    current: Expr = node
    while isinstance(current, Binary) and current.op in {"+", "-"}:
        if _known(current.right, model):
            return True
        current = current.left
    if isinstance(current, Binary):
        return current.op in _COMPUTING or current.op in _COMPARING
    return _known(current, model)


def _maybe_temporal(node: Expr, model: Model) -> bool:
    match node:
        case Member(name=name):
            types = model.names.get(name)
            return types is None or bool(types & TEMPORAL)
        case Call(base=base, name=name) if name in _KEEPING and base:
            return _maybe_temporal(base, model)
        case Call(name=name):
            function = FUNCTIONS.get(name)
            return not (function and function.result not in {"", "Date", "DateTime", "Time"})
        case Index(base=base):
            return _maybe_temporal(base, model)
        case Binary(op="|", left=left, right=right):
            return _maybe_temporal(left, model) or _maybe_temporal(right, model)
        case Literal(value=value):
            return type(value) is str and bool(_DATE_LIKE.match(value))
        case Variable() | Special():
            return True
        case _:
            return not _known(node, model)


def _sees_extensions(base: Expr | None, url: Expr | None, model: Model) -> bool:
    """Whether `extension()` is asked right after a name, or of something that is never a primitive."""
    constant = isinstance(url, Literal) or (isinstance(url, Variable) and url.name.startswith("ext-"))
    if isinstance(base, Member) and constant:
        return True
    while isinstance(base, Call) and base.name in _KEEPING:
        base = base.base
    while isinstance(base, Index):
        base = base.base
    if isinstance(base, Member):
        types = model.names.get(base.name)
        return bool(types) and all(code[:1].isupper() for code in types or ())
    return base is None or (
        isinstance(base, Variable) and base.name in {"resource", "context", "qitem", "questionnaire"}
    )
