"""The step where the code sent to a contact is typed: in a sign-up and after an invitation."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, set_block
from components.markup import h, note, weave
from pages.base import Visit
from pages.public.entry_form import Entry, EntryForm
from portal.accounts import proofs
from portal.accounts.contacts import ContactKind
from portal.accounts.drafts import Draft
from portal.accounts.password_rules import SHORTEST
from portal.errors import CodeRefused, Invalid, PortalError
from portal.i18n import Texts

TITLE = "step-title"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Another way on from this step: the words of its button, what it does."""

    text: str
    take: Callable[[], Awaitable[object]]


class ProofStep:
    """Builds itself into the present place. `again` sends another code; `proven` goes on; `ways` lead elsewhere.

    Every word is the same whether or not the contact opens an account already.
    """

    def __init__(
        self,
        visit: Visit,
        draft: Draft,
        *,
        shown: str,
        kind: ContactKind,
        eyebrow: str,
        again: Callable[[], Awaitable[Draft]],
        proven: Callable[[], Awaitable[object]],
        ways: Sequence[Way] = (),
    ) -> None:
        self.visit, self.t, self.draft, self._again, self._proven = visit, visit.t, draft, again, proven
        t, by_sms = visit.t, kind is ContactKind.SMS
        title = t("Check your mobile number") if by_sms else t("Check your e-mail address")
        sent = weave(t("We have sent a message to {contact}."), contact=h("<b>{}</b>", shown))
        works = t("Its code works for {minutes} minutes.", minutes=visit.portal.settings.code_minutes)
        heading(title, h("{} {}", sent, works), eyebrow)
        self.status = block("", role="status")
        # Another name for the second code: the browser keeps what was typed into the first.
        self.field = "code_sms" if by_sms else "code"
        field = Entry(
            name=self.field,
            label=t("Code of {digits} digits", digits=visit.portal.settings.code_digits),
            autocomplete="one-time-code",
            css="input input-code",
            more={"inputmode": "numeric", "maxlength": str(visit.portal.settings.code_digits * 2 + 4)},
        )
        self.form = EntryForm((field,), t("Continue"), t("One moment…"), visit.guard(self.send))
        if visit.portal.settings.demo:
            link = h('<a href="/demo/outbox" target="_blank" rel="noopener">{}</a>', t("the outbox"))
            block(note(weave(t("Demonstration: the code is in {outbox}."), outbox=link)))
        if not by_sms:
            junk = t("Nothing received? Look in your junk mail.")
            if not draft.invitation:
                junk = t(
                    "Nothing received? Look in your junk mail. If you already have an account, the message says so."
                )
            block(h('<p class="small soft">{}</p>', junk))
        with ui.element("div").classes("ways"):
            Button(t("Send a new code"), visit.guard(self.again), "quiet")
            for way in ways:
                Button(way.text, visit.guard(way.take), "quiet")
        focus_in(self.form, self.field)

    async def send(self, values: Mapping[str, str]) -> None:
        """What sending the code does; tests call it too."""
        try:
            await proofs.try_code(self.visit.site.door, self.draft, values[self.field], browser=self.visit.browser)
        except Invalid as error:
            self.form.show_errors({self.field: self.t.say(error.problems[0].message)})
            return
        except CodeRefused as error:
            self.form.show_errors({self.field: self.t.say(error.message)})
            return
        await self._proven()

    async def again(self) -> None:
        """Another code for the same contact."""
        try:
            self.draft = await self._again()
        except PortalError as error:
            set_block(self.status, note(self.t.say(error.message), "warn", "alert"))
            return
        told = self.t("A new code is on its way. The former one does not work any more.")
        set_block(self.status, note(told, "ok", "done"))


def focus_in(form: EntryForm, name: str) -> None:
    """The cursor goes to this field of this form, not to its namesake of the step before, which is still being erased."""
    field = json.dumps(f"#{form.html_id} #{name}")
    ui.run_javascript(
        f"((tries) => {{ const go = () => {{ const field = document.querySelector({field});"
        " field ? field.focus() : tries-- > 0 && setTimeout(go, 25); }; go(); })(80)"
    )


def heading(title: str, lead: str | Markup, eyebrow: str = "") -> None:
    """The head of a step; `move_focus(TITLE)` goes there."""
    block(h('<p class="eyebrow">{}</p>', eyebrow) if eyebrow else "")
    block(h('<h1 tabindex="-1" id="{}">{}</h1><p class="lead">{}</p>', TITLE, title, lead))


def password_entries(t: Texts, email: str) -> tuple[Entry, Entry]:
    """A new password, with the address beside it, so that a password manager keeps both."""
    return (
        Entry(
            name="email",
            label=t("Your e-mail address"),
            kind="email",
            autocomplete="username",
            more={"value": email, "readonly": "readonly"},
        ),
        Entry(
            name="password",
            label=t("Your password"),
            hint=t("At least {least} characters. Four words you remember are better than signs.", least=SHORTEST),
            kind="password",
            autocomplete="new-password",
        ),
    )
