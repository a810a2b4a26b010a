"""Questions answered by a mark: one or several among a few, one in a long list, a place on a line."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Widget
from components.form.items import ChoiceQuestion, ListQuestion, Option, ScaleQuestion
from components.form.media import pictures
from components.markup import attributes, h, join, typo
from portal.i18n import NBSP, Texts

MOST_WORDS = 255  # of an answer of one's own


class ChoiceItem(Widget[ChoiceQuestion]):
    """Native radio buttons, or check boxes with `many`; arrows work, one Tab stop a question."""

    TAG: ClassVar[str] = "fieldset"
    CSS: ClassVar[str] = "choice"
    HANDLER: ClassVar[str] = "(event) => portal.choice(event, emit)"
    MARKED: ClassVar[bool] = True

    def __init__(self, t: Texts, item: ChoiceQuestion, on_answer: OnAnswer, *, hidden_legend: bool = False) -> None:
        self.value, self.hidden_legend = item.value, hidden_legend
        super().__init__(t, item, on_answer)
        if item.chips:
            self.classes("chips")
        self._describe()

    def inside(self) -> Markup:
        legend = h('<legend class="{}">{}</legend>', "sr" if self.hidden_legend else "", self.label)
        rows = join(self._row(index, option) for index, option in enumerate(self.item.options))
        own = self._own_row() if self.item.open else ""
        shape = '{}{}{}<div class="answers{}"{}>{}{}{}</div>{}'
        layout, style, heads = self._shape()
        return h(shape, legend, self.hint, self.error_line, layout, style, heads, rows, own, self.locked_line)

    def _shape(self) -> tuple[str, Markup, Markup]:
        """Class, style and heads of the answers: under each other, several side by side, or a table of their columns."""
        item = self.item
        if item.columns:
            style = attributes({"style": tracks(item.columns, item.widths)})
            heads = join(h("<span>{}</span>", typo(self.t, each)) for each in item.columns)
            return " in-columns", style, h('<div class="heads" aria-hidden="true"><span></span>{}</div>', heads)
        if item.across > 1:
            return " across", attributes({"style": f"--across:{item.across}"}), Markup()
        return "", Markup(), Markup()

    async def receive(self, sent: Any) -> None:
        words = ""
        if self.item.open and isinstance(sent, dict):
            sent, words = sent.get("chosen"), sent.get("words")
            if not isinstance(words, str) or len(words) > MOST_WORDS:
                return
        indexes = sent if isinstance(sent, list) else [sent]
        options = self.item.options
        if not all(isinstance(one, str) and one.isdecimal() and int(one) < len(options) for one in indexes):
            return  # only a broken or hostile browser sends this
        await self.choose(*(options[int(one)].code for one in indexes), words=words)

    async def choose(self, *codes: str, words: str = "") -> None:
        """What a click does; tests call it too. Codes that the question does not have are ignored.

        `words` = an answer of one's own, where the question takes one.
        """
        known = [option for option in self.item.options if option.code in codes]
        alone = [option for option in known if option.alone]
        kept = (alone[-1:] or known) if self.item.many else known[:1]
        own = (words.strip(),) if self.item.open and words.strip() and not alone else ()
        self.value = (*(option.code for option in kept if self.item.many or not own), *own)
        await self.tell(self.value)

    def set_value(self, value: tuple[str, ...]) -> None:
        if value != self.value:
            self.value = value
            self.redraw()

    def _row(self, index: int, option: Option) -> Markup:
        box = attributes(
            {
                "type": "checkbox" if self.item.many else "radio",
                "name": self.qid,
                "value": str(index),
                "checked": option.code in self.value,
                "disabled": bool(self.item.locked),
                "data-alone": option.alone or option.aside,
            }
        )
        css = "aside" if option.aside else ""
        picture = pictures(self.t, (option.media,)) if option.media else ""
        cells = join(
            h('<span class="cell"><span class="cell-name">{} </span>{}</span>', typo(self.t, head), typo(self.t, cell))
            for head, cell in zip(self.item.columns, option.cells, strict=False)
        )
        return h(
            '<label class="{}" data-code="{}"><input{}> {}</label>',
            css,
            option.code,
            box,
            cells or h("<span>{}{}</span>", typo(self.t, option.text), picture),
        )

    def _own_row(self) -> Markup:
        """The last row: a mark, and a field beside it that ticks the mark by itself."""
        words = own_words(self.item, self.value)
        box = attributes(
            {
                "type": "checkbox" if self.item.many else "radio",
                "name": self.qid,
                "value": "own",
                "id": f"{self.qid}-own",
                "checked": bool(words),
                "disabled": bool(self.item.locked),
            }
        )
        field = attributes(
            {
                "type": "text",
                "class": "input own",
                "id": f"{self.qid}-words",
                "value": words,
                "autocomplete": "off",
                "maxlength": str(MOST_WORDS),
                "aria-label": self.t("{label}: write it here", label=self.item.open),
                "readonly": bool(self.item.locked),
            }
        )
        return h(
            '<div class="ownrow"><label><input{}> <span>{}</span></label><input{}></div>',
            box,
            typo(self.t, self.item.open),
            field,
        )


def tracks(columns: Sequence[str], widths: Sequence[str]) -> str:
    """The columns of a table as CSS variables: how many, and how wide each is."""
    shares = " ".join(width or "minmax(0, 1fr)" for width in widths)
    return f"--cols:{len(columns)}" + (f";--tracks:{shares}" if any(widths) else "")


def own_words(item: ChoiceQuestion | ListQuestion, value: tuple[str, ...]) -> str:
    """The answer among these that is none of the options."""
    codes = {option.code for option in item.options}
    return next((each for each in value if each not in codes), "")


class DropDown(Widget[ListQuestion]):
    """One answer in a long list: the device's own list, which a phone shows full screen and a keyboard searches."""

    def __init__(self, t: Texts, item: ListQuestion, on_answer: OnAnswer) -> None:
        self.value = item.value
        if item.open:
            self.HANDLER = "(event) => portal.parts(event, emit)"  # type: ignore[misc]
        super().__init__(t, item, on_answer)

    def inside(self) -> Markup:
        rows = join(
            h("<option{}>{}</option>", attributes({"value": str(index), "selected": option.code in self.value}), name)
            for index, option in enumerate(self.item.options)
            if (name := typo(self.t, option.text))
        )
        field = attributes(
            {
                "id": f"{self.qid}-field",
                "class": "input",
                "aria-describedby": self.described_by(),
                "aria-invalid": "true" if self.error else "",
                "disabled": bool(self.item.locked),
            }
        )
        return h(
            '<label for="{}-field">{}</label>{}{}<select{}><option value="">{}</option>{}</select>{}{}',
            self.qid,
            self.label,
            self.hint,
            self.error_line,
            field,
            self.t("Choose"),
            rows,
            self._own_field() if self.item.open else "",
            self.locked_line,
        )

    async def receive(self, sent: Any) -> None:
        words = ""
        if self.item.open and isinstance(sent, list) and len(sent) == 2:
            sent, words = sent
            if not isinstance(words, str) or len(words) > MOST_WORDS:
                return
        if sent == "":
            await self.choose(words=words)
        elif isinstance(sent, str) and sent.isdecimal() and int(sent) < len(self.item.options):
            # Of two answers the one just given counts: the list when it moved, else the words.
            code = self.item.options[int(sent)].code
            await (self.choose(words=words) if words.strip() and code in self.value else self.choose(code))

    async def choose(self, code: str = "", *, words: str = "") -> None:
        """What a selection does; no code = no answer, or one's own words."""
        known = tuple(option.code for option in self.item.options if option.code == code)[:1]
        own = (words.strip(),) if self.item.open and words.strip() and not known else ()
        self.value = known or own
        if self.item.open:
            self.redraw()
        await self.tell(self.value)

    def _own_field(self) -> Markup:
        field = attributes(
            {
                "type": "text",
                "class": "input own",
                "id": f"{self.qid}-words",
                "value": own_words(self.item, self.value),
                "autocomplete": "off",
                "maxlength": str(MOST_WORDS),
                "readonly": bool(self.item.locked),
            }
        )
        return h('<label class="or" for="{}-words">{}</label><input{}>', self.qid, typo(self.t, self.item.open), field)

    def set_value(self, value: tuple[str, ...]) -> None:
        if value != self.value:
            self.value = value
            self.redraw()


