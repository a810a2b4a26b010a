"""Page frames, one per audience: header, landmarks, skip link, navigation, language, person's menu. Pages fill the rest.

frame = Frame(t=t, audience=Audience.CLINIC, current="/patients", person=Person(name="Dr Anne Soriano"), place="Montpellier")
with frame.page(t("Patients")):
...
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.icons import BRAND, HILLS, icon
from components.markup import h, join, weave
from components.theme import PRODUCT, speak, title
from portal.i18n import N_, Texts

CONTENT = "content"  # id of the main part, target of the skip link
Width = Literal["reading", "home", "wide", "bare"]


class Audience(StrEnum):
    PATIENT = "patient"
    CLINIC = "clinic"
    ARC = "arc"
    ADMIN = "admin"
    PUBLIC = "public"


@dataclass(frozen=True, kw_only=True, slots=True)
class NavLink:
    """One entry of the navigation; `text` is a msgid."""

    mark: str
    text: str
    href: str


NAVIGATION: dict[Audience, tuple[NavLink, ...]] = {
    Audience.PATIENT: (
        NavLink(mark="home", text=N_("Home"), href="/accueil"),
        NavLink(mark="form", text=N_("Questionnaires"), href="/questionnaires"),
        NavLink(mark="calendar", text=N_("My visits"), href="/visites"),
        NavLink(mark="person", text=N_("My account"), href="/compte"),
    ),
    Audience.CLINIC: (
        NavLink(mark="people", text=N_("Patients"), href="/patients"),
        NavLink(mark="inbox", text=N_("To do"), href="/a-faire"),
    ),
    Audience.ARC: (
        NavLink(mark="study", text=N_("Visits to review"), href="/revue"),
        NavLink(mark="inbox", text=N_("Open queries"), href="/revue/questions"),
    ),
    Audience.ADMIN: (
        NavLink(mark="home", text=N_("Centres"), href="/centres"),
        NavLink(mark="people", text=N_("People"), href="/personnes"),
    ),
    Audience.PUBLIC: (),
}
ACCOUNT = "/compte"
SIGN_OUT = "/auth/sign-out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who is signed in. Initials are worked out from the name when not given."""

    name: str
    initials: str = ""

    @property
    def letters(self) -> str:
        words = [word for word in self.name.replace("-", " ").split() if word.lower().rstrip(".") not in {"dr", "pr"}]
        return self.initials or "".join(word[0] for word in (words[:1] + words[-1:] if words[1:] else words)).upper()


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What the pages of one visit share. `current` = href of the lit navigation entry; `place` = centre or study.

    `links` replaces the audience's navigation (kiosk and forms have none: an empty tuple).
    """

    t: Texts
    audience: Audience
    current: str = ""
    person: Person | None = None
    place: str = ""
    links: tuple[NavLink, ...] | None = None
    home: str = "/"

    @contextmanager
    def page(self, name: str, *, width: Width = "wide", css: str = "", wrong: bool = False) -> Generator[ui.element]:
        """Builds the page around what the `with` block makes. `name` = the tab's title; `wrong` = it shows errors.

        `bare` leaves the width to the page (a record's patient bar runs from side to side).
        """
        speak(self.t)
        title(self.t, name, wrong=wrong)
        with ui.header(fixed=False, wrap=False, add_scroll_padding=False):
            block(self._header(), "topbar")
        block("", "lostbar", role="status", data_lostbar=self._offline())
        clinic = "" if self.audience is Audience.PATIENT else " clinic"
        outer = f"{'' if width == 'bare' else f'frame frame-{width}'}{clinic} audience-{self.audience} {css}"
        with ui.element("div").classes(outer) as content:
            content.props["id"] = CONTENT
            yield content
        if self._links:
            with ui.footer(fixed=True, wrap=False):
                names = block(self._nav(icons=True), "bottombar", "nav")
                names.props["aria-label"] = self.t("Main menu, at the bottom")

    @property
    def _links(self) -> tuple[NavLink, ...]:
        return NAVIGATION[self.audience] if self.links is None else self.links

    def _header(self) -> Markup:
        skip = h('<a class="skip" href="#{0}" data-goto>{1}</a>', CONTENT, self.t("Go to the content"))
        brand = h('<a class="brand" href="{}">{}<span>{}</span></a>', self.home, BRAND, PRODUCT)
        nav = h('<nav class="mainnav" aria-label="{}">{}</nav>', self.t("Main menu"), self._nav(icons=False))
        place = h('<span class="muted only-desktop">{}</span>', self.place) if self.place else ""
        menu = person_menu(self.t, self.person) if self.person else language_link(self.t)
        return h('{}{}{}<div class="end">{}{}</div>', skip, brand, nav if self._links else "", place, menu)

    def _nav(self, *, icons: bool) -> Markup:
        rows = join(
            h(
                '<li><a href="{}"{}>{}<span>{}</span></a></li>',
                link.href,
                Markup(' aria-current="page"') if link.href == self.current else "",
                icon(link.mark) if icons else "",
                self.t(link.text),
            )
            for link in self._links
        )
        return h("<ul>{}</ul>", rows)

    def _offline(self) -> str:
        if self.audience is Audience.PATIENT:
            return self.t("No connection. Your answers will be sent when it returns.")
        return self.t("No connection. What you do will be sent when it returns.")


def person_menu(t: Texts, person: Person) -> Markup:
    """Name, account, language, sign-out. A disclosure: no script needed, Escape closes it."""
    return h(
        '<details class="menu"><summary class="whoami"><span class="initials" aria-hidden="true">{initials}</span>'
        '<span class="only-desktop" aria-hidden="true">{name}</span><span class="sr">{label}</span></summary>'
        '<div class="menu-panel"><p class="strong">{name}</p><ul class="plain">'
        '<li><a href="{account}">{person_icon}{account_text}</a></li><li>{language}</li>'
        '<li><form method="post" action="{out}"><button type="submit">{out_icon}{out_text}</button></form></li>'
        "</ul></div></details>",
        initials=person.letters,
        name=person.name,
        label=t("Menu of {name}", name=person.name),
        account=ACCOUNT,
        person_icon=icon("person"),
        account_text=t("My account"),
        language=language_link(t),
        out=SIGN_OUT,
        out_icon=icon("out"),
        out_text=t("Sign out"),
    )


def language_link(t: Texts) -> Markup:
    """Leads to the same page in the other language, whose name is written in that language."""
    other, name = ("en", "English") if t.locale == "fr" else ("fr", "Français")
    return h('<a href="/langue?to={0}&next={1}" lang="{0}" hreflang="{0}">{2}</a>', other, _here(), name)


@contextmanager
def welcome(t: Texts, name: str, *, wrong: bool = False, home: str = "/") -> Generator[ui.element]:
    """The frame of sign-in pages: the landscape, the brand, a narrow column, the help numbers at its foot."""
    speak(t)
    title(t, name, wrong=wrong)
    block(h('<a class="skip" href="#{0}" data-goto>{1}</a>', CONTENT, t("Go to the content")))
    block("", "lostbar", role="status", data_lostbar=t("No connection. Wait a moment before you send."))
    with ui.element("div").classes("welcome"):
        block(HILLS, "welcome-picture", aria_hidden="true")
        with ui.element("div").classes("welcome-form") as form:
            form.props["id"] = CONTENT
            brand = h('<a class="brand" href="{}">{}<span>{}</span></a>', home, BRAND, PRODUCT)
            block(h("{}{}", brand, language_link(t)), "welcome-brand")
            with ui.element("div").classes("flow") as flow:
                yield flow
            block(welcome_help(t), "welcome-help")


def welcome_help(t: Texts) -> Markup:
    call = h('<a href="tel:3114">{}</a>', t("Call 3114"))
    free = weave(t("{call} (France): free, day and night."), call=call)
    urgent = weave(t("Emergency: {call}."), call=h('<a href="tel:15">15</a>'))
    return h('<p class="small muted">{} {} {}</p>', t("Need to talk to someone now?"), free, urgent)


def landscape() -> ui.html:
    """The hills of the thank-you page."""
    return block(HILLS, "thanks", aria_hidden="true")


def _here() -> str:
    """The address of the page being built, to come back to it."""
    url = ui.context.client.request.url
    return quote(url.path + (f"?{url.query}" if url.query else ""), safe="/")
