"""What every page stands on: a `Visit` (one person's look at one page) and the `Site` that registers pages and routes.

def register(site: Site) -> None:
@site.page("/patients/{patient}", roles=CARE_ROLES)
async def patient_overview(visit: Visit, patient: str) -> None:
with visit.frame(current="/patients").page(visit.t("Patient")):
Button(visit.t("Save"), visit.guard(save))
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from nicegui import ui

from components.blocks import block, set_block
from components.errors import error_note
from components.frames import Audience, Frame, Person
from components.markup import note
from pages.language import texts_for
from pages.open_pages import OpenPages
from pages.security.cookies import BROWSER
from pages.still_there import StillThere
from pages.theme import COOKIE as THEME
from pages.theme import wear
from pages.wrong import wrong_page
from portal import audit
from portal.access import Role
from portal.accounts import Door, Session, people, sessions
from portal.acting import Acting
from portal.app import Portal
from portal.background import Background
from portal.errors import PortalError, Refused, SignInNeeded, Unavailable
from portal.i18n import Texts

SIGNED_OUT = "/deconnexion"
HOMES = {Role.PATIENT: "/accueil", Role.ARC: "/revue", Role.ADMIN: "/centres"}
AUDIENCES = {Role.PATIENT: Audience.PATIENT, Role.ARC: Audience.ARC, Role.ADMIN: Audience.ADMIN}
A_MOMENT = 2.0  # seconds
LONGEST_BUILD = 30.0  # seconds; longer than the record server's own deadline, which gives a better sentence

Handler = Callable[..., Awaitable[Any] | Any]
Builder = Callable[..., Awaitable[Response | None]]

log = structlog.get_logger("portal.pages")


@dataclass(kw_only=True, slots=True)
class Said:
    """Where the page's sentences on errors appear now, and when session and rights were last looked at (monotonic)."""

    place: ui.html | None = None
    session_seen: float = float("-inf")
    rights_read: float = float("-inf")


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One person's look at one page. `acting` is None on public pages seen by nobody in particular."""

    site: "Site"
    t: Texts
    path: str
    query: Mapping[str, str]
    browser: str = field(repr=False)
    address: str = field(repr=False)
    device: str = field(repr=False)
    session: Session | None = None
    acting: Acting | None = None
    said: Said = field(default_factory=Said)

    @property
    def portal(self) -> Portal:
        return self.site.portal

    @property
    def me(self) -> Acting:
        """The signed-in person at work; SignInNeeded when there is none. What pages hand to verbs."""
        if self.acting is None:
            raise SignInNeeded
        return self.acting

    @property
    def here(self) -> str:
        """The page's own address, to come back to it."""
        return self.path + (f"?{urlencode(self.query)}" if self.query else "")

    def frame(self, *, current: str = "", place: str = "", **options: Any) -> Frame:
        """The frame of this person's audience, with their name and menu."""
        actor = self.acting.actor if self.acting else None
        return Frame(
            t=self.t,
            audience=AUDIENCES.get(actor.role, Audience.CLINIC) if actor else Audience.PUBLIC,
            current=current,
            person=Person(name=actor.name, initials=actor.initials) if actor else None,
            place=place,
            home=home_of(actor.role) if actor else "/",
            **options,
        )

    def errors_here(self) -> None:
        """Errors of guarded handlers appear at this place of the page from now on, instead of at its top."""
        self.said.place = block("", "said", role="alert")

    def tell(self, said: Markup | str) -> None:
        """Shows a note (see components.markup.note) where the person is looking; an empty text takes it away."""
        place = self.said.place
        if place is None or place.is_deleted or (not said and not place.content):
            return
        set_block(place, said)
        if said:
            ui.run_javascript(f"getHtmlElement({place.id})?.scrollIntoView({{block: 'nearest'}})")

    def guard(self, handler: Handler, *, while_away: bool = False) -> Callable[..., Awaitable[None]]:
        """An event handler that runs only for a living session whose rights are still those the page was built with.

        A dead session leads to the sign-in page and back here afterwards; changed rights show the page anew; an error
        of the portal is told where the person looks; any other is logged without its text. With `while_away` it also
        runs when the record server is away and rights cannot be read anew: only for what it does not need, such as
        keeping an answer in the journal.
        """

        @functools.wraps(handler)
        async def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                if not await self.still_allowed(while_away=while_away):
                    return
                self.tell("")
                result = handler(*args, **kwargs)
                if isinstance(result, Awaitable):
                    await result
            except SignInNeeded:
                ui.navigate.to(self.site.signed_out(self))
            except PortalError as error:
                self._note_refusal(error)
                self.tell(error_note(self.t, error))
            except Exception:  # the page must say something; the log keeps where, without the error's text
                log.exception("page.handler_failed", page=self.path.split("/")[1])
                self.tell(note(self.t(PortalError.default), "danger", "alert"))

        return guarded

    async def still_allowed(self, *, while_away: bool, rights_for: float = 0.0) -> bool:
        """Whether the handler may run; SignInNeeded when the session is dead, a fresh page when rights have changed.

        With `rights_for`, rights read less than that many seconds ago are good enough, and a session seen a moment ago:
        for what people do many times a minute.
        """
        if self.acting is None or self.session is None:
            return True
        now = self.portal.clock.monotonic()
        if now - self.said.rights_read < rights_for and now - self.said.session_seen < A_MOMENT:
            return True
        session = await sessions.by_id(self.site.door, self.session.id)
        if session is None:
            raise SignInNeeded
        self.said.session_seen = now
        await sessions.touch(self.site.door, session)
        if now - self.said.rights_read < rights_for:
            return True
        try:
            actor = await people.actor(self.site.door, session.user, session.role)
            self.said.rights_read = now
        except Unavailable:
            if while_away:
                return True
            raise
        if actor != self.acting.actor:
            ui.navigate.reload()
            return False
        return True

    def _note_refusal(self, error: PortalError) -> None:
        """A refused right goes to the audit trail, after the answer: nothing was done that could not be without it."""
        acting = self.acting
        if not isinstance(error, Refused) or acting is None:
            return
        refused, reason = audit.Outcome.REFUSED, error.reason
        self.site.later.later(
            lambda: audit.record(acting, audit.Action.EXECUTE, "refused", outcome=refused, reason=reason)
        )


