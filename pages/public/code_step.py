"""The second half of every sign-in: the code that was sent, another one, another way to get it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from nicegui import ui

from components.blocks import Button, block, set_block
from components.markup import back_link, h, note, weave
from pages.base import Visit
from pages.language import local_path
from pages.public.entry_form import Entry, EntryForm, put_focus
from portal.accounts import codes
from portal.accounts.codes import Asked, Channel, Purpose
from portal.errors import CodeRefused, Invalid, PortalError


class CodeStep:
    """Builds itself into the present place. `back` leads to the first half."""

    def __init__(self, visit: Visit, asked: Asked, *, back: str) -> None:
        self.visit, self.t, self.asked, self.back = visit, visit.t, asked, back
        self.column = ui.element("div").classes("flow")
        self.show()

    def show(self, told: str = "") -> None:
        """Draws the step for the code now waited for; `told` says what has just happened."""
        t, settings = self.t, self.visit.portal.settings
        by_app = self.asked.channel is Channel.APP
        self.column.clear()
        with self.column:
            block(
                h('{}<h1 tabindex="-1">{}</h1><p class="lead">{}</p>', self._back(), t("Enter your code"), self._lead())
            )
            self.status = block(note(told, "ok", "done") if told else "", role="status")
            digits = 6 if by_app else settings.code_digits
            field = Entry(
                name="code",
                label=t("Code of {digits} digits", digits=digits),
                autocomplete="one-time-code",
                css="input input-code",
                more={"inputmode": "numeric", "maxlength": str(digits * 2 + 4)},
            )
            self.form = EntryForm((field,), t("Sign in"), t("One moment…"), self.visit.guard(self.send))
            self._other_ways(by_app=by_app)
        put_focus("code")

    async def send(self, values: Mapping[str, str]) -> None:
        site = self.visit.site
        try:
            await codes.try_code(site.door, self.asked, values["code"], browser=self.visit.browser)
        except Invalid as error:
            self.form.show_errors({"code": self.t.say(error.problems[0].message)})
            return
        except CodeRefused as error:
            self.form.show_errors({"code": self.t.say(error.message)})
            return
        ui.navigate.to("/auth/enter?" + urlencode({"retour": local_path(self.visit.query.get("retour", "/"))}))

    async def again(self, channel: Channel) -> None:
        try:
            self.asked = await codes.ask_again(
                self.visit.site.door,
                self.asked,
                channel,
                browser=self.visit.browser,
                address=self.visit.address,
                t=self.t,
            )
        except PortalError as error:
            set_block(self.status, note(self.t.say(error.message), "warn", "alert"))
            return
        self.show(self.t("A new code is on its way. The former one does not work any more."))

    def _back(self) -> object:
        patient = self.asked.purpose is Purpose.PATIENT
        return back_link(self.t("Change the address") if patient else self.t("Back"), self.back)

    def _lead(self) -> object:
        t, minutes = self.t, self.visit.portal.settings.code_minutes
        works = t("It works for {minutes} minutes.", minutes=minutes)
        if self.asked.channel is Channel.APP:
            return t("Open your authenticator app and copy the code that it shows for this portal.")
        if self.asked.purpose is Purpose.SECOND_FACTOR:
            sent = weave(t("We have sent it to {contact}."), contact=h("<b>{}</b>", self.asked.shown))
        elif self.asked.shown:
            sent = weave(
                t("If your centre knows {contact}, a code is on its way."), contact=h("<b>{}</b>", self.asked.shown)
            )
        else:
            sent = h("{}", t("If your centre knows this contact, a code is on its way."))
        return h("{} {}", sent, works)

    def _other_ways(self, *, by_app: bool) -> None:
        t, channel = self.t, self.asked.channel
        if self.visit.portal.settings.demo and not by_app:
            link = h('<a href="/demo/outbox" target="_blank" rel="noopener">{}</a>', t("the outbox"))
            block(note(weave(t("Demonstration: the code is in {outbox}."), outbox=link)))
        if by_app:
            self._way(t("Receive the code by e-mail instead"), Channel.EMAIL)
            return
        if channel is Channel.EMAIL:
            block(h('<p class="small soft">{}</p>', t("Nothing received? Look in your junk mail.")))
        with ui.element("div").classes("ways"):
            self._way(t("Send a new code"), channel)
            if channel is Channel.EMAIL:
                self._way(t("Receive a text message instead"), Channel.SMS)
            else:
                self._way(t("Receive an e-mail instead"), Channel.EMAIL)

    def _way(self, text: str, channel: Channel) -> None:
        Button(text, self.visit.guard(lambda: self.again(channel)), "quiet")
