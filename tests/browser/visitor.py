"""A person at a browser: one language, one width, and three promises checked whenever they leave.

No request leaves the machine, no script fails, and `axe` finds nothing to say where the test asks it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Request, ViewportSize

Device = Literal["phone", "desktop"]
Locale = Literal["fr", "en"]

VIEWPORTS: dict[Device, ViewportSize] = {
    "phone": {"width": 360, "height": 780},
    "desktop": {"width": 1280, "height": 800},
}
LANGUAGES: dict[Locale, str] = {"fr": "fr-FR", "en": "en-GB"}
PATIENCE = 20_000  # milliseconds: a busy machine is not a fault of the page
OWN_SCHEMES = {"data", "blob", "about"}


class Visitor:
    """`page` is Playwright's; `say` chooses between the French and the English of what the test looks for."""

    def __init__(self, browser: Browser, url: str, *, device: Device, locale: Locale) -> None:
        self.url, self.device, self.locale = url, device, locale
        phone = device == "phone"
        self.context = browser.new_context(
            base_url=url,
            viewport=VIEWPORTS[device],
            locale=LANGUAGES[locale],
            timezone_id="Europe/Paris",
            has_touch=phone,
            is_mobile=phone,
            device_scale_factor=2 if phone else 1,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE)
        self.outside: list[str] = []
        self.failures: list[str] = []
        self.context.on("request", self._note_request)
        self.context.on("weberror", lambda error: self.failures.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def say(self, french: str, english: str) -> str:
        return french if self.locale == "fr" else english

    def go(self, path: str) -> Page:
        """Opens a page and waits until it listens, so that the first click is heard."""
        try:
            self.page.goto(path)
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise
            # The page shown until now loaded itself anew at the same moment, as it does when its server comes back.
            self.page.wait_for_load_state()
            self.page.goto(path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Waits until the page's socket is up; a page without one is settled at once."""
        self.page.wait_for_function("() => window.did_handshake === true || !document.getElementById('app')")

    def shows_no_fault(self, **options: Any) -> None:
        """axe-core finds no violation on the page as it is now, and nothing is wider than the screen."""
        results = Axe().run(self.page, options=options or None)
        assert results.violations_count == 0, results.generate_report()
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the page is {wide} px wider than the screen"

    def leave(self) -> None:
        """Closes the browser's window; fails when a request has left the machine or a script has failed."""
        self.context.close()
        assert not self.outside, f"requests left the machine: {sorted(set(self.outside))}"
        assert not self.failures, f"scripts failed: {self.failures}"

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in OWN_SCHEMES and address.netloc != urlsplit(self.url).netloc:
            self.outside.append(request.url)


def photographer(folder: Path) -> Callable[[Page, str], Path]:
    """Takes the pictures that the README shows: `picture(page, "patient-home")`."""

    def picture(page: Page, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}.png"
        page.screenshot(path=target, animations="disabled")
        return target

    return picture
