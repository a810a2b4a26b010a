"""The process that prints one document: HTML on standard input, PDF on standard output. It reads the typeface and nothing else."""

import base64
import sys
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]

FACES = ("atkinson-next-latin.woff2", "atkinson-next-latin-ext.woff2")
RANGES = ("U+0000-00FF, U+0131, U+0152-0153, U+2000-206F, U+20AC, U+2122", "U+0100-02BA, U+1E00-1EFF")


def pdf(document: str, fonts: Path) -> bytes:
    """PDF/UA-1: tagged, with its language and its title, so that it can be read aloud."""
    faces = FontConfiguration()
    style = CSS(string=_faces(fonts), font_config=faces, url_fetcher=_only_inside)
    page = HTML(string=document, url_fetcher=_only_inside)
    made: bytes = page.write_pdf(stylesheets=[style], font_config=faces, pdf_variant="pdf/ua-1", pdf_tags=True)
    return made


def _faces(fonts: Path) -> str:
    shape = "@font-face {{ font-family: Atkinson; font-weight: 200 800; src: url(data:font/woff2;base64,{}); unicode-range: {} }}"
    files = [(fonts / name, span) for name, span in zip(FACES, RANGES, strict=True)]
    return "\n".join(shape.format(base64.b64encode(file.read_bytes()).decode(), span) for file, span in files)


def _only_inside(url: str, *_: Any, **__: Any) -> Any:
    """A document holds all that it shows: nothing is fetched for it, from anywhere."""
    if not url.startswith("data:"):
        raise ValueError("Nothing is fetched for a document.")
    kind, _, data = url.removeprefix("data:").partition(",")
    return {"string": base64.b64decode(data), "mime_type": kind.partition(";")[0]}


if __name__ == "__main__":
    sys.stdout.buffer.write(pdf(sys.stdin.buffer.read().decode(), Path(sys.argv[1])))
