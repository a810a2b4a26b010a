"""Addresses that are not pages: the front door, sign-in's last step, sign-out, the language, and whether all is well."""

import asyncio

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import text

from pages.base import Site, home_of
from pages.language import COOKIE, local_path
from pages.public.sign_up_words import WAITING
from pages.security.cookies import BROWSER, give, know_again
from pages.wrong import wrong_page
from portal.accounts import entries, pending, sessions
from portal.errors import PortalError, SignInNeeded
from portal.i18n import LOCALES

PATIENCE = 3.0  # seconds for the record server to say that it is well


def register(site: Site) -> None:
    settings = site.portal.settings

    @site.route("/")
    async def front_door(request: Request) -> Response:
        session = await sessions.current(site.door, request.scope.get(BROWSER))
        return RedirectResponse(home_of(session.role) if session else "/connexion", status_code=303)

    @site.route("/auth/enter")
    async def enter(request: Request, retour: str = "/") -> Response:
        """The proof was given on the page; here the browser gets its new secret."""
        try:
            entered = await entries.enter(
                site.door, browser=request.scope[BROWSER], user_agent=request.headers.get("user-agent", "")
            )
        except SignInNeeded:
            waits = await pending.is_waiting(site.door, request.scope[BROWSER])
            return RedirectResponse(WAITING if waits else "/", status_code=303)
        except PortalError as error:
            return wrong_page(request, site.texts(request), error)
        back = local_path(retour)
        answer = RedirectResponse(home_of(entered.actor.role) if back == "/" else back, status_code=303)
        give(answer, entered.secret, settings)
        if entered.device_secret:
            know_again(answer, entered.device_secret, settings)
        return answer

    @site.route("/auth/sign-out", methods=["POST"])
    async def sign_out(request: Request) -> Response:
        session = await sessions.current(site.door, request.scope[BROWSER])
        await entries.leave(site.door, request.scope[BROWSER])
        shared = session is not None and session.kind is sessions.Kind.KIOSK
        answer = RedirectResponse("/deconnexion?borne=1" if shared else "/deconnexion", status_code=303)
        give(answer, site.portal.chance.token(), settings)
        answer.headers["Clear-Site-Data"] = '"storage"'
        return answer

    @site.route("/langue")
    async def language(to: str = "", next: str = "/") -> Response:  # noqa: A002 – the name in the address
        answer = RedirectResponse(local_path(next), status_code=303)
        if to in LOCALES:
            answer.set_cookie(
                COOKIE, to, max_age=365 * 24 * 3600, path="/", secure=settings.secure, httponly=True, samesite="lax"
            )
        return answer

    @site.route("/healthz")
    async def health() -> Response:
        """For a supervisor: 200 when the database and the record server both answer. Says nothing else."""
        state = {"database": await _database_answers(site), "record": await _record_answers(site)}
        return JSONResponse(state, status_code=200 if all(state.values()) else 503)


async def _database_answers(site: Site) -> bool:
    try:
        await site.portal.db.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
    except Exception:  # noqa: BLE001 – whatever it is, the answer is “no”
        return False
    return True


async def _record_answers(site: Site) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await site.door.acting.service.find("Organization", {"_count": 1, "_elements": "id"})
    except (PortalError, TimeoutError):
        return False
    return True
