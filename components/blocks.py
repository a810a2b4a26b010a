"""The few NiceGUI elements that everything else is made of: a block of HTML, a button, a place for messages."""

import json
from collections.abc import Awaitable, Callable

from markupsafe import Markup, escape
from nicegui import ui

from components.icons import icon
from components.markup import h

Action = Callable[[], Awaitable[object] | object]


def block(html: Markup | str, css: str = "", tag: str = "div", **attributes: str) -> ui.html:
    """HTML as one element. A plain string is shown as text: only `Markup` can hold tags.

    Attributes: `_` stands for `-`, so `aria_label="…"`.
    """
    made = ui.html(str(escape(html)), sanitize=False, tag=tag).classes(css)
    made.props.update({name.strip("_").replace("_", "-"): value for name, value in attributes.items()})
    return made


def set_block(element: ui.html, html: Markup | str) -> None:
    """Replaces the content of a block; focus inside it is kept by the page's script."""
    element.set_content(str(escape(html)))


class Button(ui.html):
    """A real button. While its action runs it is busy: same width, `aria-busy`, and a second press does nothing."""

    def __init__(
        self,
        text: str,
        on_click: Action,
        kind: str = "main",
        mark: str = "",
        *,
        wide: bool = False,
        busy_text: str = "",
        **attributes: str,
    ) -> None:
        super().__init__(str(_label(text, mark)), sanitize=False, tag="button")
        self.text, self.icon_name, self.busy_text = text, mark, busy_text
        self._action, self._busy = on_click, False
        self.classes(f"btn btn-{kind}" + (" btn-wide" if wide else ""))
        self.props.update(
            {"type": "button"} | {name.replace("_", "-"): value for name, value in attributes.items()},
        )
        self.on("click", self.press, js_handler="() => emit()")

    async def press(self) -> None:
        """What a click does; tests call it too."""
        if self._busy:
            return
        self._set_busy(True)
        try:
            result = self._action()
            if isinstance(result, Awaitable):
                await result
        finally:
            self._set_busy(False)

    def set_text(self, text: str, mark: str | None = None) -> None:
        self.text, self.icon_name = text, self.icon_name if mark is None else mark
        self.set_content(str(_label(text, self.icon_name)))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        if self.is_deleted:  # the action may have left the page
            return
        if busy:
            self.props["aria-busy"] = "true"
        else:
            self.props.pop("aria-busy", None)
        if self.busy_text:
            self.set_content(str(_label(self.busy_text if busy else self.text, self.icon_name)))
        self.update()


def move_focus(html_id: str) -> None:
    """Puts the focus (and the screen) on the element of this id once the page has been redrawn."""
    ui.run_javascript(f"portal.focus({json.dumps(html_id)})")


def _label(text: str, mark: str) -> Markup:
    return h("{}<span>{}</span>", icon(mark) if mark else "", text)
