"""What stands between these answers and a submitted response. A question that is not asked is never checked."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
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
OTHER_KIND = N_("This answer is not of the kind that the question asks.")
UNSURE = N_("We cannot tell whether this question concerns you. Answer it if it does.")
_MISSING = (CHOOSE_ONE, ANSWER, ANSWER_ONE_HERE)

Kind = Literal["required", "value", "invariant", "exception"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A problem with its FHIR issue type; `answer` says which of several answers it is about, by position."""

    problem: Problem
    kind: Kind
    answer: int | None = None


def findings(engine: Engine, nodes: Iterable[Node], holds: AbstractSet[str] | None, locale: str) -> list[Finding]:
    """Of these nodes, in their order, then what constraints say there. `holds`: the linkIds of a section, None for all."""
    found: list[Finding] = []
    for node in nodes:
        if not node.active:
            continue
        if node.error:
            found.append(_finding(node.path, node.error))
            continue
        found += [_finding(path, message, at) for path, at, message in _problems(engine, node)]
    known = {each.problem.place for each in found}
    for place, message in _broken(engine, holds, "error", locale):
        if place not in known:
            known.add(place)
            found.append(_finding(place, message, kind="invariant"))
    return found


def warnings(engine: Engine, nodes: Iterable[Node], holds: AbstractSet[str] | None, locale: str) -> list[Finding]:
    """What asks for a second look: constraints that only warn, and questions of which nobody can say whether they are due."""
    unsure = Message(msgid=UNSURE, params={})
    undecided = [node for node in nodes if node.undecided and node.active and not within_hidden(node)]
    return [
        *(_finding(node.path, unsure, kind="exception") for node in undecided),
        *(_finding(place, text, kind="invariant") for place, text in _broken(engine, holds, "warning", locale)),
    ]


def _finding(place: str, message: Message, answer: int | None = None, *, kind: Kind | None = None) -> Finding:
    kind = kind or ("required" if message.msgid in _MISSING else "value")
    return Finding(problem=Problem(place=place, message=message), kind=kind, answer=answer)


def asks(node: Node) -> bool:
    """Whether a person is asked this question now."""
    item = node.item
    return node.active and item.question and not item.read_only and item.captured and not within_hidden(node)


def within_hidden(node: Node) -> bool:
    current: Node | None = node
    while current is not None:
        if current.item.hidden:
            return True
        current = current.parent
    return False


_Problem = tuple[str, int | None, Message]
"""The path, the position of the answer, the sentence."""


def _problems(engine: Engine, node: Node) -> Iterator[_Problem]:
    item = node.item
    if item.type == "group":
        yield from _problems_of_copies(engine, node) if item.repeats else _problem_of_group(engine, node)
    elif node.answers:
        yield from _problems_of_answers(engine, node)
    # what nobody can fill in must not hold anybody up
    elif required(engine, node) and asks(node) and _is_expected(engine, node):
        msgid = CHOOSE_ONE if item.is_choice or item.type == "boolean" else ANSWER
        yield node.path, None, Message(msgid=msgid, params={})


def required(engine: Engine, node: Node) -> bool:
    item = node.item
    return engine.flag(item.dynamic.required, node, fixed=item.required)


def _problem_of_group(engine: Engine, node: Node) -> Iterator[_Problem]:
    if (
        required(engine, node)
        and not node.answered()
        and not any(_is_due(engine, child) for child in node.children())
        and any(map(asks, node.walk()))
        and _is_expected(engine, node)
    ):
        yield node.path, None, Message(msgid=ANSWER_ONE_HERE, params={})


def _problems_of_copies(engine: Engine, node: Node) -> Iterator[_Problem]:
    """Told once for all copies of a repeating group, when the first is looked at. An empty copy does not count."""
    if not node.path.endswith("[0]"):
        return
    copies = [each for each in engine.tree.copies_of(node) if each.active]
    given = [each for each in copies if each.answered()]
    if not given:
        yield from _problem_of_group(engine, node)
        return
    least = engine.said(node.item.dynamic.min_occurs, node, node.item.min_occurs)
    most = engine.said(node.item.dynamic.max_occurs, node, node.item.max_occurs)
    if least is not None and len(given) < least:
        message = Message(msgid=N_("Fill in this part at least {least} times."), params={"least": least})
        yield copies[-1].path, None, message
    if most is not None and len(given) > most:
        message = Message(msgid=N_("Fill in this part at most {most} times."), params={"most": most})
        yield given[most].path, None, message


