"""/pro/oubli: a professional's forgotten password. The mailbox, then another of their proofs, then the new password.

Everything up to the first right code is the same for an address that nobody has.
"""

from collections.abc import Mapping

from nicegui import ui

from components.blocks import block
from components.frames import welcome
from components.markup import back_link, h, link_button, note
from pages.base import Site, Visit
from pages.public.code_step import CodeStep
from pages.public.entry_form import Entry, EntryForm
from pages.public.robots import RobotCheck
from portal.accounts import Contact, ContactKind, codes, people, read_contact, recovery
from portal.accounts.codes import Asked, Channel, Purpose
from portal.accounts.password_rules import SHORTEST
from portal.accounts.people import Account
from portal.accounts.proof_of_work import Solution
from portal.accounts.recovery import Proof
from portal.errors import CodeRefused, Invalid, ProofOfWorkRefused, TooManyTries, problem
from portal.i18n import N_

SIGN_IN = "/pro"


def register(site: Site) -> None:
    @site.page("/pro/oubli")
    async def forgotten(visit: Visit) -> None:
        with welcome(visit.t, visit.t("Password forgotten")):
            Recovering(visit)


class Recovering(ui.element):
    """The steps, one after another in one place. A reload begins again: what was proven is kept nowhere else."""

    def __init__(self, visit: Visit) -> None:
        super().__init__("div")
        self.classes("flow")
        self.visit, self.t, self.door = visit, visit.t, visit.site.door
        with self:
            self.ask_address()

    def ask_address(self) -> None:
        t = self.t
        self._head(t("Password forgotten"), t("We send a code to your e-mail address, then we ask for another proof."))
        self.visit.errors_here()
        email = Entry(
            name="email",
            label=t("Your e-mail address"),
            kind="email",
            autocomplete="username",
            more={"autocapitalize": "none", "spellcheck": "false"},
        )
        self.form = EntryForm((email,), t("Receive my code"), t("One moment…"), self.visit.guard(self.send_address))
        self.robots = RobotCheck(self.visit)

    async def send_address(self, values: Mapping[str, str]) -> None:
        visit = self.visit
        try:
            contact = _email(values["email"])
            asked = await self.robots.run(lambda work: self._ask(contact, work))
        except Invalid as error:
            self.form.show_errors({"email": self.t.say(error.problems[0].message)})
            return
        except (TooManyTries, ProofOfWorkRefused) as error:
            self.form.show_errors({"email": self.t.say(error.message)})
            return
        self._anew()
        with self:
            CodeStep(visit, asked, back="/pro/oubli", check=self.first_proof, submit=self.t("Continue"))

    async def _ask(self, contact: Contact, work: Solution | None) -> Asked:
        visit = self.visit
        return await codes.ask_recovery_code(
            self.door, contact, browser=visit.browser, address=visit.address, t=self.t, work=work
        )

    async def first_proof(self, asked: Asked, typed: str) -> None:
        """The mailbox is theirs; what else do they have?"""
        visit, t = self.visit, self.t
        user = await codes.try_code(self.door, asked, typed, browser=visit.browser, address=visit.address)
        account = await people.account(self.door, user)
        proofs = await recovery.second_proofs(self.door, account)
        if not proofs:
            self._anew()
            with self:
                self._head(t("Ask your administrator"), t("Your account has no second proof: no telephone, no app."))
                block(t("The administrator of your centre checks who you are and gives you a new way in."), "", "p")
                block(h('<p class="actions">{}</p>', link_button(t("Back to sign-in"), SIGN_IN)))
            return
        await self.ask_second(account, proofs)

    async def ask_second(self, account: Account, proofs: list[Proof]) -> None:
        if proofs == [Proof.RECOVERY_CODE]:
            asked = await recovery.ask_paper(self.door, account, browser=self.visit.browser)
        else:
            asked = await self.by_message(account, Channel.APP if Proof.APP in proofs else Channel.SMS, None)
        self._anew()
        with self:
            SecondProof(self, account, asked, proofs)

    async def by_message(self, account: Account, channel: Channel, work: Solution | None) -> Asked:
        visit = self.visit
        return await codes.ask_second_factor(
            self.door,
            account,
            channel,
            browser=visit.browser,
            address=visit.address,
            t=self.t,
            purpose=Purpose.RECOVERY_SECOND,
            work=work,
        )

    def new_password(self, account: Account) -> None:
        t = self.t
        self._anew()
        with self:
            self._head(
                t("Your new password"), t("At least {least} characters: four words make a good one.", least=SHORTEST)
            )
            field = Entry(name="password", label=t("New password"), kind="password", autocomplete="new-password")
            twice = Entry(name="again", label=t("Once more"), kind="password", autocomplete="new-password")

            async def send(values: Mapping[str, str]) -> None:
                try:
                    _same(values)
                    await recovery.recover(self.door, account, values["password"], browser=self.visit.browser)
                except Invalid as error:
                    self.form.show_errors({one.place: t.say(one.message) for one in error.problems})
                    return
                self.done()

            self.form = EntryForm((field, twice), t("Change the password"), t("One moment…"), self.visit.guard(send))

    def done(self) -> None:
        t = self.t
        self._anew()
        with self:
            self._head(t("Password changed"), t("You are signed out everywhere else. Sign in with your new password."))
            block(h('<p class="actions">{}</p>', link_button(t("Sign in"), SIGN_IN)))

    def _anew(self) -> None:
        self.clear()

    def _head(self, title: str, lead: str) -> None:
        back = back_link(self.t("Back to sign-in"), SIGN_IN)
        block(h('{}<h1 tabindex="-1">{}</h1><p class="lead">{}</p>', back, title, lead))


