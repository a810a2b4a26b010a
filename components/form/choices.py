"""Questions answered by a mark: one or several among a few, one in a long list, a place on a line."""

from decimal import Decimal
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Widget
from components.form.items import ChoiceQuestion, ListQuestion, Option, ScaleQuestion
from components.markup import attributes, h, join, typo
from portal.i18n import Texts


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
        return h('{}{}{}<div class="answers">{}</div>{}', legend, self.hint, self.error_line, rows, self.locked_line)

    async def receive(self, sent: Any) -> None:
        indexes = sent if isinstance(sent, list) else [sent]
        options = self.item.options
        if not all(isinstance(one, str) and one.isdecimal() and int(one) < len(options) for one in indexes):
            return  # only a broken or hostile browser sends this
        await self.choose(*(options[int(one)].code for one in indexes))

    async def choose(self, *codes: str) -> None:
        """What a click does; tests call it too. Codes that the question does not have are ignored."""
        known = [option for option in self.item.options if option.code in codes]
        alone = [option for option in known if option.alone]
        kept = (alone[-1:] or known) if self.item.many else known[:1]
        self.value = tuple(option.code for option in kept)
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
        return h(
            '<label class="{}" data-code="{}"><input{}> <span>{}</span></label>',
            css,
            option.code,
            box,
            typo(self.t, option.text),
        )


class DropDown(Widget[ListQuestion]):
    """One answer in a long list: the device's own list, which a phone shows full screen and a keyboard searches."""

    def __init__(self, t: Texts, item: ListQuestion, on_answer: OnAnswer) -> None:
        self.value = item.value
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
            '<label for="{}-field">{}</label>{}{}<select{}><option value="">{}</option>{}</select>{}',
            self.qid,
            self.label,
            self.hint,
            self.error_line,
            field,
            self.t("Choose"),
            rows,
            self.locked_line,
        )

    async def receive(self, sent: Any) -> None:
        if sent == "":
            await self.choose()
        elif isinstance(sent, str) and sent.isdecimal() and int(sent) < len(self.item.options):
            await self.choose(self.item.options[int(sent)].code)

    async def choose(self, code: str = "") -> None:
        """What a selection does; no code = no answer."""
        self.value = tuple(option.code for option in self.item.options if option.code == code)[:1]
        await self.tell(self.value)

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
        shown = t("{value} out of {high}", value="%n", high=item.high)
        told = shown.replace("%n", t.number(at)) if at is not None else t("No answer yet: touch the line.")
        part = (at - item.low) * 100 / (item.high - item.low) if at is not None else 0
        line = attributes(
            {
                "type": "range",
                "id": f"{self.qid}-line",
                "class": unset,
                "min": str(item.low),
                "max": str(item.high),
                "step": "1",
                "value": str(at if at is not None else (item.low + item.high) // 2),
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
            low=h("{}{}: {}", item.low, " " if t.locale == "fr" else "", typo(t, item.low_text)),
            high=h("{}{}: {}", item.high, " " if t.locale == "fr" else "", typo(t, item.high_text)),
            lock=self.locked_line,
        )

    async def receive(self, sent: Any) -> None:
        if isinstance(sent, (str, int)) and str(sent).lstrip("-").isdecimal():
            await self.choose(int(sent))

    async def choose(self, value: int) -> None:
        """What a touch on the line does; outside the line is ignored."""
        if self.item.low <= value <= self.item.high:
            self.value = Decimal(value)
            await self.tell(self.value)

    def set_value(self, value: Decimal | None) -> None:
        if value != self.value:
            self.value = value
            self.redraw()
