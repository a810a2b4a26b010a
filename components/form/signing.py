"""A signature: one's name, written, which is enough; and, for who likes to, what one draws with a finger or a mouse."""

import base64
import binascii
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Widget
from components.form.items import SignatureQuestion, Signed
from components.icons import icon
from components.markup import attributes, h
from portal.i18n import Texts

MOST_LETTERS = 120
LARGEST_DRAWING = 200_000  # bytes of a PNG of the size that the page draws on; a full one takes a tenth
PNG = "data:image/png;base64,"


class SignatureField(Widget[SignatureQuestion]):
    """The drawing is told when the finger leaves it; “Erase” takes it away. Nobody has to draw."""

    HANDLER: ClassVar[str] = "(event) => portal.sign(event, emit)"
    EVENTS: ClassVar[tuple[str, ...]] = ("change", "click", "pointerdown", "pointermove", "pointerup", "pointercancel")

    def __init__(self, t: Texts, item: SignatureQuestion, on_answer: OnAnswer) -> None:
        self.value = item.value
        super().__init__(t, item, on_answer)

    def inside(self) -> Markup:
        t = self.t
        field = attributes(
            {
                "type": "text",
                "id": f"{self.qid}-field",
                "class": "input",
                "value": self.value.name,
                "autocomplete": "name",
                "maxlength": str(MOST_LETTERS),
                "aria-describedby": self.described_by(),
                "aria-invalid": "true" if self.error else "",
                "aria-required": "true",
            }
        )
        return h(
            '<label for="{id}-field">{label}</label>{hint}{error}<input{field}>'
            '<details class="drawn"{open}><summary>{draw}</summary><div class="pad">{pad}</div>{erase}</details>',
            id=self.qid,
            label=self.label,
            hint=self.hint,
            error=self.error_line,
            field=field,
            open=Markup(" open") if self.value.drawing else "",
            draw=t("Sign with your finger too, if you like"),
            pad=self._pad(),
            erase=h(
                '<button type="button" class="btn btn-quiet" data-do="erase">{}<span>{}</span></button>',
                icon("cross"),
                t("Erase"),
            ),
        )

    def _pad(self) -> Markup:
        if self.value.drawing:
            return h('<img src="{}" alt="{}">', self.value.drawing, self.t("Your signature"))
        return h(
            '<canvas width="600" height="200" role="img" aria-label="{}"></canvas>', self.t("Draw your signature here")
        )

    async def receive(self, sent: Any) -> None:
        match sent:
            case {"name": str(name)} if len(name) <= MOST_LETTERS:
                self.value = Signed(name=name.strip(), drawing=self.value.drawing)
            case {"drawing": ""}:
                self.value = Signed(name=self.value.name)
                self.redraw()
            case {"drawing": str(drawing)} if is_png(drawing):
                self.value = Signed(name=self.value.name, drawing=drawing)
            case _:
                return  # only a broken or hostile browser sends this
        await self.tell(self.value)

    def set_value(self, value: Signed) -> None:
        if value != self.value:
            self.value = value
            self.redraw()


def is_png(url: str) -> bool:
    """A small PNG as a `data:` URL."""
    if not url.startswith(PNG) or len(url) > LARGEST_DRAWING * 4 // 3 + 100:
        return False
    try:
        return base64.b64decode(url[len(PNG) :], validate=True).startswith(b"\x89PNG\r\n\x1a\n")
    except binascii.Error:
        return False