def _problems_of_answers(engine: Engine, node: Node) -> Iterator[_Problem]:
    wrong = [(at, message) for at, message in enumerate(_judged(engine, node)) if message]
    if not wrong:
        message = _together(engine, node)
        wrong = [(None, message)] if message else []
    yield from ((node.path, at, message) for at, message in wrong)


def _judged(engine: Engine, node: Node) -> Iterator[Message | None]:
    """What is wrong with each answer by itself."""
    item = node.item
    now = options_now(engine, node)
    options = item.options if node.options is None else node.options
    bounds = engine.bounds(node)
    for answer in node.answers:
        try:
            if not fits(item, answer):
                raise NotAnAnswer(OTHER_KIND)
            if (options or node.options is not None) and not _may_be(item.type, now, option_of(options, answer)):
                raise NotAnAnswer(CHOOSE)
            check_limits(item, answer, bounds)
        except NotAnAnswer as error:
            yield error.message
        else:
            yield None


def _together(engine: Engine, node: Node) -> Message | None:
    """What is wrong with all answers of a question together."""
    item = node.item
    options = item.options if node.options is None else node.options
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


def _is_expected(engine: Engine, node: Node) -> bool:
    """What is required in an optional group is due only once something of that group is answered; so it is in a further copy
    of a repeating group. What may not concern this person is never due.
    """
    if node.undecided:
        return False
    current = node.parent
    while current is not None:
        if current.undecided:
            return False
        if current.item.type == "group" and not current.answered():
            optional = not required(engine, current)
            if optional or (current.item.repeats and not _stands_for_all(engine, current)):
                return False
        current = current.parent
    return True


def _stands_for_all(engine: Engine, node: Node) -> bool:
    """Whether this is the empty copy that a required group needs: the first, while no other is filled in."""
    return node.path.endswith("[0]") and not any(each.answered() for each in engine.tree.copies_of(node))


def _is_due(engine: Engine, child: Node) -> bool:
    """Whether something required beneath a group will be asked for by itself."""
    if not child.active or child.undecided or not required(engine, child):
        return False
    return asks(child) or (child.item.type == "group" and any(map(asks, child.walk())))


def _broken(
    engine: Engine, holds: AbstractSet[str] | None, severity: str, locale: str
) -> Iterator[tuple[str, Message]]:
    """Each place where a broken constraint is said, with its sentence; only those within a section, when one is given."""
    for link_id, constraint in engine.form.constraints:
        if constraint.severity != severity:
            continue
        if holds is not None and holds.isdisjoint((link_id, *constraint.locations, *constraint.read)):
            continue
        owners: list[Node | None] = [each for each in engine.nodes_of(link_id) if each.active] if link_id else [None]
        for node in owners:
            if not _satisfied(engine, constraint, node):
                for place in _places(engine, constraint, node):
                    if holds is None or (place is not None and place.item.link_id in holds):
                        yield (place.path if place else ""), _sentence(constraint, locale)


def _satisfied(engine: Engine, constraint: Constraint, node: Node | None) -> bool:
    """Only false breaks a constraint; nothing to compare breaks nothing."""
    try:
        return truth(engine.run(constraint.program, node)) is not False
    except FhirPathError as error:
        engine.faults[node.item.link_id if node else constraint.key] = str(error)
        return True


def _places(engine: Engine, constraint: Constraint, node: Node | None) -> list[Node | None]:
    """Where its sentence stands: at the items that it names, of the same copy where it can; else at its own item, or for the
    whole form at the last question that it reads (None: nowhere in particular).
    """
    found: list[Node | None] = []
    for link_id in constraint.locations:
        located = [each for each in engine.nodes_of(link_id) if each.active]
        if located:
            found.append(nearest(node, located)[0] if node else located[0])
    if found or node is not None:
        return found or [node]
    for link_id in reversed(constraint.read):
        for each in engine.nodes_of(link_id):
            if each.active and not within_hidden(each):
                return [each]
    return [None]


def _sentence(constraint: Constraint, locale: str) -> Message:
    if constraint.human:
        return Message(msgid="{text}", params={"text": constraint.human(locale)})
    return Message(msgid=N_("These answers do not fit together."), params={})
