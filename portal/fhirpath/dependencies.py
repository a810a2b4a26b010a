"""What an expression reads: which questions, which variables, or the whole response. A form computes again only then."""

from dataclasses import dataclass, field
from enum import Enum, auto

from portal.fhirpath.syntax import Binary, Call, Expr, Index, Literal, Member, Special, TypeTest, Unary, Variable, walk

_WITHIN = frozenset(("where", "first", "last", "single", "tail", "skip", "take", "trace", "distinct", "exists", "all"))
_OPENING = frozenset(("descendants", "children", "repeat", "repeatAll", "answers"))
_PROJECTING = frozenset(
    ("where", "select", "exists", "all", "repeat", "repeatAll", "sort", "aggregate", "iif", "trace", "defineVariable")
)
_REPEATING = frozenset(("repeat", "repeatAll"))
_RESPONSE = frozenset(("resource", "rootResource"))


class Focus(Enum):
    """What `$this` is: the whole response, the item that the expression stands on, any item at all, or an item that
    a path outside has narrowed down and answers for.
    """

    RESPONSE = auto()
    CONTEXT = auto()
    ANY_ITEM = auto()
    IN_HAND = auto()


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

    def unknown(self, focus: Focus) -> None:
        """Something is read below the focus, and it cannot be said what."""
        self.whole = self.whole or focus in {Focus.RESPONSE, Focus.ANY_ITEM}
        self.context = self.context or focus is Focus.CONTEXT


def dependencies(tree: Expr) -> Dependencies:
    found = _Found()
    nodes = walk(tree)
    _read(tree, found, Focus.CONTEXT)
    return Dependencies(
        link_ids=frozenset(found.link_ids),
        variables=frozenset(node.name for node in nodes if isinstance(node, Variable)),
        whole=found.whole,
        context=found.context,
        clock=any(isinstance(node, Call) and node.name in {"now", "today", "timeOfDay"} for node in nodes),
    )


def _read(node: Expr, found: _Found, focus: Focus) -> None:
    match node:
        case Member() | Call() | Index():
            _path(node, found, focus)
        case Variable(name=name):
            if name in _RESPONSE or name == "context":
                found.unknown(Focus.RESPONSE if name in _RESPONSE else Focus.CONTEXT)
        case Special(name="this"):
            found.unknown(focus)
        case Binary():
            head: Expr = node
            while isinstance(head, Binary):
                _read(head.right, found, focus)
                head = head.left
            _read(head, found, focus)
        case Unary(operand=operand) | TypeTest(operand=operand):
            _read(operand, found, focus)
        case _:
            pass


def _path(node: Expr, found: _Found, focus: Focus) -> None:
    steps: list[Member | Call | Index] = []
    head: Expr | None = node
    while isinstance(head, (Member, Call, Index)):
        steps.append(head)
        head = head.base
    steps.reverse()
    start: Focus | None = focus
    if isinstance(head, Variable):
        start = Focus.RESPONSE if head.name in _RESPONSE else Focus.CONTEXT if head.name == "context" else None
    elif isinstance(head, Special):
        start = focus if head.name == "this" else None
    elif head is not None:
        _read(head, found, focus)
        start = None
    _Walk(found, start=start, outer=focus).steps(steps)


class _Walk:
    """Follows a path from the response or the context: `open` while items are in hand that no linkId has narrowed."""

    def __init__(self, found: _Found, *, start: Focus | None, outer: Focus) -> None:
        self.found = found
        self.outer = outer
        self.start = start if start is not Focus.IN_HAND else None
        self.open = False
        self.entered = False
        self.looked = False
        self.passing: set[str] = set()

    def steps(self, steps: list[Member | Call | Index]) -> None:
        for at, step in enumerate(steps):
            if isinstance(step, Index):
                _read(step.index, self.found, self.outer)
            elif isinstance(step, Member):
                self._member(step, steps[at + 1] if at + 1 < len(steps) else None)
            else:
                self._call(step)
        if self.open:
            self._unknown()
        self.found.link_ids |= self.passing
        if self.start in {Focus.CONTEXT, Focus.ANY_ITEM} and not self.entered and _reads_answers(steps[0]):
            self._unknown()

    def _member(self, step: Member, following: Expr | None) -> None:
        if self.start and step.name == "item":
            narrowed = isinstance(following, Call) and following.name in {"where", "exists"} and bool(following.args)
            if narrowed and self.passing and not self.looked and link_ids(following.args[0]) is not None:  # type: ignore[union-attr]
                self.passing = set()  # only passed through: the answer is narrowed down further below
            elif not self.passing:
                self.open = True
            self.entered = True
        elif self.open:
            self._unknown()

    def _call(self, step: Call) -> None:
        wanted = link_ids(step.args[0]) if step.name in {"where", "exists"} and step.args else None
        if self.start and step.name in _OPENING:
            self.open = not self.passing
            self.entered = True
        if wanted is not None and self.start and self.entered:
            self.open = False
            self.passing |= wanted
        elif self.open and step.name not in _WITHIN | _OPENING:
            self._unknown()
        inner = self.outer
        if step.name in _PROJECTING and (step.name != "iif" or step.base):
            inner = self._inside()
        for argument in step.args:
            if step.name in {"is", "as", "ofType"} or (step.name in _REPEATING and _only_navigates(argument)):
                continue
            if wanted is None or not _only_link_ids(argument):
                self.looked = True
                _read(argument, self.found, inner)

    def _inside(self) -> Focus:
        """What `$this` is in a criterion at this point of the path."""
        if self.start is None or not self.entered:
            return self.start or Focus.IN_HAND
        return Focus.IN_HAND if self.passing else Focus.ANY_ITEM

    def _unknown(self) -> None:
        self.found.unknown(self.start or Focus.IN_HAND)
        self.open = False


_WITHOUT_INPUT = frozenset(("now", "today", "timeOfDay", "iif", "coalesce"))
_FIXED = frozenset(("linkId", "text", "definition"))


def _reads_answers(first: Member | Call | Index) -> bool:
    """Whether a path that begins so at an item may read its answers: not so for what the form itself fixes."""
    if isinstance(first, Member):
        return first.name not in _FIXED
    return not (isinstance(first, Call) and first.base is None and first.name in _WITHOUT_INPUT)


def _only_navigates(projection: Expr) -> bool:
    """`item`, `item | answer.item`: what a repetition walks along."""
    return all(
        (isinstance(node, Member) and node.name in {"item", "answer"}) or (isinstance(node, Binary) and node.op == "|")
        for node in walk(projection)
    )


def _only_link_ids(criterion: Expr) -> bool:
    """Whether a criterion speaks of linkIds and of nothing else."""
    return all(
        isinstance(node, (Binary, Literal)) or (isinstance(node, Member) and node.name == "linkId" and not node.base)
        for node in walk(criterion)
    )


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
