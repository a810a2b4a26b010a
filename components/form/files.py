"""Files given with an answer: chosen on the device, sent aside from the page's socket, listed with a way to open them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from markupsafe import Markup

from components.form.base import OnAnswer, Widget
from components.form.items import FileQuestion, GivenFile
from components.icons import icon
from components.markup import attributes, h, join
from portal.i18n import Texts

KIND_WORDS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "text/plain": "TXT",
}


class FileField(Widget[FileQuestion]):
    """The browser sends the file to the question's address, which checks it and says under which key it is kept."""

    HANDLER: ClassVar[str] = "(event) => portal.file(event, emit)"
    EVENTS: ClassVar[tuple[str, ...]] = ("change", "click")
    ANSWER: ClassVar[tuple[str, ...]] = ("files",)

    def __init__(self, t: Texts, item: FileQuestion, on_answer: OnAnswer) -> None:
        self.files = item.files
        super().__init__(t, item, on_answer)

    def inside(self) -> Markup:
        t, item = self.t, self.item
        field = attributes(
            {
                "type": "file",
                "id": f"{self.qid}-field",
                "class": "input",
                "accept": ",".join(item.kinds),
                "aria-describedby": self.described_by(f"{self.qid}-kinds"),
                "aria-invalid": "true" if self.error else "",
                "data-to": item.to,
                "data-limit": str(item.limit),
                "data-toolarge": t("This file is too large: {limit} at most.", limit=size_words(t, item.limit)),
                "data-busy": t("Sending the file…"),
                "data-failed": t("The file was not sent. Check your connection and try again."),
            }
        )
        kinds = t("{kinds}, {limit} at most", kinds=", ".join(self._kinds()), limit=size_words(t, item.limit))
        chooser = Markup() if item.locked or (self.files and not item.many) else h("<input{}>", field)
        return h(
            '<label for="{id}-field">{label}</label>{hint}<span class="hint" id="{id}-kinds">{kinds}</span>{error}'
            '<ul class="files plain">{files}</ul>{chooser}<p class="small" role="status"></p>{lock}',
            id=self.qid,
            label=self.label,
            hint=self.hint,
            kinds=kinds,
            error=self.error_line,
            files=join(self._file(each) for each in self.files),
            chooser=chooser,
            lock=self.locked_line,
        )

    async def receive(self, sent: Any) -> None:
        match sent:
            case {"file": str(key)}:
                await self.add(key)
            case {"remove": str(key)}:
                await self.take_away(key)
            case {"refused": str(sentence)}:
                self.show_error(sentence[:300])
            case _:
                return

    async def add(self, key: str) -> None:
        """The address has taken a file under this key. What it is called comes back with the question."""
        kept = tuple(each.key for each in self.files) if self.item.many else ()
        await self.tell((*kept, key))

    async def take_away(self, key: str) -> None:
        await self.tell(tuple(each.key for each in self.files if each.key != key))

    def set_value(self, value: Sequence[GivenFile]) -> None:
        if tuple(value) != self.files:
            self.files = tuple(value)
            self.redraw()

    def _kinds(self) -> list[str]:
        return [KIND_WORDS.get(kind, kind.rpartition("/")[2].upper()) for kind in self.item.kinds]

    def _file(self, file: GivenFile) -> Markup:
        name = file.name or self.t("Document")
        opened = (
            h(
                '<a href="{}" target="_blank" rel="noopener">{}<span class="sr"> {}</span></a>',
                file.address,
                name,
                self.t("(opens in a new tab)"),
            )
            if file.address
            else h("<span>{}</span>", name)
        )
        button = '<button type="button" class="btn btn-quiet" data-do="remove" data-at="{}" aria-label="{}">{}</button>'
        take = "" if self.item.locked else h(button, file.key, self.t("Take away: {what}", what=name), icon("cross"))
        size = h(' <span class="muted small">{}</span>', size_words(self.t, file.size)) if file.size else ""
        return h("<li>{}{}{}</li>", opened, size, take)


def size_words(t: Texts, size: int) -> str:
    """3 Mo, 120 Ko; in English MB and kB."""
    if size >= 1_000_000:
        return t("{n} MB", n=t.number(size / 1_000_000, 0 if size % 1_000_000 == 0 else 1))
    return t("{n} kB", n=t.number(max(1, round(size / 1000))))
