"""A question that takes as many answers as one likes: a field for each, and buttons to add one or take one away."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Widget
from components.form.items import ManyQuestion, Several
from components.form.reading import Unreadable
from components.form.typed import read, written
from components.icons import icon
from components.markup import attributes, h, join
from portal.i18n import Texts

MOST = 50


class ManyField(Widget[ManyQuestion]):
    """`rows` is what is typed in each field. `unread` = one of them is not (yet) an answer."""

    TAG: ClassVar[str] = "fieldset"
    CSS: ClassVar[str] = "choice several"
    HANDLER: ClassVar[str] = "(event) => portal.several(event, emit)"
    EVENTS: ClassVar[tuple[str, ...]] = ("change", "click")
    ANSWER: ClassVar[tuple[str, ...]] = ("values",)

    def __init__(self, t: Texts, item: ManyQuestion, on_answer: OnAnswer, *, today: Callable[[], date]) -> None:
        self.today, self.unread = today, False
        self.rows: list[str] = [written(t, item.one, value) for value in item.values] or [""]
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
        match sent.get("do"):
            case "add" if len(rows) < (self.item.most or MOST):
                self.rows = [*rows, ""]
                self.redraw()
            case "remove" if isinstance(sent.get("at"), str) and sent["at"].isdecimal():
                self.rows = [row for index, row in enumerate(rows) if index != int(sent["at"])] or [""]
                self.redraw()
                await self.enter(self.rows)
            case _:
                await self.enter(rows)

    async def enter(self, rows: list[str]) -> None:
        """What leaving a field does; tests call it too. Empty fields are no answers."""
        self.rows, self.unread = list(rows), False
        try:
            values = tuple(read(self.t, self.item.one, row, today=self.today()) for row in rows if row.strip())
        except Unreadable as unreadable:
            self.unread = True
            self.show_error(self.t.say(unreadable.message))
            return
        await self.tell(Several(values=values) if values else None)

    def set_value(self, value: Any) -> None:
        if self.unread:
            return
        rows = [written(self.t, self.item.one, each) for each in value]
        if rows != [row for row in self.rows if row.strip()]:
            self.rows = rows or [""]
            self.redraw()

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
        after = h('<span class="unit">{}</span>', unit) if unit else ""
        button = '<button type="button" class="btn btn-quiet" data-do="remove" data-at="{}" aria-label="{}">{}</button>'
        words = self.t("Take away answer {number}", number=number)
        take = h(button, str(index), words, icon("cross")) if len(self.rows) > 1 and not self.item.locked else ""
        return h('<div class="withunit"><input{}>{}{}</div>', field, after, take)
