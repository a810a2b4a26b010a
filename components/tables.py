"""Tables: plain ones, and lists that the server pages, sorts and searches."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup
from nicegui import ui

from components.blocks import block, set_block
from components.errors import error_note
from components.icons import icon
from components.markup import attributes, h, join
from components.states import empty, loading
from portal.errors import PortalError
from portal.i18n import Texts

Cell = str | Markup
PAGE_SIZE = 20
SEARCH_LIMIT = 100  # characters of a search worth reading


def plain_table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Markup:
    """A small table whose first column names the row. `caption` is for screen readers."""
    top = join(h('<th scope="col">{}</th>', head) for head in heads)
    body = join(
        h(
            '<tr><th scope="row" class="num">{}</th>{}</tr>',
            row[0],
            join(h('<td class="num">{}</td>', cell) for cell in row[1:]),
        )
        for row in rows
    )
    table = '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="list"><caption class="sr">{}</caption><thead><tr>{}</tr></thead>'
    return h(table + "<tbody>{}</tbody></table></div>", caption, caption, top, body)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """`sort` = the key given back to `load` when the person sorts by this column; empty = it cannot be sorted.

    `full` = takes a whole line on a phone; `wide_only` = not shown there; `lead` = names the row;
    `phone_label` = said before the value on a phone, where the head of the column is gone.
    """

    head: str
    sort: str = ""
    full: bool = False
    wide_only: bool = False
    lead: bool = False
    number: bool = False
    phone_label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What the list shows now. `filters` by name; `search` as typed; pages start at 0. It never goes into an address."""

    page: int = 0
    sort: str = ""
    descending: bool = False
    search: str = ""
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of rows, each a cell per column, and how many rows there are in all."""

    rows: tuple[tuple[Cell, ...], ...]
    total: int
    size: int = PAGE_SIZE


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """A choice beside the search: `options` by code; the first one is the usual."""

    name: str
    label: str
    options: dict[str, str]


class PagedList:
    """Search field, filters, a table that becomes rows on a phone, and a pager.

    Nothing typed here reaches an address, a log or a cookie: a name is health data. `load` gets the query and gives
    the page; it is asked again at each change. Await `start()` once the list stands in its container.
    """

    def __init__(
        self,
        t: Texts,
        columns: Sequence[Column],
        load: Callable[[Query], Awaitable[Page]],
        *,
        caption: str,
        search_label: str = "",
        filters: Sequence[Filter] = (),
        sort: str = "",
        nothing: tuple[str, str] | None = None,
    ) -> None:
        self.t, self.columns, self.load, self.caption = t, list(columns), load, caption
        self.filters = {one.name: one for one in filters}
        self.nothing = nothing or (t("Nothing found"), t("Change the search or the filters."))
        chosen = {one.name: next(iter(one.options)) for one in filters}
        self.query = Query(sort=sort, filters=chosen)
        self.page: Page | None = None
        self._turn = 0
        if search_label or filters:
            self._controls(search_label)
        self.found = block("", "sr", role="status")
        self.table = block(loading(t("Loading the list…")), "sheet sheet-flush")
        self.table.on("click", self._pressed, js_handler="(event) => portal.press(event, emit)")

    async def start(self) -> None:
        """Shows the first page."""
        await self._refresh(say=False)

    async def search(self, text: str) -> None:
        """What typing in the search field does (after a short silence); tests call it too."""
        await self._ask(replace(self.query, search=text[:SEARCH_LIMIT].strip(), page=0))

    async def choose(self, name: str, code: str) -> None:
        """What choosing in a filter does; an unknown filter or code is ignored."""
        if name in self.filters and code in self.filters[name].options:
            await self._ask(replace(self.query, filters=self.query.filters | {name: code}, page=0))

    async def order(self, sort: str) -> None:
        """What a press on a column's head does: sort by it, or turn the order round."""
        if any(column.sort == sort for column in self.columns if column.sort):
            again = sort == self.query.sort and not self.query.descending
            await self._ask(replace(self.query, sort=sort, descending=again, page=0))

    async def turn(self, page: int) -> None:
        """What the pager does."""
        if self.page and 0 <= page <= max(0, (self.page.total - 1) // self.page.size):
            await self._ask(replace(self.query, page=page))

    def _controls(self, search_label: str) -> None:
        with ui.element("form").classes("filters") as form:
            form.props["role"] = "search"
            form.on("submit.prevent", js_handler="() => {}")
            if search_label:
                field_id = f"search-{form.id}"
                label = h('<label for="{}">{}</label>{}', field_id, search_label, icon("search"))
                box = h('<input class="input" id="{}" type="search" autocomplete="off" maxlength="100">', field_id)
                made = block(h("{}{}", label, box), "grow")
                made.on("input", self._typed, js_handler="(event) => portal.later(event, emit)")
            for one in self.filters.values():
                self._filter(one, f"filter-{form.id}-{one.name}")

    def _filter(self, one: Filter, field_id: str) -> None:
        rows = join(h("<option{}>{}</option>", attributes({"value": code}), text) for code, text in one.options.items())
        select = h('<label for="{0}">{1}</label><select class="input" id="{0}">{2}</select>', field_id, one.label, rows)
        made = block(select)

        async def chosen(event: Any) -> None:
            if isinstance(event.args, str):
                await self.choose(one.name, event.args)

        made.on("change", chosen, js_handler="(event) => emit(event.target.value)")

    async def _typed(self, event: Any) -> None:
        if isinstance(event.args, str):
            await self.search(event.args)

    async def _pressed(self, event: Any) -> None:
        sent = event.args if isinstance(event.args, dict) else {}
        if isinstance(sent.get("sort"), str):
            await self.order(sent["sort"])
        elif isinstance(sent.get("page"), str) and sent["page"].isdecimal():
            await self.turn(int(sent["page"]))

    async def _ask(self, query: Query) -> None:
        self.query = query
        await self._refresh(say=True)

    async def _refresh(self, *, say: bool) -> None:
        self._turn += 1
        turn = self._turn
        try:
            page = await self.load(self.query)
        except PortalError as error:
            set_block(self.table, h('<div class="pad">{}</div>', error_note(self.t, error)))
            return
        except asyncio.CancelledError:
            raise
        if turn != self._turn:  # a newer question was asked meanwhile
            return
        self.page = page
        set_block(self.table, self._drawn(page))
        if say:
            set_block(self.found, self.t.plural("{n} result", "{n} results", page.total))

    def _drawn(self, page: Page) -> Markup:
        if not page.rows:
            return empty(*self.nothing, mark="search")
        heads = join(self._head(column) for column in self.columns)
        body = join(
            h("<tr>{}</tr>", join(_cell(column, cell) for column, cell in zip(self.columns, row, strict=True)))
            for row in page.rows
        )
        table = '<table class="list stack"><caption class="sr">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody>'
        return h(table + "</table>{}", self.caption, heads, body, self._pager(page))

    def _head(self, column: Column) -> Markup:
        css = {"class": " ".join(word for word, on in (("only-wide", column.wide_only), ("n", column.number)) if on)}
        if not column.sort:
            return h('<th scope="col"{}>{}</th>', attributes(css), column.head)
        current = column.sort == self.query.sort
        order = ("descending" if self.query.descending else "ascending") if current else ""
        arrow = icon("down" if self.query.descending else "up") if current else ""
        return h(
            '<th scope="col"{}><button type="button" class="sort" data-sort="{}" id="sort-{}">{}{}</button></th>',
            attributes(css | {"aria-sort": order}),
            column.sort,
            column.sort,
            column.head,
            arrow,
        )

    def _pager(self, page: Page) -> Markup:
        t, first = self.t, self.query.page * page.size
        words = t(
            "{first} to {last} of {total}",
            first=t.number(first + 1),
            last=t.number(first + len(page.rows)),
            total=t.number(page.total),
        )
        before = _turn(t("Previous"), self.query.page - 1, possible=self.query.page > 0)
        after = _turn(t("Next"), self.query.page + 1, possible=first + len(page.rows) < page.total)
        shape = '<div class="pager"><span class="muted num">{}</span><span class="actions">{}{}</span></div>'
        return h(shape, words, before, after)


def _cell(column: Column, cell: Cell) -> Markup:
    words = (("full", column.full), ("only-wide", column.wide_only), ("n", column.number))
    css = " ".join(word for word, on in words if on)
    extra = attributes({"class": css, "data-col": column.phone_label})
    return h('<th scope="row"{}>{}</th>' if column.lead else "<td{}>{}</td>", extra, cell)


def _turn(text: str, page: int, *, possible: bool) -> Markup:
    if not possible:
        return Markup()
    return h('<button type="button" class="btn btn-side" data-page="{0}" id="page-{0}">{1}</button>', page, text)
