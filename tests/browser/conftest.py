"""Fixtures of the browser journeys: one Chromium and one portal a worker, and as many visitors as a story needs.

def test_a_patient_signs_in(visitor): ...                 # in both languages and at both widths
def test_two_people_meet(new_visitor): ...                # new_visitor(device="desktop", locale="fr")
def test_nothing_is_lost_at_a_crash(own_server, ...): ... # a portal that this test alone may kill
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.server import ROOT, Server
from tests.browser.visitor import PATIENCE, Device, Locale, Visitor, photographer

READY_MADE = os.environ.get("PORTAL_DEMONSTRATION")
"""A data folder with the demonstration in it, for quick rounds while writing a journey: making it takes a minute."""

PICTURES = Path(os.environ.get("PORTAL_PICTURES") or ROOT / "tests/pictures/out")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = launch(playwright)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration in it, made once for all workers; to be copied, never served."""
    if READY_MADE:
        return Path(READY_MADE)
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder, done = shared / "demonstration", shared / "demonstration.done"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            first = Server(folder)
            first.start()
            first.stop()
            done.touch()
    return folder


@pytest.fixture(scope="session")
def server(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal that this worker's journeys share. What one of them changes, the next may find."""
    yield from _serve(demonstration, tmp_path_factory.mktemp("portal"))


@pytest.fixture
def own_server(demonstration: Path, tmp_path: Path) -> Iterator[Server]:
    """A portal for one test alone, which may `kill()` and `start()` it on the same data."""
    yield from _serve(demonstration, tmp_path)


def _serve(demonstration: Path, folder: Path) -> Iterator[Server]:
    data = folder / "data"
    shutil.copytree(demonstration, data)
    forms = folder / "forms"  # what the author of test_authoring.py has just written
    forms.mkdir()
    shutil.copy(ROOT / "docs/questionnaires/steps/3-score.yaml", forms)
    portal = Server(data, PORTAL_QUESTIONNAIRES=str(forms))
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def new_visitor(browser: Browser, server: Server) -> Iterator[Callable[..., Visitor]]:
    """`new_visitor(device="phone", locale="fr", at=server)`: each has a browser of their own, without anyone's cookies."""
    visitors: list[Visitor] = []

    def make(*, device: Device = "desktop", locale: Locale = "fr", at: Server = server) -> Visitor:
        visitors.append(Visitor(browser, at.url, device=device, locale=locale))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.leave()


@pytest.fixture(
    params=[
        "phone-fr",
        "desktop-en",
        pytest.param("phone-en", marks=pytest.mark.prove),
        pytest.param("desktop-fr", marks=pytest.mark.prove),
    ]
)
def visitor(request: pytest.FixtureRequest, new_visitor: Callable[..., Visitor]) -> Visitor:
    """One visitor; the test runs in both languages and at both widths, and in `make prove` with these the other way round."""
    device, locale = request.param.split("-")
    return new_visitor(device=device, locale=locale)


@pytest.fixture
def picture() -> Callable[[Page, str], Path]:
    return photographer(PICTURES)
