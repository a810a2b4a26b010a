"""Questions answered by typing: a line, a text, a number, a date, a time. They save when the person leaves the field."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Q, Widget
from components.form.items import (
    Amount,
    DateQuestion,
    MomentQuestion,
    NumberQuestion,
    TextQuestion,
    TimeQuestion,
    Value,
)
from components.form.reading import Unreadable
from components.form.typed import TOO_LONG, read, written
from components.markup import attributes, h, join
from portal.i18n import N_, Texts

MOST_OF_A_UNIT = 40
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
        return self.t(TOO_LONG, length=self.t.number(length), limit=self.t.number(limit))


class TextField(TypedField[TextQuestion]):
    """One line of text."""

    def __init__(self, t: Texts, item: TextQuestion, on_answer: OnAnswer) -> None:
        super().__init__(t, item, on_answer, typed=item.value)

    def read(self, text: str) -> Value:
        return read(self.t, self.item, text, today=date.min)

    def extra(self) -> dict[str, str | bool]:
        return {
            "type": self.item.kind,
            "inputmode": self.item.keyboard,
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
    """A number and its unit. Not `type=number`: that one hides what it cannot read and changes under the wheel.

    Where the unit is to be chosen, a native list stands beside; the answer is then an `Amount`.
    """

    FIELD_CSS: ClassVar[str] = "input input-number"
    ANSWER: ClassVar[tuple[str, ...]] = ("value", "unit_code")

    def __init__(self, t: Texts, item: NumberQuestion, on_answer: OnAnswer) -> None:
        self.unit_code = item.unit_code
        if item.step is not None:
            self.EVENTS = ("change", "click")  # type: ignore[misc]
        if item.units:
            self.HANDLER = "(event) => portal.parts(event, emit)"  # type: ignore[misc]
        super().__init__(t, item, on_answer, typed=written(t, item, item.value))

    async def receive(self, sent: Any) -> None:
        if not self.item.units:
            await super().receive(sent)
        elif isinstance(sent, list) and len(sent) == 2 and all(isinstance(part, str) for part in sent):
            self.unit_code = self._unit_of(sent[1])
            await self.enter(sent[0])

    def _unit_of(self, sent: str) -> str:
        """The code of the chosen unit; where the form is open to others, what was written."""
        item = self.item
        if not item.own_unit:
            return sent if sent in {unit.code for unit in item.units} else ""
        words = sent.strip()[:MOST_OF_A_UNIT]
        return next((unit.code for unit in item.units if words in {unit.text, unit.code}), words)

    def read(self, text: str) -> Value:
        item, units = self.item, {unit.code: unit.text for unit in self.item.units}
        number = read(
            self.t, item, text, today=date.min, unit=units.get(self.unit_code, self.unit_code) if units else None
        )
        if not isinstance(number, Decimal):
            return number
        if not units:
            return Amount(value=number, unit=item.unit_code) if item.amount else number
        if not self.unit_code:
            raise Unreadable(N_("Choose the unit."))
        return Amount(value=number, unit=self.unit_code)

    def show_value(self, value: Any) -> str:
        return written(self.t, self.item, value.value if isinstance(value, Amount) else value)

    def adopt(self, item: NumberQuestion) -> None:
        moved = not self.unread and item.unit_code != self.unit_code and bool(item.unit_code)
        if moved:
            self.unit_code = item.unit_code
        super().adopt(item)
        if moved:
            self.redraw()

    def extra(self) -> dict[str, str | bool]:
        step = "" if self.item.step is None else str(self.item.step)
        return {"inputmode": "numeric" if self.item.whole and not self._negative else "decimal", "data-step": step}

    def field(self) -> Markup:
        item, field = self.item, super().field()
        if item.step is not None and not item.locked:
            button = '<button type="button" class="step" data-do="step" value="{}" aria-label="{}">{}</button>'
            less, more = h(button, "-1", self.t("One less"), "−"), h(button, "1", self.t("One more"), "+")
            field = h("{}{}{}", less, field, more)
        if item.units:
            return h(
                '<span class="withunit">{}{}</span>',
                field,
                self._own_unit() if item.own_unit else self._choice_of_unit(),
            )
        unit = h('<span class="unit">{}</span>', item.unit) if item.unit else ""
        return h('<span class="withunit">{}{}</span>', field, unit)

    def _own_unit(self) -> Markup:
        """A field that proposes the form's units and takes others."""
        known = {unit.code: unit.text for unit in self.item.units}
        field = attributes(
            {
                "type": "text",
                "class": "input input-unit",
                "aria-label": self.t("Unit"),
                "placeholder": self.t("Unit"),
                "value": known.get(self.unit_code, self.unit_code),
                "list": f"{self.qid}-units",
                "maxlength": str(MOST_OF_A_UNIT),
                "autocomplete": "off",
                "readonly": bool(self.item.locked),
            }
        )
        options = join(h("<option>{}</option>", text) for text in known.values())
        return h('<input{}><datalist id="{}-units">{}</datalist>', field, self.qid, options)

    def _choice_of_unit(self) -> Markup:
        rows = join(
            h(
                "<option{}>{}</option>",
                attributes({"value": unit.code, "selected": unit.code == self.unit_code}),
                unit.text,
            )
            for unit in self.item.units
        )
        blank = "" if self.unit_code else h('<option value="">{}</option>', self.t("Unit"))
        common = attributes(
            {"class": "input input-unit", "aria-label": self.t("Unit"), "disabled": bool(self.item.locked)}
        )
        return h("<select{}>{}{}</select>", common, blank, rows)

    @property
    def _negative(self) -> bool:
        return self.item.low is None or self.item.low < 0


