"""Native dialogs: the browser keeps the focus inside, Escape closes, and the focus goes back to where it was."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from components.blocks import Action, Button, block
from components.form.fields import TextArea
from components.form.items import TextQuestion, Value
from components.markup import dom_id, h
from portal.i18n import Texts


class Dialog(ui.element):
    """A titled dialog, closed at first. Fill it as a container; `open()` shows it over the page.

    For what cannot be undone, or needs words: never to ask “are you sure?” of what can be taken back.
    """

    def __init__(self, t: Texts, title: str, key: str) -> None:
        super().__init__("dialog")
        self.t, self.is_open = t, False
        self.classes("dialog sheet")
        heading = f"{dom_id(key)}-title"
        self.props["aria-labelledby"] = heading
        self.on("close", self._closed, js_handler="() => emit()")
        with self:
            block(h('<h2 id="{}" tabindex="-1" autofocus>{}</h2>', heading, title))

    def open(self) -> None:
        self.is_open = True
        self.run_method("showModal")

    def close(self) -> None:
        self.is_open = False
        self.run_method("close")

    def _closed(self) -> None:
        self.is_open = False


class ConfirmDialog(Dialog):
    """Says what will happen, in a sentence, with the verb on the button. `danger` for what cannot be undone."""

    def __init__(
        self, t: Texts, title: str, sentence: str, verb: str, action: Action, *, key: str, danger: bool = False
    ) -> None:
        super().__init__(t, title, key)
        self._action = action
        with self:
            block(sentence, "soft", "p")
            with ui.element("div").classes("actions"):
                self.confirm = Button(verb, self.accept, "danger" if danger else "main")
                self.cancel = Button(t("Cancel"), self.close, "side")

    async def accept(self) -> None:
        """What the verb's button does: the action, then the dialog closes."""
        result = self._action()
        if isinstance(result, Awaitable):
            await result
        if not self.is_deleted:
            self.close()


class CommentDialog(Dialog):
    """Asks for a few words before it acts: a reason, a remark. An empty text is refused beside the field."""

    def __init__(
        self,
        t: Texts,
        title: str,
        label: str,
        verb: str,
        on_send: Callable[[str], Awaitable[object] | object],
        *,
        key: str,
        hint: str = "",
        limit: int = 2000,
    ) -> None:
        super().__init__(t, title, key)
        self._send = on_send
        self.text = ""
        ask = TextQuestion(link_id=key, text=label, hint=hint, lines=4, limit=limit, required=True)
        with self:
            self.field = TextArea(t, ask, self._typed)
            with ui.element("div").classes("actions"):
                self.confirm = Button(verb, self.accept)
                self.cancel = Button(t("Cancel"), self.close, "side")

    async def accept(self) -> None:
        """What the button does: sends the words, then closes."""
        if self.field.unread:
            return
        if not self.text.strip():
            self.field.show_error(self.t("Write a few words."))
            return
        result = self._send(self.text)
        if isinstance(result, Awaitable):
            await result
        if not self.is_deleted:
            self.close()

    def _typed(self, _key: str, value: Value) -> None:
        self.text = value if isinstance(value, str) else ""


__all__ = ["CommentDialog", "ConfirmDialog", "Dialog"]
