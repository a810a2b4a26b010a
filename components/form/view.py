"""A section of a form on screen: its questions, progress, save line, error summary, and the way on.

No rule is here: what is asked, what is wrong and what comes next are the answers of `Handlers`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from nicegui import ui

from components.blocks import Button, block, move_focus, set_block
from components.errors import error_note, sentence
from components.form.base import Widget
from components.form.fields import TypedField
from components.form.items import Computed, Item, Value
from components.form.saving import SaveLine, Saver
from components.form.section import ComputedValue, build_item
from components.markup import Fault, Markup, back_link, dom_id, error_summary, h, help_line, join, progress
from components.states import backend_away
from components.theme import title
from portal.errors import Invalid, PortalError
from portal.i18n import NBSP, Texts

HEADING = "section-title"
ERRORS = "errors"


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What one screen of the form holds. `part` = per cent of this section answered."""

    title: str
    items: tuple[Item, ...]
    index: int = 0
    count: int = 1
    place: str = ""
    lead: str = ""
    part: int = 0

    @property
    def is_last(self) -> bool:
        return self.index == self.count - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What saving an answer changed: when it was written, and the section's items as they are now (None = unmoved)."""

    at: datetime
    items: tuple[Item, ...] | None = None
    part: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """Why one cannot go on: sentences by link id. `skippable` = the person may go on without these answers."""

    sentences: Mapping[str, str]
    skippable: bool = False


class Handlers(Protocol):
    """What the page does for the view. Each may raise a PortalError, which the view says where the person looks."""

    async def answer(self, link_id: str, value: Value) -> Saved:
        """Saves one answer; returns only once it is durable."""
        ...

    async def move(self, step: int, *, anyway: bool) -> Section | Wrong:
        """The section after (1) or before (-1) this one. `anyway` = the person chose to leave questions unanswered."""
        ...

    async def submit(self, *, anyway: bool) -> Wrong | None:
        """Sends the form; None once it is done and the page has navigated."""
        ...


