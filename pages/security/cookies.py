"""One cookie: the browser's secret. Before sign-in it only ties a code and a socket to this browser; sign-in replaces it.

A second one only where a professional wanted this browser known again (setting `trusted_device_days`).
"""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.chance import Chance
from portal.settings import Settings

BROWSER = "portal.browser"  # key of the ASGI scope under which the secret stands for this request
WITHOUT = ("/assets/", "/_nicegui", "/favicon.ico", "/healthz", "/fhir", "/auth/token")


def cookie_name(settings: Settings) -> str:
    """`__Host-` makes browsers refuse the cookie from another host, another path or without https."""
    return "__Host-portal" if settings.secure else "portal"


def secret_in(headers: Headers, settings: Settings) -> str:
    """The browser's secret of a request, or an empty text."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    morsel = jar.get(cookie_name(settings))
    return morsel.value if morsel is not None and 20 <= len(morsel.value) <= 128 else ""


def give(response: Response, secret: str, settings: Settings) -> None:
    """Hands a secret to the browser; it forgets it when it closes, the server much earlier."""
    response.set_cookie(cookie_name(settings), secret, path="/", secure=settings.secure, httponly=True, samesite="lax")


def device_cookie(settings: Settings) -> str:
    """Name of the cookie by which a browser is known again."""
    return "__Host-portal-device" if settings.secure else "portal-device"


def know_again(response: Response, secret: str, settings: Settings) -> None:
    days = settings.trusted_device_days
    response.set_cookie(
        device_cookie(settings),
        secret,
        max_age=days * 24 * 3600,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


class BrowserCookie:
    """ASGI middleware: every page request has the browser's secret at `scope[BROWSER]`, made now if it had none."""

    def __init__(self, app: ASGIApp, *, settings: Settings, chance: Chance) -> None:
        self.app, self.settings, self.chance = app, settings, chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(WITHOUT):
            await self.app(scope, receive, send)
            return
        secret = secret_in(Headers(scope=scope), self.settings)
        scope[BROWSER] = secret or self.chance.token()
        if secret:
            await self.app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if not any(
                    value.startswith(cookie_name(self.settings) + "=") for value in headers.getlist("set-cookie")
                ):
                    handed = Response()
                    give(handed, scope[BROWSER], self.settings)
                    headers.append("set-cookie", handed.headers["set-cookie"])
                message["headers"] = headers.raw
            await send(message)

        await self.app(scope, receive, with_cookie)
