"""A page's socket: only from our own pages, only with the page's own cookie, and nobody else's events count."""

import asyncio
import logging

import pytest
from nicegui import ui

from pages.base import Site, Visit
from portal.accounts import sessions
from tests.cast import ANNE, CAMILLE
from tests.changing import change
from tests.pages.conftest import SignIn
from tests.security.socket_client import Browser, Refused

Presses = list[str]


@pytest.fixture
def presses(site: Site) -> Presses:
    """A page /probe with one button; the list tells each press that got through."""
    pressed: Presses = []

    @site.page("/probe")
    async def probe(visit: Visit) -> None:
        ui.element("button").on("click", visit.guard(lambda: pressed.append(visit.browser)))

    return pressed


async def test_the_pages_own_socket_is_heard(browser: Browser, presses: Presses):
    await browser.open("/probe")
    await browser.connect()
    await browser.click()
    assert len(presses) == 1


async def test_a_socket_without_the_cookie_is_refused(browser: Browser, presses: Presses):
    await browser.open("/probe")
    with pytest.raises(Refused):
        await browser.connect(cookie="")


async def test_a_socket_with_another_browsers_cookie_is_refused(
    browser: Browser, other_browser: Browser, presses: Presses
):
    await browser.open("/probe")
    await other_browser.open("/probe")
    with pytest.raises(Refused):
        await other_browser.connect(client_id=browser.client_id)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "null"])
async def test_a_socket_from_a_foreign_origin_is_refused(browser: Browser, presses: Presses, origin: str):
    await browser.open("/probe")
    with pytest.raises(Refused):
        await browser.connect(origin=origin)


async def test_a_socket_for_no_page_is_refused(browser: Browser, presses: Presses):
    await browser.open("/probe")
    with pytest.raises(Refused):
        await browser.connect(client_id="00000000-0000-4000-8000-000000000000")


async def test_an_event_for_another_browsers_page_does_nothing(
    browser: Browser, other_browser: Browser, presses: Presses
):
    for one in (browser, other_browser):
        await one.open("/probe")
        await one.connect()
    await other_browser.click(of=browser)
    assert presses == []


async def test_a_second_handshake_does_not_take_over_another_browsers_page(
    browser: Browser, other_browser: Browser, presses: Presses
):
    for one in (browser, other_browser):
        await one.open("/probe")
        await one.connect()
    await other_browser.emit("handshake", {"client_id": browser.client_id, "tab_id": "x", "document_id": "y"})
    await asyncio.sleep(0.1)
    await other_browser.click(of=browser)
    assert presses == []


async def test_what_a_browser_sends_to_the_log_is_not_written(
    browser: Browser, presses: Presses, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, logger="nicegui")
    await browser.open("/probe")
    await browser.connect()
    await browser.emit("log", {"client_id": browser.client_id, "level": "error", "message": "canary"})
    await asyncio.sleep(0.1)
    assert "canary" not in caplog.text


async def test_malformed_events_are_dropped_without_a_trace(
    browser: Browser, presses: Presses, caplog: pytest.LogCaptureFixture
):
    await browser.open("/probe")
    await browser.connect()
    for sent in (None, "x", 7, [], {}, {"client_id": 3}, {"client_id": None, "id": "x"}):
        for name in ("event", "ack", "javascript_response", "log", "handshake"):
            await browser.emit(name, sent)
    await browser.click()
    assert len(presses) == 1
    assert "Traceback" not in caplog.text


def sent_away(browser: Browser) -> bool:
    return any(name == "open" and "/deconnexion" in sent["path"] for name, sent in browser.heard)


class TestSessions:
    """Pages that need a session, on sockets that outlive it."""

    @pytest.fixture
    def pressed(self, site: Site) -> Presses:
        pressed: Presses = []

        @site.page("/private", roles=frozenset({"psychiatrist"}))
        async def private(visit: Visit) -> None:
            ui.element("button").on("click", visit.guard(lambda: pressed.append(visit.me.actor.name)))

        return pressed

    @pytest.fixture
    async def signed_in(self, browser: Browser, sign_in: SignIn, site: Site, pressed: Presses) -> Browser:
        await sign_in(browser, ANNE)
        await browser.open("/private")
        await browser.connect()
        return browser

    async def test_a_live_session_is_heard(self, signed_in: Browser, pressed: Presses):
        await signed_in.click()
        assert pressed == [ANNE.name]

    async def test_after_the_end_of_the_session_a_click_does_nothing(
        self, signed_in: Browser, pressed: Presses, site: Site
    ):
        await sessions.end_all(site.door, "u-anne")
        await signed_in.click()
        assert pressed == []
        assert sent_away(signed_in)

    async def test_an_open_page_is_sent_away_within_two_seconds_of_the_end(self, signed_in: Browser, site: Site):
        await sessions.end_all(site.door, "u-anne")
        async with asyncio.timeout(2):
            while not sent_away(signed_in):  # noqa: ASYNC110 – what a browser hears comes when it comes
                await asyncio.sleep(0.02)

    async def test_a_withdrawn_right_stops_at_once(self, signed_in: Browser, pressed: Presses, site: Site):
        await change(site.door.acting.service, "PractitionerRole", "anne-role", {"active": False})
        await signed_in.click()
        assert pressed == []

    async def test_the_cookie_of_before_sign_in_opens_nothing_afterwards(
        self, browser: Browser, other_browser: Browser, sign_in: SignIn, pressed: Presses
    ):
        await browser.open("/connexion")
        before = dict(browser.http_client.cookies)
        await sign_in(browser, ANNE)
        other_browser.http_client.cookies.update(before)
        answer = await other_browser.http_client.get("/private")
        assert answer.url.path == "/pro"

    async def test_another_role_is_refused_without_a_word_on_what_is_there(
        self, browser: Browser, sign_in: SignIn, pressed: Presses
    ):
        await sign_in(browser, CAMILLE)
        answer = await browser.http_client.get("/private")
        assert answer.status_code == 403
