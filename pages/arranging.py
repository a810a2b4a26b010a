"""A section of a form as it stands on screen now: its questions in their groups, tables, tabs and copies. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from components.form import (
    ChoiceQuestion,
    ComputeAgain,
    Computed,
    Copies,
    Group,
    Heading,
    HelpNumbers,
    Item,
    Layout,
)
from pages.questions import Asking, asks, display_of, in_words, question
from portal.i18n import Texts
from portal.responses import item_at
from portal.sdc import Form, FormItem, FormSession, ItemState, ScoreResult, Section

TITLE_LENGTH = 60  # a longer group text is a sentence to read, not a title
LAYOUTS: Mapping[str, Layout] = {
    "table": "matrix",
    "htable": "turned",
    "grid": "grid",
    "tab-container": "tabs",
    "gtable": "table",
}


def items_of(asking: Asking, section: Section) -> tuple[Item, ...]:
    """What a section shows now. For a patient it leaves out scores that are not for them, and adds help numbers where due."""
    nodes = _tree(asking.session, section)
    called = help_after(asking.session, section) if asking.patient else ""
    scores = {result.definition.link_id: result for result in asking.session.scores()}
    arranging = _Arranging(asking=asking, called=called, scores=scores)
    group = section.group
    if group is not None and group.control in LAYOUTS and not group.repeats:
        whole = _Node(path=group.link_id, item=group, inside=nodes)
        return tuple(arranging.group(whole, text=""))
    return tuple(arranging.all(nodes, level=2))


def numbers_of(form: Form) -> dict[str, str]:
    """Numbers of questions by linkId: the instrument's own, else 1, 2, 3… for those that are always asked.

    A question that comes and goes has none, so that no number moves while one answers.
    """
    own = {item.link_id: f"{item.prefix.rstrip('.')}." for item in form.by_link_id.values() if item.prefix}
    if own:
        return own
    steady = [item.link_id for section in form.sections for item in _steady(section.items)]
    return {link_id: f"{number}." for number, link_id in enumerate(steady, start=1)}


def range_of(session: FormSession, section: Section, numbers: Mapping[str, str]) -> tuple[str, str] | None:
    """The first and the last number in a section, without their full stops."""
    found = [numbers[link_id] for path in session.visible(section) if (link_id := _link_id(session, path)) in numbers]
    return (found[0].rstrip("."), found[-1].rstrip(".")) if found else None


def part_answered(session: FormSession, section: Section) -> int:
    """Per cent of a section's questions that have an answer."""
    asked = [path for path in session.visible(section) if asks(item_at(session.form, path))]
    given = sum(session.state(path).value not in (None, []) for path in asked)
    return round(100 * given / len(asked)) if asked else 100


def heading_of(t: Texts, form: Form, section: Section) -> tuple[str, str]:
    """The title of a section, and the sentence under it when the group's text is one rather than a title."""
    name, text = form.title(t.locale), section.title(t.locale)
    if not text or text == name:
        return name, ""
    if len(text) > TITLE_LENGTH or text.rstrip().endswith(("?", ":")):
        return name, text
    return text, ""


