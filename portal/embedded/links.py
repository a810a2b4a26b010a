"""Addresses of the pages of a list."""

from urllib.parse import urlencode

from portal.embedded.messages import Params, Request
from portal.embedded.outcome import refuse
from portal.types import Json


def page_links(request: Request, page: int, *, more: bool, last: int | None) -> list[Json]:
    """`more`: there is a next page. `last` is None when nobody counted how many there are."""
    shown = [(name, value) for name, value in request.params if name != "_page"]
    pages = {"first": 1, "self": page}
    if more:
        pages["next"] = page + 1
    if page > 1:
        pages["previous"] = page - 1
    if last is not None:
        pages["last"] = last
    return [
        {"relation": relation, "url": _url(request, [*shown, ("_page", str(number))])}
        for relation, number in pages.items()
    ]


def _url(request: Request, params: Params) -> str:
    path = [p for p in request.path if p != "_search"]
    return f"{request.base}/{'/'.join(path)}" + (f"?{urlencode(params, safe=':,')}" if params else "")


def whole(request: Request, name: str, default: int) -> int:
    """Refusal 400 when the parameter is there and is no whole number."""
    written = request.option(name)
    if written is None:
        return default
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise refuse(400, "invalid", f"The value of {name} is not a number")
    return int(written)
