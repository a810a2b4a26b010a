"""Each item of a section as the element that stands on screen for it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date

from nicegui import ui

from components.blocks import Button, block, set_block
from components.form.base import OnAnswer
from components.form.choices import ChoiceItem, DropDown, ScaleItem
from components.form.containers import CopiesBox, FoldBox, GroupBox, Line, TabsBox, beside_group
from components.form.fields import DateField, MomentField, NumberField, TextArea, TextField, TimeField
from components.form.files import FileField
from components.form.items import (
    ChoiceQuestion,
    ComputeAgain,
    Computed,
    Copies,
    DateQuestion,
    Display,
    FileQuestion,
    Group,
    Heading,
    HelpNumbers,
    Item,
    Known,
    ListQuestion,
    ManyQuestion,
    MomentQuestion,
    NumberQuestion,
    Option,
    ScaleQuestion,
    SearchQuestion,
    SignatureQuestion,
    TextQuestion,
    TimeQuestion,
    TwoAnswers,
)
from components.form.many import ManyField
from components.form.media import links, pictures
from components.form.searching import SearchField
from components.form.signing import SignatureField
from components.markup import band, dom_id, h, help_numbers, join, note, typo, words
from portal.i18n import Texts

Gesture = Callable[[str], Awaitable[object]]


async def _no_answers(_link_id: str, _text: str) -> Sequence[Option]:
    return ()


async def _no_choice(_path: str, *, theirs: bool) -> None:
    """Where only one device answers there is nothing to choose."""
    del theirs


async def _no_gesture(_path: str) -> None:
    """Pages that hold no such question need not say what to do."""


def _settled(_link_id: str) -> bool:
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Doing:
    """What some questions ask of the page besides taking an answer: to look for answers, to add or take away a copy of a
    group (by the path of one), to open one that is folded away, to compute an answer again, to choose between the answers
    of two devices. `waiting` = this answer is still under way.
    """

    search: Callable[[str, str], Awaitable[Sequence[Option]]] = _no_answers
    add: Gesture = _no_gesture
    remove: Gesture = _no_gesture
    unfold: Gesture = _no_gesture
    again: Gesture = _no_gesture
    choose: Callable[..., Awaitable[object]] = _no_choice
    waiting: Callable[[str], bool] = _settled


NOTHING = Doing()


def build_item(
    t: Texts, item: Item, on_answer: OnAnswer, *, today: Callable[[], date], doing: Doing = NOTHING
) -> ui.element:
    """The widget or the block of this item, in the present container."""

    def make(inner: Item) -> ui.element:
        return build_item(t, inner, on_answer, today=today, doing=doing)

    def make_line(inner: Item) -> ui.element:
        return Line(t, inner, make, doing.waiting) if isinstance(inner, Group) else make(inner)

    match item:
        case ChoiceQuestion():
            return ChoiceItem(t, item, on_answer)
        case ListQuestion():
            return DropDown(t, item, on_answer)
        case SearchQuestion():
            return SearchField(t, item, on_answer, search=doing.search)
        case ScaleQuestion():
            return ScaleItem(t, item, on_answer)
        case TextQuestion():
            return (TextArea if item.lines > 1 else TextField)(t, item, on_answer)
        case NumberQuestion():
            return NumberField(t, item, on_answer)
        case MomentQuestion():
            return MomentField(t, item, on_answer, today=today)
        case DateQuestion():
            return DateField(t, item, on_answer, today=today)
        case TimeQuestion():
            return TimeField(t, item, on_answer)
        case ManyQuestion():
            return ManyField(t, item, on_answer, today=today)
        case FileQuestion():
            return FileField(t, item, on_answer)
        case SignatureQuestion():
            return SignatureField(t, item, on_answer)
        case Known():
            return known(t, item)
        case Computed():
            return ComputedValue(t, item)
        case ComputeAgain():
            return Button(t("Compute it again"), lambda: doing.again(item.path), "quiet")
        case Heading():
            return heading(t, item)
        case TwoAnswers():
            return two_answers(t, item, doing)
        case HelpNumbers():
            return block(help_numbers(t, item.title), "help-called", role="status")
        case Group(layout="tabs"):
            return TabsBox(t, item, make, doing.waiting)
        case Group(layout="folding"):
            return FoldBox(t, item, make, doing.waiting)
        case Group():
            return GroupBox(t, item, make_line if item.layout == "grid" else make, doing.waiting)
        case Copies():
            return CopiesBox(t, item, make, doing.waiting, add=doing.add, remove=doing.remove, unfold=doing.unfold)
        case Display():
            return display(t, item)


def two_answers(t: Texts, item: TwoAnswers, doing: Doing) -> ui.element:
    """Both answers in words, each on the button that keeps it."""
    with ui.element("div").classes("note warn two-answers") as box:
        box.props.update({"role": "alert", "id": dom_id(item.link_id)})
        with ui.element("div"):
            told = t("This question was answered on another device too ({when}). Which answer holds?", when=item.when)
            block(h("<p>{}</p>", typo(t, told)))
            with ui.element("div").classes("actions"):
                mine = t("Keep the answer given here: {answer}", answer=item.mine or t("No answer"))
                theirs = t("Take the other one: {answer}", answer=item.theirs or t("No answer"))
                Button(typo(t, mine), lambda: doing.choose(item.path, theirs=False), "side")
                Button(typo(t, theirs), lambda: doing.choose(item.path, theirs=True), "side")
    return box


def heading(t: Texts, item: Heading) -> ui.html:
    title = h(
        '<h{0} class="group-heading" id="{1}">{2}</h{0}>',
        item.level,
        dom_id(item.link_id),
        words(t, item.text, item.rich),
    )
    return block(h("{}{}", title, beside_group(t, item.hint, item.legal)))


def known(t: Texts, item: Known) -> ui.html:
    lines = join(h("<li>{}</li>", typo(t, line)) for line in item.lines)
    shape = '<details class="known"><summary>{}</summary><ul>{}</ul></details>'
    return block(h(shape, typo(t, item.title), lines), id=dom_id(item.link_id))


def display(t: Texts, item: Display) -> ui.html:
    """A text between questions, as plain words, a hint, an attribution or a warning."""
    text = words(t, item.text, item.rich)
    more = h("{}{}", pictures(t, item.media), links(t, item.links))
    if item.kind == "warning":
        return block(h("{}{}", note(text, "warn", "alert"), more))
    if item.kind == "help":
        return block(h("{}{}", note(text), more))
    tag = "div" if item.rich else "p"
    return block(h("<{0}>{1}</{0}>{2}", tag, text, more), "legal small muted" if item.kind == "legal" else "lead")


class ComputedValue(ui.html):
    """A value that the form works out: a score, an index. It changes by itself as answers come."""

    def __init__(self, t: Texts, item: Computed) -> None:
        super().__init__("", sanitize=False)
        self.t, self.item = t, item
        self.classes("computed")
        self.adopt(item)

    def adopt(self, item: Computed) -> None:
        """The present value; nothing is redrawn when it has not moved."""
        self.item = item
        unit = h(' <span class="muted">{}</span>', item.unit) if item.unit else ""
        value = (
            h("<b>{}</b>{}", item.shown, unit)
            if item.shown
            else h('<span class="muted">{}</span>', self.t("Not complete yet"))
        )
        severity = band(item.level, item.word) if item.level is not None and item.shown else ""
        set_block(self, h("<span>{}</span><span>{} {}</span>", typo(self.t, item.text), value, severity))


__all__ = ["NOTHING", "ComputedValue", "Doing", "build_item", "display"]
