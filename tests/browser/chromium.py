"""Which Chromium the browser tests drive: the one that PORTAL_CHROMIUM names, Playwright's own, or the system's."""

import os
import shutil
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# The browser calls nobody: no updates, no look-ups of its own, and no name but this machine's resolves.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def launch(playwright: Playwright) -> Browser:
    """Starts the first Chromium that starts. Raises LookupError when none does."""
    refusals: list[str] = []
    for path in _candidates():
        try:
            return playwright.chromium.launch(executable_path=path, args=list(QUIET))
        except Error as error:
            refusals.append(f"{path or 'Playwright’s own'}: {str(error).splitlines()[0]}")
    raise LookupError("No Chromium starts; `make test` installs one. Tried " + "; ".join(refusals))


def _candidates() -> Iterator[str | None]:
    if named := os.environ.get("PORTAL_CHROMIUM"):
        yield named
        return
    yield None
    yield from filter(None, map(shutil.which, SYSTEM_NAMES))


if __name__ == "__main__":
    with sync_playwright() as playwright:
        try:
            launch(playwright).close()
        except LookupError as none_found:
            sys.exit(str(none_found))
