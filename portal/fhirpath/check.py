"""What can be said of an expression before any data is seen: for authors, and for a form's tests."""

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.expression import Expression
from portal.fhirpath.model import Model, r4
from portal.fhirpath.syntax import Binary, Call, Expr, Index, Literal, Member, Special, TypeTest, Unary, type_name

Types = frozenset[str] | None
"""The types that a value may have; None when nothing is known of it."""

_SAME = frozenset(("where", "first", "last", "single", "tail", "skip", "take", "trace", "distinct", "exclude", "intersect",
                   "sort"))  # fmt: skip
_ORDERED = frozenset(("first", "last", "tail", "skip", "take"))
_UNORDERED = frozenset(("children", "descendants", "repeat"))


def check(expression: Expression, context: str) -> None:
    """Raises a FhirPathError at the first step that cannot give anything when the context is of that type."""
    _Check(r4()).types(expression.tree, frozenset((context,)))


class _Check:
    def __init__(self, model: Model) -> None:
        self.model = model

    def types(self, node: Expr, context: Types) -> Types:
        match node:
            case Member():
                return self._member(node, context)
            case Call():
                return self._call(node, context)
            case Index(base=base, index=index):
                self.types(index, context)
                return self.types(base, context)
            case Special(name="this"):
                return context
            case TypeTest(op=op, operand=operand):
                found = self.types(operand, context)
                wanted = self.model.resolve(node.type_name, node.position)
                if op == "as":
                    return self._narrowed(found, wanted, node)
                return None
            case Binary(left=left, right=right):
                self.types(left, context)
                self.types(right, context)
                return None
            case Unary(operand=operand):
                self.types(operand, context)
                return None
            case Literal():
                return None
            case _:
                return None

    def _member(self, node: Member, context: Types) -> Types:
        if node.base is None and node.name in self.model.parents and node.name[0].isupper():
            if context and not any(self.model.derives(t, node.name) for t in context):
                raise FhirPathError(f"The context is never a {node.name}.", node.position)
            return frozenset((node.name,))
        below = context if node.base is None else self.types(node.base, context)
        if below is None or below & {"Resource", "DomainResource", "Element", "BackboneElement"}:
            return None
        found: set[str] = set()
        for owner in below:
            element = self.model.element(owner, node.name)
            if element:
                found |= set(element.keys.values())
        if not found:
            raise FhirPathError(f"{' and '.join(sorted(below))} have no element {node.name}.", node.position)
        return frozenset(found)

    def _call(self, node: Call, context: Types) -> Types:
        base = context if node.base is None else self.types(node.base, context)
        if node.name in _ORDERED and isinstance(node.base, Call) and node.base.name in _UNORDERED:
            raise FhirPathError(f"{node.base.name}() has no order, so {node.name}() has no meaning.", node.position)
        if node.name in {"is", "as", "ofType"}:
            wanted = self.model.resolve(type_name(node.args[0]), node.position)
            return frozenset((wanted,)) if node.name != "is" else None
        inner = base if node.name in {"where", "exists", "all", "select", "sort"} else context
        if node.name in {"repeat", "aggregate", "iif"}:
            inner = None
        found = [self.types(argument, inner) for argument in node.args]
        if node.name == "select":
            return found[0]
        return base if node.name in _SAME else None

    def _narrowed(self, found: Types, wanted: str, node: TypeTest) -> Types:
        if found and not any(self.model.derives(t, wanted) or self.model.derives(wanted, t) for t in found):
            raise FhirPathError(f"{' and '.join(sorted(found))} can never be {wanted}.", node.position)
        return frozenset((wanted,))
