"""A section of a form on screen: its questions, progress, save line, error summary, and the way on.

No rule is here: what is asked, what is wrong and what comes next are the answers of `Handlers`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from nicegui import ui
from nicegui.events import GenericEventArguments

from components.blocks import Button, block, move_focus, set_block
from components.errors import error_note, sentence
from components.form.base import Widget
from components.form.containers import CopiesBox, ItemList
from components.form.contract import Handlers, Saved, Section, Wrong
from components.form.fields import TypedField
from components.form.items import Item, Option, Value
from components.form.many import ManyField
from components.form.saving import SaveLine, Saver
from components.form.section import Doing, build_item
from components.markup import Fault, Markup, back_link, dom_id, error_summary, h, help_line, join, progress, typo
from components.rights import rights
from components.states import backend_away
from components.theme import title
from portal.errors import Invalid, PortalError
from portal.i18n import NBSP, Texts

HEADING = "section-title"
ERRORS = "errors"


class FormView:
    """Build it inside a frame, once; it replaces its own content from section to section.

    `pause` = address of “Take a break”; `submit_text` = words of the last button; `kind` "patient" adds the help line.
    `description` opens the first part, `source` (authors and terms of use) closes the last one.
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
        description: str = "",
        source: str = "",
    ) -> None:
        self.description, self.source = description, source
        self.t, self.handlers, self.name, self.today = t, handlers, name, today
        self.pause, self.for_patient = pause, for_patient
        self.pause_text = pause_text or t("Home")
        self.submit_text = submit_text or t("Send my answers")
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

    @property
    def widgets(self) -> dict[str, ui.element]:
        """What stands for each item now, by link id."""
        return dict(self.items.elements())

    async def turn_to(self, place: int) -> None:
        """Another part, chosen in the table of contents. It asks for nothing, as going back."""
        if await self._all_saved():
            try:
                self.show(await self.handlers.turn_to(place))
            except PortalError as error:
                self._say(error)

    async def add(self, path: str) -> None:
        """One more copy; the focus goes into it."""
        if await self._changed(self.handlers.add, path):
            box = self.widgets.get(f"{path.rpartition('[')[0]}*")
            if isinstance(box, CopiesBox):
                move_focus(dom_id(box.item.copies[-1].link_id))

    async def remove(self, path: str) -> None:
        """One copy less; the focus stays in the group."""
        if await self._changed(self.handlers.remove, path):
            move_focus(dom_id(f"{path.rpartition('[')[0]}*"))

    async def unfold(self, path: str) -> None:
        """Another copy is open now; the focus goes into it."""
        if await self._changed(self.handlers.unfold, path):
            move_focus(dom_id(path))

    async def again(self, path: str) -> None:
        if await self._changed(self.handlers.again, path):
            move_focus(dom_id(path))

    async def choose(self, path: str, *, theirs: bool) -> None:
        async def choice(path: str) -> Saved:
            return await self.handlers.choose(path, theirs=theirs)

        if await self._changed(choice, path):
            move_focus(dom_id(path))

    async def search(self, link_id: str, text: str) -> Sequence[Option]:
        """What a search field asks; a server that is away finds nothing, and the field says so."""
        try:
            return await self.handlers.search(link_id, text)
        except PortalError as error:
            self._say(error)
            return ()

    async def _changed(self, gesture: Callable[[str], Awaitable[Saved]], path: str) -> bool:
        """A gesture on the form's own shape, once all answers before it are kept."""
        if not await self._all_saved():
            return False
        try:
            self._saved(await gesture(path))
        except PortalError as error:
            self._say(error)
            return False
        return True

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
            if len(section.contents) > 1:
                self.contents = block(self._contents(), "contents")
                self.contents.on("click", self._pressed, js_handler="(event) => portal.press(event, emit)")
            self.faults = block("", "faults")
            if self.description and not section.index:
                block(typo(t, self.description), "lead", "p")
            if section.lead:
                block(section.lead, "lead", "p")
            if section.needs:
                block(section.needs, "needs small muted", "p")
            self.list = ui.element("div").classes("questions")
            self.items = ItemList(self.list, section.items, self._make, self.saver.is_waiting)
            with ui.element("div").classes("formend"):
                self.trouble = block("", "", role="status")
                self._buttons()
            if self.for_patient:
                block(help_line(t))
            if self.source and section.is_last:
                block(rights(t, self.source))

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

    def _contents(self) -> Markup:
        """All parts, each with how far it is, behind one line to open: it is long and seldom needed."""
        t = self.t
        shape = '<li><button type="button" data-place="{}"{}>{}<span class="muted small">{}</span></button></li>'
        lines = join(
            h(
                shape,
                part.place,
                Markup(' aria-current="step"') if part.here else "",
                h("<span>{}</span>", typo(t, part.title)),
                t("answered") if part.done >= 100 else t("{n} % answered", n=part.done) if part.done else t("to do"),
            )
            for part in self.section.contents
        )
        return h('<details><summary>{}</summary><ol class="plain">{}</ol></details>', t("All parts"), lines)

    async def _pressed(self, sent: GenericEventArguments) -> None:
        place = sent.args.get("place") if isinstance(sent.args, dict) else None
        if isinstance(place, str) and place.isdecimal():
            await self.turn_to(int(place))

    def _make(self, item: Item) -> ui.element:
        doing = Doing(
            search=self.search,
            add=self.add,
            remove=self.remove,
            unfold=self.unfold,
            again=self.again,
            choose=self.choose,
            waiting=self.saver.is_waiting,
        )
        return build_item(self.t, item, self.answer, today=self.today, doing=doing)

    def _buttons(self) -> None:
        t, section = self.t, self.section
        if section.is_last:
            self.forward = Button(self.submit_text, self.submit, wide=True, busy_text=t("Sending…"))
        else:
            self.forward = Button(t("Continue"), lambda: self.go(1), wide=True)
        self.anyway = Button(t("Continue without answering"), self._go_anyway, "side", wide=True)
        self.anyway.set_visibility(False)
        if section.index and section.back:
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
        """Brings the screen to these items; what has not moved is not touched."""
        self.items.show(items)
        self.section = replace(self.section, items=tuple(items))

    def _wrong(self, wrong: Wrong) -> None:
        if wrong.items is not None:
            self._refresh(wrong.items)
        self._point_out(wrong.sentences)
        faults = [Fault(target=dom_id(link), text=self._named(link, text)) for link, text in wrong.sentences.items()]
        set_block(self.faults, error_summary(self.t, faults, ERRORS))
        self.anyway.set_visibility(wrong.skippable)
        title(self.t, self.section.title or self.name, wrong=True)
        move_focus(ERRORS)

    def _point_out(self, sentences: Mapping[str, str]) -> None:
        for link_id, widget in self.widgets.items():
            unread = isinstance(widget, (TypedField, ManyField)) and widget.unread
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
        fields = {link: each for link, each in self.widgets.items() if isinstance(each, (TypedField, ManyField))}
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
