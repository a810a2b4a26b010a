"""/chiffres: how many people, by centre and by what they have in common; nobody is found in them. /chiffres/pseudonymes."""

import asyncio
from collections.abc import Mapping, Sequence

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.markup import h, join, note, page_head
from components.states import empty
from components.tables import Column, Page, PagedList, Query, plain_table
from pages.admin.frame import admin_page
from pages.admin.words import NETWORK_NAMES
from pages.base import Site, Visit
from pages.links import Links
from portal.access import Permission, Role, decide
from portal.authoring import Catalogue
from portal.i18n import N_, Texts
from portal.people import list_organizations, spaced
from portal.statistics import (
    BANDS,
    JOINT,
    LEAST,
    PAGE,
    TRIAL,
    UNKNOWN,
    Figures,
    FormFigures,
    Shown,
    figures,
    pseudonyms,
    pseudonyms_allowed,
)
from portal.trials import list_trials

WHAT: Mapping[str, str] = {
    "sex": N_("Sex"),
    "age": N_("Age"),
    "network": N_("Network"),
    "answers": N_("Questionnaires"),
}
WORDS: Mapping[str, str] = {
    "female": N_("Women"),
    "male": N_("Men"),
    "other": N_("Other or not said"),
    "sent": N_("All sent"),
    "waiting": N_("Something waits"),
    "none": N_("Nothing asked"),
    "in": N_("In the study"),
    "out": N_("Not in the study"),
    UNKNOWN: N_("Not known"),
    **NETWORK_NAMES,
}
ADDRESS = "/chiffres"


def register(site: Site) -> None:
    @site.page(ADDRESS, roles={Role.ADMIN})
    async def show(visit: Visit) -> None:
        t = visit.t
        found, centres, trials = await asyncio.gather(
            figures(visit.me), list_organizations(visit.me), list_trials(visit.me)
        )
        what = {code: t(words) for code, words in WHAT.items()} | {
            TRIAL + trial.id: trial.title for trial in trials if TRIAL + trial.id in found.tables
        }
        with admin_page(visit, t("Figures"), ADDRESS, tab=ADDRESS):
            lead = t(
                "As it stood on {day}. Each person is counted once, in the centre that has followed them longest.",
                day=t.day(found.as_of),
            )
            block(page_head(t("Figures"), lead))
            if found.total is None:
                words = t("Figures appear once {n} people are followed at the beginning of a month.", n=LEAST)
                block(empty(t("Too few people to count"), words, "people"), "sheet")
                return
            block(_hidden_note(t))
            chosen = visit.query.get("par", "sex")
            chosen = chosen if chosen in found.tables else "sex"
            names = {one.id: one.city or one.name for one in centres}
            block(_choice(t, what, chosen), "subtabs")
            with ui.element("div").classes("flow-l"):
                block(_bars(t, found.tables[chosen], what[chosen]), "sheet sheet-flush figures", "section")
                block(_table(t, found.tables[chosen], what[chosen], names), "sheet sheet-flush figures", "section")
                block(_forms(t, found, visit.me.catalogue), "sheet sheet-flush figures", "section")

    @site.page("/chiffres/pseudonymes", roles={Role.ADMIN})
    async def listed(visit: Visit) -> None:
        t = visit.t
        decide(visit.me.actor, Permission.STATISTICS_LIST_PSEUDONYMS, pseudonyms_allowed(visit.me))
        links = Links()

        async def load(query: Query) -> Page:
            found = await pseudonyms(visit.me, page_link=links.of(query.page, "all"))
            links.keep(query.page, found.next_link)
            rows = tuple(
                (h('<b class="num">{}</b>', spaced(one.fondacode)), word(t, one.band), word(t, one.sex))
                for one in found.rows
            )
            return Page(rows=rows, total=found.total, size=PAGE)

        with admin_page(visit, t("List by Fondacode"), ADDRESS, tab="/chiffres/pseudonymes"):
            block(page_head(t("List by Fondacode")))
            words = t(
                "This list is not anonymous: each Fondacode stands for one person, and tells their centre and network. Every look is noted."
            )
            block(note(words, "warn", "alert", t("Pseudonyms, not anonymous figures")))
            columns = [Column(head="Fondacode", lead=True, full=True), Column(head=t("Age")), Column(head=t("Sex"))]
            await PagedList(t, columns, load, caption=t("List by Fondacode")).start()


