"""What all pages of administration share: navigation by kind of administrator, tabs of a section, lines with buttons."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.frames import NavLink
from components.markup import h, join
from pages.base import Visit
from portal.access import Role
from portal.i18n import N_

PEOPLE = NavLink(mark="people", text=N_("People"), href="/personnes")
NAVIGATION: Mapping[Role, tuple[NavLink, ...]] = {
    Role.ADMIN: (
        NavLink(mark="home", text=N_("Centres"), href="/centres"),
        PEOPLE,
        NavLink(mark="study", text=N_("Studies"), href="/etudes"),
        NavLink(mark="chart", text=N_("Figures"), href="/chiffres"),
        NavLink(mark="table", text=N_("Log"), href="/journal"),
    ),
    Role.ORGANIZATION_ADMIN: (
        PEOPLE,
        NavLink(mark="inbox", text=N_("Requests"), href="/demandes"),
        NavLink(mark="home", text=N_("Patients’ centres"), href="/suivis"),
    ),
}
TABS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "/centres": (("/centres", N_("Centres")), ("/suivis", N_("Patients’ centres"))),
    "/personnes": (
        ("/personnes", N_("Professionals")),
        ("/demandes", N_("Requests and invitations")),
        ("/messages", N_("Messages not delivered")),
    ),
    "/etudes": (("/etudes", N_("Studies")), ("/apercu", N_("Preview of a questionnaire"))),
    "/chiffres": (("/chiffres", N_("Figures")), ("/chiffres/pseudonymes", N_("List by Fondacode"))),
}

# On a phone the tabs are wider than the screen.
TO_CURRENT_TAB = (
    "document.querySelectorAll('.tabs [aria-current]')"
    ".forEach((tab) => tab.scrollIntoView({inline: 'center', block: 'nearest'}))"
)


@contextmanager
def admin_page(visit: Visit, title: str, section: str, *, tab: str = "") -> Iterator[ui.element]:
    """The frame of one page; `section` is its entry in the navigation, `tab` the address that is lit among its tabs."""
    role = visit.me.actor.role
    links = NAVIGATION[role]
    own = {link.href for link in links}
    current = section if section in own and not (tab and tab in own) else tab
    place = visit.t("Administration")
    with visit.frame(current=current, place=place, links=links).page(title) as content:
        if tab and role is Role.ADMIN:
            block(_tabs(visit, section, tab), "subtabs")
        yield content
        ui.run_javascript(TO_CURRENT_TAB)


def _tabs(visit: Visit, section: str, current: str) -> Markup:
    t = visit.t
    shown = [(href, words) for href, words in TABS[section] if href != "/chiffres/pseudonymes" or _lists(visit)]
    if len(shown) < 2:
        return Markup()
    links = join(
        h('<a href="{}"{}>{}</a>', href, Markup(' aria-current="page"') if href == current else "", t(words))
        for href, words in shown
    )
    return h('<nav class="tabs" aria-label="{}">{}</nav>', t("In this part"), links)


def _lists(visit: Visit) -> bool:
    return visit.me.settings.pseudonymised_list


@contextmanager
def sheet(title: str, **attributes: str) -> Iterator[ui.element]:
    """A titled sheet of lines."""
    with ui.element("section").classes("sheet sheet-flush") as made:
        made.props.update(attributes)
        block(title, "pad-head", "h2")
        yield made


@contextmanager
def line(words: Markup) -> Iterator[ui.element]:
    """One line: what it says, and on its right the buttons that the `with` block makes."""
    with ui.element("div").classes("keep"):
        block(words)
        with ui.element("div").classes("actions") as actions:
            yield actions


def again(visit: Visit) -> None:
    """Shows the page anew with what has changed."""
    ui.navigate.to(visit.here)
