"""What an expression reads: which questions, which variables, or the whole response. A form computes again only then."""

from dataclasses import dataclass, field

from portal.fhirpath.syntax import Binary, Call, Expr, Index, Literal, Member, Special, Unary, Variable, walk

_WITHIN = frozenset(("where", "first", "last", "single", "tail", "skip", "take", "trace", "distinct", "exists", "all"))
_OPENING = frozenset(("descendants", "children", "repeat", "repeatAll", "answers"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependencies:
    """`link_ids`: items whose answers, or anything below them, are read. `variables`: names without the percent sign.

    `whole` when it cannot be said which items of the response are read; `context` when the expression reads from
    `$this` or %context, that is from the item that it stands on; `clock` when it reads the present time.
    """

    link_ids: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    whole: bool = False
    context: bool = False
    clock: bool = False


@dataclass(slots=True)
class _Found:
    link_ids: set[str] = field(default_factory=set[str])
    whole: bool = False
    context: bool = False


def dependencies(tree: Expr) -> Dependencies:
    found = _Found()
    nodes = walk(tree)
    _read(tree, found)
    return Dependencies(
        link_ids=frozenset(found.link_ids),
        variables=frozenset(node.name for node in nodes if isinstance(node, Variable)),
        whole=found.whole,
        context=found.context,
        clock=any(isinstance(node, Call) and node.name in {"now", "today", "timeOfDay"} for node in nodes),
    )


def _read(node: Expr, found: _Found, *, focus_is_item: bool = False) -> None:
    """One expression; inside a criterion `$this` is the item being filtered, not the context."""
    match node:
        case Member() | Call() | Index():
            _path(node, found, focus_is_item=focus_is_item)
        case Variable(name=name):
            found.whole = found.whole or name in {"resource", "rootResource"}
            found.context = found.context or name == "context"
        case Special(name="this"):
            found.context = found.context or not focus_is_item
        case Binary(left=left, right=right):
            while isinstance(left, Binary):
                _read(left.right, found, focus_is_item=focus_is_item)
                left = left.left
            _read(left, found, focus_is_item=focus_is_item)
            _read(right, found, focus_is_item=focus_is_item)
        case _:
            operand = getattr(node, "operand", None)
            if isinstance(operand, Expr):
                _read(operand, found, focus_is_item=focus_is_item)


def _path(node: Expr, found: _Found, *, focus_is_item: bool) -> None:
    steps: list[Member | Call | Index] = []
    head: Expr | None = node
    while isinstance(head, (Member, Call, Index)):
        steps.append(head)
        head = head.base
    steps.reverse()
    from_response = isinstance(head, Variable) and head.name in {"resource", "rootResource", "context"}
    if isinstance(head, Variable):
        found.context = found.context or head.name == "context"
    elif head is None or isinstance(head, Special):
        first = steps[0]
        constant = isinstance(first, Call) and first.name in {"today", "now", "timeOfDay", "iif", "coalesce"}
        if head is None and constant:
            pass
        elif not focus_is_item:
            found.context = True
            from_response = True
    else:
        _read(head, found, focus_is_item=focus_is_item)
    _Walk(found, from_response=from_response, focus_is_item=focus_is_item).steps(steps)


class _Walk:
    """Follows a path that starts at the response: `open` while items are in hand that no linkId has narrowed down."""

    def __init__(self, found: _Found, *, from_response: bool, focus_is_item: bool) -> None:
        self.found = found
        self.following = from_response
        self.focus_is_item = focus_is_item
        self.open = False
        self.passing: set[str] = set()

    def steps(self, steps: list[Member | Call | Index]) -> None:
        for at, step in enumerate(steps):
            if isinstance(step, Index):
                _read(step.index, self.found, focus_is_item=self.focus_is_item)
                continue
            following = steps[at + 1] if at + 1 < len(steps) else None
            self._step(step, following)
        if self.open:
            self.found.whole = True
        self.found.link_ids |= self.passing

    def _step(self, step: Member | Call, following: Expr | None) -> None:
        if isinstance(step, Member):
            if self.following and step.name in {"item", "answer"}:
                self._enter(step, following)
            elif self.open and step.name != "resourceType":
                self._settle()
            return
        wanted = link_ids(step.args[0]) if step.name in {"where", "exists"} and step.args else None
        if self.following and step.name in _OPENING:
            self.open = True
        if wanted is not None and self.following:
            self.open = False
            self.passing |= wanted
        elif self.open and step.name not in _WITHIN | _OPENING:
            self._settle()
        inside = self.following or self.focus_is_item
        for argument in step.args:
            _read(argument, self.found, focus_is_item=inside and step.name != "iif")

    def _enter(self, step: Member, following: Expr | None) -> None:
        narrowed = isinstance(following, Call) and following.name in {"where", "exists"} and bool(following.args)
        if step.name == "item" and narrowed and self.passing and link_ids(following.args[0]) is not None:  # type: ignore[union-attr]
            self.passing = set()  # only passed through: the answer is narrowed down further below
        elif step.name == "item" and not self.passing:
            self.open = True

    def _settle(self) -> None:
        self.found.whole = True
        self.open = False


def link_ids(criterion: Expr) -> set[str] | None:
    """The linkIds that a criterion allows, or None when it does not say."""
    match criterion:
        case Binary(op="=", left=Member(base=None, name="linkId"), right=Literal(value=str() as wanted)):
            return {wanted}
        case Binary(op="=", left=Literal(value=str() as wanted), right=Member(base=None, name="linkId")):
            return {wanted}
        case Binary(op="in", left=Member(base=None, name="linkId"), right=right):
            return _texts(right)
        case Binary(op="or", left=left, right=right):
            a, b = link_ids(left), link_ids(right)
            return None if a is None or b is None else a | b
        case Binary(op="and", left=left, right=right):
            a, b = link_ids(left), link_ids(right)
            return b if a is None else a if b is None else a & b
        case _:
            return None


def _texts(node: Expr) -> set[str] | None:
    match node:
        case Literal(value=str() as text):
            return {text}
        case Binary(op="|", left=left, right=right):
            a, b = _texts(left), _texts(right)
            return None if a is None or b is None else a | b
        case Unary():
            return None
        case _:
            return None