class DateField(TypedField[DateQuestion]):
    """A date typed in one field: a calendar is slow for a date of birth and hard with a screen reader."""

    FIELD_CSS: ClassVar[str] = "input input-date"

    def __init__(self, t: Texts, item: DateQuestion, on_answer: OnAnswer, *, today: Callable[[], date]) -> None:
        self.today = today
        super().__init__(t, item, on_answer, typed=written(t, item, item.value))

    def read(self, text: str) -> Value:
        return read(self.t, self.item, text, today=self.today())

    def show_value(self, value: Any) -> str:
        return written(self.t, self.item, value)

    @property
    def hint_line(self) -> Markup:
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


class MomentField(DateField):
    """A day and, when it is known, the time of day: two fields, one answer."""

    HANDLER: ClassVar[str] = "(event) => portal.parts(event, emit)"

    def __init__(self, t: Texts, item: MomentQuestion, on_answer: OnAnswer, *, today: Callable[[], date]) -> None:
        self.hour = item.value[11:16]
        super().__init__(t, item, on_answer, today=today)

    async def receive(self, sent: Any) -> None:
        if isinstance(sent, list) and len(sent) == 2 and all(isinstance(part, str) for part in sent):
            self.hour = sent[1]
            await self.enter(sent[0])

    async def enter(self, text: str) -> None:
        if self.hour.strip() and not text.strip():
            self.typed, self.unread = text, True
            self.show_error(self.t("Write the day too."))
            return
        await super().enter(text)

    def read(self, text: str) -> Value:
        day = str(super().read(text))
        if not self.hour.strip():
            return day
        if len(day) < len("2026-03-27"):
            raise Unreadable(N_("A time needs the whole date: DD/MM/YYYY."))
        self.hour = str(read(self.t, TimeQuestion(link_id="", text=""), self.hour, today=self.today()))
        return f"{day}T{self.hour}"

    def set_value(self, value: Any) -> None:
        hour = str(value or "")[11:16]
        if not self.unread and hour != self.hour:
            self.hour = hour
            self.typed = self.show_value(value)
            self.redraw()
        super().set_value(value)

    def field(self) -> Markup:
        time = attributes(
            {
                "type": "text",
                "class": "input input-time",
                "aria-label": self.t("Time"),
                "value": self.hour,
                "inputmode": "numeric",
                "autocomplete": "off",
                "readonly": bool(self.item.locked),
            }
        )
        words = h('<span class="unit" aria-hidden="true">{}</span>', self.t("Time"))
        return h('<span class="withunit">{}{}<input{}></span>', super().field(), words, time)


class TimeField(TypedField[TimeQuestion]):
    """A time of day, typed."""

    FIELD_CSS: ClassVar[str] = "input input-time"

    def __init__(self, t: Texts, item: TimeQuestion, on_answer: OnAnswer) -> None:
        super().__init__(t, item, on_answer, typed=item.value[:5])

    def read(self, text: str) -> Value:
        return read(self.t, self.item, text, today=date.min)
