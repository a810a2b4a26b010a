"""The addresses beside /fhir by which a person or a client proves itself, is told who it is, and leaves."""

from dataclasses import replace

from portal.embedded.access import forbidden, unauthorised
from portal.embedded.messages import Answer, Request, read_query
from portal.embedded.outcome import Refusal, refuse
from portal.embedded.passwords import Passwords
from portal.embedded.service import Service
from portal.embedded.text import dumps, load_object
from portal.embedded.tokens import OAuthError, Tokens
from portal.types import Json


class Doors:
    def __init__(self, tokens: Tokens, passwords: Passwords, service: Service) -> None:
        self.tokens = tokens
        self.passwords = passwords
        self.service = service

    async def answer(self, knock: Request) -> Answer:
        """`knock.body` is read here; `knock.base` is the address that all these are under."""
        if knock.method == "POST":
            match knock.path:
                case ("auth", "token"):
                    return await self._grant(knock)
                case ("auth", "reset-password"):
                    return await self._reset(_asked(knock))
                case ("auth", "reset-password-mfa"):
                    return await self._prove(_asked(knock))
                case _:
                    pass
        identity = knock.identity
        if identity is None:
            raise unauthorised()
        match (knock.method, knock.path):
            case ("GET", ("auth", "userinfo")):
                if identity.user_id is None:  # a client is nobody's User
                    raise forbidden()
                who, guard = identity.user_id, self.service.guard
                user, roles = self.service.store.read_now(lambda connection: guard.person(connection, who))
                return _plain(self.tokens.userinfo(identity, user, roles))
            case ("DELETE", ("Session",)):
                return Answer(status=204 if await self.tokens.end(identity) else 404)
            case ("POST", ("auth", "change-password")):
                asked = _asked(knock)
                current, new = str(asked.get("currentPassword", "")), str(asked.get("newPassword", ""))
                if not await self.passwords.change(identity, current, new):
                    raise refuse(422, "invalid", "The password was not changed")
                return _plain({"code": "password_changed"})
            case ("POST", ("auth", "force-reset-password")):
                asked = _asked(knock)
                self.service.allow(replace(knock, body=asked))
                return await self._force_reset(asked, knock.base)
            case _:
                raise refuse(404, "not-found", "There is nothing at this address")

    async def _force_reset(self, asked: Json, base: str) -> Answer:
        token = await self.passwords.force_reset(str(asked.get("userId", "")))
        if token is None:
            raise refuse(404, "not-found", "There is no such user")
        link = f"{base}/auth/reset-password?token={token}"
        return _plain({"code": "password_reset_link_issued", "data": {"resetUrl": link, "token": token}})

    async def _reset(self, asked: Json) -> Answer:
        if not await self.passwords.reset(str(asked.get("token", "")), str(asked.get("newPassword", ""))):
            raise refuse(422, "invalid", "The password was not set")
        return _plain({"code": "password_reset"})

    async def _prove(self, asked: Json) -> Answer:
        token = await self.passwords.prove(str(asked.get("token", "")), str(asked.get("totp", "")))
        if token is None:
            raise refuse(422, "invalid", "The code was not accepted")
        return _plain({"code": "password_set_token_issued", "data": {"token": token}})

    async def _grant(self, knock: Request) -> Answer:
        try:
            try:
                asked = _asked(knock)
            except Refusal as problem:
                raise OAuthError("invalid_request", "The body is neither a JSON object nor a form") from problem
            return _plain(await self.tokens.grant(asked, knock.headers.get("authorization", "")))
        except OAuthError as problem:
            return _plain(problem.json(), problem.status)


def _asked(knock: Request) -> Json:
    if knock.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(read_query(knock.raw.decode("utf-8", "replace")))
    asked = load_object(knock.raw) if knock.raw else {}
    dumps(asked)  # half of a character is none
    return asked


def _plain(body: Json, status: int = 200) -> Answer:
    return Answer(status=status, body=dumps(body), content_type="application/json")