class SecondProof:
    """The code of the app or of the telephone, or one on paper. The mailbox does not count twice."""

    def __init__(self, page: Recovering, account: Account, asked: Asked, proofs: list[Proof]) -> None:
        self.page, self.account, self.asked = page, account, asked
        visit, t = page.visit, page.t
        if proofs != [Proof.RECOVERY_CODE]:
            block(note(t("Your e-mail address is proven. One more proof.")), role="status")
            CodeStep(visit, asked, back="/pro/oubli", check=self.by_code, again=self.again, submit=t("Continue"))
        if Proof.RECOVERY_CODE in proofs:
            code = Entry(name="paper", label=t("Recovery code"), more={"autocapitalize": "none", "spellcheck": "false"})
            self.form = EntryForm(
                (code,), t("Continue with a recovery code"), t("One moment…"), visit.guard(self.by_paper)
            )

    async def by_code(self, asked: Asked, typed: str) -> None:
        visit = self.page.visit
        await codes.try_code(self.page.door, asked, typed, browser=visit.browser, address=visit.address)
        self.page.new_password(self.account)

    async def by_paper(self, values: Mapping[str, str]) -> None:
        visit = self.page.visit
        try:
            await codes.try_recovery_code(
                self.page.door, self.asked, values["paper"], browser=visit.browser, address=visit.address
            )
        except Invalid as error:
            self.form.show_errors({"paper": visit.t.say(error.problems[0].message)})
            return
        except CodeRefused as error:
            self.form.show_errors({"paper": visit.t.say(error.message)})
            return
        self.page.new_password(self.account)

    async def again(self, asked: Asked, _channel: Channel, work: Solution | None) -> Asked:
        """By the same way only: another could be the mailbox."""
        self.asked = await self.page.by_message(self.account, asked.channel, work)
        return self.asked


def _email(typed: str) -> Contact:
    contact = read_contact(typed)
    if contact.kind is not ContactKind.EMAIL:
        raise Invalid([problem("email", N_("This address is not complete. It looks like name@example.fr."))])
    return contact


def _same(values: Mapping[str, str]) -> None:
    if values["password"] != values["again"]:
        raise Invalid([problem("again", N_("The two are not the same."))])
