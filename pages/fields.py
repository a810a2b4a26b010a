"""A few fields to fill at once, on a page or in a dialog, each refusal said at its field."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, move_focus, set_block
from components.dialogs import Dialog
from components.form import AnyQuestion, Value, Widget, build_item
from components.markup import dom_id, note
from pages.base import Visit
from portal.errors import Invalid, PortalError, Problem, SignInNeeded

Send = Callable[["Fields"], Awaitable[object]]
Echo = Callable[["Fields"], Markup | str]


class Fields:
    """The fields in the present container. `key` sets them apart from others of the page; places of errors are link ids."""

    def __init__(self, visit: Visit, items: Sequence[AnyQuestion], *, key: str, echo: Echo | None = None) -> None:
        self.visit, self.t, self.key, self.echo = visit, visit.t, key, echo
        self.values: dict[str, Value] = {item.link_id: item.value for item in items}
        self.widgets: dict[str, Widget] = {}
        self.said = block("", "said", role="alert")
        for item in items:
            made = build_item(
                self.t, replace(item, link_id=f"{key}-{item.link_id}"), self._answered, today=visit.me.clock.today
            )
            if isinstance(made, Widget):
                self.widgets[item.link_id] = made
        self.heard = block("", "small soft", role="status") if echo else None

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value.strip() if isinstance(value, str) else ""

    def number(self, name: str) -> Decimal | None:
        value = self.values.get(name)
        return value if isinstance(value, Decimal) else None

    def day(self, name: str) -> date | None:
        text = self.text(name)
        return date.fromisoformat(text) if len(text) == 10 else None

    def choice(self, name: str) -> str:
        value = self.values.get(name)
        return value[0] if isinstance(value, tuple) and value else ""

    def missing(self, sentences: Mapping[str, str]) -> bool:
        """Says these sentences at fields that are empty; True when there was one."""
        empty = {name: words for name, words in sentences.items() if self.values.get(name) in {None, "", ()}}
        self._show(empty)
        return bool(empty)

    async def send(self, action: Send, *, through: type[PortalError] | tuple[()] = ()) -> bool:
        """Runs the action for a living session; True when nothing was refused. An error `through` is the caller's."""
        set_block(self.said, "")
        if any(getattr(widget, "unread", False) for widget in self.widgets.values()):
            return False
        try:
            if not await self.visit.still_allowed(while_away=False):
                return False
            await action(self)
        except SignInNeeded:
            ui.navigate.to(self.visit.signed_out)
            return False
        except through:
            raise
        except Invalid as refusal:
            self._refused(refusal.problems)
            return False
        except PortalError as error:
            set_block(self.said, note(self.t.say(error.message), "danger", "alert"))
            return False
        return True

    def _refused(self, problems: Sequence[Problem]) -> None:
        sentences = {problem.place: self.t.say(problem.message) for problem in problems}
        elsewhere = [words for place, words in sentences.items() if place not in self.widgets]
        if elsewhere:
            set_block(self.said, note(" ".join(elsewhere), "danger", "alert"))
        self._show({place: words for place, words in sentences.items() if place in self.widgets})

    def _show(self, sentences: Mapping[str, str]) -> None:
        for name, words in sentences.items():
            self.widgets[name].show_error(words)
        if sentences:
            move_focus(dom_id(f"{self.key}-{next(iter(sentences))}"))

    def _answered(self, link_id: str, value: Value) -> None:
        self.values[link_id.removeprefix(f"{self.key}-")] = value
        if self.echo is not None and self.heard is not None:
            set_block(self.heard, self.echo(self))


class AskDialog(Dialog):
    """A dialog with fields. `send` gets them; when it refuses nothing, the page is shown anew with what has changed."""

    def __init__(
        self,
        visit: Visit,
        title: str,
        items: Sequence[AnyQuestion],
        verb: str,
        send: Send,
        *,
        key: str,
        lead: Markup | str = "",
        echo: Echo | None = None,
        required: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(visit.t, title, key)
        self.visit, self._send, self._required = visit, send, required or {}
        with self:
            if lead:
                block(lead, "soft", "p")
            self.fields = Fields(visit, items, key=key, echo=echo)
            with ui.element("div").classes("actions"):
                self.confirm = Button(verb, self.accept)
                self.cancel = Button(visit.t("Cancel"), self.close, "side")

    async def accept(self) -> None:
        """What the verb's button does; tests call it too."""
        if self.fields.missing(self._required):
            return
        if await self.fields.send(self._send) and not self.is_deleted:
            self.close()
            ui.navigate.to(self.visit.path)  # without the query that may have opened the dialog


def ask(visit: Visit, title: str, items: Sequence[AnyQuestion], verb: str, send: Send, **options: Any) -> AskDialog:
    """Opens a dialog over the page. It is made when it is needed, so that a long list does not hold one a row."""
    with ui.context.client.content:
        dialog = AskDialog(visit, title, items, verb, send, **options)
    dialog.open()
    return dialog