def word(t: Texts, column: str) -> str:
    """What a column counts, in words."""
    if column in WORDS:
        return t(WORDS[column])
    last = BANDS[-1][0]
    return (
        t("{age} and over", age=column.rstrip("+"))
        if column == last
        else t("{age} years", age=column.replace("-", "–"))
    )


def _hidden_note(t: Texts) -> Markup:
    words = t(
        "A figure under {n} is hidden, and so are those that would give it back. Small centres are counted together.",
        n=LEAST,
    )
    return note(words, "info")


def _choice(t: Texts, what: Mapping[str, str], chosen: str) -> Markup:
    links = join(
        h('<a href="{}?par={}"{}>{}</a>', ADDRESS, code, Markup(' aria-current="page"') if code == chosen else "", name)
        for code, name in what.items()
    )
    return h('<nav class="tabs" aria-label="{}">{}</nav>', t("Count by"), links)


def _figure(t: Texts, value: int | None) -> Markup | str:
    if value is None:
        return h('<span class="hid">{}</span>', t("hidden"))
    return t.number(value) if value else h('<span class="hid">{}</span>', t("nobody"))


def _bars(t: Texts, table: Shown, title: str) -> Markup:
    """Bars of the totals; a hidden one has words instead."""
    rows = join(
        _bar(t, word(t, column), value, table.total)
        for column, value in zip(table.columns, table.column_totals, strict=True)
    )
    heading = t("{what}: {n} people", what=title, n=t.number(table.total))
    return h('<h2 class="pad-head">{}</h2><ul class="countbars">{}</ul>', heading, rows)


def _bar(t: Texts, name: str, value: int | None, total: int) -> Markup:
    drawn = (
        Markup() if value is None else h('<i style="--part:{}%" aria-hidden="true"></i>', round(value * 100 / total))
    )
    return h('<li class="bar"><span>{}</span><span class="value num">{}{}</span></li>', name, drawn, _figure(t, value))


def _table(t: Texts, table: Shown, title: str, names: Mapping[str, str]) -> Markup:
    def row(name: str, cells: Sequence[int | None], total: int) -> tuple[str | Markup, ...]:
        return (name, *(_figure(t, cell) for cell in cells), t.number(total))

    rows = [
        row(_centres(t, group, names), cells, total)
        for group, cells, total in zip(table.rows, table.cells, table.row_totals, strict=True)
    ]
    rows.append(row(t("All centres"), table.column_totals, table.total))
    heads = [t("Centre"), *(word(t, column) for column in table.columns), t("Total")]
    caption = t("{what} by centre", what=title)
    return h('<h2 class="pad-head">{}</h2>{}', caption, plain_table(caption, heads, rows))


def _centres(t: Texts, group: str, names: Mapping[str, str]) -> str:
    found = [names.get(one, "–") for one in group.split(JOINT)]
    return found[0] if len(found) == 1 else t("{centres} together", centres=", ".join(found))


def _forms(t: Texts, found: Figures, catalogue: Catalogue) -> Markup:
    lines = sorted(
        ((_title(t, one, catalogue), one) for one in found.forms if one.asked is not None), key=lambda pair: pair[0]
    )
    caption = t("Questionnaires, in people")
    heading = h('<h2 class="pad-head">{}</h2>', caption)
    left = len(found.forms) - len(lines)
    words = t.plural(
        "{n} questionnaire is hidden: too few people were asked.",
        "{n} questionnaires are hidden: too few people were asked.",
        left,
    )
    others = h('<p class="keepfoot soft">{}</p>', words) if left else Markup()
    if not lines:
        return h("{}{}", heading, others or h('<p class="keepfoot soft">{}</p>', t("No questionnaire was asked yet.")))
    heads = [t("Questionnaire"), t("Asked of"), t("All sent"), t("Something waits")]
    rows = [(title, _figure(t, one.asked), _figure(t, one.sent), _figure(t, one.waiting)) for title, one in lines]
    return h("{}{}{}", heading, plain_table(caption, heads, rows), others)


def _title(t: Texts, one: FormFigures, catalogue: Catalogue) -> str:
    known = catalogue.by_canonical(one.form)
    return known.title(t.locale) if known else one.form.rsplit("/", maxsplit=1)[-1]
