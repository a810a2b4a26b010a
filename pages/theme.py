"""Light, dark, or as the device: a choice kept in a cookie, put on each page while it is built."""

import copy

from nicegui import ui

COOKIE = "theme"
DARK = {"dark": True, "light": False}


def wear(choice: str) -> None:
    """Gives the page being built this look; anything unknown follows the device."""
    if choice in DARK:
        client = ui.context.client
        client.page = copy.copy(client.page)  # the original serves everyone who opens this route
        client.page.dark = DARK[choice]