def help_after(session: FormSession, section: Section) -> str:
    """After which question the help numbers stand: the last one here that a rule that holds now looks at. Once a screen."""
    for rule in session.alerts():
        read = [path for path in session.visible(section) if _link_id(session, path) in rule.condition.reads]
        asked = [path for path in read if asks(item_at(session.form, path))]
        if asked:
            return asked[-1]
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Node:
    path: str
    item: FormItem
    inside: "list[_Node]" = field(default_factory=list["_Node"])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Arranging:
    asking: Asking
    called: str
    scores: Mapping[str, ScoreResult]

    def all(self, nodes: Sequence[_Node], *, level: int) -> Iterator[Item]:
        done: set[str] = set()
        for node in nodes:
            item = node.item
            if item.type == "group" and item.repeats:
                if item.link_id not in done:
                    done.add(item.link_id)
                    yield self._copies([each for each in nodes if each.item is item])
            elif item.type == "group":
                yield from self.group(node, level=level)
            else:
                yield from self._leaf(node, level=level)

    def group(self, node: _Node, *, text: str | None = None, level: int = 2) -> Iterator[Item]:
        """Plain groups are a heading and what follows; the others are one part of the screen."""
        t, item = self.asking.t, node.item
        words = item.text(t.locale) if text is None else text
        layout = LAYOUTS.get(item.control, "plain")
        inside = tuple(self.all(node.inside, level=level + 1)) if layout not in {"grid", "tabs"} else ()
        columns: tuple[str, ...] = ()
        if layout == "matrix":
            columns = _same_answers(inside)
            layout = "matrix" if columns else "plain"
        elif layout in {"grid", "tabs"}:
            inside = tuple(self._lines(node.inside))
            columns = _columns(t, node.inside) if layout == "grid" else ()
        elif layout == "table":
            layout = "plain"  # a table of one line is read better as questions
        if layout == "plain":
            if item.label and words:
                yield Heading(link_id=node.path, text=words, level=level)
            yield from inside
        else:
            yield Group(link_id=node.path, text=words, items=inside, layout=layout, columns=columns, level=level)

    def _lines(self, nodes: Sequence[_Node]) -> Iterator[Item]:
        """The groups of a grid or of tabs, each with what it holds; what stands outside groups follows as it is."""
        for node in nodes:
            if node.item.type == "group" and not node.item.repeats:
                inside = tuple(self.all(node.inside, level=3))
                yield Group(link_id=node.path, text=node.item.text(self.asking.t.locale), items=inside)
            elif node.item.type != "group":
                yield from self._leaf(node, level=3)
        repeated = [node for node in nodes if node.item.type == "group" and node.item.repeats]
        yield from self.all(repeated, level=3)

    def _copies(self, nodes: list[_Node]) -> Copies:
        t, item = self.asking.t, nodes[0].item
        table = LAYOUTS.get(item.control) == "table"
        copies = tuple(Group(link_id=node.path, text="", items=tuple(self.all(node.inside, level=3))) for node in nodes)
        return Copies(
            link_id=f"{nodes[0].path.rpartition('[')[0]}*",
            text=item.text(t.locale),
            copies=copies,
            layout="table" if table else "plain",
            columns=tuple(each.item.text(t.locale) for each in nodes[0].inside) if table else (),
            can_add=item.max_occurs is None or len(nodes) < item.max_occurs,
            can_remove=len(nodes) > max(1, item.min_occurs or 0),
        )

    def _leaf(self, node: _Node, *, level: int) -> Iterator[Item]:
        t, path, item = self.asking.t, node.path, node.item
        state = self.asking.session.state(path)
        if item.link_id in self.scores:
            score = self.scores[item.link_id]
            if score.definition.shown_to_patient or not self.asking.patient:
                yield _score(t, path, score)
        elif item.type == "display":
            yield display_of(t, path, item)
        elif state.read_only:
            yield _computed(t, path, item, state)
        else:
            yield question(self.asking, path, item, state)
            if state.edited:
                yield ComputeAgain(link_id=f"{path}~again", path=path)
            if path in self.asking.rivals:
                yield self.asking.rivals[path]
        if path == self.called:
            yield HelpNumbers()
        yield from self.all(node.inside, level=level)


def _tree(session: FormSession, section: Section) -> list[_Node]:
    """What the section shows, as the form nests it. `visible` gives what holds before what is held."""
    top: list[_Node] = []
    open_nodes: list[_Node] = []
    for path in session.visible(section):
        item = item_at(session.form, path)
        if not item.captured:
            continue
        while open_nodes and open_nodes[-1].item.link_id not in item.ancestors:
            open_nodes.pop()
        node = _Node(path=path, item=item)
        (open_nodes[-1].inside if open_nodes else top).append(node)
        open_nodes.append(node)
    return top


def _same_answers(items: Sequence[Item]) -> tuple[str, ...]:
    """The answers that all these questions share, as the heads of a table; none when they differ."""
    asked = [item for item in items if isinstance(item, ChoiceQuestion)]
    if len(asked) < 2 or len(asked) != len(items) or any(item.many or item.open for item in asked):
        return ()
    options = asked[0].options
    same = all([each.code for each in item.options] == [each.code for each in options] for item in asked)
    return tuple(option.text for option in options) if same else ()


def _columns(t: Texts, lines: Sequence[_Node]) -> tuple[str, ...]:
    """The heads of a grid: the questions of its fullest line."""
    fullest = max((node.inside for node in lines if node.item.type == "group"), key=len, default=[])
    return tuple(each.item.text(t.locale) for each in fullest)


def _score(t: Texts, path: str, result: ScoreResult) -> Computed:
    band = result.band
    return Computed(
        link_id=path,
        text=result.definition.title(t.locale),
        shown="" if result.value is None else t.number(result.value),
        unit=f"/ {t.number(result.definition.high)}" if result.definition.high is not None else "",
        level=band.level if band else None,
        word=band.label(t.locale) if band else "",
    )


def _computed(t: Texts, path: str, item: FormItem, state: ItemState) -> Computed:
    return Computed(link_id=path, text=item.text(t.locale), shown=in_words(t, item, state.value))


def _link_id(session: FormSession, path: str) -> str:
    return item_at(session.form, path).link_id


def _steady(items: tuple[FormItem, ...]) -> Iterator[FormItem]:
    for item in items:
        if item.hidden or item.conditions or item.enabled_by or (item.repeats and item.type == "group"):
            continue
        if asks(item):
            yield item
        yield from _steady(item.items)
