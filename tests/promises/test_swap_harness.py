"""What the swap crawl is there to find, planted: each is seen, and without it nothing is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import Response
from nicegui import app as nicegui_app
from nicegui import ui

from pages.base import Site, Visit
from portal.accounts import sessions
from tests.cast import ANNE, MARC
from tests.pages.conftest import SignIn
from tests.promises.swap import DOCUMENT, Asked, Crawl, Found, Journey, Listening, OpenedPage, Other, fresh
from tests.security.conftest import (
    address,
    all_forms,
    application,
    browser,
    catalogue,
    nicegui,
    other_browser,
    portal,
    settings,
    settled_folder,
    sign_in,
    site,
)
from tests.security.socket_client import Browser

Send = Callable[[str], Awaitable[Crawl]]

CANARY = "Quetzalcourt"
COLLEAGUE = "psychiatrist of another centre"
READ, PRESSED = "/read/{patient}", "/pressed"


def a_page_that_shows(site: Site, **guard: Any) -> None:
    """Its words stand in the page itself."""

    @site.page(READ, **guard)
    async def read(visit: Visit, patient: str) -> None:
        ui.label(CANARY)


def a_page_that_tells_on_a_press(site: Site) -> list[str]:
    """Its words come over the socket, when the one whose page it is presses the button. Returns who pressed, so far."""
    presses: list[str] = []

    @site.page(PRESSED, roles={"psychiatrist"})
    async def pressed(visit: Visit) -> None:
        label = ui.label("")

        def tell() -> None:
            presses.append(visit.me.actor.name)
            label.set_text(CANARY if visit.me.actor.name == ANNE.name else "")

        ui.element("button").on("click", visit.guard(tell))

    return presses


@pytest.fixture
def any_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events count from whichever socket they come. To be asked for before the portal is built."""
    monkeypatch.setattr("pages.security.sockets._owned", lambda handler: handler)


@pytest.fixture
async def crawl(
    address: str, browser: Browser, other_browser: Browser, sign_in: SignIn, site: Site
) -> AsyncIterator[Send]:
    """`await crawl(path)`: Anne opens the page and presses what can be pressed; Marc and nobody send it again."""
    sockets: list[Listening] = []

    async def run(path: str) -> Crawl:
        for one, person in ((browser, ANNE), (other_browser, MARC)):
            await sign_in(one, person)  # type: ignore[arg-type]
        await browser.open(path)
        hers, his = (
            {cookie.name: str(cookie.value)}
            for one in (browser, other_browser)
            for cookie in one.http_client.cookies.jar
        )
        handshake = fresh(browser.client_id)
        held = await Listening.open(address, "; ".join(f"{name}={value}" for name, value in hers.items()), handshake)
        assert held is not None
        sockets.append(held)
        buttons = [(id_, element) for id_, element in browser.elements.items() if element["tag"] == "button"]
        clicks = [("event", click(browser.client_id, *button)) for button in buttons]
        journey = Journey(
            who="psychiatrist",
            asked=[Asked(method="GET", path=path)],
            pages=[OpenedPage(path=path, handshake=handshake, events=clicks)],
        )
        done = Crawl(url=address, canaries={"family name": CANARY})
        await done.run(
            journey, [Other(name=COLLEAGUE, cookies=his), Other(name="nobody", cookies={}, home="/connexion")]
        )
        return done

    a_page_of_ones_own(site)
    yield run
    for socket in sockets:
        await socket.close()


def a_page_of_ones_own(site: Site) -> None:
    """A page of one's own: the harness serves the public pages only."""

    @site.page("/compte", roles={"psychiatrist"})
    async def account(visit: Visit) -> None:
        ui.label(visit.me.actor.name)


def click(client_id: str, id_: str, element: dict[str, Any]) -> dict[str, Any]:
    return {"id": int(id_), "client_id": client_id, "listener_id": element["events"][0]["listener_id"], "args": []}


def ways(found: list[Found]) -> set[tuple[str, str]]:
    return {(one.other, one.way) for one in found}


async def test_nothing_is_found_where_everything_is_guarded(crawl: Send, site: Site):
    presses = a_page_that_tells_on_a_press(site)
    done = await crawl(PRESSED)
    assert (done.found, done.taken_over) == ([], [])
    assert set(presses) == {MARC.name}  # on his own copy of the page


async def test_a_page_without_a_guard_is_found(crawl: Send, site: Site):
    a_page_that_shows(site)
    done = await crawl("/read/camille")
    assert ways(done.found) == {(COLLEAGUE, "request"), ("nobody", "request")}


async def test_a_guard_that_looks_at_the_role_and_not_at_whose_it_is_is_found(crawl: Send, site: Site):
    a_page_that_shows(site, roles={"psychiatrist"})
    done = await crawl("/read/camille")
    assert ways(done.found) == {(COLLEAGUE, "request")}


async def test_a_session_kept_for_the_next_who_signs_in_is_found(
    crawl: Send, site: Site, monkeypatch: pytest.MonkeyPatch
):
    kept: list[sessions.Session] = []
    look_up = sessions.current

    async def remembered(door: Any, secret: str | None) -> sessions.Session | None:
        found = await look_up(door, secret)
        kept.extend([found] if found and not kept else [])
        return kept[0] if found else None

    @site.page("/hers", roles={"psychiatrist"})
    async def hers(visit: Visit) -> None:
        ui.label(CANARY if visit.me.actor.name == ANNE.name else "")

    assert (await crawl("/hers")).found == []
    monkeypatch.setattr(sessions, "current", remembered)
    assert ways((await crawl("/hers")).found) == {(COLLEAGUE, "request")}


class AnyCookie(str):
    """What a check compares that does not look."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


async def test_a_socket_whose_cookie_nobody_looks_at_is_found(crawl: Send, site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pages.security.sockets.secret_in", lambda *_given: AnyCookie("x"))
    a_page_that_tells_on_a_press(site)
    done = await crawl(PRESSED)
    assert ways(done.found) >= {(COLLEAGUE, "handshake"), ("nobody", "handshake")}
    assert sorted(done.taken_over) == sorted([f"{COLLEAGUE} {PRESSED}", f"nobody {PRESSED}"])


async def test_an_event_that_counts_from_any_socket_is_seen(any_socket: None, crawl: Send, site: Site):
    """Nothing is told to who sends it, but it is done, in the first person's name: what stands in the record shows it."""
    presses = a_page_that_tells_on_a_press(site)
    await crawl(PRESSED)
    assert ANNE.name in presses


async def test_a_paper_is_found_by_its_kind(address: str, browser: Browser, site: Site):
    """Its words are packed: that it is given is enough."""

    @nicegui_app.get("/paper")
    async def paper() -> Response:
        return Response(b"%PDF-1.7 packed", media_type="application/pdf")

    done = Crawl(url=address, canaries={})
    journey = Journey(who="psychiatrist", asked=[Asked(method="GET", path="/paper")])
    await done.run(journey, [Other(name="nobody", cookies={}, home="/connexion")])
    assert [one.canaries for one in done.found] == [{DOCUMENT}]


__all__ = [
    "address",
    "all_forms",
    "application",
    "browser",
    "catalogue",
    "nicegui",
    "other_browser",
    "portal",
    "settings",
    "settled_folder",
    "sign_in",
    "site",
]
