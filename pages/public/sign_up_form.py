"""The form of a sign-up. What leaves a field is kept by the server at once, so a reload or a cut line loses nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from nicegui import ui

from components.blocks import Button, block, move_focus, set_block
from components.captcha import Captcha
from components.form import (
    AnyQuestion,
    ChoiceQuestion,
    DateQuestion,
    ListQuestion,
    Option,
    TextQuestion,
    Value,
    Widget,
    build_item,
)
from components.markup import Fault, error_summary, note
from components.theme import title
from pages.base import Visit
from pages.public.sign_up_words import GENDERS
from portal.access import Role
from portal.accounts import drafts, proof_of_work
from portal.accounts.details import OTHER
from portal.accounts.proof_of_work import Solution
from portal.errors import Invalid, LinkDead, PortalError, Problem
from portal.people import Centre, nir_doubts, parse_nir

SUMMARY = "errors"
Send = Callable[[Mapping[str, str], Solution], Awaitable[object]]


class SignUpForm:
    """Builds itself into the present place. `typed` is what this tab holds already; `send` gets all fields."""

    def __init__(
        self, visit: Visit, role: Role, tab: str, typed: Mapping[str, str], places: Sequence[Centre], send: Send
    ) -> None:
        self.visit, self.t, self.role, self.tab, self._send = visit, visit.t, role, tab, send
        self.typed = dict(typed)
        self.widgets: dict[str, Widget] = {}
        self.faults = block("", "said")
        self.said = block("", "said", role="alert")
        for item in self._questions(places):
            made = build_item(visit.t, replace(item, link_id=_id(item.link_id)), self.answered, today=self._today)
            assert isinstance(made, Widget)
            self.widgets[item.link_id] = made
        self.doubt = block("", "", role="status")
        self._follow()
        self.captcha = Captcha(visit.t, lambda: proof_of_work.challenge(visit.site.door))
        with ui.element("div").classes("actions"):
            Button(visit.t("Continue"), visit.guard(self.send), wide=True, busy_text=visit.t("One moment…"), id="send")

    async def answered(self, link_id: str, value: Value) -> None:
        """What leaving a field does."""
        name = link_id.removeprefix(_id(""))
        text = value[0] if isinstance(value, tuple) and value else value if isinstance(value, str) else ""
        self.typed[name] = text
        self._follow()
        visit = self.visit
        try:
            await drafts.keep(visit.site.door, self.tab, visit.browser, self.role, self.typed)
        except LinkDead:  # the address was copied into another browser: a page of its own
            ui.navigate.to(visit.path.rsplit("/", 1)[0])

    async def send(self) -> None:
        """What the button does; tests call it too."""
        self._show([])
        unread = [name for name, widget in self.widgets.items() if getattr(widget, "unread", False)]
        if unread:
            self._show_first(unread)
            return
        try:
            await self._send(self.typed, await self.captcha.solution())
        except Invalid as refusal:
            self._show(refusal.problems)
        except PortalError as error:
            set_block(self.said, note(self.t.say(error.message), "danger", "alert"))

    def _show(self, problems: Sequence[Problem]) -> None:
        """Each sentence by its field, all of them on top, the focus there."""
        set_block(self.said, "")
        sentences = {each.place: self.t.say(each.message) for each in problems}
        for name, widget in self.widgets.items():
            widget.show_error(sentences.get(name, "" if not getattr(widget, "unread", False) else widget.error))
        self._summarise({name: words for name, words in sentences.items() if name in self.widgets})

    def _show_first(self, names: Sequence[str]) -> None:
        """Fields whose text could not be understood keep the sentence that they show already."""
        self._summarise({name: self.widgets[name].error for name in names})

    def _summarise(self, sentences: Mapping[str, str]) -> None:
        """The tab's title says it too: it is what a screen reader reads first."""
        faults = [Fault(target=_target(self.widgets[name]), text=words) for name, words in sentences.items()]
        set_block(self.faults, error_summary(self.t, faults, SUMMARY) if faults else "")
        title(self.t, self.t("Create your account"), wrong=bool(faults))
        if faults:
            move_focus(SUMMARY)

    def _follow(self) -> None:
        """What depends on other fields: the name of another organisation, doubts on the social security number."""
        if "other" in self.widgets:
            self.widgets["other"].set_visible(self.typed.get("organization") == OTHER)
        words = self._doubts()
        set_block(self.doubt, note(words, "warn", "alert") if words else "")

    def _doubts(self) -> str:
        """Said, never refused: a child may carry a parent's number."""
        typed, t = self.typed, self.t
        if "nir" not in self.widgets or not typed.get("nir") or not typed.get("birth_date"):
            return ""
        try:
            nir, born = parse_nir(typed["nir"]), typed["birth_date"]
            found = nir_doubts(nir, gender=typed.get("gender", ""), birth_date=date.fromisoformat(born))
        except (Invalid, ValueError):
            return ""  # said when the form is sent
        if not found:
            return ""
        sentences = " ".join(t.say(each) for each in found)
        return t("{doubts} If it is yours all the same, go on.", doubts=sentences)

    def _questions(self, places: Sequence[Centre]) -> list[AnyQuestion]:
        t, typed, patient = self.t, self.typed, self.role is Role.PATIENT
        genders = tuple(Option(code=code, text=t(words)) for code, words in GENDERS)
        genders += (Option(code="unknown", text=t("I prefer not to answer"), aside=True),)
        gender = (typed["gender"],) if typed.get("gender") else ()
        made: list[AnyQuestion] = [
            self._text("family", t("Last name"), "family-name", hint=t("The one of your birth.") if patient else ""),
            self._text("given", t("First name"), "given-name"),
        ]
        if patient:
            born = DateQuestion(
                link_id="birth_date",
                text=t("Date of birth"),
                value=typed.get("birth_date", ""),
                latest=self._today(),
                required=True,
            )
            made.append(born)
        made.append(
            ChoiceQuestion(link_id="gender", text=t("Gender"), options=genders, value=gender, chips=True, required=True)
        )
        made.append(self._text("email", t("E-mail address"), "email", hint=t("We send a code there."), kind="email"))
        phone, hint = t("Mobile number"), t("We send a code there, and at each sign-in.")
        if patient:
            phone, hint = t("Mobile number (optional)"), t("To receive your codes by text message.")
        made.append(self._text("phone", phone, "tel-national", hint=hint, kind="tel", required=not patient))
        if patient and self.visit.portal.settings.keeps_nir:
            made.append(self._nir())
        if not patient:
            options = tuple(Option(code=each.id, text=each.name) for each in places)
            options += (Option(code=OTHER, text=t("Other")),)
            chosen = (typed["organization"],) if typed.get("organization") else ()
            made.append(
                ListQuestion(
                    link_id="organization", text=t("Your organisation"), options=options, value=chosen, required=True
                )
            )
            other = t("Name and city of your organisation")
            made.append(self._text("other", other, "organization", hint=t("An administrator will look at it.")))
        return made

    def _text(
        self, name: str, text: str, autocomplete: str, *, hint: str = "", kind: str = "text", required: bool = True
    ) -> TextQuestion:
        return TextQuestion(
            link_id=name,
            text=text,
            hint=hint,
            value=self.typed.get(name, ""),
            limit=200,
            kind=kind,  # type: ignore[arg-type]
            autocomplete=autocomplete,
            required=required,
        )

    def _nir(self) -> TextQuestion:
        """What was typed before the page was loaded anew is shown by its last four figures only."""
        t, kept = self.t, self.typed.get("nir", "")
        hint = t("15 characters, key included")
        if kept:
            hint = t("Noted: number ending in {end}. Type it again only to change it.", end=kept.replace(" ", "")[-4:])
        return TextQuestion(link_id="nir", text=t("Social security number (optional)"), hint=hint, limit=40)

    def _today(self) -> date:
        return self.visit.portal.clock.today()


def _id(name: str) -> str:
    """Field names on the page, apart from everything else there."""
    return f"su-{name}"


def _target(widget: Widget) -> str:
    """Where the link of a fault goes: the field, or the group of answers."""
    return widget.qid if isinstance(widget.item, ChoiceQuestion) else f"{widget.qid}-field"
