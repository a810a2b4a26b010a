"""What people wait for and what the server pays: bytes, clicks, memory, lists and pages, each in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from bench.answering import answer_together, apart, press_together
from bench.clicks import click_times, compare
from bench.memory import per_open_page
from bench.wire import Meter
from bench.world import World
from tests.browser.server import Server
from tests.browser.signing_in import sign_in_patient, sign_in_professional
from tests.browser.visitor import Visitor
from tests.cast import ANNE, CAMILLE

FEW, MANY = 60, 20_000
PATIENTS = 200
LOOKS = 9


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def bytes_on_the_wire(world: World, browser: Browser) -> dict[str, Any]:
    """First load: an empty browser opens the sign-in page. Next page: the patient goes from their home to a form."""
    with running(world.portal()) as portal, running(world.bare()) as bare:
        visitor = Visitor(browser, portal.url, device="phone", locale="fr")
        meter = Meter(visitor.page)
        visitor.go("/connexion")
        first = _settled(visitor.page, meter)
        sign_in_patient(visitor, portal, CAMILLE.email)
        _settled(visitor.page, meter)
        open_long_form(visitor, world)
        following = _settled(visitor.page, meter)
        visitor.leave()
        empty = Visitor(browser, bare.url, device="phone", locale="fr")
        meter = Meter(empty.page)
        empty.go("/")
        yardstick = _settled(empty.page, meter)
        empty.leave()
    return {"first_load": first, "next_page": following, "bare_first_load": yardstick}


def click_to_score(world: World, browser: Browser) -> dict[str, Any]:
    """A patient answers the first section of forms of four sizes; each answer is saved durably and changes the total.

    `interactive` is until the section takes answers, beside the bare page with one choice question.
    """
    with running(world.portal()) as portal, running(world.bare()) as bare:
        visitor = Visitor(browser, portal.url, device="desktop", locale="fr")
        sign_in_patient(visitor, portal, CAMILLE.email)
        empty = Visitor(browser, bare.url, device="desktop", locale="fr")
        found: dict[str, Any] = {}
        for size, task in world.tasks.items():
            ours, theirs = [], []
            for _ in range(LOOKS):  # in turn, so that the machine's load meets both
                ours.append(_interactive(visitor.page, f"/questionnaire/{task}", "fieldset.choice"))
                theirs.append(_interactive(empty.page, "/radio", ".q-radio"))
            shown = {"ms": round(median(ours), 1), "bare_ms": round(median(theirs), 1)}
            shown["ratio"] = round(shown["ms"] / shown["bare_ms"], 2)
            # Each click changes the total: the answer worth nothing is left out.
            worth = "fieldset.choice input[type=radio]:not([value='0'])"
            clicks = click_times(visitor.page, inputs=worth, watched=".computed")
            bare_clicks = click_times(empty.page, inputs=".q-radio", watched="#score")
            found[f"{size}_questions"] = {**compare(clicks, bare_clicks), "interactive": shown}
        visitor.leave()
        empty.leave()
    return found


def answering(world: World, _browser: Browser) -> dict[str, Any]:
    """Two hundred patients answer at the same time, one answer every two seconds each, on one process: until it is told to be
    saved, and the processor that takes; beside as many bare pages of as many choice questions.
    """
    server, people = world.answering_portal(PATIENTS)
    with running(server) as portal:
        ours = apart(answer_together, portal.pid, portal.url, people)
    with running(world.bare()) as bare:
        theirs = apart(press_together, bare.pid, bare.url, len(people))
    ratios = {name: round(ours[name] / theirs[name], 2) for name in ("p95_ms", "cpu_percent")}
    return {"patients": len(people), "portal": ours, "bare": theirs, "ratio": ratios}


def memory(world: World, browser: Browser) -> dict[str, Any]:
    """Unshared memory of the server for each open form of a hundred questions, and for each bare page with one radio."""
    with running(world.portal()) as portal, running(world.bare()) as bare:
        visitor = Visitor(browser, portal.url, device="desktop", locale="fr")
        sign_in_patient(visitor, portal, CAMILLE.email)
        cookies = {cookie["name"]: cookie["value"] for cookie in visitor.context.cookies()}
        ours = per_open_page(portal.pid, portal.url, f"/questionnaire/{world.task}", cookies)
        visitor.leave()
        theirs = per_open_page(bare.pid, bare.url, "/radio")
    return {"open_form_KiB": ours, "bare_KiB": theirs, "ratio": round(ours / theirs, 2)}


def patients(world: World, browser: Browser) -> dict[str, Any]:
    """Until the list's first row, and until a patient's heading, are on screen: with few and with many patients, in turn."""
    with running(world.portal()) as small, running(world.crowded_portal(MANY)) as large:
        times: dict[str, dict[int, list[float]]] = {"list": {FEW: [], MANY: []}, "patient": {FEW: [], MANY: []}}
        visitors = {FEW: _practitioner(browser, small), MANY: _practitioner(browser, large)}
        for _ in range(LOOKS):
            for size, visitor in visitors.items():
                times["list"][size].append(_shown(visitor.page, "/patients", "main tbody tr"))
                times["patient"][size].append(_shown(visitor.page, f"/patients/{world.patient}", "main h1"))
        for visitor in visitors.values():
            visitor.leave()
    return {name: _side_by_side(median(few[1:]), median(many[1:])) for name, (few, many) in _pairs(times)}


def open_long_form(visitor: Visitor, world: World) -> None:
    visitor.go(f"/questionnaire/{world.task}")
    visitor.page.locator("fieldset.choice").first.wait_for()


def _practitioner(browser: Browser, portal: Server) -> Visitor:
    visitor = Visitor(browser, portal.url, device="desktop", locale="fr")
    sign_in_professional(visitor, portal, ANNE.email)
    return visitor


def _shown(page: Page, path: str, selector: str) -> float:
    """Milliseconds from the start of the navigation until the element stands there."""
    page.goto(path, wait_until="commit")
    page.locator(selector).first.wait_for()
    return float(page.evaluate("() => performance.now()"))


def _interactive(page: Page, path: str, selector: str) -> float:
    """Milliseconds from the start of the navigation until the element stands there and the page's socket is open."""
    page.goto(path, wait_until="commit")
    page.locator(selector).first.wait_for()
    page.wait_for_function("() => window.socket && window.socket.connected && window.did_handshake")
    return float(page.evaluate("() => performance.now()"))


def _pairs(times: dict[str, dict[int, list[float]]]) -> Iterator[tuple[str, tuple[list[float], list[float]]]]:
    for name, by_size in times.items():
        yield name, (by_size[FEW], by_size[MANY])


def _side_by_side(few: float, many: float) -> dict[str, float]:
    return {f"{FEW}_ms": round(few, 1), f"{MANY}_ms": round(many, 1), "ratio": round(many / few, 2)}


def _settled(page: Page, meter: Meter) -> dict[str, float]:
    page.wait_for_load_state("networkidle")
    return meter.read()
