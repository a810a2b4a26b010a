"""Sessions: what an access token opens and until when, what a refresh token is good for, and what is taken away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from portal.clock import FixedClock
from portal.embedded import Backend, tokens
from portal.embedded.store import Unit

from .conftest import client

SITE = "http://records.test"
DAY = 24 * 3600
CLIENT = {"grant_types": ["password", "client_credentials"], "secret": "s3cret"}


@dataclass(frozen=True, slots=True)
class Door:
    backend: Backend
    http: httpx.AsyncClient
    root: httpx.AsyncClient

    async def ask(self, **fields: Any) -> httpx.Response:
        return await self.http.post(
            f"{SITE}/auth/token", json={"client_id": "portal", "client_secret": "s3cret", **fields}
        )

    async def enter(self) -> dict[str, Any]:
        answer = await self.ask(grant_type="password", username="alice", password="cheval-agrafe")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refresh(self, token: str) -> httpx.Response:
        return await self.ask(grant_type="refresh_token", refresh_token=token)

    async def opens(self, token: str) -> bool:
        headers = {"authorization": f"Bearer {token}"}
        return (await self.http.get(f"{SITE}/auth/userinfo", headers=headers)).status_code == 200

    async def leave(self, token: str) -> None:
        answer = await self.http.delete(f"{SITE}/Session", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 204

    async def rules(self, **rules: Any) -> None:
        whole = {"resourceType": "Client", **CLIENT, "auth": {"password": rules, "client_credentials": rules}}
        assert (await self.root.put("Client/portal", json=whole)).is_success

    def rows(self) -> int:
        """Sessions of which anything is kept."""
        query = "SELECT count(*) FROM resource r JOIN name n ON n.nid = r.type WHERE n.text = 'Session'"
        found: int = self.backend.store.quick_reader.execute(query).fetchone()[0]
        return found


@pytest.fixture
async def door(backend: Backend, root: httpx.AsyncClient) -> AsyncIterator[Door]:
    async with client(backend, None) as http:
        door = Door(backend, http, root)
        await door.rules(access_token_expiration=900, refresh_token=True, refresh_token_expiration=28800)
        user = {"resourceType": "User", "userName": "alice", "password": "cheval-agrafe"}
        assert (await root.put("User/alice", json=user)).is_success
        yield door


async def test_a_changed_password_ends_the_sessions_of_somebody_with_thousands(door: Door) -> None:
    first = (await door.enter())["access_token"]
    engine = door.backend.service.engine

    def many(unit: Unit) -> None:
        for number in range(1100):
            body = {"active": number % 2 == 0, "user": {"reference": "User/alice"}}
            engine.write(unit, "Session", f"0-{number}", body, "POST", None)

    await door.backend.store.write(many)
    last = (await door.enter())["access_token"]
    before = (await door.root.get("Session/0-1")).json()
    change = {"currentPassword": "cheval-agrafe", "newPassword": "une-autre-phrase"}
    headers = {"authorization": f"Bearer {last}"}
    assert (await door.http.post(f"{SITE}/auth/change-password", json=change, headers=headers)).status_code == 200
    assert [await door.opens(token) for token in (first, last)] == [False, False]
    for number in range(0, 1100, 2):
        assert (await door.root.get(f"Session/0-{number}")).json()["active"] is False
    assert (await door.root.get("Session/0-1")).json() == before


async def test_a_sign_in_that_began_before_the_password_was_changed_opens_nothing(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await door.enter())["access_token"]
    fits = tokens.password_fits
    loop = asyncio.get_running_loop()

    async def change() -> None:
        body = {"currentPassword": "cheval-agrafe", "newPassword": "une-autre-phrase"}
        headers = {"authorization": f"Bearer {token}"}
        assert (await door.http.post(f"{SITE}/auth/change-password", json=body, headers=headers)).status_code == 200

    def slowly(stored: object, password: str) -> bool:
        right = fits(stored, password)
        asyncio.run_coroutine_threadsafe(change(), loop).result()
        return right

    monkeypatch.setattr(tokens, "password_fits", slowly)
    answer = await door.ask(grant_type="password", username="alice", password="cheval-agrafe")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("fraction", [0.0, 0.9])
async def test_a_token_lives_as_long_as_was_promised_and_not_a_second_more(
    door: Door, clock: FixedClock, fraction: float
) -> None:
    clock.tick(fraction)
    told = await door.enter()
    clock.tick(told["expires_in"] - 0.01)
    assert await door.opens(told["access_token"])
    clock.tick(0.01 if not fraction else 0.11)
    assert not await door.opens(told["access_token"])


async def test_a_refresh_leaves_the_access_token_before_it_as_it_is(door: Door, clock: FixedClock) -> None:
    told = await door.enter()
    clock.tick(600)
    second = (await door.refresh(told["refresh_token"])).json()["access_token"]
    assert await door.opens(told["access_token"])
    clock.tick(300)
    assert [await door.opens(token) for token in (told["access_token"], second)] == [False, True]


async def test_each_access_token_has_a_session(door: Door) -> None:
    told = await door.enter()
    await door.refresh(told["refresh_token"])
    assert (await door.root.get("Session?user=User/alice")).json()["total"] == 2


@pytest.mark.parametrize("which", [0, 1])
async def test_who_leaves_leaves_with_all_tokens_of_the_sign_in(door: Door, which: int) -> None:
    told = await door.enter()
    second = (await door.refresh(told["refresh_token"])).json()["access_token"]
    other = (await door.enter())["access_token"]
    await door.leave((told["access_token"], second)[which])
    assert [await door.opens(token) for token in (told["access_token"], second, other)] == [False, False, True]
    assert (await door.refresh(told["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_refresh_at_the_same_time_as_the_end_of_the_session_does_not_open_it_again(door: Door) -> None:
    told = await door.enter()
    _, refreshed = await asyncio.gather(door.leave(told["access_token"]), door.refresh(told["refresh_token"]))
    assert not await door.opens(told["access_token"])
    assert refreshed.status_code == 400 or not await door.opens(refreshed.json()["access_token"])
    assert (await door.refresh(told["refresh_token"])).status_code == 400


async def test_a_refresh_token_is_refused_once_an_administrator_ended_a_session_of_its_sign_in(
    door: Door, clock: FixedClock
) -> None:
    await door.rules(access_token_expiration=900, refresh_token=True)  # a refresh token without an end
    told = await door.enter()
    await door.refresh(told["refresh_token"])
    (first, _) = (await door.root.get("Session?user=User/alice")).json()["entry"]
    await door.root.patch(f"Session/{first['resource']['id']}", json={"active": False})
    assert (await door.refresh(told["refresh_token"])).status_code == 400
    for _ in range(3):
        clock.tick(8 * DAY)
        await door.enter()
        assert (await door.refresh(told["refresh_token"])).status_code == 400


async def test_many_refreshes_leave_few_sessions(door: Door, clock: FixedClock) -> None:
    await door.rules(access_token_expiration=900, refresh_token=True)
    told = await door.enter()
    for _ in range(20):
        clock.tick(600)
        assert (await door.refresh(told["refresh_token"])).status_code == 200
    assert door.rows() <= 3


@pytest.mark.parametrize("change", ["inactive", "active", "deleted"])
async def test_a_person_who_is_locked_out_refreshes_nothing(door: Door, change: str) -> None:
    told = await door.enter()
    if change == "deleted":
        await door.root.delete("User/alice")
    else:
        await door.root.patch("User/alice", json={change: change == "inactive"})
    assert not await door.opens(told["access_token"])
    assert (await door.refresh(told["refresh_token"])).status_code == 400


async def test_the_tokens_of_a_deleted_person_do_not_open_for_another_of_the_same_id(
    door: Door, clock: FixedClock
) -> None:
    told = await door.enter()
    await door.root.delete("User/alice")
    clock.tick(1)
    await door.root.put("User/alice", json={"resourceType": "User", "userName": "another"})
    assert not await door.opens(told["access_token"])
    assert (await door.refresh(told["refresh_token"])).status_code == 400


async def test_the_tokens_of_a_deleted_client_open_nothing(door: Door, backend: Backend) -> None:
    link = [{"reference": "Client/portal"}]
    await door.root.put("AccessPolicy/all", json={"resourceType": "AccessPolicy", "engine": "allow", "link": link})
    token = (await door.ask(grant_type="client_credentials")).json()["access_token"]
    async with client(backend, token) as http:
        assert (await http.get("Patient")).status_code == 200
        await door.root.delete("Client/portal")
        assert (await http.get("Patient")).status_code == 401


@pytest.mark.parametrize("how", ["left", "expired", "closed", "deleted"])
async def test_a_session_that_opens_nothing_is_taken_away_after_a_week(door: Door, clock: FixedClock, how: str) -> None:
    token = (await door.enter())["access_token"]
    (entry,) = (await door.root.get("Session?user=User/alice")).json()["entry"]
    url = f"Session/{entry['resource']['id']}"
    match how:
        case "left":
            await door.leave(token)
        case "closed":
            await door.root.patch(url, json={"active": False})
        case "deleted":
            await door.root.delete(url)
        case _:
            clock.tick(28800)
    clock.tick(7 * DAY - 1)
    await door.enter()
    assert (await door.root.get(url)).status_code == (410 if how == "deleted" else 200)
    clock.tick(1)
    await door.enter()
    assert (await door.root.get(url)).status_code == 404
    assert (await door.root.get(f"{url}/_history")).status_code == 404
    assert door.rows() == 2


async def test_sessions_do_not_accumulate_however_many_there_were(door: Door, clock: FixedClock) -> None:
    for _ in range(60):
        await door.leave((await door.ask(grant_type="client_credentials")).json()["access_token"])
    clock.tick(8 * DAY)
    for _ in range(12):
        assert (await door.ask(grant_type="client_credentials")).status_code == 200
    assert door.rows() <= 15


@pytest.mark.parametrize("written", [1, "", {"x": 1}])
async def test_a_session_with_a_refresh_token_that_is_none_is_refused(door: Door, written: Any) -> None:
    odd = {"resourceType": "Session", "active": False, "refresh_token": written, "user": {"reference": "User/alice"}}
    assert (await door.root.put("Session/0", json=odd)).status_code == 422


@pytest.mark.parametrize("written", ["a,b", "x\\y"])
async def test_a_session_written_by_hand_with_a_strange_refresh_token_harms_no_other(door: Door, written: Any) -> None:
    token = (await door.enter())["access_token"]
    odd = {"resourceType": "Session", "active": False, "refresh_token": written, "user": {"reference": "User/alice"}}
    assert (await door.root.put("Session/0", json=odd)).is_success
    (first,) = [
        entry["resource"]["id"]
        for entry in (await door.root.get("Session?user=User/alice")).json()["entry"]
        if entry["resource"]["id"] != "0"
    ]
    await door.enter()
    assert await door.opens(token)
    assert (await door.root.get(f"Session/{first}")).json()["active"] is True


async def test_a_session_that_lives_is_not_taken_away_however_old(door: Door, clock: FixedClock) -> None:
    await door.rules()
    token = (await door.enter())["access_token"]
    for _ in range(3):
        clock.tick(400 * DAY)
        await door.enter()
    assert await door.opens(token)


async def test_a_session_that_something_refers_to_is_merely_mentioned_once_taken_away(
    door: Door, clock: FixedClock
) -> None:
    await door.leave((await door.enter())["access_token"])
    (entry,) = (await door.root.get("Session?user=User/alice")).json()["entry"]
    url = f"Session/{entry['resource']['id']}"
    basic = {"resourceType": "Basic", "code": {"text": "x"}, "subject": {"reference": url}}
    assert (await door.root.put("Basic/note", json=basic)).is_success
    clock.tick(8 * DAY)
    await door.enter()
    assert (await door.root.get(url)).status_code == 404
    assert (await door.root.get(f"Basic?subject={url}")).json()["total"] == 1
