"""A question that takes as many answers as one likes: a field for each, and buttons to add one or take one away."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Widget
from components.form.items import Amount, ManyQuestion, NumberQuestion, Option, Several
from components.form.reading import Unreadable
from components.form.typed import read, written
from components.icons import icon
from components.markup import attributes, h, join
from portal.i18n import N_, Texts

MOST = 50


class ManyField(Widget[ManyQuestion]):
    """`rows` is what is typed in each field, `units` the code chosen beside each. `unread` = one is not (yet) an answer."""

    TAG: ClassVar[str] = "fieldset"
    CSS: ClassVar[str] = "choice several"
    HANDLER: ClassVar[str] = "(event) => portal.several(event, emit)"
    EVENTS: ClassVar[tuple[str, ...]] = ("change", "click")
    ANSWER: ClassVar[tuple[str, ...]] = ("values",)

    def __init__(self, t: Texts, item: ManyQuestion, on_answer: OnAnswer, *, today: Callable[[], date]) -> None:
        self.today, self.unread = today, False
        self.rows, self.units = self._written(t, item, item.values)
        super().__init__(t, item, on_answer)
        self._describe()

    def inside(self) -> Markup:
        rows = join(self._row(index, typed) for index, typed in enumerate(self.rows))
        add = '<button type="button" class="btn btn-side" data-do="add">{}<span>{}</span></button>'
        button = h(add, icon("plus"), self.t("Add another")) if self._may_add() else ""
        legend = h("<legend>{}</legend>", self.label)
        return h(
            "{}{}{}<div class='rowsof'>{}</div>{}{}", legend, self.hint, self.error_line, rows, button, self.locked_line
        )

    async def receive(self, sent: Any) -> None:
        if not isinstance(sent, dict) or not isinstance(sent.get("rows"), list):
            return
        rows = [row for row in sent["rows"] if isinstance(row, str)][: self.item.most or MOST]
        units = [*self._known(sent.get("units")), *[""] * len(rows)][: len(rows)]
        match sent.get("do"):
            case "add" if len(rows) < (self.item.most or MOST):
                self.rows, self.units = [*rows, ""], [*units, units[-1] if units else ""]
                self.redraw()
            case "remove" if isinstance(sent.get("at"), str) and sent["at"].isdecimal():
                kept = [index for index in range(len(rows)) if index != int(sent["at"])]
                self.rows, self.units = (
                    [rows[index] for index in kept] or [""],
                    [units[index] for index in kept] or [""],
                )
                self.redraw()
                await self.enter(self.rows, self.units)
            case _:
                await self.enter(rows, units)

    async def enter(self, rows: list[str], units: Sequence[str] = ()) -> None:
        """What leaving a field does; tests call it too. Empty fields are no answers."""
        self.rows, self.unread = list(rows), False
        self.units = [*units, *[""] * len(rows)][: len(rows)]
        try:
            pairs = zip(self.rows, self.units, strict=True)
            values = tuple(self._read(row, unit) for row, unit in pairs if row.strip())
        except Unreadable as unreadable:
            self.unread = True
            self.show_error(self.t.say(unreadable.message))
            return
        await self.tell(Several(values=values) if values else None)

    def set_value(self, value: Any) -> None:
        if self.unread:
            return
        rows, units = self._written(self.t, self.item, value)
        if rows != ([row for row in self.rows if row.strip()] or [""]):
            self.rows, self.units = rows, units
            self.redraw()

    @staticmethod
    def _written(t: Texts, item: ManyQuestion, values: Sequence[str | Decimal | Amount]) -> tuple[list[str], list[str]]:
        numbers = [value.value if isinstance(value, Amount) else value for value in values]
        units = [value.unit if isinstance(value, Amount) else "" for value in values]
        usual = item.one.unit_code if isinstance(item.one, NumberQuestion) else ""
        return [written(t, item.one, value) for value in numbers] or [""], units or [usual]

    def _read(self, row: str, unit: str) -> str | Decimal | Amount:
        one = self.item.one
        value = read(self.t, one, row, today=self.today())
        if not isinstance(one, NumberQuestion) or not isinstance(value, Decimal) or not (one.units or one.amount):
            return value
        if one.units and not unit:
            raise Unreadable(N_("Choose the unit."))
        return Amount(value=value, unit=unit or one.unit_code)

    def _known(self, sent: Any) -> list[str]:
        """The codes that the browser tells, where they are units of this question."""
        known = {each.code for each in getattr(self.item.one, "units", ())}
        return [each if each in known else "" for each in sent] if isinstance(sent, list) else []

    def _choice_of_unit(self, index: int) -> Markup:
        options: tuple[Option, ...] = getattr(self.item.one, "units", ())
        if not options:
            return Markup()
        chosen = self.units[index] if index < len(self.units) else ""
        rows = join(
            h("<option{}>{}</option>", attributes({"value": unit.code, "selected": unit.code == chosen}), unit.text)
            for unit in options
        )
        blank = "" if chosen else h('<option value="">{}</option>', self.t("Unit"))
        name = attributes(
            {"class": "input input-unit", "aria-label": self.t("Unit"), "disabled": bool(self.item.locked)}
        )
        return h("<select{}>{}{}</select>", name, blank, rows)

    def _may_add(self) -> bool:
        return not self.item.locked and len(self.rows) < (self.item.most or MOST)

    def _row(self, index: int, typed: str) -> Markup:
        number = str(index + 1)
        field = attributes(
            {
                "type": "text",
                "id": f"{self.qid}-field" if index == 0 else f"{self.qid}-{index}",
                "class": "input",
                "value": typed,
                "autocomplete": "off",
                "aria-label": self.t("Answer {number}", number=number),
                "readonly": bool(self.item.locked),
            }
        )
        unit = getattr(self.item.one, "unit", "")
        after = h('<span class="unit">{}</span>', unit) if unit else self._choice_of_unit(index)
        button = '<button type="button" class="btn btn-quiet" data-do="remove" data-at="{}" aria-label="{}">{}</button>'
        words = self.t("Take away answer {number}", number=number)
        take = h(button, str(index), words, icon("cross")) if len(self.rows) > 1 and not self.item.locked else ""
        return h('<div class="withunit"><input{}>{}{}</div>', field, after, take)
