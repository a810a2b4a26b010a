"""Memory that the server holds for each open page, as its own unshared memory (USS) before and after many open it."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.socket_client import OpenPage

PAGES = 40
WARM_UP = 10


def unshared_kib(pid: int) -> int:
    """Linux only: what would be freed if the process ended."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def per_open_page(pid: int, url: str, path: str, cookies: dict[str, str] | None = None) -> float:
    """KiB a page. The first pages warm caches up and are not counted."""
    with ThreadPoolExecutor(1) as thread:  # Playwright has an event loop of its own in this one
        return round(thread.submit(asyncio.run, _measure(pid, url, path, cookies or {})).result(), 1)


async def _measure(pid: int, url: str, path: str, cookies: dict[str, str]) -> float:
    pages = [await OpenPage.open(url, path, cookies) for _ in range(WARM_UP)]
    await asyncio.sleep(1)
    before = unshared_kib(pid)
    pages += [await OpenPage.open(url, path, cookies) for _ in range(PAGES)]
    await asyncio.sleep(1)
    after = unshared_kib(pid)
    for page in pages:
        await page.close()
    gc.collect()
    return (after - before) / PAGES
