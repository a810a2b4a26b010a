"""What every test stands on: a clock that stands still, luck that repeats, both languages, and a closed network.

The network is closed by pytest-socket (only loopback answers) and every warning is an error; both are set in pyproject.toml.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.environment import DATABASE, FORMER
from portal.i18n import Texts, texts
from portal.telemetry import without_data

WEDNESDAY_AT_14_02_IN_PARIS = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
_SETTINGS = frozenset({"PORT", "HOST", *DATABASE, *(former.name for former in FORMER)})
BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests run last: Playwright keeps an event loop of its own, beside which no asyncio test can start."""
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker(pytest.mark.browser)
        if "picture" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.pictures)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting exported in the developer's shell changes no test."""
    for name in list(os.environ):
        if name.startswith("PORTAL_") or name.removesuffix("_FILE") in _SETTINGS:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _logs_as_in_front_of_people() -> None:
    """Without data, and without the library's own traces, which print every local variable and take minutes."""
    structlog.configure(processors=[structlog.stdlib.add_log_level, without_data, structlog.dev.ConsoleRenderer()])


@pytest.fixture
def clock() -> FixedClock:
    """Wednesday 2 December 2026, 14:02 in Paris; `clock.tick(seconds)` moves it."""
    return FixedClock(WEDNESDAY_AT_14_02_IN_PARIS)


@pytest.fixture
def chance() -> SeededChance:
    return SeededChance(1)


@pytest.fixture
def fr() -> Texts:
    return texts("fr")


@pytest.fixture
def en() -> Texts:
    return texts("en")
