"""What every page stands on: the `Site` registers pages and routes; each page gets a `Visit`, one person's look at it.

A page's module has one function, `register(site: Site) -> None`. In it, `@site.page("/patients/{patient}", roles=CARE_ROLES)`
stands before `async def patient_overview(visit: Visit, patient: str) -> None`, which arranges components inside
`with visit.frame(current="/patients").page(title):` and hands its handlers over as `visit.guard(handler)`.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from pages.language import texts_for
from pages.open_pages import OpenPages
from pages.security.cookies import BROWSER
from pages.still_there import StillThere
from pages.theme import COOKIE as THEME
from pages.theme import wear
from pages.visit import Handler, Visit, home_of
from pages.wrong import wrong_page
from portal import audit
from portal.access import Role
from portal.accounts import Door, people, sessions
from portal.acting import Acting
from portal.app import Portal
from portal.background import Background
from portal.errors import Forbidden, PortalError, Refused, SignInNeeded
from portal.i18n import Texts
from portal.worker import worker_of

LONGEST_BUILD = 30.0  # seconds; longer than the record server's own deadline, which gives a better sentence

Builder = Callable[..., Awaitable[Response | None]]


class Site:
    """Registers pages (NiceGUI) and plain routes (FastAPI) of one portal. `build_site` in pages/site.py makes it."""

    def __init__(self, portal: Portal, app: FastAPI) -> None:
        self.portal, self.app = portal, app
        self.later = Background()
        self.door = Door(acting=portal.service(), key=portal.secret, later=self.later)
        self.queue = worker_of(self.door)
        self.open_pages = OpenPages(self.door)

    def page(self, path: str, *, roles: Collection[Role] | None = None) -> Callable[[Builder], Builder]:
        """A page for these roles; for everybody when None. The builder gets the visit and the path's parameters; it
        may return a redirection instead of building anything.
        """

        def register(builder: Builder) -> Builder:
            async def shown(request: Request, **given: Any) -> Response | None:
                visit: Visit | None = None
                try:
                    visit = await self.visit(request, roles)
                    wear(request.cookies.get(THEME, ""))
                    visit.errors_here()
                    answer = await builder(visit, **given, **({"request": request} if wants_request else {}))
                    if answer is None and visit.acting is not None:
                        self.open_pages.add(ui.context.client, visit, StillThere(visit))
                except SignInNeeded:
                    return RedirectResponse(self._sign_in(request, roles), status_code=303)
                except PortalError as error:
                    if visit is not None and visit.acting is not None:
                        self.note_refusal(visit.acting, error)
                    return wrong_page(request, self.texts(request), error)
                return answer

            asked = inspect.signature(builder, eval_str=True).parameters
            wants_request = "request" in asked
            own = [one for name, one in asked.items() if name not in {"visit", "request"}]
            first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
            shown.__signature__ = inspect.Signature([first, *own])  # type: ignore[attr-defined]
            shown.__name__ = builder.__name__
            ui.page(path, response_timeout=LONGEST_BUILD)(shown)
            return builder

        return register

    def route(self, path: str, methods: Collection[str] = ("GET",)) -> Callable[[Handler], Handler]:
        """A plain FastAPI route beside the pages; it gets FastAPI's own parameters, and asks `site.visit` who it is."""

        def register(endpoint: Handler) -> Handler:
            self.app.add_api_route(path, endpoint, methods=list(methods), include_in_schema=False, response_model=None)
            return endpoint

        return register

    async def visit(self, request: Request, roles: Collection[Role] | None = None) -> Visit:
        """Who asks, with the rights of this moment. With `roles`: SignInNeeded or Refused for anybody else."""
        browser = str(request.scope.get(BROWSER, ""))
        session = await sessions.current(self.door, browser)
        acting: Acting | None = None
        language = ""
        if roles is not None:
            if session is None:
                raise SignInNeeded
            found = await people.account(self.door, session.user)
            actor = await people.actor_of(self.door, found, session.role)
            if actor.role not in roles:
                refusal = Refused(f"page: {actor.role}")
                self.note_refusal(self.portal.acting(actor), refusal)
                raise refusal
            acting, language = self.portal.acting(actor), found.language
            await sessions.touch(self.door, session)
        return Visit(
            site=self,
            t=self.texts(request, language),
            path=request.url.path,
            query=dict(request.query_params),
            browser=browser,
            address=request.client.host if request.client else "",
            device=request.headers.get("user-agent", ""),
            session=session,
            acting=acting,
        )

    def note_refusal(self, acting: Acting, error: PortalError) -> None:
        """A refused right goes to the audit trail, after the answer: nothing was done that could not be without it.

        Pages and their handlers call it themselves; a route that lets an error of the portal go calls it before.
        """
        if isinstance(error, Refused | Forbidden):
            self.later.later(lambda: audit.record_refusal(acting, error))

    def texts(self, request: Request, account: str = "") -> Texts:
        return texts_for(request, account=account, fallback=self.portal.settings.language)

    def _sign_in(self, request: Request, roles: Collection[Role] | None) -> str:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        door = "/connexion" if roles is not None and Role.PATIENT in roles else "/pro"
        return f"{door}?retour={quote(path, safe='/')}"


__all__ = ["Handler", "Site", "Visit", "home_of"]
