"""Sign-in: token grants, sessions and their end."""

import base64
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp
import pytest

from .conftest import Json, Server

pytestmark = pytest.mark.aidbox

PASSWORD, SECRET = "cheval-agrafe-batterie", "s3cret-of-the-client"


@dataclass(frozen=True, slots=True)
class Door:
    """A client and a user of this check, and what the token endpoint says to them."""

    server: Server

    async def ask(self, **fields: Any) -> httpx.Response:
        asked = {"client_id": self.server.id("client"), "client_secret": SECRET, **fields}
        return await self.server.http.post("auth/token", json=asked, headers={"authorization": ""})

    async def password(self, **fields: Any) -> httpx.Response:
        return await self.ask(
            **{"grant_type": "password", "username": f"{self.server.run}@example.org", "password": PASSWORD, **fields}
        )

    async def userinfo(self, token: str) -> httpx.Response:
        return await self.server.http.get("auth/userinfo", headers={"authorization": f"Bearer {token}"})


async def door(
    server: Server, *, grants: tuple[str, ...] = ("password", "client_credentials"), **password_rules: Any
) -> Door:
    rules = {"access_token_expiration": 900, "refresh_token": True, "secret_required": True, **password_rules}
    client: Json = {
        "resourceType": "Client",
        "secret": SECRET,
        "grant_types": list(grants),
        "auth": {"password": rules},
    }
    assert (await server.put(f"Client/{server.id('client')}", client)).status_code == 201
    user = {
        "resourceType": "User",
        "userName": f"{server.run}-name",
        "email": f"{server.run}@example.org",
        "password": PASSWORD,
    }
    assert (await server.put(f"User/{server.id('user')}", user)).status_code == 201
    return Door(server)


async def test_a_password_opens_a_session(server: Server) -> None:
    answer = await (await door(server)).password()
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 900)
    assert body["userinfo"]["id"] == server.id("user")


@pytest.mark.parametrize("form", ["{run}@example.org", "{run}-name", "{run}-user"])
async def test_a_person_is_known_by_email_name_or_id(server: Server, form: str) -> None:
    assert (await (await door(server)).password(username=form.format(run=server.run))).status_code == 200


async def test_the_answer_never_holds_the_password(server: Server) -> None:
    assert "password" not in (await (await door(server)).password()).json()["userinfo"]


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"password": ""}, {"username": "nobody"}, {"username": ""}])
async def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(server: Server, fields: Json) -> None:
    answer = await (await door(server)).password(**fields)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("fields", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"client_secret": ""}])
async def test_a_wrong_client_is_refused(server: Server, fields: Json) -> None:
    answer = await (await door(server)).password(**fields)
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == "invalid_client"


async def test_a_grant_that_the_client_may_not_use_is_refused(server: Server) -> None:
    answer = await (await door(server, grants=("client_credentials",))).password()
    assert answer.json()["error"] == "unauthorized_client"


async def test_an_unknown_grant_is_refused(server: Server) -> None:
    assert (await (await door(server)).ask(grant_type="dance")).json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "[1]",
        "null",
        '"x"',
        "{",
        "nothing",
        '{"grant_type": null}',
        '{"client_id": "\\ud800", "x": 0.5}',
    ],
)
async def test_a_request_that_is_none_gets_an_error_of_oauth(server: Server, text: str) -> None:
    headers = {"authorization": "", "content-type": "application/json"}
    answer = await server.http.post("auth/token", content=text, headers=headers)
    assert (answer.status_code, answer.json().get("error")) == (400, "invalid_request")


async def test_a_client_is_nobody_of_whom_userinfo_could_tell(server: Server) -> None:
    opened = await door(server)
    token = (await opened.ask(grant_type="client_credentials")).json()["access_token"]
    assert (await opened.userinfo(token)).status_code in {401, 403}


async def test_a_client_ends_its_session_too(server: Server) -> None:
    opened = await door(server)
    token = (await opened.ask(grant_type="client_credentials")).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    assert (await server.http.delete("Session", headers=headers)).status_code in {200, 204}
    assert (await server.get("Patient?_count=1", headers=headers)).status_code == 401


