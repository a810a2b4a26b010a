"""The answers of one session as a tree: one node per item, and per copy where a group repeats.

Two faces of the same answers: `stored` is what FHIR keeps; `live` is what expressions see, that is only what is asked at
this moment, with the weight of each chosen option beside its code so that scores need no look-up.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from portal.fhir.systems import KEPT_WHILE_NOT_ASKED as KEPT
from portal.i18n import Message
from portal.sdc import urls
from portal.sdc.model import FormItem, Option
from portal.sdc.reading import value_of
from portal.sdc.values import option_of
from portal.types import Json


class Node:
    """`own` is what the item's condition says, `active` also counts its ancestors'. `branches`: the children of a group,
    or for a question the children beneath each of its answers. `notes`: texts beneath a question with several answers,
    which stand once. `undecided`: its condition cannot be computed, so it is asked.
    """

    __slots__ = (
        "active", "answers", "bound", "branches", "edited", "error", "extra", "item", "live", "notes", "options", "own", "parent",
        "path", "source", "undecided",
    )  # fmt: skip

    def __init__(self, item: FormItem, parent: "Node | None", path: str) -> None:
        self.item = item
        self.parent = parent
        self.path = path
        self.own = True
        self.undecided = False
        self.active = True
        self.edited = False
        self.error: Message | None = None  # why the last answer was not taken; what stood before it stands
        self.answers: list[Json] = []
        self.branches: list[list[Node]] = []
        self.notes: list[Node] = []
        self.extra: Json = {}  # id, extension, definition, text of a loaded response, given back untouched
        self.source: Json | None = None  # the loaded item itself
        self.bound: dict[str, list[Any]] = {}  # what this copy was populated from, by name
        self.options: tuple[Option, ...] | None = None  # where the possible answers are not all in the form
        self.live: Json | None = None

    def children(self) -> Iterator["Node"]:
        if self.notes:
            yield from self.notes
        for branch in self.branches:
            yield from branch

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children():
            yield from child.walk()

    def stands(self) -> bool:
        """Whether it is on screen: asked, or not asked and shown all the same, as its form wants."""
        item, parent = self.item, self.parent
        if self.active or item.disabled_display != "protected":
            return self.active and item.captured
        return item.captured and (parent is None or parent.stands())

    def admits(self, child: "Node") -> bool:
        """Whether something beneath can be asked now: what follows on an answer waits for it, a text does not."""
        return self.active and (bool(self.answers) or self.item.type == "group" or child.item.type == "display")

    def answered(self) -> bool:
        """Whether something of it is answered that is asked."""
        return self.active and (bool(self.answers) or any(child.answered() for child in self.children()))

    def reveal(self) -> Json | None:
        """Computes `live` from the answers and from the children's own `live`."""
        if not self.active:
            return None
        if self.item.type == "group":
            inside = [child.live for child in self.children() if child.live]
            return {"linkId": self.item.link_id, "item": inside} if inside else None
        if not self.answers:
            return None
        answers = [self._revealed(index, answer) for index, answer in enumerate(self.answers)]
        return {"linkId": self.item.link_id, "answer": answers}

    def _revealed(self, index: int, answer: Json) -> Json:
        inside = [child.live for child in self.branches[index] if child.live] if index < len(self.branches) else []
        value = value_of(answer)
        weighed = answer
        options = self.item.options if self.options is None else self.options
        if options and isinstance(value, dict):
            option = option_of(options, answer)
            if option is not None and option.weight is not None:
                weight: Json = {"url": urls.ITEM_WEIGHT, "valueDecimal": Decimal(str(option.weight))}
                others = [each for each in value.get("extension", ()) if each.get("url") != urls.ITEM_WEIGHT]
                weighed = {**answer, "valueCoding": {**value, "extension": [*others, weight]}}
        return {**weighed, "item": inside} if inside else weighed

    def stored(self, *, asked_only: bool) -> Json | None:
        """The response item, or None when there is nothing to keep. Answers of what is no longer asked are kept in a
        draft, marked, so that changing one's mind twice loses nothing; a completed response leaves them out. What nobody
        has touched is given back as it came, in its own order.
        """
        if asked_only and not self.active:
            return None
        made = self._made(asked_only=asked_only)
        return self.source if made == self.source else made

    def _made(self, *, asked_only: bool) -> Json | None:
        item: Json = {"linkId": self.item.link_id, **self.extra}
        if self.item.type == "group":
            inside = kept(self.children(), asked_only=asked_only)
            if not inside:
                return self._empty(item, asked_only=asked_only)
            item["item"] = inside
        elif self.answers:
            item["answer"] = [self._stored_answer(index, asked_only) for index in range(len(self.answers))]
        else:
            return self._empty(item, asked_only=asked_only)
        if not self.own:
            item["extension"] = [*item.get("extension", ()), {"url": KEPT, "valueBoolean": True}]
        return item

    def _empty(self, item: Json, *, asked_only: bool) -> Json | None:
        """Nothing to keep, unless a draft came with this item and no answer to it (the text of a display, say)."""
        return item if not asked_only and self.source is not None and item == self.source else None

    def _stored_answer(self, index: int, asked_only: bool) -> Json:
        answer = self.answers[index]
        branch = self.branches[index] if index < len(self.branches) else []
        inside = kept(branch, asked_only=asked_only)
        return {**answer, "item": inside} if inside else answer


def kept(nodes: Iterable[Node], *, asked_only: bool) -> list[Json]:
    """What is kept of items that stand side by side. In a draft each copy of a group that has several keeps its place, even
    empty, because answers that come later name a copy by its number.
    """
    beside = list(nodes)
    found: list[Json] = []
    for node in beside:
        item = node.stored(asked_only=asked_only)
        if item is None and not asked_only and node.item.type == "group" and node.item.repeats:
            several = any(other.item is node.item for other in beside if other is not node)
            item = {"linkId": node.item.link_id, **node.extra} if several else None
        if item is not None:
            found.append(item)
    return found
