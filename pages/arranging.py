"""A section of a form as it stands on screen now: its questions in their groups, tables, tabs and copies. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from components.form import (
    ChoiceQuestion,
    ComputeAgain,
    Computed,
    Copies,
    Display,
    Group,
    Heading,
    HelpNumbers,
    Item,
    Known,
    Layout,
    flat,
)
from pages.offering import css_width
from pages.questions import (
    Asking,
    asks,
    display_of,
    given_in_words,
    in_words,
    question,
    rich_of,
    text_of,
)
from portal.i18n import Texts
from portal.responses import described, item_at
from portal.sdc import Form, FormItem, FormSession, ItemState, ScoreDefinition, ScoreResult, Section
from portal.wording import answer_in_words

UNFOLDED = 20  # questions in all copies of a group; of more, one copy is open at a time
ASIDE = frozenset({"prompt", "flyover", "help"})  # texts beneath a question that help to answer it
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
    form = asking.session.form
    nodes = _tree(asking.session, (*form.header, *section.items, *form.footer))
    called = help_after(asking.session, section) if asking.patient else ""
    arranging = _Arranging(asking=asking, called=called, scores={score.link_id: score for score in form.scores})
    group = section.group
    if group is not None and group.control in LAYOUTS and not group.repeats:
        standing = {item.link_id for item in (*form.header, *form.footer)}
        own = [node for node in nodes if node.item.link_id not in standing]
        whole = _Node(path=group.link_id, item=group, inside=own)
        if len(own) < len(nodes):
            before = [node for node in nodes if node.item in form.header]
            after = [node for node in nodes if node.item in form.footer]
            return (*arranging.all(before, level=2), *arranging.group(whole, text=""), *arranging.all(after, level=2))
        return tuple(arranging.group(whole, text=""))
    return tuple(arranging.all(nodes, level=2))


def folded_around(items: Sequence[Item], paths: Collection[str]) -> frozenset[str]:
    """The copies that are folded away here and hold one of these paths."""
    groups = (item for item in flat(items) if isinstance(item, Copies))
    closed = [copy.link_id for group in groups for copy in group.copies if copy.closed]
    return frozenset(copy for copy in closed if any(path.startswith(f"{copy}/") for path in paths))


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


def expected(session: FormSession, section: Section) -> Literal["all", "most", "few", "none"]:
    """How many of the questions of a section must be answered."""
    asked = [path for path in session.visible(section) if asks(item_at(session.form, path))]
    needed = sum(map(session.required, asked))
    if needed == len(asked):
        return "all" if asked else "none"
    return "none" if not needed else "most" if needed * 2 > len(asked) else "few"


def part_answered(session: FormSession, section: Section) -> int:
    """Per cent of a section's questions that have an answer."""
    asked = [path for path in session.visible(section) if asks(item_at(session.form, path))]
    given = sum(map(bool, map(session.given, asked)))
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
    scores: Mapping[str, ScoreDefinition]

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
        state = self.asking.session.state(node.path) if node.path in self.asking.session.paths else None
        words = text if text is not None else text_of(t, item, state) if state else item.text(t.locale)
        layout = LAYOUTS.get(item.control, "folding" if item.collapsible and words else "plain")
        beside: dict[str, Any] = {
            "rich": rich_of(t, item, state) if state and text is None else "",
            "hint": item.help(t.locale) if text is None else "",
            "legal": item.legal(t.locale) if text is None else "",
        }
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
            if (item.label and words) or beside["hint"] or beside["legal"]:
                yield Heading(link_id=node.path, text=words, level=level, **beside)
            yield from inside
        else:
            yield Group(
                link_id=node.path,
                text=words,
                items=inside,
                layout=layout,
                columns=columns,
                widths=_widths(node.inside) if layout == "grid" else (),
                level=level,
                open=item.collapsible != "default-closed",
                **beside,
            )

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
        opened = self._open(nodes)
        return Copies(
            link_id=f"{nodes[0].path.rpartition('[')[0]}*",
            text=item.text(t.locale),
            copies=tuple(self._copy(node, closed=node.path not in opened) for node in nodes),
            layout="table" if table else "plain",
            columns=tuple(_short(t, each.item) for each in nodes[0].inside) if table else (),
            widths=tuple(css_width(each.item.width) for each in nodes[0].inside) if table else (),
            hint=item.help(t.locale),
            can_add=item.max_occurs is None or len(nodes) < item.max_occurs,
            can_remove=len(nodes) > max(1, item.min_occurs or 0),
        )

    def _open(self, nodes: Sequence[_Node]) -> set[str]:
        """All copies while they are few; else the one that was opened, or the last."""
        paths = [node.path for node in nodes]
        if len(nodes) < 2 or sum(_asked(node) for node in nodes) <= UNFOLDED:
            return set(paths)
        return self.asking.open_copies & set(paths) or {paths[-1]}

    def _copy(self, node: _Node, *, closed: bool) -> Group:
        if not closed:
            return Group(link_id=node.path, text="", items=tuple(self.all(node.inside, level=3)))
        return Group(link_id=node.path, text="", items=(), closed=self._in_short(node) or self.asking.t("No answer"))

    def _in_short(self, node: _Node) -> str:
        """The first answers of a copy, by which people know it again."""
        session, found = self.asking.session, list[str]()
        for each in _leaves(node):
            if (
                len(found) < 3
                and asks(each.item)
                and (words := given_in_words(self.asking.t, session, each.path, each.item))
            ):
                found.append(words)
        return " · ".join(found)

    def _leaf(self, node: _Node, *, level: int) -> Iterator[Item]:
        t, path, item = self.asking.t, node.path, node.item
        state = self.asking.session.state(path)
        aside, beneath = _aside(t, node)
        if item.link_id in self.scores:
            score = self.scores[item.link_id]
            if score.shown_to_patient or not self.asking.patient:
                yield _score(t, path, self.asking.session.score(score))
        elif item.type == "display":
            yield display_of(t, path, item, state)
        elif state.read_only:
            yield _computed(t, path, item, state)
        else:
            yield from self._contexts(path, item)
            yield question(self.asking, path, item, state, aside)
            if state.edited:
                yield ComputeAgain(link_id=f"{path}~again", path=path)
            if path in self.asking.rivals:
                yield self.asking.rivals[path]
        if path == self.called:
            yield HelpNumbers()
        yield from self._branches(path, item, beneath, level=level)

    def _branches(self, path: str, item: FormItem, beneath: Sequence[_Node], *, level: int) -> Iterator[Item]:
        """What is asked beneath each of several answers, under the answer that it goes with; a text stands once for all."""
        t, session = self.asking.t, self.asking.session
        if not item.repeats or len(session.given(path)) < 2:
            yield from self.all(beneath, level=level)
            return
        yield from self.all([node for node in beneath if not node.path.startswith(f"{path}[")], level=level)
        for number, answer in enumerate(session.given(path)):
            inside = [node for node in beneath if node.path.startswith(f"{path}[{number}]")]
            if inside:
                words = answer_in_words(t, item, answer)
                yield Heading(link_id=f"{path}~{number}", text=words, level=level + 1)
                yield from self.all(inside, level=level + 1)

    def _contexts(self, path: str, item: FormItem) -> Iterator[Item]:
        """What the form wants shown beside the question, of what is known."""
        t = self.asking.t
        for number, (label, found) in enumerate(self.asking.session.contexts(path) if item.contexts else ()):
            lines = tuple(words for each in found if (words := described(t, each)))
            if lines:
                title = label or t("What is known already")
                yield Known(link_id=f"{path}~known{number}", title=title, lines=lines)


