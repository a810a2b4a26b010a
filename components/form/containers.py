"""Items that stand in each other: lists that follow what the form asks now, groups, tables, tabs, copies of a group."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Protocol, cast

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, set_block
from components.form.choices import tracks
from components.form.items import Copies, Group, Item
from components.form.media import legal
from components.markup import dom_id, h, join, typo, words
from portal.i18n import Texts

Make = Callable[[Item], ui.element]
Waiting = Callable[[str], bool]
"""Whether the latest answer to this question is still under way, so that the screen must not be put back."""


class Adopts(Protocol):
    """An element that can take the next state of its item."""

    def adopt(self, item: Any) -> None: ...


class ItemList:
    """The items of a container. `show` brings it to another list: what went goes, what came is put at its place, the rest
    is asked to adopt what moved.
    """

    def __init__(self, place: ui.element, items: Sequence[Item], make: Make, waiting: Waiting) -> None:
        self.place, self.make, self.waiting = place, make, waiting
        self.shown: dict[str, ui.element] = {}
        self.items: tuple[Item, ...] = tuple(items)
        with place:
            for item in items:
                self.shown[item.link_id] = make(item)

    def show(self, items: Sequence[Item]) -> None:
        before = {item.link_id: item for item in self.items}
        wanted = {item.link_id: item for item in items}
        for link_id in [
            each for each, known in self.shown.items() if not _stays(known, before[each], wanted.get(each))
        ]:
            self.shown.pop(link_id).delete()
        for index, item in enumerate(items):
            known = self.shown.get(item.link_id)
            if known is None:
                with self.place:
                    known = self.shown[item.link_id] = self.make(item)
                known.move(self.place, target_index=index)
            elif hasattr(known, "adopt") and not self.waiting(item.link_id):
                cast("Adopts", known).adopt(item)  # it compares with what is on screen, which may differ from the item
        self.items = tuple(items)

    def elements(self) -> Iterator[tuple[str, ui.element]]:
        """All elements by link id, those within others too."""
        for link_id, element in self.shown.items():
            yield link_id, element
            for inner in getattr(element, "lists", ()):
                yield from inner.elements()


def _stays(element: ui.element, before: Item, now: Item | None) -> bool:
    """Whether an element can go on showing its item; a block of text that says something else is made anew."""
    same = type(before) is type(now) and getattr(before, "layout", "") == getattr(now, "layout", "")
    return same and (hasattr(element, "adopt") or before == now)


class GroupBox(ui.element):
    """A group as one part of the screen: plain, or as a table whose heads are said by each cell on a narrow screen."""

    def __init__(self, t: Texts, item: Group, make: Make, waiting: Waiting, *, titled: bool = True) -> None:
        super().__init__("div")
        self.t, self.item = t, item
        self.classes(f"group group-{item.layout}")
        self.props.update({"role": "group", "id": dom_id(item.link_id)})
        if item.text:
            self.props["aria-label"] = typo(t, item.text)
        with self:
            if item.text and titled:
                self.heading: ui.html | None = block(words(t, item.text, item.rich), "group-heading", f"h{item.level}")
            else:
                self.heading = None
            if item.hint or item.legal:
                block(beside_group(t, item.hint, item.legal))
            if item.columns:
                self.props["style"] = tracks(item.columns, item.widths)
                block(heads(t, item.columns), "heads", aria_hidden="true")
            holder = ui.element("div").classes("lines")
        self.lists = (ItemList(holder, item.items, make, waiting),)

    def adopt(self, item: Group) -> None:
        before, self.item = self.item, item
        if self.heading is not None and (before.text, before.rich) != (item.text, item.rich):
            set_block(self.heading, words(self.t, item.text, item.rich))
        self.lists[0].show(item.items)


class FoldBox(ui.element):
    """A group behind its title: the person opens it, or a link to one of its questions does (the page's script)."""

    def __init__(self, t: Texts, item: Group, make: Make, waiting: Waiting) -> None:
        super().__init__("details")
        self.t, self.item = t, item
        self.classes("fold")
        self.props["id"] = dom_id(item.link_id)
        if item.open:
            self.props["open"] = True
        with self:
            self.heading = block(self._title(), "fold-title", "summary")
            if item.hint or item.legal:
                block(beside_group(t, item.hint, item.legal))
            holder = ui.element("div").classes("lines")
        self.lists = (ItemList(holder, item.items, make, waiting),)

    def adopt(self, item: Group) -> None:
        before, self.item = self.item, item
        if (before.text, before.rich) != (item.text, item.rich):
            set_block(self.heading, self._title())
        self.lists[0].show(item.items)

    def _title(self) -> Markup:
        item = self.item
        return h('<span role="heading" aria-level="{}">{}</span>', item.level, words(self.t, item.text, item.rich))


class Line(ui.element):
    """One line of a table: its name, then a cell for each column."""

    def __init__(self, t: Texts, item: Group, make: Make, waiting: Waiting) -> None:
        super().__init__("div")
        self.item = item
        self.classes("line")
        self.props.update({"role": "group", "id": dom_id(item.link_id), "aria-label": typo(t, item.text)})
        with self:
            block(typo(t, item.text), "line-name")
            holder = ui.element("div").classes("cells")
        self.lists = (ItemList(holder, item.items, make, waiting),)

    def adopt(self, item: Group) -> None:
        self.item = item
        self.lists[0].show(item.items)


class TabsBox(ui.element):
    """One part at a time, as tabs: arrows move between them, and a link to a question opens its tab (the page's script)."""

    def __init__(self, t: Texts, item: Group, make: Make, waiting: Waiting) -> None:
        super().__init__("div")
        self.t, self.item, self._make, self._waiting = t, item, make, waiting
        self.classes("tabbed")
        self.props["id"] = dom_id(item.link_id)
        with self:
            if item.text:
                block(typo(t, item.text), "group-heading", f"h{item.level}")
            self.strip = block("", "tabstrip", role="tablist", aria_label=typo(t, item.text) or t("Parts"))
            self.panels = ui.element("div")
        self.lists: tuple[ItemList, ...] = ()
        self._draw()

    def adopt(self, item: Group) -> None:
        former, self.item = self.item, item
        if [part.link_id for part in self._parts(former)] != [part.link_id for part in self._parts(item)]:
            self._draw()
            return
        for inner, part in zip(self.lists, self._parts(item), strict=True):
            inner.show(part.items)

    def _draw(self) -> None:
        parts = self._parts(self.item)
        self.panels.clear()
        lists: list[ItemList] = []
        for index, part in enumerate(parts):
            with self.panels:
                panel = ui.element("div").classes("tabpanel lines")
            panel.props.update({"role": "tabpanel", "id": _panel(part), "aria-labelledby": _tab(part)})
            if index:
                panel.props["hidden"] = True
            lists.append(ItemList(panel, part.items, self._make, self._waiting))
        self.lists = tuple(lists)
        shape = (
            '<button type="button" role="tab" id="{}" aria-controls="{}" aria-selected="{}" tabindex="{}">{}</button>'
        )
        tabs = (
            h(
                shape,
                _tab(part),
                _panel(part),
                "false" if index else "true",
                "-1" if index else "0",
                typo(self.t, part.text),
            )
            for index, part in enumerate(parts)
        )
        set_block(self.strip, join(tabs))

    def _parts(self, item: Group) -> list[Group]:
        """Each group is a tab; what stands outside groups has one of its own."""
        parts = [each for each in item.items if isinstance(each, Group)]
        loose = tuple(each for each in item.items if not isinstance(each, Group))
        if loose:
            rest = Group(link_id=f"{item.link_id}~rest", text=item.text or self.t("General"), items=loose)
            return [rest, *parts]
        return parts


class CopiesBox(ui.element):
    """A group that is filled as often as needed, with a button to add one more and one to take each away."""

    def __init__(
        self,
        t: Texts,
        item: Copies,
        make: Make,
        waiting: Waiting,
        *,
        add: Callable[[str], Any],
        remove: Callable[[str], Any],
        unfold: Callable[[str], Any],
    ) -> None:
        super().__init__("div")
        self.t, self.item, self._make, self._waiting = t, item, make, waiting
        self._add, self._remove, self._unfold = add, remove, unfold
        self.classes(f"copies copies-{item.layout}")
        self.props["id"] = dom_id(item.link_id)
        self.lists: tuple[ItemList, ...] = ()
        with self:
            if item.text:
                block(typo(t, item.text), "group-heading", "h2")
            if item.hint:
                block(beside_group(t, item.hint, ""))
            if item.columns:
                self.props["style"] = tracks(item.columns, item.widths)
                block(heads(t, item.columns), "heads", aria_hidden="true")
            self.holder = ui.element("div").classes("lines")
            self.more = Button(
                t("Add: {what}", what=item.text) if item.text else t("Add another"), self._one_more, "side", "plus"
            )
        self._draw()

    def adopt(self, item: Copies) -> None:
        former, self.item = self.item, item
        if _stand(item) != _stand(former) or item.can_remove != former.can_remove:
            self._draw()
            return
        self.more.set_visibility(item.can_add)
        for inner, copy in zip(self.lists, item.copies, strict=True):
            inner.show(copy.items)

    def _draw(self) -> None:
        self.holder.clear()
        self.lists = tuple(self._copy(index, copy) for index, copy in enumerate(self.item.copies))
        self.more.set_visibility(self.item.can_add)

    def _copy(self, index: int, copy: Group) -> ItemList:
        t = self.t
        name = t("{what} {number}", what=self.item.text or t("Line"), number=index + 1)
        with self.holder, ui.element("div").classes("line copy") as line:
            line.props.update(
                {"role": "group", "id": dom_id(copy.link_id), "aria-label": typo(t, name), "tabindex": "-1"}
            )
            block(typo(t, name), "line-name")
            if copy.closed:
                block(typo(t, copy.closed), "copy-closed muted", "p")
                Button(t("Open: {what}", what=name), lambda: self._unfold(copy.link_id), "side")
            cells = ui.element("div").classes("cells")
            if self.item.can_remove:
                words = t("Take away: {what}", what=name)
                Button(words, lambda: self._remove(copy.link_id), "quiet", "cross").classes("copy-remove")
        return ItemList(cells, copy.items, self._make, self._waiting)

    async def _one_more(self) -> None:
        await self._add(self.item.copies[-1].link_id)


def _stand(item: Copies) -> list[tuple[str, str]]:
    """The copies there are, and the words of those that are closed."""
    return [(copy.link_id, copy.closed) for copy in item.copies]


def beside_group(t: Texts, hint: str, attribution: str) -> Markup:
    """What helps with all questions of a group, and where they come from."""
    helps = h('<p class="hint">{}</p>', typo(t, hint)) if hint else ""
    return h("{}{}", helps, legal(t, attribution))


def heads(t: Texts, columns: Collection[str]) -> Markup:
    return h("<span></span>{}", join(h("<span>{}</span>", typo(t, each)) for each in columns))


def _tab(part: Group) -> str:
    return f"{dom_id(part.link_id)}-tab"


def _panel(part: Group) -> str:
    return f"{dom_id(part.link_id)}-panel"
