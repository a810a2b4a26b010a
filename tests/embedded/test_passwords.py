"""Passwords that are changed while something else happens to them, and links that nobody uses."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from portal.clock import FixedClock
from portal.embedded import Backend, Identity, passwords
from portal.embedded.passwords import Passwords

ALICE = Identity(user_id="alice")


@pytest.fixture
async def kept(backend: Backend, root: httpx.AsyncClient) -> Passwords:
    for name in ("alice", "bob"):
        user = {"resourceType": "User", "password": "cheval-agrafe"}
        assert (await root.put(f"User/{name}", json=user)).is_success
    return backend.asgi.doors.passwords


@pytest.fixture
def links(backend: Backend) -> Callable[[], int]:
    def count() -> int:
        query = "SELECT count(*) FROM state WHERE key LIKE 'reset:%'"
        return backend.store.quick_reader.execute(query).fetchone()[0]

    return count


async def test_only_the_last_link_works(kept: Passwords) -> None:
    first, second = await kept.force_reset("alice"), await kept.force_reset("alice")
    assert first
    assert second
    assert not await kept.reset(first, "une-phrase-neuve")
    assert await kept.reset(second, "une-phrase-neuve")


async def test_the_link_of_somebody_else_is_left_alone(kept: Passwords) -> None:
    first, _ = await kept.force_reset("alice"), await kept.force_reset("bob")
    assert first
    assert await kept.reset(first, "une-phrase-neuve")


async def test_links_that_nobody_uses_do_not_stay(kept: Passwords, clock: FixedClock, links: Callable[[], int]) -> None:
    for _ in range(3):
        await kept.force_reset("alice")
        clock.tick(3600)
        await kept.force_reset("bob")
    assert links() == 1


async def test_who_changes_a_password_that_is_reset_meanwhile_does_not_set_it(
    kept: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, fits = asyncio.get_running_loop(), passwords.password_fits

    def slowly(stored: object, password: str) -> bool:
        right = fits(stored, password)
        asyncio.run_coroutine_threadsafe(kept.force_reset("alice"), loop).result()
        return right

    monkeypatch.setattr(passwords, "password_fits", slowly)
    assert not await kept.change(ALICE, "cheval-agrafe", "une-phrase-neuve")
