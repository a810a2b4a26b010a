"""/compte/application: an authenticator app as second factor, and recovery codes for the day when everything is lost."""

from collections.abc import Mapping

from fastapi import Response
from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, move_focus
from components.markup import back_link, h, join, link_button, note, page_head
from pages.account.fresh import HOME, fresh_or_prove, when_fresh
from pages.account.password import STAFF
from pages.base import Site, Visit
from pages.public.entry_form import Entry, EntryForm
from portal.accounts import people, recovery_codes, second_factor
from portal.accounts.authenticator import address_of, new_key, picture
from portal.accounts.people import Account
from portal.errors import CodeRefused

STEP_ONE = "key"


def register(site: Site) -> None:
    @site.page("/compte/application", roles=STAFF)
    async def app(visit: Visit) -> Response | None:
        elsewhere = fresh_or_prove(visit)
        if elsewhere is not None:
            return elsewhere
        t, account = visit.t, await people.account(site.door, visit.me.actor.user)
        with visit.frame(current=HOME).page(t("Authenticator app"), width="reading", css="flow-l"):
            AppPage(visit, account)
        return None

    @site.page("/compte/secours", roles=STAFF)
    async def paper(visit: Visit) -> Response | None:
        elsewhere = fresh_or_prove(visit)
        if elsewhere is not None:
            return elsewhere
        left = await recovery_codes.left(site.door, visit.me.actor.user)
        with visit.frame(current=HOME).page(visit.t("Recovery codes"), width="reading", css="flow-l"):
            PaperPage(visit, left)
        return None


class AppPage(ui.element):
    """The app is there and can be taken away, or its key is shown and its first code awaited."""

    def __init__(self, visit: Visit, account: Account) -> None:
        super().__init__("div")
        self.classes("sheet flow")
        self.visit, self.t, self.account, self.door = visit, visit.t, account, visit.site.door
        with self:
            self.there() if account.authenticator else self.enrol()

    def there(self, told: str = "") -> None:
        t = self.t
        self._head(t("Your second step is the code of your authenticator app."))
        block(note(told, "ok", "done") if told else "", role="status")
        if told:
            block(link_button(t("Note recovery codes now"), "/compte/secours"))
        Button(t("Use another telephone"), when_fresh(self.visit, self.again), "side")
        Button(t("Go back to codes by message"), when_fresh(self.visit, self.remove), "quiet")

    def enrol(self) -> None:
        t, key = self.t, new_key(self.door)
        address = address_of(key, self.account.email)
        self._head(t("It shows a new code every thirty seconds, without network, and nobody can redirect it."))
        block(
            h(
                '<ol class="flow"><li>{}</li><li>{}<div class="qr" role="img" aria-label="{}">{}</div>'
                '<p class="small">{}</p><p class="secretline num" id="{}">{}</p></li><li>{}</li></ol>',
                t("Install an authenticator app on your telephone, if you have none."),
                t("In it, add an account and photograph this square:"),
                t("QR code with the key of your account; the key stands below in letters"),
                Markup(picture(address)),  # noqa: S704 – drawn by our own library out of our own address
                t("Or type this key:"),
                STEP_ONE,
                " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
                t("Copy here the code that it shows."),
            )
        )
        self.visit.errors_here()
        digits = 6
        field = Entry(
            name="code",
            label=t("Code of {digits} digits", digits=digits),
            autocomplete="one-time-code",
            css="input input-code",
            more={"inputmode": "numeric", "maxlength": "10"},
        )

        async def send(values: Mapping[str, str]) -> None:
            try:
                await second_factor.use_app(self.door, self.visit.me, self.visit.session, key, _digits(values["code"]))
            except CodeRefused as error:
                form.show_errors({"code": t.say(error.message)})
                return
            self.clear()
            with self:
                self.there(t("From now on, this app gives your second step."))

        form = self.form = EntryForm((field,), t("Use this app"), t("One moment…"), when_fresh(self.visit, send))

    async def again(self) -> None:
        self.clear()
        with self:
            self.enrol()

    async def remove(self) -> None:
        await second_factor.use_messages(self.door, self.visit.me, self.visit.session)
        self.clear()
        with self:
            self.enrol()
            self.visit.tell(note(self.t("From now on, your second step is a code by message."), "ok", "done"))

    def _head(self, lead: str) -> None:
        block(back_link(self.t("My account"), HOME))
        block(page_head(self.t("Authenticator app"), lead))


class PaperPage(ui.element):
    """Ten codes, shown once."""

    def __init__(self, visit: Visit, left: int) -> None:
        super().__init__("div")
        self.classes("sheet flow")
        self.visit, self.t = visit, visit.t
        t = visit.t
        with self:
            block(back_link(t("My account"), HOME))
            lead = t("For the day when your telephone is lost: each of the ten works once in the place of your code.")
            block(page_head(t("Recovery codes"), lead))
            visit.errors_here()
            if left:
                left_words = t.plural("You have {n} code left.", "You have {n} codes left.", left)
                block(note(left_words, "info"))
            label = t("Make ten new codes") if left else t("Show my ten codes")
            self.button = Button(label, when_fresh(visit, self.make), busy_text=t("One moment…"))

    async def make(self) -> None:
        t = self.t
        codes = await second_factor.new_recovery_codes(self.visit.site.door, self.visit.me, self.visit.session)
        self.button.delete()
        with self:
            warning = t("They are shown only now. Copy or print them, and keep them where you keep important papers.")
            block(note(warning, "warn", "alert"), role="status")
            rows = join(h("<li>{}</li>", code) for code in codes)
            block(h('<ol class="papercodes" id="codes" tabindex="-1">{}</ol>', rows))
            printing = block(h("<span>{}</span>", t("Print")), "btn btn-side", "button", type="button")
            printing.on("click", js_handler="() => print()")
            block(link_button(t("I have kept them"), HOME))
        move_focus("codes")


def _digits(typed: str) -> str:
    return "".join(str(int(letter)) for letter in typed if letter.isdecimal())
