"""The addresses beside /fhir by which a person or a client proves itself, is told who it is, and leaves."""

from portal.embedded.access import unauthorised
from portal.embedded.identity import Identity
from portal.embedded.messages import Answer, read_query
from portal.embedded.outcome import refuse
from portal.embedded.service import Service
from portal.embedded.text import dumps, load_object
from portal.embedded.tokens import OAuthError, Tokens
from portal.types import Json


class Doors:
    def __init__(self, tokens: Tokens, service: Service) -> None:
        self.tokens = tokens
        self.service = service

    async def answer(
        self, method: str, path: tuple[str, ...], headers: dict[str, str], raw: bytes, identity: Identity | None
    ) -> Answer:
        """`identity` is the caller's, except at `/auth/token`, which is for who has none yet."""
        asked = _asked(headers, raw)
        if (method, path) == ("POST", ("auth", "token")):
            return await self._grant(asked, headers.get("authorization", ""))
        if identity is None:
            raise unauthorised()
        match (method, path):
            case ("GET", ("auth", "userinfo")):
                user, roles = self.service.guard.person(self.service.store.quick_reader, identity.user_id or "")
                return _plain(self.tokens.userinfo(identity, user, roles))
            case ("DELETE", ("Session",)):
                return Answer(status=204 if await self.tokens.end(identity) else 404)
            case ("POST", ("auth", "change-password")):
                current, new = str(asked.get("currentPassword", "")), str(asked.get("newPassword", ""))
                if not await self.tokens.change_password(identity, current, new):
                    raise refuse(422, "invalid", "The password was not changed")
                return _plain({"code": "password_changed"})
            case _:
                raise refuse(404, "not-found", "There is nothing at this address")

    async def _grant(self, asked: Json, authorization: str) -> Answer:
        try:
            return _plain(await self.tokens.grant(asked, authorization))
        except OAuthError as problem:
            return _plain(problem.json(), problem.status)


def _asked(headers: dict[str, str], raw: bytes) -> Json:
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(read_query(raw.decode("utf-8", "replace")))
    return load_object(raw) if raw else {}


def _plain(body: Json, status: int = 200) -> Answer:
    return Answer(status=status, body=dumps(body), content_type="application/json")
