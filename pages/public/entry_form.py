"""A small real form for the sign-in pages: Enter sends it, password managers and one-time-code keyboards know its fields."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nicegui import ui

from components.icons import icon
from components.markup import attributes, h, join

LONGEST = 2000  # characters taken from one field

Submit = Callable[[Mapping[str, str]], Awaitable[object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One field. `kind` is the input's type; `more` are further attributes (inputmode…). A `checkbox` comes as "on" or ""."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    autocomplete: str = "off"
    css: str = "input"
    more: Mapping[str, str] | None = None


def put_focus(name: str) -> None:
    """The cursor goes to this field once it is drawn; the screen moves no more than it must."""
    ui.run_javascript(
        f"((tries) => {{ const go = () => {{ const field = document.getElementById({name!r});"
        " field ? field.focus() : tries-- > 0 && setTimeout(go, 25); }; go(); })(40)"
    )


class EntryForm(ui.html):
    """Sends all fields at once to `on_submit`. What was typed stays in the browser: it is never written into the page
    by the server, and the page's script puts it back when an error is shown.
    """

    def __init__(self, entries: Sequence[Entry], submit: str, busy: str, on_submit: Submit) -> None:
        self.entries, self.submit, self.busy_text, self.on_submit = entries, submit, busy, on_submit
        self.errors: dict[str, str] = {}
        self._busy = False
        super().__init__(str(self._inside()), sanitize=False, tag="form")
        self.classes("flow entry-form")
        self.props["novalidate"] = True
        self.on(
            "submit",
            lambda sent: self.send(sent.args),
            js_handler="(event) => { event.preventDefault(); emit(Object.fromEntries(new FormData(event.target))); }",
        )

    async def send(self, sent: Any) -> None:
        """What sending the form does; tests call it too. A second press while the first is under way does nothing."""
        if self._busy or not isinstance(sent, Mapping):
            return
        values = {entry.name: str(sent.get(entry.name, ""))[:LONGEST] for entry in self.entries}
        self._set_busy(True)
        try:
            await self.on_submit(values)
        finally:
            if not self.is_deleted:
                self._set_busy(False)

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """One sentence by each field named; the focus goes to the first."""
        self.errors = dict(errors)
        self.set_content(str(self._inside()))
        first = next((entry.name for entry in self.entries if entry.name in errors), "")
        if first:
            put_focus(first)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.set_content(str(self._inside()))

    def _inside(self) -> Markup:
        button = h(
            '<button class="btn btn-main btn-wide" type="submit" id="send-{}"{}><span>{}</span></button>',
            self.entries[0].name,
            attributes({"aria-busy": "true"} if self._busy else {}),
            self.busy_text if self._busy else self.submit,
        )
        return h("{}{}", join(self._field(entry) for entry in self.entries), button)

    def _field(self, entry: Entry) -> Markup:
        error = self.errors.get(entry.name, "")
        hint = h('<span class="hint" id="{}-hint">{}</span>', entry.name, entry.hint) if entry.hint else ""
        line = '<p class="error" id="{}-error">{}<span>{}</span></p>'
        told = h(line, entry.name, icon("alert"), error) if error else ""
        described = " ".join(
            part for part in (f"{entry.name}-hint" if hint else "", f"{entry.name}-error" if error else "") if part
        )
        box: dict[str, str | bool] = {
            "id": entry.name,
            "name": entry.name,
            "type": entry.kind,
            "class": entry.css,
            "autocomplete": entry.autocomplete,
            "aria-describedby": described,
            "aria-invalid": "true" if error else "",
            **(entry.more or {}),
        }
        if entry.kind == "checkbox":
            box["class"] = "tick"
            return h('<label class="ticked"><input{}><span>{}{}</span></label>', attributes(box), entry.label, hint)
        return h(
            '<div class="question field{}"><label for="{}">{}</label>{}{}<input{}></div>',
            " has-error" if error else "",
            entry.name,
            entry.label,
            hint,
            told,
            attributes(box),
        )
