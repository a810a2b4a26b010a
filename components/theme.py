"""The portal's look, put on NiceGUI once for the whole process: stylesheet, script, favicon, run options, language."""

import copy
import gc
from collections.abc import Callable

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from nicegui.language import Language

from components.assets import assets, mount_static
from components.icons import FAVICON
from components.markup import h
from portal.i18n import Texts

PRODUCT = "Portail FondaMental"
VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover"  # zoom stays possible
PACKS: dict[str, Language] = {"fr": "fr", "en": "en-GB"}
RECONNECT_SECONDS = 120  # a locked phone or a change of network keeps the page; see docs of NiceGUI on ping intervals


def install(
    app: FastAPI,
    *,
    before_start: Callable[[], None] | None = None,
) -> None:
    """Mounts static files and NiceGUI on `app`. Call it last: NiceGUI takes every path that has no route yet.

    `before_start` runs in the server's event loop once everything is loaded, just before the garbage collector is calmed.
    """
    mount_static(app)
    ui.add_head_html(head(), shared=True)
    nicegui_app.config.quasar_config["loadingBar"] = {"skipHijack": True}  # no nameless progress bar on top of the page
    if before_start:
        nicegui_app.on_startup(before_start)
    nicegui_app.on_startup(calm_garbage_collector)
    ui.run_with(
        app,
        title=PRODUCT,
        viewport=VIEWPORT,
        favicon=FAVICON,
        dark=None,  # follows the device
        language=PACKS["fr"],
        tailwind=False,
        binding_refresh_interval=None,
        reconnect_timeout=RECONNECT_SECONDS,
        gzip_middleware_factory=None,  # the application compresses, after it has written its nonce into the page
        storage_secret=None,  # nothing is kept in `app.storage`, so NiceGUI gives no cookie of its own
        show_welcome_message=False,
    )


def head() -> str:
    """What every page's head holds. It comes after NiceGUI's own styles, so ours win."""
    found = assets()
    return str(
        h(
            '<meta name="theme-color" content="#F6F5F0" media="(prefers-color-scheme: light)">'
            '<meta name="theme-color" content="#11191B" media="(prefers-color-scheme: dark)">'
            '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>'
            '<link rel="stylesheet" href="{}"><script defer src="{}"></script>',
            found.url("atkinson-next-latin.woff2"),
            found.url("portal.css"),
            found.url("portal.js"),
        )
    )


def speak(t: Texts) -> None:
    """Gives the page being built its language: `<html lang>`, NiceGUI's own messages. Call it inside a page function."""
    client = ui.context.client
    client.page = copy.copy(client.page)  # the original serves everyone who opens this route
    client.page.language = PACKS[t.locale]


def title(t: Texts, text: str, *, wrong: bool = False) -> None:
    """The tab's title: page first, then the product; it starts with “Error” while the page shows an error summary."""
    shown = t("Error: {title}", title=text) if wrong else text
    ui.page_title(f"{shown} · {PRODUCT}")


def calm_garbage_collector() -> None:
    """Keeps what start-up made out of the collector's sight and lets it run less often.

    Without it a full collection walks every element of every open page and stops the server for up to a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
