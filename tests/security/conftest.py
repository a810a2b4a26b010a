"""A portal on a real port of the loopback, because sockets cannot be simulated."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from nicegui import Client
from nicegui import app as nicegui_app
from nicegui.testing.general import nicegui_reset_globals

from components import theme
from pages.base import Site
from pages.site import build_site
from portal.app import Portal
from tests.pages.conftest import all_forms, catalogue, frozen, portal, settings, settled_folder, sign_in
from tests.security.socket_client import Browser


@pytest.fixture
def nicegui(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(theme, "calm_garbage_collector", lambda: None)
    with nicegui_reset_globals():
        nicegui_app.exception_handlers.clear()
        yield
        Client.page_routes.clear()


@pytest.fixture
def application(portal: Portal, nicegui: None) -> FastAPI:
    return build_site(portal, ("public",))


@pytest.fixture
def site(application: FastAPI) -> Site:
    return application.state.site


@pytest.fixture
async def address(application: FastAPI) -> AsyncIterator[str]:
    """The address of the running portal, such as http://localhost:49152."""
    config = uvicorn.Config(application, host="127.0.0.1", port=0, ws="websockets-sansio", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 – uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://localhost:{port}"
    server.should_exit = True
    await serving


@pytest.fixture
async def browser(address: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=address, follow_redirects=True) as http:
        one = Browser(address, http)
        yield one
        await one.close()


@pytest.fixture
async def other_browser(address: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=address, follow_redirects=True) as http:
        one = Browser(address, http)
        yield one
        await one.close()


__all__ = ["all_forms", "catalogue", "frozen", "portal", "settings", "settled_folder", "sign_in"]
