"""What stands between these answers and a submitted response. A question that is not asked is never checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from portal.errors import Problem
from portal.fhirpath import FhirPathError
from portal.i18n import N_, Message
from portal.sdc.choosing import options_now
from portal.sdc.conversion import truth
from portal.sdc.enabling import nearest
from portal.sdc.engine import Engine
from portal.sdc.limits import CHOOSE, NotAnAnswer, check_limits
from portal.sdc.model import Constraint, Option
from portal.sdc.nodes import Node
from portal.sdc.values import fits, option_of

CHOOSE_ONE = N_("Choose an answer.")
ANSWER = N_("Answer this question.")
ANSWER_ONE_HERE = N_("Answer at least one question here.")
_MISSING = (CHOOSE_ONE, ANSWER, ANSWER_ONE_HERE)


Kind = Literal["required", "value", "invariant"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A problem with its FHIR issue type."""

    problem: Problem
    kind: Kind


def findings(engine: Engine, refused: Mapping[str, Message], scope: list[Node] | None, locale: str) -> list[Finding]:
    """In the order of the form, one at most for each place; the whole form's constraints come last."""
    found: dict[str, Finding] = {}

    def add(place: str, message: Message, kind: Kind) -> None:
        found.setdefault(place, Finding(problem=Problem(place=place, message=message), kind=kind))

    for node in _nodes(engine, scope):
        message = refused.get(node.path) or _problem(engine, node)
        if message:
            add(node.path, message, "required" if message.msgid in _MISSING else "value")
    for place, message in _broken(engine, scope, "error", locale):
        add(place, message, "invariant")
    return list(found.values())


def warnings(engine: Engine, scope: list[Node] | None, locale: str) -> list[Problem]:
    return [Problem(place=place, message=message) for place, message in _broken(engine, scope, "warning", locale)]


def asks(node: Node) -> bool:
    """Whether a person is asked this question now."""
    item = node.item
    if not node.active or not item.question or item.read_only or not item.captured:
        return False
    current: Node | None = node
    while current is not None:
        if current.item.hidden:
            return False
        current = current.parent
    return True


def _nodes(engine: Engine, scope: list[Node] | None) -> Iterator[Node]:
    nodes: Iterable[Node] = scope if scope is not None else (each for top in engine.tree.top for each in top.walk())
    return (node for node in nodes if node.active)


def _problem(engine: Engine, node: Node) -> Message | None:
    item = node.item
    if item.type == "group":
        if required(engine, node) and not node.answered() and not _has_required(node) and any(map(asks, node.walk())):
            return Message(msgid=ANSWER_ONE_HERE, params={})
        return None
    if not node.answers:
        # what nobody can fill in must not hold anybody up
        if required(engine, node) and asks(node) and _is_expected(node):
            return Message(msgid=CHOOSE_ONE if item.is_choice or item.type == "boolean" else ANSWER, params={})
        return None
    return _wrong_answer(engine, node)


def required(engine: Engine, node: Node) -> bool:
    item = node.item
    return engine.flag(item.dynamic.required, node, fixed=item.required)


def _wrong_answer(engine: Engine, node: Node) -> Message | None:
    item = node.item
    now = options_now(engine, node)
    options = item.options if node.options is None else node.options
    if not all(fits(item, answer) for answer in node.answers):
        return Message(msgid=N_("This answer is not of the kind that the question asks."), params={})
    try:
        for answer in node.answers:
            if (options or node.options is not None) and not _may_be(item.type, now, option_of(options, answer)):
                return Message(msgid=CHOOSE, params={})
            check_limits(item, answer, engine.bounds(node))
    except NotAnAnswer as error:
        return error.message
    if len(node.answers) > 1 and not _go_together(engine, node, options):
        return Message(msgid=N_("These answers exclude each other."), params={})
    least = engine.said(item.dynamic.min_occurs, node, item.min_occurs)
    most = engine.said(item.dynamic.max_occurs, node, item.max_occurs)
    if least is not None and len(node.answers) < least:
        return Message(msgid=N_("Choose at least {least} answers."), params={"least": least})
    if most is not None and len(node.answers) > most:
        return Message(msgid=N_("Choose at most {most} answers."), params={"most": most})
    return None


def _go_together(engine: Engine, node: Node, options: tuple[Option, ...]) -> bool:
    if not (node.item.repeats and engine.flag(node.item.dynamic.repeats, node, fixed=True)):
        return False
    return not any((option := option_of(options, answer)) and option.exclusive for answer in node.answers)


def _may_be(kind: str, now: tuple[Option, ...], option: Option | None) -> bool:
    """An option that has been switched off meanwhile stays on screen and must be changed before sending."""
    return kind == "open-choice" if option is None else option in now


def _is_expected(node: Node) -> bool:
    """A required question in an optional group is due only once something of that group is answered."""
    current = node.parent
    while current is not None:
        if current.item.type == "group" and not current.item.required and not current.answered():
            return False
        current = current.parent
    return True


def _has_required(node: Node) -> bool:
    return any(child.item.required and child.active for child in node.children())


def _broken(engine: Engine, scope: list[Node] | None, severity: str, locale: str) -> Iterator[tuple[str, Message]]:
    for node in _nodes(engine, scope):
        for constraint in node.item.constraints:
            if constraint.severity == severity and not _satisfied(engine, constraint, node):
                for place in _places(engine, constraint, node):
                    yield place, _sentence(constraint, locale)
    if scope is None:
        for constraint in engine.form.constraints:
            if constraint.severity == severity and not _satisfied(engine, constraint, None):
                for place in _places(engine, constraint, None):
                    yield place, _sentence(constraint, locale)


def _satisfied(engine: Engine, constraint: Constraint, node: Node | None) -> bool:
    """Only false breaks a constraint; nothing to compare breaks nothing."""
    try:
        return truth(engine.run(constraint.program, node)) is not False
    except FhirPathError as error:
        engine.faults[node.item.link_id if node else constraint.key] = str(error)
        return True


def _places(engine: Engine, constraint: Constraint, node: Node | None) -> list[str]:
    """Where its sentence stands: at the items that it names, of the same copy where it can; else at its own item."""
    own = node.path if node else ""
    if node is not None and constraint.locations == (node.item.link_id,):
        return [own]
    found = [
        nearest(node, located)[0].path if node else located[0].path
        for link_id in constraint.locations
        if (located := engine.nodes_of(link_id))
    ]
    return found or [own]


def _sentence(constraint: Constraint, locale: str) -> Message:
    if constraint.human:
        return Message(msgid="{text}", params={"text": constraint.human(locale)})
    return Message(msgid=N_("These answers do not fit together."), params={})