class ScaleItem(Widget[ScaleQuestion]):
    """Visual analogue scale. No thumb and no value until touched: a thumb in the middle is an answer nobody gave.

    The line can be tapped, dragged or moved with the arrows; − and + do the same without dragging.
    """

    TAG: ClassVar[str] = "fieldset"
    CSS: ClassVar[str] = "choice"
    HANDLER: ClassVar[str] = "(event) => portal.scale(event, emit)"
    EVENTS: ClassVar[tuple[str, ...]] = ("input", "change", "click")
    MARKED: ClassVar[bool] = True

    def __init__(self, t: Texts, item: ScaleQuestion, on_answer: OnAnswer) -> None:
        self.value = item.value
        super().__init__(t, item, on_answer)
        self._describe()

    def inside(self) -> Markup:
        t, item, at = self.t, self.item, self.value
        unset = "" if at is not None else "unset"
        shown = t("{value} out of {high}", value="%n", high=t.number(item.high))
        told = shown.replace("%n", t.number(at)) if at is not None else t("No answer yet: touch the line.")
        part = (at - item.low) * 100 / (item.high - item.low) if at is not None else 0
        line = attributes(
            {
                "type": "range",
                "id": f"{self.qid}-line",
                "class": unset,
                "min": str(item.low),
                "max": str(item.high),
                "step": str(item.step),
                "value": str(at if at is not None else item.low + (item.high - item.low) / item.step // 2 * item.step),
                "style": f"--at:{float(part):.1f}%",
                "aria-label": typo(t, item.text),
                "aria-valuetext": t("No answer yet") if at is None else "",
                "disabled": bool(item.locked),
            }
        )
        step = '<button type="button" class="step" value="{}" aria-label="{}"{}>{}</button>'
        locked = attributes({"disabled": bool(item.locked)})
        return h(
            '<legend>{legend}</legend>{hint}{error}<div class="scale"><output class="{unset}" for="{id}-line"'
            ' data-shown="{shown}">{told}</output><div class="rail">{less}<input{line}>{more}</div>'
            '<div class="ends"><span>{low}</span><span>{high}</span></div></div>{lock}',
            legend=self.label,
            hint=self.hint,
            error=self.error_line,
            unset=unset,
            id=self.qid,
            shown=shown,
            told=told,
            less=h(step, "-1", t("One point less"), locked, "−"),
            more=h(step, "1", t("One point more"), locked, "+"),
            line=line,
            low=self._end(item.low, item.low_text),
            high=self._end(item.high, item.high_text),
            lock=self.locked_line,
        )

    async def receive(self, sent: Any) -> None:
        if isinstance(sent, (str, int)) and re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", str(sent)):
            await self.choose(Decimal(str(sent)))

    async def choose(self, value: int | Decimal) -> None:
        """What a touch on the line does; outside the line, or between two of its steps, is ignored."""
        item = self.item
        if item.low <= value <= item.high and (Decimal(value) - item.low) % item.step == 0:
            self.value = Decimal(value)
            await self.tell(self.value)

    def _end(self, value: Decimal, words: str) -> Markup:
        """An end of the line: its value, and what it means when the form says so."""
        number = self.t.number(value)
        return (
            h("{}{}: {}", number, NBSP if self.t.locale == "fr" else "", typo(self.t, words))
            if words
            else h("{}", number)
        )

    def set_value(self, value: Decimal | None) -> None:
        if value != self.value:
            self.value = value
            self.redraw()
