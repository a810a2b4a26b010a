# ruff: noqa: SLF001 – the private names are the subject; a test pins them
"""What NiceGUI does not do by itself: a socket is accepted from our own pages only, with the cookie of the page it serves,
and events count only when they come from the socket that shook hands for that page.

Private names of NiceGUI are used; tests/security/test_contract.py says so when a version changes them.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, core
from nicegui import nicegui as inside
from socketio.exceptions import ConnectionRefusedError as SocketRefused
from starlette.datastructures import Headers

from pages.security.cookies import BROWSER, secret_in
from pages.security.origins import own_origin
from portal.settings import Settings

RELOAD = "Implicit handshake failed"  # this text makes NiceGUI's script load the page anew


def harden(settings: Settings) -> None:
    """Replaces NiceGUI's own socket handlers. Call it once NiceGUI is installed."""
    core.sio.eio.cors_allowed_origins = lambda _origin, environ: own_origin(_headers(environ), settings)

    def may_have(environ: dict[str, Any], client_id: str) -> bool:
        """Whether this socket carries the cookie with which the page was asked."""
        client = Client.instances.get(client_id)
        if client is None:
            return False
        expected = client.request.scope.get(BROWSER, "")
        return bool(expected) and secret_in(_headers(environ), settings) == expected

    async def connect(sid: str, environ: dict[str, Any], _auth: object = None) -> None:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if not may_have(environ, query.get("client_id", [""])[0]):
            raise SocketRefused(RELOAD)
        await inside._on_connect(sid, environ)

    async def handshake(sid: str, sent: Any) -> bool:
        known = isinstance(sent, dict) and may_have(core.sio.get_environ(sid) or {}, str(sent.get("client_id", "")))
        return known and await inside._on_handshake(sid, sent)

    core.sio.on("connect", connect)
    core.sio.on("handshake", handshake)
    core.sio.on("event", _owned(inside._on_event))
    core.sio.on("javascript_response", _owned(inside._on_javascript_response))
    core.sio.on("ack", _owned(inside._on_ack))
    core.sio.on("log", lambda _sid, _sent: None)  # nobody outside writes into our logs, least of all a page's text


def _owned(handler: Callable[[str, dict[str, Any]], Any]) -> Callable[[str, Any], Any]:
    def from_its_own_socket(sid: str, sent: Any) -> Any:
        client = Client.instances.get(str(sent.get("client_id", ""))) if isinstance(sent, dict) else None
        if client is None or sid not in client._socket_to_document_id:
            return None
        return handler(sid, sent)

    return from_its_own_socket


def _headers(environ: dict[str, Any]) -> Headers:
    scope = environ.get("asgi.scope") or {}
    return Headers(raw=scope.get("headers", []))