class FormView:
    """Build it inside a frame, once; it replaces its own content from section to section.

    `pause` = address of “Take a break”; `submit_text` = words of the last button; `kind` "patient" adds the help line.
    """

    def __init__(
        self,
        t: Texts,
        handlers: Handlers,
        section: Section,
        *,
        name: str,
        today: Callable[[], date],
        saved_at: datetime | None = None,
        pause: str = "/",
        pause_text: str = "",
        submit_text: str = "",
        for_patient: bool = True,
    ) -> None:
        self.t, self.handlers, self.name, self.today = t, handlers, name, today
        self.pause, self.for_patient = pause, for_patient
        self.pause_text = pause_text or t("Home")
        self.submit_text = submit_text or t("Send my answers")
        self.widgets: dict[str, ui.element] = {}
        self.section, self.finished = section, False
        with ui.element("div").classes("formtop"):
            block(back_link(self.pause_text, pause), "", "div")
            self.line = SaveLine(t, today, saved_at)
        self.saver = Saver[Saved](
            handlers.answer,
            on_saved=self._saved,
            on_late=self.line.retrying,
            on_refused=self._refused,
            alive=lambda: not self.line.is_deleted,
        )
        self.body = ui.element("div").classes("formbody")
        self._build()

    def show(self, section: Section) -> None:
        """Puts another section on screen and moves the focus to its heading."""
        self.section = section
        self.body.clear()
        self._build()
        with self.body:  # the button that was pressed is gone with the former section
            title(self.t, section.title or self.name)
            move_focus(HEADING)

    async def answer(self, link_id: str, value: Value) -> None:
        """What each widget calls."""
        await self.saver.put(link_id, value)

    async def go(self, step: int, *, anyway: bool = False) -> None:
        """Continue (1) or back (-1). Going back never asks for anything."""
        unread = self._unread()
        if step > 0 and unread:
            self._wrong(Wrong(sentences=unread))
            return
        if not await self._all_saved():
            return
        try:
            result = await self.handlers.move(step, anyway=anyway)
        except PortalError as error:
            self._say(error)
            return
        if isinstance(result, Wrong):
            self._wrong(result)
        else:
            self.show(result)

    async def submit(self, *, anyway: bool = False) -> None:
        """Sends the form. A second press, however fast, does nothing."""
        unread = self._unread()
        if unread:
            self._wrong(Wrong(sentences=unread))
            return
        if self.finished or not await self._all_saved():
            return
        self.finished = True
        try:
            wrong = await self.handlers.submit(anyway=anyway)
        except PortalError as error:
            self.finished = False
            self._say(error)
            return
        if wrong:
            self.finished = False
            self._wrong(wrong)

    def _build(self) -> None:
        section, t = self.section, self.t
        with self.body:
            self.head = block(self._head(), "formhead")
            self.faults = block("", "faults")
            if section.lead:
                block(section.lead, "lead", "p")
            self.list = ui.element("div").classes("questions")
            self.widgets = {}
            with self.list:
                for item in section.items:
                    self.widgets[item.link_id] = build_item(t, item, self.answer, today=self.today)
            with ui.element("div").classes("formend"):
                self.trouble = block("", "", role="status")
                self._buttons()
            if self.for_patient:
                block(help_line(t))

    def _head(self) -> Markup:
        section, t = self.section, self.t
        parts = t("Part {number} of {count}", number=section.index + 1, count=section.count)
        above = ", ".join(words for words in (parts if section.count > 1 else "", section.place) if words)
        return join(
            [
                h('<h1 id="{}" tabindex="-1">{}</h1>', HEADING, section.title or self.name),
                h('<p class="eyebrow">{}{}</p>', above[0].upper(), above[1:]) if above else "",
                progress(parts, section.index, section.count, section.part),
            ]
        )

    def _buttons(self) -> None:
        t, section = self.t, self.section
        if section.is_last:
            self.forward = Button(self.submit_text, self.submit, wide=True, busy_text=t("Sending…"))
        else:
            self.forward = Button(t("Continue"), lambda: self.go(1), wide=True)
        self.anyway = Button(t("Continue without answering"), self._go_anyway, "side", wide=True)
        self.anyway.set_visibility(False)
        if section.index:
            Button(t("Previous part"), lambda: self.go(-1), "quiet", "back", wide=True)
        block(
            h('<a class="btn btn-quiet btn-wide" href="{}">{}</a>', self.pause, t("Take a break, I will finish later"))
        )

    async def _go_anyway(self) -> None:
        await (self.submit(anyway=True) if self.section.is_last else self.go(1, anyway=True))

    def _saved(self, saved: Saved) -> None:
        self.line.saved_at(saved.at)
        set_block(self.trouble, "")
        if saved.items is not None:
            self._refresh(saved.items)
        if saved.part is not None and saved.part != self.section.part:
            self.section = replace(self.section, part=saved.part)
            set_block(self.head, self._head())

    def _refresh(self, items: Sequence[Item]) -> None:
        """Brings the screen to these items: what went goes, what came is put at its place, the rest is not touched."""
        wanted = {item.link_id: item for item in items}
        for link_id in [gone for gone in self.widgets if gone not in wanted]:
            self.widgets.pop(link_id).delete()
        for index, item in enumerate(items):
            known = self.widgets.get(item.link_id)
            if known is None:
                with self.list:
                    known = self.widgets[item.link_id] = build_item(self.t, item, self.answer, today=self.today)
                known.move(self.list, target_index=index)
            elif isinstance(known, ComputedValue) and isinstance(item, Computed):
                known.show(item)
            elif isinstance(known, Widget) and not self.saver.is_waiting(item.link_id):
                known.adopt(item)
        self.section = replace(self.section, items=tuple(items))

    def _wrong(self, wrong: Wrong) -> None:
        self._point_out(wrong.sentences)
        faults = [Fault(target=dom_id(link), text=self._named(link, text)) for link, text in wrong.sentences.items()]
        set_block(self.faults, error_summary(self.t, faults, ERRORS))
        self.anyway.set_visibility(wrong.skippable)
        title(self.t, self.section.title or self.name, wrong=True)
        move_focus(ERRORS)

    def _point_out(self, sentences: Mapping[str, str]) -> None:
        for link_id, widget in self.widgets.items():
            unread = isinstance(widget, TypedField) and widget.unread
            if isinstance(widget, Widget) and (link_id in sentences or not unread):
                widget.show_error(sentences.get(link_id, ""))

    def _named(self, link_id: str, text: str) -> str:
        """“Question 7: choose an answer.”"""
        widget = self.widgets.get(link_id)
        if not isinstance(widget, Widget):
            return text
        number = widget.item.number.rstrip(". ")
        name = self.t("Question {number}", number=number) if number else widget.item.text.rstrip(" ?:.\u00a0")
        return f"{name}{NBSP if self.t.locale == 'fr' else ''}: {text[:1].lower()}{text[1:]}"

    def _unread(self) -> dict[str, str]:
        """Fields that hold something the server has not understood or not received: nothing typed may get lost."""
        fields = {link: widget for link, widget in self.widgets.items() if isinstance(widget, TypedField)}
        return {link: field.error for link, field in fields.items() if field.unread}

    async def _all_saved(self) -> bool:
        if await self.saver.settle():
            return True
        set_block(self.trouble, backend_away(self.t))
        return False

    def _refused(self, link_id: str, error: PortalError) -> None:
        """A refused answer is said by its question, anything else by the buttons."""
        self.line.refused()
        if isinstance(error, Invalid):
            problems = {one.place: self.t.say(one.message) for one in error.problems}
            self._point_out(problems or {link_id: sentence(self.t, error)})
        else:
            self._say(error)

    def _say(self, error: PortalError) -> None:
        set_block(self.trouble, error_note(self.t, error, answers=True))
