"""Waiting for a code, the second half of every sign-in: the code that was sent, another one, another way to get it."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from nicegui import ui

from components.blocks import Button, block, set_block
from components.markup import back_link, h, note, weave
from pages.base import Visit
from pages.language import local_path
from pages.public.entry_form import Entry, EntryForm, put_focus
from pages.public.robots import RobotCheck
from portal.accounts import codes
from portal.accounts.codes import Asked, Channel, Purpose
from portal.accounts.proof_of_work import Solution
from portal.accounts.sessions import Kind
from portal.errors import CodeRefused, Invalid, PortalError

Check = Callable[[Asked, str], Awaitable[None]]
Again = Callable[[Asked, Channel, Solution | None], Awaitable[Asked]]

BY_PAPER = frozenset({Purpose.SECOND_FACTOR, Purpose.FRESH, Purpose.RECOVERY_SECOND})
SENT_FOR_SURE = frozenset({Purpose.SECOND_FACTOR, Purpose.FRESH, Purpose.CONTACT, Purpose.RECOVERY_SECOND})
ONE_CHANNEL = frozenset({Purpose.CONTACT, Purpose.RECOVERY, Purpose.RECOVERY_SECOND})


class CodeStep:
    """Builds itself into the present place. `back` leads to the first half, `retour` to where the person wanted to go.

    Without `check` the right code signs in; with it, `check(asked, typed)` uses the code up and goes on. `again` asks for
    another code in the place of the usual way. `paper` offers a recovery code instead.
    """

    def __init__(
        self,
        visit: Visit,
        asked: Asked,
        *,
        back: str,
        kind: Kind = Kind.BROWSER,
        check: Check | None = None,
        again: Again | None = None,
        submit: str = "",
        paper: bool = False,
    ) -> None:
        self.visit, self.t, self.asked, self.back, self.kind = visit, visit.t, asked, back, kind
        self.check, self.ask_again, self.submit = check or self._enter, again or self._ask_again, submit
        self.paper = paper and asked.purpose in BY_PAPER
        self.column = ui.element("div").classes("flow")
        self.show()

    def show(self, told: str = "", *, on_paper: bool = False) -> None:
        """Draws the step for the code now waited for; `told` says what has just happened."""
        t, settings = self.t, self.visit.portal.settings
        by_app = self.asked.channel is Channel.APP
        digits = 6 if by_app else settings.code_digits
        self.column.clear()
        with self.column:
            lead = t("One of the codes that you keep on paper. It works once.") if on_paper else self._lead()
            title = t("Enter a recovery code") if on_paper else t("Enter your code")
            block(h('{}<h1 tabindex="-1">{}</h1><p class="lead">{}</p>', self._back(), title, lead))
            self.status = block(note(told, "ok", "done") if told else "", role="status")
            field = Entry(
                name="code",
                label=t("Recovery code") if on_paper else t("Code of {digits} digits", digits=digits),
                autocomplete="off" if on_paper else "one-time-code",
                css="input" if on_paper else "input input-code",
                more={"autocapitalize": "none", "spellcheck": "false", "maxlength": "40"}
                if on_paper
                else {"inputmode": "numeric", "maxlength": str(digits * 2 + 4)},
            )
            send = self.send_paper if on_paper else self.send
            fields = (field, *self._trust()) if not on_paper else (field,)
            self.form = EntryForm(fields, self.submit or t("Sign in"), t("One moment…"), self.visit.guard(send))
            self.robots = RobotCheck(self.visit)
            self._other_ways(by_app=by_app, on_paper=on_paper)
        put_focus("code")

    async def send(self, values: Mapping[str, str]) -> None:
        self.trusted = values.get("trust") == "on"
        await self._told(self.check(self.asked, values["code"]))

    async def send_paper(self, values: Mapping[str, str]) -> None:
        self.trusted = False
        visit = self.visit

        async def try_it() -> None:
            await codes.try_recovery_code(
                visit.site.door,
                self.asked,
                values["code"],
                browser=visit.browser,
                address=visit.address,
                kind=self.kind,
            )
            self.entered()

        await self._told(try_it())

    def entered(self) -> None:
        """The proof was given: the next request gets in with it."""
        ui.navigate.to("/auth/enter?" + urlencode({"retour": local_path(self.visit.query.get("retour", "/"))}))

    async def again(self, channel: Channel) -> None:
        try:
            self.asked = await self.robots.run(lambda work: self.ask_again(self.asked, channel, work))
        except PortalError as error:
            set_block(self.status, note(self.t.say(error.message), "warn", "alert"))
            return
        self.show(self.t("A new code is on its way. The former one does not work any more."))

    async def _enter(self, asked: Asked, typed: str) -> None:
        visit = self.visit
        await codes.try_code(
            visit.site.door,
            asked,
            typed,
            browser=visit.browser,
            address=visit.address,
            kind=self.kind,
            trust=self.trusted,
        )
        self.entered()

    async def _ask_again(self, asked: Asked, channel: Channel, work: Solution | None) -> Asked:
        visit = self.visit
        return await codes.ask_again(
            visit.site.door, asked, channel, browser=visit.browser, address=visit.address, t=self.t, work=work
        )

    async def _told(self, doing: Awaitable[None]) -> None:
        """What is wrong with the code is told by its field."""
        try:
            await doing
        except Invalid as error:
            self.form.show_errors({"code": self.t.say(error.problems[0].message)})
        except CodeRefused as error:
            self.form.show_errors({"code": self.t.say(error.message)})

    def _trust(self) -> tuple[Entry, ...]:
        """The choice to be known again here, never made for the person; only where the setting allows it."""
        days = self.visit.portal.settings.trusted_device_days
        if self.asked.purpose is not Purpose.SECOND_FACTOR or not days:
            return ()
        t = self.t
        label = t("For {days} days, ask only my password in this browser", days=days)
        hint = t("Only on a computer that nobody else uses.")
        return (Entry(name="trust", kind="checkbox", label=label, hint=hint),)

    def _back(self) -> object:
        other = self.asked.purpose in {Purpose.PATIENT, Purpose.RECOVERY, Purpose.CONTACT}
        return back_link(self.t("Change the address") if other else self.t("Back"), self.back)

    def _lead(self) -> object:
        t, minutes = self.t, self.visit.portal.settings.code_minutes
        works = t("It works for {minutes} minutes.", minutes=minutes)
        if self.asked.channel is Channel.APP:
            return t("Open your authenticator app and copy the code that it shows for this portal.")
        if self.asked.purpose in SENT_FOR_SURE:
            sent = weave(t("We have sent it to {contact}."), contact=h("<b>{}</b>", self.asked.shown))
        elif self.asked.shown:
            sent = weave(
                t("If your centre knows {contact}, a code is on its way."), contact=h("<b>{}</b>", self.asked.shown)
            )
        else:
            sent = h("{}", t("If your centre knows this contact, a code is on its way."))
        return h("{} {}", sent, works)

    def _other_ways(self, *, by_app: bool, on_paper: bool) -> None:
        t, channel = self.t, self.asked.channel
        if self.visit.portal.settings.demo and not by_app and not on_paper:
            link = h('<a href="/demo/outbox" target="_blank" rel="noopener">{}</a>', t("the outbox"))
            block(note(weave(t("Demonstration: the code is in {outbox}."), outbox=link)))
        if channel is Channel.EMAIL and not on_paper:
            block(h('<p class="small soft">{}</p>', t("Nothing received? Look in your junk mail.")))
        with ui.element("div").classes("ways"):
            if on_paper:
                Button(t("Use the code that was sent"), lambda: self.show(), "quiet")  # noqa: PLW0108 – without the event
                return
            if not by_app:
                self._way(t("Send a new code"), channel)
            if self.asked.purpose not in ONE_CHANNEL:
                if by_app:
                    self._way(t("Receive the code by e-mail instead"), Channel.EMAIL)
                elif channel is Channel.EMAIL:
                    self._way(t("Receive a text message instead"), Channel.SMS)
                else:
                    self._way(t("Receive an e-mail instead"), Channel.EMAIL)
            if self.paper:
                Button(t("Use a recovery code"), lambda: self.show(on_paper=True), "quiet")

    def _way(self, text: str, channel: Channel) -> None:
        Button(text, self.visit.guard(lambda: self.again(channel)), "quiet")