async def test_a_locked_person_is_refused(server: Server) -> None:
    opened = await door(server)
    await server.patch(f"User/{server.id('user')}", {"inactive": True})
    answer = await opened.password()
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_locking_a_person_ends_what_their_token_may(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    await server.patch(f"User/{server.id('user')}", {"inactive": True})
    assert (await opened.userinfo(token)).status_code == 401


async def test_a_token_tells_who_it_stands_for(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    info = (await opened.userinfo(token)).json()
    assert info["id"] == server.id("user")
    assert "password" not in info


async def test_userinfo_holds_the_roles(server: Server) -> None:
    opened = await door(server)
    organization = await server.make("Organization", "centre", name="CHU")
    links = {"organization": {"reference": f"Organization/{organization['id']}"}}
    await server.post(
        "Role",
        {
            "resourceType": "Role",
            "name": "practitioner",
            "user": {"reference": f"User/{server.id('user')}"},
            "links": links,
        },
    )
    info = (await opened.userinfo((await opened.password()).json()["access_token"])).json()
    assert info["role"][0]["name"] == "practitioner"
    assert info["role"][0]["links"]["organization"]["id"] == organization["id"]


async def test_ending_the_session_ends_the_token(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    ended = await server.http.delete("Session", headers={"authorization": f"Bearer {token}"})
    assert ended.status_code in {200, 204}
    assert (await opened.userinfo(token)).status_code == 401


async def test_an_administrator_can_end_a_session(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    sessions = (await server.get(f"Session?user=User/{server.id('user')}")).json()["entry"]
    await server.patch(f"Session/{sessions[0]['resource']['id']}", {"active": False})
    assert (await opened.userinfo(token)).status_code == 401


async def test_a_refresh_token_gives_a_new_access_token(server: Server) -> None:
    opened = await door(server)
    first = (await opened.password()).json()
    second = (await opened.ask(grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
    assert "refresh_token" not in second
    assert (await opened.userinfo(second["access_token"])).status_code == 200


async def test_a_refresh_token_can_be_used_again(server: Server) -> None:
    opened = await door(server)
    refresh = (await opened.password()).json()["refresh_token"]
    answers = [await opened.ask(grant_type="refresh_token", refresh_token=refresh) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]


@pytest.mark.parametrize("token", ["", "unknown"])
async def test_an_unknown_refresh_token_is_refused(server: Server, token: str) -> None:
    assert (await (await door(server)).ask(grant_type="refresh_token", refresh_token=token)).json()[
        "error"
    ] == "invalid_grant"


async def test_a_client_gets_a_token_of_its_own(server: Server) -> None:
    body = (await (await door(server)).ask(grant_type="client_credentials")).json()
    assert set(body) >= {"access_token", "token_type"}
    assert "refresh_token" not in body


async def test_the_client_may_prove_itself_by_a_basic_header(server: Server) -> None:
    await door(server)
    basic = base64.b64encode(f"{server.id('client')}:{SECRET}".encode()).decode()
    answer = await server.http.post(
        "auth/token", json={"grant_type": "client_credentials"}, headers={"authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200


async def test_the_token_endpoint_takes_forms(server: Server) -> None:
    await door(server)
    data = {"grant_type": "client_credentials", "client_id": server.id("client"), "client_secret": SECRET}
    assert (await server.http.post("auth/token", data=data, headers={"authorization": ""})).status_code == 200


async def test_a_stored_password_is_a_digest(server: Server) -> None:
    await door(server)
    assert (await server.get(f"User/{server.id('user')}")).json()["password"].startswith("$s0$f0801$")


async def test_a_password_that_is_a_digest_is_kept(server: Server) -> None:
    await door(server)
    digest = (await server.get(f"User/{server.id('user')}")).json()["password"]
    await server.patch(f"User/{server.id('user')}", {"password": digest, "email": "other@example.org"})
    assert (await server.get(f"User/{server.id('user')}")).json()["password"] == digest


async def test_a_stored_secret_is_not_given_back(server: Server) -> None:
    await door(server)
    assert SECRET not in (await server.get(f"Client/{server.id('client')}")).text


async def test_stored_tokens_are_not_given_back(server: Server) -> None:
    opened = await door(server)
    body = (await opened.password()).json()
    sessions = (await server.get(f"Session?user=User/{server.id('user')}")).text
    assert body["access_token"] not in sessions
    assert body["refresh_token"] not in sessions


async def test_a_changed_password_ends_all_sessions(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    change = {"currentPassword": PASSWORD, "newPassword": "une-autre-phrase-longue"}
    answer = await server.http.post("auth/change-password", json=change, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    assert (await opened.userinfo(token)).status_code == 401
    assert (await opened.password()).status_code == 400
    assert (await opened.password(password="une-autre-phrase-longue")).status_code == 200


async def test_a_password_is_not_changed_without_the_present_one(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    change = {"currentPassword": "wrong", "newPassword": "x" * 12}
    answer = await server.http.post("auth/change-password", json=change, headers={"authorization": f"Bearer {token}"})
    assert 400 <= answer.status_code < 500
    assert (await opened.password()).status_code == 200


async def forced(server: Server, **user: Any) -> Any:
    """What an administrator gets who resets the password of this check's user."""
    if user:
        assert (await server.patch(f"User/{server.id('user')}", user)).status_code == 200
    answer = await server.http.post("auth/force-reset-password", json={"userId": server.id("user")})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_forced_reset_ends_the_password_and_the_sessions(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    assert (await forced(server))["code"] == "password_reset_link_issued"
    assert (await opened.password()).status_code == 400
    assert (await opened.userinfo(token)).status_code == 401


async def test_a_reset_link_sets_the_password_once(server: Server) -> None:
    opened = await door(server)
    data = (await forced(server))["data"]
    assert data["token"] in data["resetUrl"]
    reset = {"token": data["token"], "newPassword": "une-phrase-toute-neuve"}
    assert (await server.http.post("auth/reset-password", json=reset)).status_code == 200
    assert (await opened.password(password="une-phrase-toute-neuve")).status_code == 200
    again = {**reset, "newPassword": "encore-une-autre-phrase"}
    assert 400 <= (await server.http.post("auth/reset-password", json=again)).status_code < 500
    assert (await opened.password(password="encore-une-autre-phrase")).status_code == 400


@pytest.mark.parametrize("reset", [{}, {"token": "unknown", "newPassword": "x" * 12}, {"token": "", "newPassword": ""}])
async def test_a_reset_without_a_link_is_refused(server: Server, reset: Json) -> None:
    opened = await door(server)
    assert 400 <= (await server.http.post("auth/reset-password", json=reset)).status_code < 500
    assert (await opened.password()).status_code == 200


async def test_a_reset_asks_for_the_second_factor_of_who_has_one(server: Server) -> None:
    opened = await door(server)
    secret = pyotp.random_base32()
    token = (await forced(server, twoFactor={"enabled": True, "secretKey": secret}))["data"]["token"]
    alone = await server.http.post("auth/reset-password", json={"token": token, "newPassword": "x" * 12})
    assert 400 <= alone.status_code < 500
    wrong = await server.http.post("auth/reset-password-mfa", json={"token": token, "totp": "000000"})
    assert 400 <= wrong.status_code < 500
    proof = {"token": token, "totp": pyotp.TOTP(secret).now()}
    fresh = (await server.http.post("auth/reset-password-mfa", json=proof)).json()["data"]["token"]
    reset = {"token": fresh, "newPassword": "une-phrase-toute-neuve"}
    assert (await server.http.post("auth/reset-password", json=reset)).status_code == 200
    assert (await opened.password(password="une-phrase-toute-neuve")).status_code == 200


async def test_a_person_without_a_policy_resets_nobodys_password(server: Server) -> None:
    opened = await door(server)
    token = (await opened.password()).json()["access_token"]
    authorization = {"authorization": f"Bearer {token}"}
    asked = {"userId": server.id("user")}
    answer = await server.http.post("auth/force-reset-password", json=asked, headers=authorization)
    assert answer.status_code == 403
    assert (await opened.password()).status_code == 200


@pytest.mark.parametrize("authorization", ["", "Bearer unknown", "Bearer", "Basic !!!", "Basic Og==", "Dance x"])
async def test_nobody_is_nobody(server: Server, authorization: str) -> None:
    assert (await server.get("Patient?_count=1", headers={"authorization": authorization})).status_code == 401
