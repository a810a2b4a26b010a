"""Texts of a form that bring their own look (Markdown, XHTML, a style), made safe to show. Pure.

Nothing of them can run, load from elsewhere or change the page around: only the marks of a text are left.
"""

import re
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_IN_A_LINE: Final = frozenset({"a", "b", "br", "code", "em", "i", "s", "small", "span", "strong", "sub", "sup", "u"})
_BLOCKS: Final = _IN_A_LINE | {"blockquote", "li", "ol", "p", "table", "tbody", "td", "th", "thead", "tr", "ul"}
_BREAKS: Final = re.compile(r"\s*</(?:p|li|div|tr|blockquote)>\s*(?=\S)", re.IGNORECASE)
_ITEM: Final = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
_HEADING: Final = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)
_TAIL: Final = re.compile(r"(?:\s|<br>)+$")
_LOOKS: Final = (
    (re.compile(r"font-weight\s*:\s*(bold|bolder|[6-9]00)"), "strong"),
    (re.compile(r"font-style\s*:\s*italic"), "em"),
    (re.compile(r"text-decoration[a-z-]*\s*:\s*underline"), "u"),
)


def rich_text(*, markdown: str = "", xhtml: str = "", style: str = "", text: str = "", block: bool = False) -> str:
    """HTML for a label (in one line of marks) or, with `block`, for a text of its own; empty where there is no look.

    XHTML comes before Markdown, Markdown before a style on the plain `text`. Of a style only bold, italic and underlined
    are kept: colours and sizes belong to the page, so that contrast and zoom hold.
    """
    if xhtml:
        return _clean(xhtml, block=block)
    if markdown:
        parser = MarkdownIt("commonmark", {"html": False}).enable("table")
        return _clean(parser.render(markdown), block=block)
    marks = [mark for pattern, mark in _LOOKS if pattern.search(style.lower())]
    if not text or not marks:
        return ""
    inside = escape(text)
    for mark in marks:
        inside = Markup("<{}>{}</{}>").format(mark, inside, mark)
    return str(inside)


def _clean(html: str, *, block: bool) -> str:
    """A label may hold no paragraph nor list, so that their ends become line breaks in it."""
    html = _HEADING.sub(r"<p><strong>\1</strong></p>", html)
    if not block:
        html = _BREAKS.sub("<br>", _ITEM.sub("• ", html))
    cleaned = nh3.clean(
        html,
        tags=set(_BLOCKS if block else _IN_A_LINE),
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}},
        url_schemes={"https", "http", "mailto", "tel"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer",
    )
    return _TAIL.sub("", cleaned).strip()
