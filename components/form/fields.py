"""Questions answered by typing: a line, a text, a number, a date, a time. They save when the person leaves the field."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Q, Widget
from components.form.items import DateQuestion, NumberQuestion, TextQuestion, TimeQuestion, Value
from components.form.reading import Unreadable, first_day, read_date, read_number, read_time, show, show_date
from components.markup import attributes, h, join
from portal.i18n import N_, Texts

SOCKET_LIMIT = 900_000  # characters; the browser's socket refuses a message over 1 MB


class TypedField(Widget[Q]):
    """A labelled field that reads what was typed. `typed` is what is on screen.

    `unread` = it is not (yet) an answer: it could not be understood, or is too long to be sent.
    """

    FIELD_CSS: ClassVar[str] = "input"

    def __init__(self, t: Texts, item: Q, on_answer: OnAnswer, *, typed: str) -> None:
        self.typed, self.unread = typed, False
        super().__init__(t, item, on_answer)

    def read(self, text: str) -> Value:
        """The answer in what was typed (never empty); raises Unreadable with the sentence to show."""
        raise NotImplementedError

    def show_value(self, value: Any) -> str:
        """How an answer is written back into the field."""
        return str(value)

    def extra(self) -> dict[str, str | bool]:
        """More attributes of the field."""
        return {}

    async def receive(self, sent: Any) -> None:
        if isinstance(sent, dict) and isinstance(sent.get("over"), int):  # the browser kept it: too long to send
            self.unread = True
            self.show_error(self._too_long(sent["over"]))
        elif isinstance(sent, str):
            await self.enter(sent)

    async def enter(self, text: str) -> None:
        """What leaving the field does; tests call it too. An empty field is “no answer”."""
        self.typed, self.unread = text, False
        if not text.strip():
            await self.tell(None)
            return
        try:
            value = self.read(text)
        except Unreadable as unreadable:
            self.unread = True
            self.show_error(self.t.say(unreadable.message))
            return
        tidy = self.show_value(value)
        if tidy != text:
            self.typed = tidy
            self.redraw()
        await self.tell(value)

    def set_value(self, value: Any) -> None:
        if self.unread:
            return  # the person is correcting it
        typed = "" if value in {None, ""} else self.show_value(value)
        if typed != self.typed:
            self.typed = typed
            self.redraw()

    def inside(self) -> Markup:
        return h(
            '<label for="{id}-field">{label}</label>{hint}{error}{field}{lock}',
            id=self.qid,
            label=self.label,
            hint=self.hint,
            error=self.error_line,
            field=self.field(),
            lock=self.locked_line,
        )

    def field(self) -> Markup:
        return h("<input{}>", attributes(self._common() | {"type": "text", "value": self.typed} | self.extra()))

    def _common(self) -> dict[str, str | bool]:
        return {
            "id": f"{self.qid}-field",
            "name": self.qid,
            "class": self.FIELD_CSS,
            "autocomplete": "off",
            "aria-describedby": self.described_by(),
            "aria-invalid": "true" if self.error else "",
            "aria-required": "true" if self.item.required else "",
            "readonly": bool(self.item.locked),
        }

    def _too_long(self, length: int) -> str:
        limit = getattr(self.item, "limit", SOCKET_LIMIT)
        return self.t(
            "This text is too long: {length} characters for {limit} at most. Shorten it, it is not saved yet.",
            length=self.t.number(length),
            limit=self.t.number(limit),
        )


class TextField(TypedField[TextQuestion]):
    """One line of text."""

    def __init__(self, t: Texts, item: TextQuestion, on_answer: OnAnswer) -> None:
        super().__init__(t, item, on_answer, typed=item.value)

    def read(self, text: str) -> Value:
        if len(text) > self.item.limit:
            raise Unreadable(
                N_("This text is too long: {length} characters for {limit} at most. Shorten it, it is not saved yet."),
                length=self.t.number(len(text)),
                limit=self.t.number(self.item.limit),
            )
        return text

    def extra(self) -> dict[str, str | bool]:
        return {
            "type": self.item.kind,
            "autocomplete": self.item.autocomplete,
            "data-limit": str(self.item.limit),
            "list": f"{self.qid}-list" if self.item.suggestions else "",
        }

    def field(self) -> Markup:
        return h("{}{}{}", super().field(), self.suggestions(), self.counter())

    def suggestions(self) -> Markup:
        """The browser's own list under the field, which keyboards and screen readers know."""
        options = join(h("<option>{}</option>", each) for each in self.item.suggestions)
        return h('<datalist id="{}-list">{}</datalist>', self.qid, options) if options else Markup()

    def counter(self) -> Markup:
        """Says how many characters are left near the limit, and how many are too many. Kept up to date in the browser."""
        return h(
            '<p class="counter" id="{id}-field-count" role="status" data-left="{left}" data-over="{over}"></p>',
            id=self.qid,
            left=self.t("{count} characters left", count="%n"),
            over=self.t("{count} characters too many: this text is not saved yet", count="%n"),
        )


