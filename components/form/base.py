"""What all question widgets share: one NiceGUI element each, its error, its visibility, its way to tell an answer."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from markupsafe import Markup
from nicegui import ui

from components.form.items import Question, Value
from components.form.media import beside
from components.icons import icon
from components.markup import dom_id, h, typo, words
from portal.i18n import Texts

Q = TypeVar("Q", bound=Question)
OnAnswer = Callable[[str, Value], Awaitable[object] | object]


class Widget(ui.html, Generic[Q]):
    """A question on screen. Subclasses write `inside()`; the browser's events arrive in `receive()`.

    The mark or the text moves in the browser at once. The content is redrawn only when the server has something to
    say (an error, a value from elsewhere), because redrawing on each answer could put back an older mark.
    """

    TAG: ClassVar[str] = "div"
    CSS: ClassVar[str] = "field"
    HANDLER: ClassVar[str] = "(event) => portal.text(event, emit)"
    EVENTS: ClassVar[tuple[str, ...]] = ("change",)
    MARKED: ClassVar[bool] = (
        False  # marks could be put back by a redraw: then a past error is only hidden, by its class
    )
    ANSWER: ClassVar[tuple[str, ...]] = ("value",)  # the item's fields that hold the answer, the main one first

    def __init__(self, t: Texts, item: Q, on_answer: OnAnswer) -> None:
        self.t, self.item, self.on_answer = t, item, on_answer
        self.link_id, self.qid = item.link_id, dom_id(item.link_id)
        self.error = ""
        super().__init__(str(self.inside()), sanitize=False, tag=self.TAG)
        self.classes(f"question {self.CSS}" + (" locked" if item.locked else ""))
        self.props["id"] = self.qid
        if not item.locked:
            for event in self.EVENTS:
                self.on(event, lambda sent: self.receive(sent.args), js_handler=self.HANDLER)

    def inside(self) -> Markup:
        """The whole content for the present value and error."""
        raise NotImplementedError

    async def receive(self, sent: Any) -> None:
        """What the browser sent. It may be anything: check it, then `tell()` or `show_error()`."""
        raise NotImplementedError

    async def tell(self, value: Value) -> None:
        """Hands an answer on. The error of before goes away: the person has just answered."""
        self.show_error("")
        result = self.on_answer(self.link_id, value)
        if isinstance(result, Awaitable):
            await result

    def show_error(self, text: str) -> None:
        """The sentence to correct this answer, by the question; an empty text takes it away."""
        if text == self.error:
            return
        self.error = text
        if text:
            self.classes(add="has-error")
            self.redraw()
        else:
            self.classes(remove="has-error")
            if not self.MARKED:
                self.redraw()
        self._describe()

    def set_value(self, value: Any) -> None:
        """Shows an answer that came from elsewhere: another device, a calculation."""
        raise NotImplementedError

    def adopt(self, item: Q) -> None:
        """The question as it is now: other words, other answers, another value. Draws only what changed."""
        before = self.item
        self.item = item
        if replace(item, **{name: getattr(before, name) for name in self.ANSWER}) != before:
            self.redraw()
        self.set_value(getattr(item, self.ANSWER[0]))

    def redraw(self) -> None:
        self.set_content(str(self.inside()))

    def set_visible(self, visible: bool) -> None:
        self.set_visibility(visible)

    @property
    def label(self) -> Markup:
        """The question's number and words, with what is said of a compulsory one to a screen reader."""
        item = self.item
        number = h('<span class="qnumber">{}</span> ', item.number) if item.number else ""
        needed = h(' <span class="needed">({})</span>', item.needed) if item.needed else ""
        return h("{}{}{}", number, words(self.t, item.text, item.rich), needed)

    @property
    def hint(self) -> Markup:
        """What helps to answer: a sentence, pictures, links, the attribution behind a word to open."""
        return h("{}{}", self.hint_line, beside(self.t, self.item))

    @property
    def hint_line(self) -> Markup:
        if not self.item.hint:
            return Markup()
        return h('<span class="hint" id="{}-hint">{}</span>', self.qid, typo(self.t, self.item.hint))

    @property
    def error_line(self) -> Markup:
        """What must be corrected; else what asks for a second look."""
        if self.error:
            line = '<p class="error" id="{}-error">{}<span>{}</span></p>'
            return h(line, self.qid, icon("alert"), typo(self.t, self.error))
        if self.item.warning:
            return h(
                '<p class="warning" role="status">{}<span>{}</span></p>', icon("info"), typo(self.t, self.item.warning)
            )
        return Markup()

    @property
    def locked_line(self) -> Markup:
        return h('<p class="small muted">{}{}</p>', icon("lock"), self.item.locked) if self.item.locked else Markup()

    def described_by(self, *more: str) -> str:
        """Ids that explain the field, for `aria-describedby`."""
        parts = [f"{self.qid}-hint" if self.item.hint else "", f"{self.qid}-error" if self.error else "", *more]
        return " ".join(part for part in parts if part)

    def _describe(self) -> None:
        """Group widgets (fieldsets) carry their description on the root; fields carry it inside."""
        if self.TAG != "fieldset":
            return
        described = self.described_by()
        if described:
            self.props["aria-describedby"] = described
        else:
            self.props.pop("aria-describedby", None)
        self.update()