def _aside(t: Texts, node: _Node) -> tuple[tuple[str, ...], list[_Node]]:
    """The texts beneath a question that help to answer it, and the rest of what is beneath it."""
    helps = [each for each in node.inside if each.item.type == "display" and each.item.control in ASIDE]
    words = tuple(each.item.text(t.locale) for each in helps)
    return words, [each for each in node.inside if each not in helps]


def _leaves(node: _Node) -> Iterator[_Node]:
    for each in node.inside:
        yield each
        yield from _leaves(each)


def _asked(node: _Node) -> int:
    return sum(asks(each.item) for each in _leaves(node))


def _short(t: Texts, item: FormItem) -> str:
    """What an item is called where there is little room."""
    return item.short(t.locale) or item.text(t.locale)


def _tree(session: FormSession, items: Sequence[FormItem]) -> list[_Node]:
    """What stands on screen of these items, as the form nests them. `shown` gives what holds before what is held."""
    top: list[_Node] = []
    open_nodes: list[_Node] = []
    for path in session.shown(items):
        item = item_at(session.form, path)
        while open_nodes and open_nodes[-1].item.link_id not in item.ancestors:
            open_nodes.pop()
        node = _Node(path=path, item=item)
        (open_nodes[-1].inside if open_nodes else top).append(node)
        open_nodes.append(node)
    return top


def _same_answers(items: Sequence[Item]) -> tuple[str, ...]:
    """The answers that all these questions share, as the heads of a table; none when they differ."""
    asked = [item for item in items if isinstance(item, ChoiceQuestion)]
    others = [item for item in items if not isinstance(item, (ChoiceQuestion, Display))]
    if len(asked) < 2 or others or any(item.many or item.open or item.columns for item in asked):
        return ()
    options = asked[0].options
    same = all([each.code for each in item.options] == [each.code for each in options] for item in asked)
    return tuple(option.text for option in options) if same else ()


def _columns(t: Texts, lines: Sequence[_Node]) -> tuple[str, ...]:
    """The heads of a grid: the questions of its fullest line."""
    fullest = max((node.inside for node in lines if node.item.type == "group"), key=len, default=[])
    return tuple(_short(t, each.item) for each in fullest)


def _widths(lines: Sequence[_Node]) -> tuple[str, ...]:
    fullest = max((node.inside for node in lines if node.item.type == "group"), key=len, default=[])
    return tuple(css_width(each.item.width) for each in fullest)


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
    return Computed(link_id=path, text=text_of(t, item, state), shown=in_words(t, item, state.value))


def _link_id(session: FormSession, path: str) -> str:
    return item_at(session.form, path).link_id


def _steady(items: tuple[FormItem, ...]) -> Iterator[FormItem]:
    for item in items:
        if item.hidden or item.conditions or item.enabled_by or (item.repeats and item.type == "group"):
            continue
        if asks(item):
            yield item
        yield from _steady(item.items)
