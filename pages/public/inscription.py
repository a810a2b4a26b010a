"""/inscription: an account for whoever asks. Which kind, the form, the codes, a password for professionals.

The address of a sign-up holds the tab's own luck, nothing of the person: a reload comes back to the same step.
"""

import re
from collections.abc import Mapping

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from components.blocks import block, move_focus
from components.frames import welcome
from components.icons import icon
from components.markup import Markup, back_link, h, join, link_button
from components.states import trouble
from pages.base import Site, Visit
from pages.public.entry_form import EntryForm
from pages.public.proof_step import TITLE, ProofStep, Way, focus_in, heading, password_entries
from pages.public.sign_up_form import SignUpForm
from pages.public.sign_up_words import NAMES, START, WAITING, WELCOME, address_of, role_at
from portal.access import Role
from portal.accounts import drafts, signing_up
from portal.accounts.contacts import ContactKind
from portal.accounts.drafts import Draft
from portal.accounts.proof_of_work import Solution
from portal.accounts.signing_up import Asking, Step
from portal.errors import Invalid, LinkDead
from portal.i18n import Texts

TAB = re.compile(r"[0-9a-z]{20}")


def register(site: Site) -> None:
    @site.page(START)
    async def which(visit: Visit) -> None:
        t = visit.t
        with welcome(t, t("Create an account")):
            heading(t("Create an account"), t("Who are you? We then ask only what is needed."))
            block(_kinds(t, (Role.PATIENT,)), "flow")
            block(h("<h2>{}</h2>", t("I am a professional")))
            block(_kinds(t, [role for role in NAMES if role is not Role.PATIENT]), "flow")
            told = t(
                "An administrator of your organisation looks at each professional request before it opens anything."
            )
            block(h('<p class="small soft">{}</p>', told))
            block(h('<ul class="plain links"><li><a href="/">{}</a></li></ul>', t("I already have an account")))

    @site.page(START + "/{kind}")
    async def begin(visit: Visit, kind: str) -> Response:
        role = role_at(kind)
        to = START if role is None else address_of(role, visit.portal.chance.id())
        return RedirectResponse(to, status_code=303)

    @site.page(START + "/{kind}/{tab}")
    async def sign_up(visit: Visit, kind: str, tab: str) -> Response | None:
        role = role_at(kind)
        if role is None or not TAB.fullmatch(tab):
            return RedirectResponse(START, status_code=303)
        draft = await drafts.find(site.door, tab, visit.browser)
        if draft is not None and draft.role is not role:
            return RedirectResponse(address_of(role), status_code=303)
        asking = await signing_up.standing(site.door, draft) if draft else None
        with welcome(visit.t, visit.t("Create your account")):
            flow = SignUp(visit, role, tab, ui.element("div").classes("flow"))
            await flow.show(asking, draft)
        return None

    @site.page(WAITING)
    async def waits(visit: Visit) -> None:
        t = visit.t
        with welcome(t, t("Your request is waiting")):
            block(_waiting(t, sent="demande" in visit.query))

    @site.page(WELCOME, roles={Role.PATIENT})
    async def made(visit: Visit) -> None:
        t = visit.t
        with welcome(t, t("Your account is ready")):
            lead = t("No expert centre follows you here yet, and nobody else sees your account.")
            heading(t("Your account is ready"), lead)
            told = t(
                "At your next visit, tell your centre with which address you created it: they link it to your record."
            )
            block(h("<p>{}</p>", told))
            block(h('<p class="actions">{}</p>', link_button(t("Go to my home page"), "/accueil", wide=True)))


