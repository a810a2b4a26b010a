"""Two people at a real browser, all that it sends written down. Every page stays open in a tab of its own, so that its
socket lives while the others try.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, Page, Request, WebSocket, expect, sync_playwright

from tests.browser import doings
from tests.browser.chromium import launch
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional
from tests.browser.visitor import PATIENCE, Visitor
from tests.promises.swap import Asked, Journey, OpenedPage
from tests.promises.swap_world import CAMILLE, FAMILY, TYPED, Marked


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    journey: Journey
    cookies: dict[str, str]


class Recorder(Visitor):
    """A visitor whose browser's requests and socket events are kept. `tab` opens a page beside those before."""

    def __init__(self, browser: Browser, server: Server, who: str) -> None:
        super().__init__(browser, server.url, device="desktop", locale="fr")
        self.server = server
        self.journey = Journey(who=who)
        self.context.on("request", self._keep_request)
        self.page.on("websocket", partial(self._keep_socket, self.page))

    def tab(self, path: str) -> Page:
        self.page = self.context.new_page()
        self.page.on("websocket", partial(self._keep_socket, self.page))
        return self.go(path)

    def fetch(self, path: str) -> None:
        """What a page's own link to a paper would ask for."""
        assert self.page.evaluate("async (path) => (await fetch(path)).status", path) == 200

    def recorded(self) -> Recorded:
        return Recorded(journey=self.journey, cookies={one["name"]: one["value"] for one in self.context.cookies()})

    def _keep_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.netloc == urlsplit(self.url).netloc and not address.path.startswith("/demo/"):
            path = address.path + (f"?{address.query}" if address.query else "")
            kind = request.headers.get("content-type", "")
            body = request.post_data_buffer or b""
            self.journey.asked.append(Asked(method=request.method, path=path, body=body, kind=kind))

    def _keep_socket(self, page: Page, socket: WebSocket) -> None:
        handshake = dict(parse_qsl(urlsplit(socket.url).query))
        address = urlsplit(page.url)
        opened = OpenedPage(path=address.path + (f"?{address.query}" if address.query else ""), handshake=handshake)
        self.journey.pages.append(opened)

        def keep(sent: str | bytes) -> None:
            if isinstance(sent, str) and sent.startswith("42"):
                text = sent[sent.index("[") :]  # an acknowledgement's number may stand before it
                name, *content = json.loads(text)
                opened.events.append((name, content[0] if content else None))

        socket.on("framesent", keep)


def psychiatrist(visitor: Recorder, marked: Marked) -> None:
    sign_in_professional(visitor, visitor.server, doings.DOCTOR)
    page, record = visitor.page, f"/patients/{marked.patient}"
    page.get_by_role("searchbox").fill(FAMILY)
    expect(page.get_by_role("link", name=FAMILY)).to_be_visible()
    for path in ("", "/traitements", "/biologie", "/questionnaires", "/centres", "/proches"):
        visitor.tab(record + path)
    page = visitor.tab(f"{record}/traitements")
    page.get_by_role("button", name="Ajouter un traitement").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_label("Médicament").fill("Lamictal")
    for response in (marked.told, marked.response):
        visitor.tab(f"{record}/questionnaires/{response}")
    visitor.fetch(f"{record}/questionnaires/{marked.told}/pdf")
    visitor.tab("/a-faire")
    visitor.tab("/compte")


def patient(visitor: Recorder, marked: Marked) -> None:
    sign_in_patient(visitor, visitor.server, CAMILLE.email)
    visitor.tab("/questionnaires")
    page = visitor.tab(f"/questionnaire/{marked.task}")
    for question, option in enumerate((2, 0, 0)):
        doings.answer(visitor, question, option)
    doings.write(visitor, page.locator("textarea").first, TYPED)
    visitor.tab(f"/questionnaires/{marked.told}")
    visitor.fetch(f"/questionnaires/{marked.told}/pdf")
    for path in ("/visites", "/compte", "/qui-a-consulte"):
        visitor.tab(path)


Doing = Callable[[Recorder, Marked], None]


class Browsing:
    """A Chromium in a thread of its own: Playwright keeps an event loop, and other tests may have one here."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "browsing")
        self._stack = ExitStack()
        self._visitors: list[Recorder] = []
        self._chromium: Browser | None = None

    def record(self, server: Server, marked: Marked, who: str, doing: Doing) -> Recorded:
        return self._thread.submit(self._record, server, marked, who, doing).result()

    def close(self) -> None:
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def _record(self, server: Server, marked: Marked, who: str, doing: Doing) -> Recorded:
        if self._chromium is None:
            expect.set_options(timeout=PATIENCE)
            self._chromium = launch(self._stack.enter_context(sync_playwright()))
            self._stack.callback(self._chromium.close)
        visitor = Recorder(self._chromium, server, who)
        self._visitors.append(visitor)
        doing(visitor, marked)
        return visitor.recorded()

    def _close(self) -> None:
        try:
            for visitor in self._visitors:
                visitor.leave()
        finally:
            self._stack.close()
