"""One person's look at one page: who they are, their language, their frame; handlers that check again; errors where they look."""

import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import structlog
from markupsafe import Markup
from nicegui import ui

from components.blocks import block, set_block
from components.errors import error_note
from components.frames import Audience, Frame, Person
from components.markup import note
from portal.access import Role
from portal.accounts import Session, people, sessions
from portal.accounts.sessions import Kind
from portal.acting import Acting
from portal.app import Portal
from portal.errors import PortalError, SignInNeeded, Unavailable
from portal.i18n import Texts

if TYPE_CHECKING:
    from pages.base import Site

HOMES = {
    Role.PATIENT: "/accueil",
    Role.ARC: "/revue",
    Role.ADMIN: "/centres",
    Role.ORGANIZATION_ADMIN: "/personnes",
}
AUDIENCES = {
    Role.PATIENT: Audience.PATIENT,
    Role.ARC: Audience.ARC,
    Role.ADMIN: Audience.ADMIN,
    Role.ORGANIZATION_ADMIN: Audience.ADMIN,
}
SIGNED_OUT = "/deconnexion"
A_MOMENT = 2.0  # seconds

Handler = Callable[..., Awaitable[Any] | Any]

log = structlog.get_logger("portal.pages")


def home_of(role: Role) -> str:
    """Where each role begins."""
    return HOMES.get(role, "/patients")


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
    alive: Callable[[], Awaitable[bool]] | None = None
    """For who is here without an account, by a link: whether it still holds."""
    over: str = ""
    """The page that says that the link is over."""

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

    @property
    def signed_out(self) -> str:
        """The page that says that the session is over, with the way back here; on a shared tablet, without it."""
        if self.session is not None and self.session.kind is Kind.KIOSK:
            return f"{SIGNED_OUT}?{urlencode({'fin': '1', 'borne': '1'})}"
        if self.over:
            return self.over
        staff = self.session is not None and self.session.role is not Role.PATIENT
        return f"{SIGNED_OUT}?{urlencode({'fin': '1', 'retour': self.here, **({'pro': '1'} if staff else {})})}"

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
                ui.navigate.to(self.signed_out)
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
        if self.alive is not None and not await self.alive():
            raise SignInNeeded
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
        if self.acting is not None:
            self.site.note_refusal(self.acting, error)
