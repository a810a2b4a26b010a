"""The whole web product of one portal, as a FastAPI application: routes, pages, headers, sockets, life and death."""

import asyncio
import gc
import os
import pkgutil
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from nicegui import app as nicegui_app
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from components.theme import install
from pages.base import Site
from pages.security.cookies import BrowserCookie
from pages.security.headers import SafeHeaders
from pages.security.origins import OwnOriginOnly
from pages.security.sockets import harden
from pages.wrong import not_found, say_server_error
from portal import telemetry
from portal.accounts.tidying import forget_old
from portal.app import Portal, open_portal
from portal.demo import open_demo, welcome
from portal.embedded import Backend
from portal.errors import NotReady, PortalError
from portal.i18n import N_
from portal.responses import fold_left_answers
from portal.settings import Settings

TIDY_EVERY = 3600.0  # seconds
AUDIENCES = ("public", "account", "patient", "practitioner", "arc", "admin")


def build_site(portal: Portal, audiences: Sequence[str] = AUDIENCES) -> FastAPI:
    """`app.state.site` is the `Site`. The caller opened the portal and closes it after the application has stopped.

    NiceGUI keeps one application a process, so a process serves one portal.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life)
    site = app.state.site = Site(portal, app)
    for module in page_modules(audiences):
        import_module(module).register(site)
    _errors(site)
    settings = portal.settings
    if settings.demo and portal.backend is not None:
        app.mount("/fhir", _face(portal.backend))
    install(app)
    harden(settings)
    # The last added is the outermost: compression sees finished pages, headers see every answer.
    app.add_middleware(BrowserCookie, settings=settings, chance=portal.chance)
    app.add_middleware(OwnOriginOnly, settings=settings)
    app.add_middleware(SafeHeaders, settings=settings, chance=portal.chance)
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=6)
    return app


def _face(backend: Backend) -> ASGIApp:
    """The record as any FHIR client sees it, for whoever holds the demonstration's token; never outside a demonstration."""

    async def face(scope: Scope, receive: Receive, send: Send) -> None:
        await backend.asgi({**scope, "root_path": ""}, receive, send)  # its addresses begin with /fhir by themselves

    return face


async def serve_site(settings: Settings) -> None:
    """Opens the portal, serves it until a signal says to stop, closes it."""
    telemetry.configure(settings)
    listener = _bind(settings)
    portal = await (open_demo(settings, report=_say) if settings.demo else open_portal(settings))
    try:
        app = build_site(portal)
        config = uvicorn.Config(
            app,
            ws="websockets-sansio",
            forwarded_allow_ips=settings.forwarded_allow_ips,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        _say(welcome(settings) if settings.demo else f"Portail FondaMental: {settings.address}")
        await _Server(config, portal).serve(sockets=[listener])
    finally:
        await portal.close()


class _Server(uvicorn.Server):
    """Compiles the forms in a thread once it listens. Not before: NiceGUI looks through all objects of the process as it
    starts, and CPython fails a thread whose half-made tuple is seen by such a look.
    """

    def __init__(self, config: uvicorn.Config, portal: Portal) -> None:
        super().__init__(config)
        self._portal = portal

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        Thread(target=self._make_ready, name="compiling forms", daemon=True).start()

    def _make_ready(self) -> None:
        """What is there by then stays for good. The collector need not look at it again: that held everybody up for a tenth
        of a second now and then.
        """
        self._portal.catalogue.warm()
        gc.collect()
        gc.freeze()


def _bind(settings: Settings) -> socket.socket:
    """Takes the port before anything is made, so that a port in use is said at once. Nobody is answered yet."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as problem:
        listener.close()
        raise NotReady(
            N_("Nothing can listen on {host}, port {port}: {cause}. Choose another with PORT=8090."),
            host=settings.host,
            port=settings.port,
            cause=os.strerror(problem.errno) if problem.errno else str(problem),
        ) from None
    return listener


def _say(line: str) -> None:
    """To the operator's terminal, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def page_modules(audiences: Sequence[str]) -> list[str]:
    """Every module with pages: those of the audience folders, and pages shared by several audiences."""
    folder = Path(__file__).parent
    found = [f"pages.{name}.{info.name}" for name in audiences for info in pkgutil.iter_modules([str(folder / name)])]
    return [name for name in found if hasattr(import_module(name), "register")]


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    site: Site = app.state.site
    site.later.start()
    site.open_pages.start()
    if site.portal.settings.jobs == "here":
        site.queue.start()
    tidying = asyncio.create_task(_tidy(site), name="tidying")
    yield
    tidying.cancel()
    await asyncio.gather(tidying, return_exceptions=True)
    await site.open_pages.stop()
    await site.queue.stop()
    await site.later.stop()


async def _tidy(site: Site) -> None:
    """At the start and every hour: what is over is forgotten, answers that ended pages left reach the record.

    In the queue, where a failure stops nothing.
    """
    service = site.portal.service()

    async def bring_left_answers() -> None:
        await fold_left_answers(service)

    while True:
        site.later.later(lambda: forget_old(site.door))
        site.later.later(bring_left_answers)
        await asyncio.sleep(TIDY_EVERY)


def _errors(site: Site) -> None:
    """Our own pages for errors: NiceGUI's would print the exception to the visitor."""

    async def missing(request: Request, _error: Exception) -> Response:
        return not_found(request, site.texts(request))

    def broken(request: Request, _error: Exception) -> Response:
        return PlainTextResponse(site.texts(request)(PortalError.default), status_code=500)

    nicegui_app.add_exception_handler(404, missing)
    nicegui_app.add_exception_handler(Exception, broken)
    nicegui_app.on_page_exception(lambda: say_server_error(site.texts))
    site.app.add_exception_handler(Exception, broken)
