"""What can be said of an expression before any data is seen: for authors, and for a form's tests."""

from portal.fhirpath.errors import FhirPathError, FhirPathLimitError
from portal.fhirpath.expression import Expression
from portal.fhirpath.model import Model, r4
from portal.fhirpath.syntax import Binary, Call, Expr, Index, Member, Special, TypeTest, Unary, type_name

Types = frozenset[str] | None
"""The types that a value may have; None when nothing is known of it."""

_SAME = frozenset(("where", "first", "last", "single", "tail", "skip", "take", "trace", "distinct", "exclude", "intersect",
                   "sort"))  # fmt: skip
_ABSTRACT = frozenset(("Resource", "DomainResource", "Element", "BackboneElement"))
_PROJECTING = frozenset(("where", "exists", "all", "select", "sort", "trace", "defineVariable"))
_ORDERED = frozenset(("first", "last", "tail", "skip", "take"))
_UNORDERED = frozenset(("children", "descendants"))


def check(expression: Expression, context: str) -> None:
    """Raises a FhirPathError at the first step that cannot give anything when the context is of that type."""
    model = r4()
    if context not in model.own:
        return
    try:
        _Check(model).types(expression.tree, frozenset((context,)))
    except FhirPathError as error:
        error.expression = expression.text
        raise
    except RecursionError:
        raise FhirPathLimitError("The expression nests too deep.", 0, expression.text) from None


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
                self.types(operand, context)
                return self._wanted(node.type_name, node.position) if op == "as" else None
            case Binary():
                head: Expr = node
                while isinstance(head, Binary):
                    self.types(head.right, context)
                    head = head.left
                self.types(head, context)
                return None
            case Unary(operand=operand):
                self.types(operand, context)
                return None
            case _:
                return None

    def _member(self, node: Member, context: Types) -> Types:
        if node.base is None and node.name in self.model.parents and node.name[0].isupper():
            if context and not any(self.model.derives(t, node.name) for t in context):
                raise FhirPathError(f"The context is never of type {node.name}.", node.position)
            return frozenset((node.name,))
        below = context if node.base is None else self.types(node.base, context)
        if below is None or not all(self.model.own.get(t) and t not in _ABSTRACT for t in below):
            return None
        found: set[str] = set()
        for owner in below:
            element = self.model.element(owner, node.name)
            if element:
                found |= set(element.keys.values())
        if not found:
            raise FhirPathError(f"{' or '.join(sorted(below))} has no element {node.name}.", node.position)
        return frozenset(found)

    def _call(self, node: Call, context: Types) -> Types:
        base = context if node.base is None else self.types(node.base, context)
        if node.name in _ORDERED and isinstance(node.base, Call) and node.base.name in _UNORDERED:
            raise FhirPathError(f"{node.base.name}() has no order, so {node.name}() has no meaning.", node.position)
        if node.name in {"is", "as", "ofType"}:
            return None if node.name == "is" else self._wanted(type_name(node.args[0]), node.position)
        inner = base if node.name in _PROJECTING else context
        if node.name in {"repeat", "aggregate", "iif"}:
            inner = None
        found = [self.types(argument, inner) for argument in node.args]
        if node.name == "select" and found:
            return found[0]
        return base if node.name in _SAME else None

    def _wanted(self, name: str, position: int) -> Types:
        resolved = self.model.resolve(name, position)
        return None if resolved.startswith("System.") else frozenset((resolved,))
