"""A request that changes something, or opens a socket, must come from our own pages."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.security.cookies import cookie_name
from portal.settings import Settings

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def own_origin(headers: Headers, settings: Settings) -> bool:
    """Whether the Origin header (or, without one, Sec-Fetch-Site) names this site. Without both: no."""
    origin = headers.get("origin", "")
    if not origin:
        return headers.get("sec-fetch-site", "") == "same-origin"
    if settings.public_url:
        return origin == settings.address
    return urlsplit(origin).netloc == headers.get("host", "")


class OwnOriginOnly:
    """ASGI middleware: a request with our cookie that is not a mere reading is refused when it comes from elsewhere."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in READING:
            headers = Headers(scope=scope)
            if cookie_name(self.settings) in headers.get("cookie", "") and not own_origin(headers, self.settings):
                await PlainTextResponse("Refused: this request does not come from our pages.", 403)(
                    scope, receive, send
                )
                return
        await self.app(scope, receive, send)
