"""Pages for what went wrong: not found, not allowed, the record server away, a fault of ours. Never an exception's text."""

from collections.abc import Callable

from fastapi import Request, Response
from markupsafe import Markup
from nicegui import Client, ui

from components.blocks import block
from components.errors import error_page, not_found_page
from components.frames import Audience, Frame
from portal.errors import Forbidden, NotFound, PortalError, Refused, Unavailable
from portal.i18n import Texts


def wrong_page(request: Request, t: Texts, error: PortalError) -> Response:
    """The whole answer for an error met while a page was built, with its HTTP status."""
    return _answer(request, t, _status(error), error_page(t, error, here=request.url.path))


def not_found(request: Request, t: Texts) -> Response:
    return _answer(request, t, 404, not_found_page(t))


def say_server_error(texts: Callable[[Request], Texts]) -> None:
    """For NiceGUI's `on_page_exception`: it is called inside an empty page with status 500."""
    t = texts(ui.context.client.request)
    _content(t, error_page(t, None))


def _answer(request: Request, t: Texts, status: int, content: Markup) -> Response:
    with Client(ui.page(""), request=request) as client:
        _content(t, content)
    return client.build_response(request, status)


def _content(t: Texts, content: Markup) -> None:
    with Frame(t=t, audience=Audience.PUBLIC).page(t("Page not shown"), width="reading"):
        block(content)


def _status(error: PortalError) -> int:
    match error:
        case Refused() | Forbidden():
            return 403
        case NotFound():
            return 404
        case Unavailable():
            return 503
        case _:
            return 500
