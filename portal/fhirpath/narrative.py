"""Whether a narrative is what FHIR lets it be: one div with text or a picture, harmless elements and attributes."""

from html.parser import HTMLParser

_ELEMENTS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "b",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "li",
        "map",
        "area",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "del",
        "ins",
        "kbd",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "abbr",
        "accesskey",
        "align",
        "alt",
        "axis",
        "bgcolor",
        "border",
        "cellpadding",
        "cellspacing",
        "char",
        "charoff",
        "charset",
        "cite",
        "class",
        "colspan",
        "compact",
        "coords",
        "dir",
        "frame",
        "headers",
        "height",
        "href",
        "hreflang",
        "hspace",
        "id",
        "lang",
        "longdesc",
        "name",
        "nowrap",
        "rel",
        "rev",
        "rowspan",
        "rules",
        "scope",
        "shape",
        "span",
        "src",
        "start",
        "style",
        "summary",
        "tabindex",
        "title",
        "type",
        "valign",
        "value",
        "vspace",
        "width",
        "xml:lang",
        "xml:space",
        "xmlns",
    ]
)
_VOID = frozenset(("br", "hr", "img", "col", "area"))
_HARMFUL = ("javascript:", "vbscript:", "data:text")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.allowed = True
        self.content = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        nested = bool(self.open) or tag == "div"
        known = tag in _ELEMENTS and all(name in _ATTRIBUTES for name, _ in attrs)
        harmless = not any((value or "").strip().lower().startswith(_HARMFUL) for _, value in attrs)
        self.allowed = self.allowed and nested and known and harmless
        self.content = self.content or tag == "img"
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.allowed = self.allowed and bool(self.open) and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.content = self.content or bool(data.strip())
        self.allowed = self.allowed and (bool(self.open) or not data.strip())


def is_narrative(text: str) -> bool:
    """`text` is the XHTML of a Narrative's div."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.allowed and reader.content and not reader.open and text.lstrip().startswith("<div")