class Site:
    """Registers pages (NiceGUI) and plain routes (FastAPI) of one portal. `build_site` in pages/site.py makes it."""

    def __init__(self, portal: Portal, app: FastAPI) -> None:
        self.portal, self.app = portal, app
        self.later = Background()
        self.door = Door(acting=portal.service(), key=portal.secret, later=self.later)
        self.open_pages = OpenPages(self.door)

    def page(self, path: str, *, roles: Collection[Role] | None = None) -> Callable[[Builder], Builder]:
        """A page for these roles; for everybody when None. The builder gets the visit and the path's parameters; it
        may return a redirection instead of building anything.
        """

        def register(builder: Builder) -> Builder:
            async def shown(request: Request, **given: Any) -> Response | None:
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
                raise Refused(f"page: {actor.role}")
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

    def texts(self, request: Request, account: str = "") -> Texts:
        return texts_for(request, account=account, fallback=self.portal.settings.language)

    def signed_out(self, visit: Visit) -> str:
        """The page that says that the session is over, with the way back to where the person was."""
        staff = visit.session is not None and visit.session.role is not Role.PATIENT
        return signed_out_address(visit.here, staff=staff)

    def _sign_in(self, request: Request, roles: Collection[Role] | None) -> str:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        door = "/connexion" if roles is not None and Role.PATIENT in roles else "/pro"
        return f"{door}?retour={quote(path, safe='/')}"


def signed_out_address(here: str, *, staff: bool) -> str:
    return f"{SIGNED_OUT}?{urlencode({'fin': '1', 'retour': here, **({'pro': '1'} if staff else {})})}"


def home_of(role: Role) -> str:
    """Where each role begins."""
    return HOMES.get(role, "/patients")
