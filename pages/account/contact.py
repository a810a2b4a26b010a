"""/compte/contact: another e-mail address or mobile number. A code goes to the new one; the former one is told."""

from collections.abc import Mapping

from fastapi import Response
from nicegui import ui

from components.blocks import block
from components.markup import back_link, link_button, note, page_head
from pages.account.fresh import EVERYBODY, HOME, fresh_or_prove, when_fresh
from pages.base import Site, Visit
from pages.public.code_step import CodeStep
from pages.public.entry_form import Entry, EntryForm
from pages.public.robots import RobotCheck
from portal.accounts import Contact, ContactKind, codes, read_contact
from portal.accounts.codes import Asked
from portal.accounts.own_contacts import change_contact
from portal.accounts.proof_of_work import Solution
from portal.errors import Invalid, ProofOfWorkRefused, SignInNeeded, TooManyTries, problem
from portal.i18n import N_


def register(site: Site) -> None:
    @site.page("/compte/contact", roles=EVERYBODY)
    async def contact(visit: Visit) -> Response | None:
        kind = ContactKind.SMS if visit.query.get("genre") == "sms" else ContactKind.EMAIL
        elsewhere = fresh_or_prove(visit)
        if elsewhere is not None:
            return elsewhere
        t = visit.t
        title = t("Change my e-mail address") if kind is ContactKind.EMAIL else t("Change my mobile number")
        with visit.frame(current=HOME).page(title, width="reading", css="flow-l"):
            Changing(visit, kind, title)
        return None


class Changing(ui.element):
    def __init__(self, visit: Visit, kind: ContactKind, title: str) -> None:
        super().__init__("div")
        self.classes("sheet flow")
        self.visit, self.t, self.kind, self.title = visit, visit.t, kind, title
        with self:
            self.ask()

    def ask(self) -> None:
        t, by_mail = self.t, self.kind is ContactKind.EMAIL
        block(back_link(t("My account"), HOME))
        block(page_head(self.title, t("We send a code to the new one, and a word to the former one.")))
        self.visit.errors_here()
        field = Entry(
            name="contact",
            label=t("Your new e-mail address") if by_mail else t("Your new mobile number"),
            kind="email" if by_mail else "tel",
            autocomplete="email" if by_mail else "tel",
            more={"autocapitalize": "none", "spellcheck": "false"},
        )
        self.form = EntryForm((field,), t("Receive a code there"), t("One moment…"), when_fresh(self.visit, self.send))
        self.robots = RobotCheck(self.visit)

    async def send(self, values: Mapping[str, str]) -> None:
        try:
            self.contact = self._read(values["contact"])
            asked = await self.robots.run(self._ask)
        except Invalid as error:
            self.form.show_errors({"contact": self.t.say(error.problems[0].message)})
            return
        except (TooManyTries, ProofOfWorkRefused) as error:
            self.form.show_errors({"contact": self.t.say(error.message)})
            return
        self.clear()
        with self:
            CodeStep(
                self.visit,
                asked,
                back=self.visit.here,
                check=self.change,
                again=lambda _asked, _channel, work: self._ask(work),
                submit=self.t("Change"),
            )

    async def change(self, asked: Asked, typed: str) -> None:
        visit, t = self.visit, self.t
        if visit.session is None:
            raise SignInNeeded
        await change_contact(
            visit.site.door, visit.me, visit.session, self.contact, asked, typed, browser=visit.browser, t=t
        )
        self.clear()
        with self:
            done = t("It is changed. From now on, {contact} opens your account.", contact=self.contact.masked)
            block(page_head(self.title))
            block(note(done, "ok", "done"), role="status")
            block(link_button(t("My account"), HOME))

    async def _ask(self, work: Solution | None) -> Asked:
        visit = self.visit
        return await codes.ask_contact_proof(
            visit.site.door,
            visit.me.actor.user,
            self.contact,
            browser=visit.browser,
            address=visit.address,
            t=self.t,
            work=work,
        )

    def _read(self, typed: str) -> Contact:
        contact = read_contact(typed)
        if contact.kind is not self.kind:
            by_mail = N_("This address is not complete. It looks like name@example.fr.")
            by_sms = N_("This number is not complete. It looks like 06 12 34 56 78.")
            raise Invalid([problem("contact", by_mail if self.kind is ContactKind.EMAIL else by_sms)])
        return contact