class TextArea(TextField):
    """Several lines of text."""

    def field(self) -> Markup:
        box = {"rows": str(max(2, self.item.lines)), "data-limit": str(self.item.limit)}
        # A text area drops the first line break of its content, so one is given to it.
        return h("<textarea{}>\n{}</textarea>{}", attributes(self._common() | box), self.typed, self.counter())


class NumberField(TypedField[NumberQuestion]):
    """A number and its unit. Not `type=number`: that one hides what it cannot read and changes under the wheel."""

    FIELD_CSS: ClassVar[str] = "input input-number"

    def __init__(self, t: Texts, item: NumberQuestion, on_answer: OnAnswer) -> None:
        self.decimal_mark = "," if t.locale == "fr" else "."
        super().__init__(t, item, on_answer, typed="" if item.value is None else show(item.value, self.decimal_mark))

    def read(self, text: str) -> Value:
        ask = self.item
        return read_number(text, unit=ask.unit, low=ask.low, high=ask.high, whole=ask.whole, mark=self.decimal_mark)

    def show_value(self, value: Any) -> str:
        return show(value, self.decimal_mark)

    def extra(self) -> dict[str, str | bool]:
        return {"inputmode": "numeric" if self.item.whole and not self._negative else "decimal"}

    def field(self) -> Markup:
        unit = h('<span class="unit">{}</span>', self.item.unit) if self.item.unit else ""
        return h('<span class="withunit">{}{}</span>', super().field(), unit)

    @property
    def _negative(self) -> bool:
        return self.item.low is None or self.item.low < 0


class DateField(TypedField[DateQuestion]):
    """A date typed in one field: a calendar is slow for a date of birth and hard with a screen reader."""

    FIELD_CSS: ClassVar[str] = "input input-date"

    def __init__(self, t: Texts, item: DateQuestion, on_answer: OnAnswer, *, today: Callable[[], date]) -> None:
        self.today = today
        super().__init__(t, item, on_answer, typed=show_date(item.value))

    def read(self, text: str) -> Value:
        iso = read_date(text, today=self.today(), partial=self.item.partial)
        latest, earliest = self.item.latest, self.item.earliest
        if latest and first_day(iso) > latest:
            if latest <= self.today():
                raise Unreadable(N_("The date must be in the past."))
            raise Unreadable(N_("The date must be {day} at the latest."), day=self.t.day(latest))
        if earliest and iso < earliest.isoformat()[: len(iso)]:
            raise Unreadable(N_("The date must be {day} at the earliest."), day=self.t.day(earliest))
        return iso

    def show_value(self, value: Any) -> str:
        return show_date(value)

    @property
    def hint(self) -> Markup:
        example = self.t("For example: 27/03/2026")
        if self.item.partial:
            example = self.t("For example: 27/03/2026, or 03/2026, or 2026")
        words = h("{} {}", self.item.hint, example) if self.item.hint else h("{}", example)
        return h('<span class="hint" id="{}-hint">{}</span>', self.qid, words)

    def described_by(self, *more: str) -> str:
        parts = [f"{self.qid}-hint", f"{self.qid}-error" if self.error else "", *more]
        return " ".join(part for part in parts if part)

    def extra(self) -> dict[str, str | bool]:
        return {"inputmode": "text" if self.item.partial else "numeric"}


class TimeField(TypedField[TimeQuestion]):
    """A time of day, typed."""

    FIELD_CSS: ClassVar[str] = "input input-time"

    def __init__(self, t: Texts, item: TimeQuestion, on_answer: OnAnswer) -> None:
        super().__init__(t, item, on_answer, typed=item.value[:5])

    def read(self, text: str) -> Value:
        return read_time(text)
