"""/invitation: the link that an invited person follows. Opening it changes nothing; it is used up by the account it makes."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from urllib.parse import urlencode

from nicegui import ui

from components.blocks import Button, block
from components.form.reading import Unreadable, read_date
from components.frames import welcome
from components.markup import link_button
from components.states import trouble
from pages.base import Site, Visit, home_of
from pages.public.entry_form import Entry, EntryForm
from pages.public.proof_step import ProofStep, focus_in, heading, password_entries
from portal.accounts import joining
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.drafts import Draft
from portal.accounts.invitations import PATH
from portal.accounts.joining import Invited
from portal.errors import Invalid, LinkDead
from portal.i18n import Texts


def register(site: Site) -> None:
    @site.page(PATH + "/{token}")
    async def follow(visit: Visit, token: str) -> None:
        t = visit.t
        with welcome(t, t("Your invitation")):
            try:
                invited = await joining.look(site.door, token)
            except LinkDead:
                _dead(t)
                return
            draft = await joining.begun(site.door, invited, visit.browser)
            Joining(visit, invited, ui.element("div").classes("flow")).show(draft)


class Joining:
    """The steps of one invitation, in one place of the page."""

    def __init__(self, visit: Visit, invited: Invited, column: ui.element) -> None:
        self.visit, self.t, self.invited, self.column = visit, visit.t, invited, column
        self.door = visit.site.door

    def show(self, draft: Draft | None) -> None:
        """Draws the step at which this browser stands."""
        self.column.clear()
        with self.column:
            if draft is None or (draft.proof is None and not draft.proven):
                self._welcome()
            elif not draft.has_proven(self.door, self.invited.contact):
                self._code(draft, self.invited.contact, self._begin_again)
            elif self.invited.is_patient:
                self._birth_date(draft)
            elif draft.has_proven(self.door, _phone(draft)):
                self._password(draft)
            elif draft.proof is not None:
                self._code(draft, _phone(draft), lambda: self._ask_phone(draft.typed.get("phone", "")))
            else:
                self._number(draft)

    async def begin(self) -> None:
        """What “Continue” does: from here on something happens."""
        self.show(await self._begin_again())

    def _welcome(self) -> None:
        t = self.t
        lead = (
            t("Your expert centre invites you to open your account. It takes three minutes.")
            if self.invited.is_patient
            else t("You are invited to open your professional account. It takes five minutes.")
        )
        heading(t("Welcome"), lead)
        block(t("We first send a code to {contact}, to be sure that it is you.", contact=self.invited.contact.masked))
        Button(t("Continue"), self.visit.guard(self.begin), wide=True, busy_text=t("One moment…"), id="begin")

    def _code(self, draft: Draft, contact: Contact, again: Callable[[], Awaitable[Draft]]) -> None:
        ProofStep(
            self.visit,
            draft,
            shown=contact.masked,
            kind=contact.kind,
            eyebrow="",
            again=again,
            proven=self._go_on,
        )

    async def _go_on(self) -> None:
        self.show(await joining.begun(self.door, self.invited, self.visit.browser))

    async def _begin_again(self) -> Draft:
        visit = self.visit
        return await joining.begin(self.door, self.invited, browser=visit.browser, address=visit.address, t=self.t)

    def _birth_date(self, draft: Draft) -> None:
        t = self.t
        heading(t("One last check"), t("Your date of birth shows that this invitation has reached the right person."))
        born = Entry(
            name="birth_date",
            label=t("Your date of birth"),
            hint=t("For example: 27/03/1986"),
            autocomplete="bday",
            css="input input-date",
            more={"inputmode": "numeric"},
        )

        async def send(values: Mapping[str, str]) -> None:
            try:
                day = read_date(values["birth_date"], today=self.visit.portal.clock.today(), partial=False)
                await joining.finish_patient(
                    self.door, self.invited, draft, date.fromisoformat(day), browser=self.visit.browser
                )
            except Unreadable as error:
                form.show_errors({"birth_date": t.say(error.message)})
                return
            except Invalid as error:
                form.show_errors({"birth_date": t.say(error.problems[0].message)})
                return
            except LinkDead:
                self._dead()
                return
            self._enter()

        form = EntryForm((born,), t("Open my account"), t("One moment…"), self.visit.guard(send))
        focus_in(form, "birth_date")

    def _number(self, draft: Draft) -> None:
        t = self.t
        heading(t("Your mobile number"), t("At each sign-in we send a code there, after your password."))
        field = Entry(
            name="phone",
            label=t("Mobile number"),
            kind="tel",
            autocomplete="tel-national",
            more={"inputmode": "tel", "value": draft.typed.get("phone", "") or self.invited.phone},
        )

        async def send(values: Mapping[str, str]) -> None:
            try:
                asked = await self._ask_phone(values["phone"])
            except Invalid as error:
                form.show_errors({"phone": t.say(error.problems[0].message)})
                return
            self.show(asked)

        form = EntryForm((field,), t("Continue"), t("One moment…"), self.visit.guard(send))
        focus_in(form, "phone")

    async def _ask_phone(self, phone: str) -> Draft:
        visit = self.visit
        draft = await joining.begun(self.door, self.invited, visit.browser)
        if draft is None:
            raise LinkDead
        return await joining.ask_phone(
            self.door, self.invited, draft, phone, browser=visit.browser, address=visit.address, t=self.t
        )

    def _password(self, draft: Draft) -> None:
        t = self.t
        heading(
            t("Choose a password"),
            t("At each sign-in we ask for it, then for a code: two steps that protect your patients."),
        )

        async def send(values: Mapping[str, str]) -> None:
            try:
                await joining.finish_professional(
                    self.door, self.invited, draft, values["password"], browser=self.visit.browser
                )
            except Invalid as error:
                form.show_errors({"password": t.say(error.problems[0].message)})
                return
            except LinkDead:
                self._dead()
                return
            self._enter()

        form = EntryForm(
            password_entries(t, self.invited.contact.value),
            t("Open my account"),
            t("One moment…"),
            self.visit.guard(send),
        )
        focus_in(form, "password")

    def _enter(self) -> None:
        ui.navigate.to("/auth/enter?" + urlencode({"retour": home_of(self.invited.role)}))

    def _dead(self) -> None:
        self.column.clear()
        with self.column:
            _dead(self.t)


def _dead(t: Texts) -> None:
    """One page for a link that was used, cancelled, replaced, is too old or never was."""
    what = t(
        "It may have been used already, be too old, or have been replaced by a newer one. If you have opened your "
        "account, sign in. Else ask the person who invited you to send it again."
    )
    block(trouble(t("This link does not work any more"), what, link_button(t("Sign in"), "/connexion")))


def _phone(draft: Draft) -> Contact:
    return Contact(kind=ContactKind.SMS, value=draft.typed.get("phone", ""))
