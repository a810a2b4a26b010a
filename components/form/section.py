"""From one item to what stands on screen for it."""

from collections.abc import Callable
from datetime import date

from nicegui import ui

from components.blocks import block, set_block
from components.form.base import OnAnswer
from components.form.choices import ChoiceItem, DropDown, ScaleItem
from components.form.fields import DateField, NumberField, TextArea, TextField, TimeField
from components.form.items import (
    ChoiceQuestion,
    Computed,
    DateQuestion,
    Display,
    Heading,
    HelpNumbers,
    Item,
    ListQuestion,
    NumberQuestion,
    ScaleQuestion,
    TextQuestion,
    TimeQuestion,
)
from components.markup import band, dom_id, h, help_numbers, note, typo
from portal.i18n import Texts


def build_item(t: Texts, item: Item, on_answer: OnAnswer, *, today: Callable[[], date]) -> ui.element:
    """The widget or the block of this item, in the present container."""
    match item:
        case ChoiceQuestion():
            return ChoiceItem(t, item, on_answer)
        case ListQuestion():
            return DropDown(t, item, on_answer)
        case ScaleQuestion():
            return ScaleItem(t, item, on_answer)
        case TextQuestion():
            return (TextArea if item.lines > 1 else TextField)(t, item, on_answer)
        case NumberQuestion():
            return NumberField(t, item, on_answer)
        case DateQuestion():
            return DateField(t, item, on_answer, today=today)
        case TimeQuestion():
            return TimeField(t, item, on_answer)
        case Computed():
            return ComputedValue(t, item)
        case Heading():
            return block(typo(t, item.text), "group-heading", f"h{item.level}", id=dom_id(item.link_id))
        case HelpNumbers():
            return block(help_numbers(t, item.title), "help-called", role="status")
        case Display():
            return display(t, item)


def display(t: Texts, item: Display) -> ui.html:
    """A text between questions, as plain words, a hint, an attribution or a warning."""
    text = typo(t, item.text)
    if item.kind == "warning":
        return block(note(text, "warn", "alert"))
    if item.kind == "help":
        return block(note(text))
    return block(h("<p>{}</p>", text), "legal small muted" if item.kind == "legal" else "lead")


class ComputedValue(ui.html):
    """A value that the form works out: a score, an index. It changes by itself as answers come."""

    def __init__(self, t: Texts, item: Computed) -> None:
        super().__init__("", sanitize=False)
        self.t, self.item = t, item
        self.classes("computed")
        self.show(item)

    def show(self, item: Computed) -> None:
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


__all__ = ["ComputedValue", "build_item", "display"]
