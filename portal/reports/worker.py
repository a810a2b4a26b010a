"""The process that prints one document: HTML on standard input, PDF on standard output. It reads the typeface and nothing else."""

import base64
import io
import sys
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from weasyprint import CSS, HTML  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
from weasyprint.urls import URLFetcherResponse  # type: ignore[import-untyped]

FILE = "atkinson-next-latin.woff2"
WEIGHTS = (400, 650)


def pdf(document: str, fonts: Path) -> bytes:
    """PDF/UA-1: tagged, with its language and its title, so that it can be read aloud."""
    faces = FontConfiguration()
    style = CSS(string=_faces(fonts), font_config=faces, url_fetcher=_only_inside)
    page = HTML(string=document, url_fetcher=_only_inside)
    return page.write_pdf(stylesheets=[style], font_config=faces, pdf_variant="pdf/ua-1", pdf_tags=True) or b""


def _faces(fonts: Path) -> str:
    """The typeface at the two weights of papers: layout on paper takes one weight a file."""
    shape = "@font-face {{ font-family: Atkinson; font-weight: {}; src: url(data:font/ttf;base64,{}); }}"
    return "\n".join(shape.format(weight, base64.b64encode(_at(fonts / FILE, weight)).decode()) for weight in WEIGHTS)


def _at(file: Path, weight: int) -> bytes:
    held = io.BytesIO()
    with TTFont(file) as variable:
        fixed: Any = instantiateVariableFont(variable, {"wght": weight})
        fixed.flavor = None
        fixed.save(held)
    return held.getvalue()


def _only_inside(url: str, *_more: Any, **_options: Any) -> URLFetcherResponse:
    """A document holds all that it shows: nothing is fetched for it, from anywhere."""
    if not url.startswith("data:"):
        raise ValueError("Nothing is fetched for a document.")
    head, _, data = url.removeprefix("data:").partition(",")
    return URLFetcherResponse(url, base64.b64decode(data), {"Content-Type": head.partition(";")[0]})


if __name__ == "__main__":
    sys.stdout.buffer.write(pdf(sys.stdin.buffer.read().decode(), Path(sys.argv[1])))
