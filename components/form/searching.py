"""One answer among very many: the person types a few letters, the server looks, the arrows choose (ARIA combobox)."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from markupsafe import Markup
from nicegui import ui

from components.form.base import OnAnswer, Widget
from components.form.items import Option, SearchQuestion
from components.icons import icon
from components.markup import attributes, h, join, typo
from portal.i18n import Texts

OnSearch = Callable[[str, str], Awaitable[Sequence[Option]]]
"""Finds the answers to the question of this link id that go with what was typed, best first."""

LONGEST_SEARCH = 100


class SearchField(Widget[SearchQuestion]):
    """What was chosen stands above the field, each answer with a button that takes it away."""

    HANDLER: ClassVar[str] = "(event) => portal.search(event, emit)"
    EVENTS: ClassVar[tuple[str, ...]] = ("input", "keydown", "click", "focusout")

    def __init__(self, t: Texts, item: SearchQuestion, on_answer: OnAnswer, *, search: OnSearch) -> None:
        self.value, self.search = item.value, search
        self.offered: dict[str, Option] = {}
        super().__init__(t, item, on_answer)

    def inside(self) -> Markup:
        t = self.t
        field = attributes(
            {
                "type": "text",
                "id": f"{self.qid}-field",
                "class": "input",
                "role": "combobox",
                "autocomplete": "off",
                "aria-expanded": "false",
                "aria-autocomplete": "list",
                "aria-controls": f"{self.qid}-list",
                "aria-describedby": self.described_by(f"{self.qid}-chosen"),
                "aria-invalid": "true" if self.error else "",
                "maxlength": str(LONGEST_SEARCH),
                "readonly": bool(self.item.locked),
                "data-open": self.item.open,
            }
        )
        return h(
            '<label for="{id}-field">{label}</label>{hint}{error}<ul class="chosen plain" id="{id}-chosen">{chosen}</ul>'
            '<div class="combo"><input{field}><ul class="found plain" id="{id}-list" role="listbox" aria-label="{plain}" hidden></ul></div>'
            '<p class="sr" role="status" data-none="{none}" data-some="{some}"></p>{lock}',
            id=self.qid,
            label=self.label,
            plain=typo(t, self.item.text),
            hint=self.hint,
            error=self.error_line,
            chosen=join(self._chosen(each) for each in self.value),
            field=field,
            none=t("No answer found. Try other letters."),
            some=t("{count} answers found. Choose with the arrows.", count="%n"),
            lock=self.locked_line,
        )

    async def receive(self, sent: Any) -> None:
        if not isinstance(sent, dict):
            return
        match sent:
            case {"search": str(text)}:
                await self.look(text[:LONGEST_SEARCH])
            case {"choose": str(code)} if code in self.offered:
                await self.choose(self.offered[code])
            case {"words": str(text)} if self.item.open and text.strip():
                words = text.strip()[:LONGEST_SEARCH]
                await self.choose(Option(code=words, text=words))
            case {"remove": str(code)}:
                await self.take_away(code)
            case _:
                return

    async def look(self, text: str) -> Sequence[Option]:
        """What typing does: the answers that go with the letters stand under the field."""
        found = await self.search(self.link_id, text) if text.strip() else ()
        self.offered = {option.code: option for option in found}
        shown = [{"code": option.code, "text": typo(self.t, option.text)} for option in found]
        with self:
            ui.run_javascript(f"portal.found({json.dumps(self.qid)}, {json.dumps(text)}, {json.dumps(shown)})")
        return found

    async def choose(self, option: Option) -> None:
        """What choosing does; where one answer is asked, it takes the place of the former."""
        others = tuple(each for each in self.value if each.code != option.code) if self.item.many else ()
        self.value = (*others, option)
        self.redraw()
        await self.tell(tuple(each.code for each in self.value))

    async def take_away(self, code: str) -> None:
        self.value = tuple(each for each in self.value if each.code != code)
        self.redraw()
        await self.tell(tuple(each.code for each in self.value))

    def set_value(self, value: tuple[Option, ...]) -> None:
        if [each.code for each in value] != [each.code for each in self.value]:
            self.value = value
            self.redraw()

    def _chosen(self, option: Option) -> Markup:
        words = typo(self.t, option.text)
        if self.item.locked:
            return h("<li>{}</li>", words)
        button = '<button type="button" class="btn btn-quiet" data-do="remove" data-at="{}" aria-label="{}">{}</button>'
        return h(
            "<li><span>{}</span>{}</li>",
            words,
            h(button, option.code, self.t("Take away: {what}", what=words), icon("cross")),
        )
