"""A whole portal for each page test: embedded backend on a temporary folder, a clock that stands still, the named cast in it.

async def test_a_page(user, sign_in):
    await sign_in(user, ANNE)
    await user.open("/patients")
    await user.should_see("Camille")

`user` is NiceGUI's simulated browser on the real application (middlewares, routes and pages). `create_user()` makes more.
French unless the test says `user.http_client.headers["accept-language"] = "en"` or uses `reads(user, "en")`.
"""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client, ui
from nicegui.functions.download import download
from nicegui.functions.navigate import Navigate
from nicegui.functions.notify import notify
from nicegui.testing import User
from nicegui.testing.general import nicegui_reset_globals

from components import theme
from pages.base import Site
from pages.security.cookies import cookie_name
from pages.site import AUDIENCES, build_site
from portal.accounts import people, sessions
from portal.app import CONTENT, Portal, open_portal
from portal.authoring import Catalogue
from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.settings import Settings
from tests.cast import EVERYONE, Person
from tests.conftest import WEDNESDAY_AT_14_02_IN_PARIS
from tests.pages.world import PASSWORD, account_id, settle

ADDRESS = "http://localhost:8080"

SignIn = Callable[[User, Person], Awaitable[None]]


@pytest.fixture(scope="session")
def settled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the cast in it, made once; each test has its own copy."""
    folder = tmp_path_factory.mktemp("world") / "data"

    async def make() -> None:
        clock = FixedClock(WEDNESDAY_AT_14_02_IN_PARIS)
        portal = await open_portal(Settings(data_dir=folder), clock=clock, chance=SeededChance(1))
        await settle(portal, EVERYONE)
        await portal.close()

    asyncio.run(make())
    return folder


@pytest.fixture
def settings(settled_folder: Path, tmp_path: Path) -> Settings:
    shutil.copytree(settled_folder, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data", demo=True)


@pytest.fixture(scope="session")
def all_forms() -> Catalogue:
    """All questionnaires, read and compiled once."""
    return Catalogue.load(CONTENT / "questionnaires")


@pytest.fixture
def catalogue(all_forms: Catalogue) -> Catalogue:
    """What the portal of a test offers. A module may put a form of its own beside them."""
    return all_forms


@pytest.fixture(scope="session", autouse=True)
def frozen(settled_folder: Path, all_forms: Catalogue) -> Iterator[None]:
    """What all tests share is not looked through by each: NiceGUI's reset collects garbage twice a test, and its start looks
    at every object of the process.
    """
    all_forms.warm()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
async def portal(
    settings: Settings, clock: FixedClock, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Portal]:
    monkeypatch.setattr(Catalogue, "load", lambda _folder, **_: catalogue)
    opened = await open_portal(settings, clock=clock, chance=SeededChance(2))
    yield opened
    await opened.close()


@pytest.fixture
def audiences() -> tuple[str, ...]:
    """The folders of pages that are served. A test module may ask for fewer."""
    return AUDIENCES


@pytest.fixture
def nicegui(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """NiceGUI as new. Its reset would also unload the modules of our pages, so it must not know them."""
    monkeypatch.setitem(os.environ, "NICEGUI_USER_SIMULATION", "true")
    monkeypatch.setattr(theme, "calm_garbage_collector", lambda: None)
    with nicegui_reset_globals():
        yield
        Client.page_routes.clear()
    ui.navigate, ui.notify, ui.download = Navigate(), notify, download


@pytest.fixture
async def application(portal: Portal, nicegui: None, audiences: tuple[str, ...]) -> AsyncIterator[FastAPI]:
    app = build_site(portal, audiences)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def site(application: FastAPI) -> Site:
    return application.state.site


@pytest.fixture
async def create_user(application: FastAPI) -> AsyncIterator[Callable[[], User]]:
    browsers: list[httpx.AsyncClient] = []

    def create() -> User:
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=ADDRESS)
        browsers.append(browser)
        return User(browser)

    yield create
    for browser in browsers:
        await browser.aclose()


@pytest.fixture
def user(create_user: Callable[[], User]) -> User:
    return create_user()


@pytest.fixture
def sign_in(site: Site, settings: Settings) -> SignIn:
    """Signs a person of the cast in without their going through the pages."""

    async def signed_in(user: User, person: Person) -> None:
        actor = await people.actor(site.door, account_id(person))
        secret = await sessions.start(
            site.door, user=actor.user, role=actor.role, reference=actor.reference, device="Test"
        )
        user.http_client.cookies.set(cookie_name(settings), secret, domain="localhost.local", path="/")

    return signed_in


def reads(user: User, locale: str) -> None:
    """This browser asks for that language."""
    user.http_client.headers["accept-language"] = locale


__all__ = ["PASSWORD", "account_id", "reads"]
