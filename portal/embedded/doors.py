"""The addresses beside /fhir by which a person or a client proves itself, is told who it is, and leaves."""

from portal.embedded.access import unauthorised
from portal.embedded.identity import Identity
from portal.embedded.messages import Answer, Request, read_query
from portal.embedded.outcome import refuse
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

    async def answer(
        self,
        method: str,
        path: tuple[str, ...],
        headers: dict[str, str],
        raw: bytes,
        base: str,
        identity: Identity | None,
    ) -> Answer:
        """`identity` is the caller's, if any; `base` the address that all these are under."""
        asked = _asked(headers, raw)
        if method == "POST":
            match path:
                case ("auth", "token"):
                    return await self._grant(asked, headers.get("authorization", ""))
                case ("auth", "reset-password"):
                    return await self._reset(asked)
                case ("auth", "reset-password-mfa"):
                    return await self._prove(asked)
                case _:
                    pass
        if identity is None:
            raise unauthorised()
        match (method, path):
            case ("GET", ("auth", "userinfo")):
                who, guard = identity.user_id or "", self.service.guard
                user, roles = self.service.store.read_now(lambda connection: guard.person(connection, who))
                return _plain(self.tokens.userinfo(identity, user, roles))
            case ("DELETE", ("Session",)):
                return Answer(status=204 if await self.tokens.end(identity) else 404)
            case ("POST", ("auth", "change-password")):
                current, new = str(asked.get("currentPassword", "")), str(asked.get("newPassword", ""))
                if not await self.passwords.change(identity, current, new):
                    raise refuse(422, "invalid", "The password was not changed")
                return _plain({"code": "password_changed"})
            case ("POST", ("auth", "force-reset-password")):
                self.service.allow(_asking(path, headers, asked, base, identity))
                return await self._force_reset(asked, base)
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

    async def _grant(self, asked: Json, authorization: str) -> Answer:
        try:
            return _plain(await self.tokens.grant(asked, authorization))
        except OAuthError as problem:
            return _plain(problem.json(), problem.status)


def _asking(path: tuple[str, ...], headers: dict[str, str], asked: Json, base: str, identity: Identity) -> Request:
    """The request as access policies see it."""
    return Request(method="POST", path=path, headers=headers, body=asked, base=base, root="/", identity=identity)


def _asked(headers: dict[str, str], raw: bytes) -> Json:
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(read_query(raw.decode("utf-8", "replace")))
    return load_object(raw) if raw else {}


def _plain(body: Json, status: int = 200) -> Answer:
    return Answer(status=status, body=dumps(body), content_type="application/json")
