"""A page to build on without a browser, and both languages."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from nicegui import Client, background_tasks, core, slot
from nicegui.page import page
from starlette.requests import Request

from portal.i18n import Texts, texts


@pytest.fixture
def french() -> Texts:
    return texts("fr")


@pytest.fixture
def english() -> Texts:
    return texts("en")


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """An open page: elements made in the test stand on it. Nobody looks at it, so what is sent goes nowhere."""
    monkeypatch.setattr(slot, "get_task_id", lambda: 0)  # the test may be a task of its own, beside this fixture
    scope = {
        "type": "http",
        "path": "/patients/7",
        "query_string": b"tab=bio",
        "headers": [],
        "server": ("portal.test", 80),
    }
    with Client(page(""), request=Request(scope)) as client:
        yield client
    client.delete()


@pytest.fixture(autouse=True)
async def _work_of_elements(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """What elements do beside the test (sending, retrying) has a loop, and is over before the next test."""
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    yield
    for task in list(background_tasks.running_tasks):
        task.cancel()
    await asyncio.gather(*background_tasks.running_tasks, return_exceptions=True)