class SignUp:
    """The steps of one sign-up, in one place of the page."""

    def __init__(self, visit: Visit, role: Role, tab: str, column: ui.element) -> None:
        self.visit, self.t, self.role, self.tab, self.column = visit, visit.t, role, tab, column
        self.door = visit.site.door

    async def show(self, asking: Asking | None, draft: Draft | None) -> None:
        """Draws the step at which the draft stands."""
        self.column.clear()
        with self.column:
            match asking:
                case Asking(step=Step.EMAIL | Step.PHONE):
                    self._code(asking)
                case Asking(step=Step.PASSWORD):
                    self._password(asking)
                case Asking(step=Step.READY):
                    await self._finish_patient(asking.draft)
                case _:
                    await self._form(draft.typed if draft else {})

    async def go_on(self) -> None:
        """The next step, with its code on the way."""
        asking, _ = await signing_up.ask_next(
            self.door, (await self._now()).draft, browser=self.visit.browser, address=self.visit.address, t=self.t
        )
        await self.show(asking, asking.draft)

    async def _form(self, typed: Mapping[str, str]) -> None:
        t = self.t
        block(back_link(t("Another kind of account"), START))
        heading(t("Create your account"), t("You are signing up as: {role}.", role=t(NAMES[self.role])))
        places = [] if self.role is Role.PATIENT else await signing_up.places(self.door)
        self.form = SignUpForm(self.visit, self.role, self.tab, typed, places, self.send)
        block(h('<p class="small soft">{}</p>', _privacy(t, patient=self.role is Role.PATIENT)))

    async def send(self, typed: Mapping[str, str], work: Solution) -> None:
        """What “Continue” under the form does."""
        asking, _ = await signing_up.send_form(
            self.door,
            self.tab,
            self.role,
            typed,
            work,
            browser=self.visit.browser,
            address=self.visit.address,
            t=self.t,
        )
        await self.show(asking, asking.draft)

    def _code(self, asking: Asking) -> None:
        t, contact = self.t, asking.contact
        assert contact is not None
        by_sms = contact.kind is ContactKind.SMS
        ways = [Way(text=t("Change the number") if by_sms else t("Change the address"), take=self.back)]
        if by_sms and self.role is Role.PATIENT:
            ways.append(Way(text=t("Go on without a mobile number"), take=self.without_phone))
        ProofStep(
            self.visit,
            asking.draft,
            shown=contact.masked,
            kind=contact.kind,
            eyebrow=self._place(asking),
            again=self._send_again,
            proven=self.go_on,
            ways=ways,
        )

    async def _send_again(self) -> Draft:
        asking, _ = await signing_up.ask_next(
            self.door, (await self._now()).draft, browser=self.visit.browser, address=self.visit.address, t=self.t
        )
        return asking.draft

    async def back(self) -> None:
        """The form again, with everything in it."""
        draft = (await self._now()).draft
        await drafts.set_sent(self.door, draft, self.visit.browser, sent=False)
        await self.show(None, draft)
        with self.column:
            move_focus(TITLE)

    async def without_phone(self) -> None:
        """A patient goes on without a number."""
        draft = (await self._now()).draft
        typed = {name: text for name, text in draft.typed.items() if name != "phone"}
        await drafts.keep(self.door, self.tab, self.visit.browser, self.role, typed)
        await self.go_on()

    def _password(self, asking: Asking) -> None:
        t, details = self.t, asking.details
        assert details is not None
        lead = t("At each sign-in we ask for it, then for a code: two steps that protect your patients.")
        heading(t("Choose a password"), lead, self._place(asking))

        async def send(values: Mapping[str, str]) -> None:
            try:
                await self._finish(asking.draft, values["password"])
            except Invalid as error:
                form.show_errors({"password": t.say(error.problems[0].message)})

        form = EntryForm(
            password_entries(t, details.email), t("Create my account"), t("One moment…"), self.visit.guard(send)
        )
        focus_in(form, "password")

    async def _finish_patient(self, draft: Draft) -> None:
        try:
            await self._finish(draft, "")
        except Invalid as error:  # an account was made with this contact since it was proven: its owner may know
            t = self.t
            way = link_button(t("Sign in"), "/connexion")
            block(trouble(t("You already have an account"), t.say(error.problems[0].message), way))

    async def _finish(self, draft: Draft, password: str) -> None:
        role = await signing_up.finish(self.door, draft, browser=self.visit.browser, password=password, t=self.t)
        ui.navigate.to(f"/auth/enter?retour={WELCOME}" if role is Role.PATIENT else f"{WAITING}?demande=1")

    async def _now(self) -> Asking:
        draft = await drafts.find(self.door, self.tab, self.visit.browser)
        if draft is None:
            raise LinkDead
        return await signing_up.standing(self.door, draft)

    def _place(self, asking: Asking) -> str:
        """Step 2 of 3: how far one is, as the form told how many contacts there are."""
        assert asking.details is not None
        contacts = len(asking.details.contacts)
        steps = {Step.EMAIL: 2, Step.PHONE: 3, Step.PASSWORD: 2 + contacts}
        last = 1 + contacts + (self.role is not Role.PATIENT)
        return self.t("Step {number} of {last}", number=steps[asking.step], last=last)


def _kinds(t: Texts, roles: list[Role] | tuple[Role, ...]) -> Markup:
    row = '<li><a href="{}"><span>{}</span>{}</a></li>'
    rows = join(h(row, address_of(role), t(NAMES[role]), icon("next")) for role in roles)
    return h('<ul class="plain choices">{}</ul>', rows)


def _privacy(t: Texts, *, patient: bool) -> str:
    if patient:
        return t("What you write serves only to open your account. Nobody sees it until a centre follows you.")
    return t(
        "What you write is seen by the administrator who looks at your request, and serves only to open your account."
    )


def _waiting(t: Texts, *, sent: bool) -> Markup:
    """The same calm page after the request and at each sign-in until it is accepted."""
    title = t("Your request is sent") if sent else t("Your request is waiting")
    return h(
        '<div class="flow"><h1 tabindex="-1" data-focus>{}</h1><p class="lead">{}</p><p>{}</p><p class="actions">{}</p></div>',
        title,
        t("An administrator of your organisation will look at it. Nothing is open until then."),
        t("We write to you as soon as it is decided. You have nothing more to do; you can close this page."),
        link_button(t("Back to sign-in"), "/pro", "side"),
    )
