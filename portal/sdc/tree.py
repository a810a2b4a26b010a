"""Builds the nodes of a session from a form and a stored response, and finds them by path.

A path is a linkId, preceded by the copy of each repeating group around it: `meds[1]/dose`. Beneath a question that takes
several answers the copy is the answer: `drug[0]/dose`.
"""

from collections.abc import Iterable, Iterator, Sequence

from portal.fhir.systems import KEPT_WHILE_NOT_ASKED as KEPT
from portal.sdc.model import Form, FormItem, Section
from portal.sdc.nodes import Node
from portal.sdc.reading import extension
from portal.types import Json


def says_something(answer: Json) -> bool:
    """An answer element without a value, or with an empty text, is none."""
    return any(key != "item" for key in answer) and "" not in answer.values()


class Tree:
    def __init__(self, form: Form, response: Json | None) -> None:
        self.form = form
        self.unknown: list[str] = []  # linkIds of the response that this version of the form does not have
        self.top: list[Node] = self._nodes(form.items, None, (response or {}).get("item", []))
        self.by_path: dict[str, Node] = {}
        self.by_link_id: dict[str, list[Node]] = {}
        self.index()

    def index(self) -> None:
        """Finds every node anew; called when copies come or go."""
        self.by_path.clear()
        self.by_link_id = {link_id: [] for link_id in self.form.by_link_id}
        self._index(self.top, "")

    def _index(self, nodes: Iterable[Node], prefix: str) -> None:
        copies: dict[str, int] = {}
        for node in nodes:
            item = node.item
            node.path = prefix + item.link_id
            inside = prefix
            if item.repeats and item.type == "group":
                copy = copies.get(item.link_id, 0)
                copies[item.link_id] = copy + 1
                node.path = f"{prefix}{item.link_id}[{copy}]"
                inside = f"{node.path}/"
            self.by_path[node.path] = node
            self.by_link_id[item.link_id].append(node)
            for index, branch in enumerate(node.branches):
                several = item.repeats and item.type != "group"
                self._index(branch, f"{prefix}{item.link_id}[{index}]/" if several else inside)
            self._index(node.notes, prefix)

    def walk(self) -> Iterator[Node]:
        for top in self.top:
            yield from top.walk()

    def make(self, item: FormItem, parent: Node | None, stored: Json | None) -> Node:
        """One node with all beneath it, filled from a stored response item."""
        node = Node(item, parent, "")
        node.source = stored
        stored = stored or {}
        node.extra = {key: value for key, value in stored.items() if key not in ("linkId", "answer", "item")}
        if extension(node.extra, KEPT):
            kept = [each for each in node.extra["extension"] if each.get("url") != KEPT]
            node.extra = {key: value for key, value in node.extra.items() if key != "extension"}
            if kept:
                node.extra["extension"] = kept
        if item.type == "group":
            node.branches = [self._nodes(item.items, node, stored.get("item", []))]
        else:
            answers: list[Json] = [answer for answer in stored.get("answer", ()) if says_something(answer)]
            node.answers = [{k: v for k, v in answer.items() if k != "item"} for answer in answers]
            if item.items:
                inside: list[list[Json]] = [answer.get("item", []) for answer in answers]
                if item.repeats:
                    node.notes = self._nodes([each for each in item.items if each.type == "display"], node, [])
                elif not inside:
                    inside = [[]]
                node.branches = [self.beneath(node, each) for each in inside]
        return node

    def beneath(self, node: Node, stored: list[Json]) -> list[Node]:
        """What stands under one answer. Texts under a question with several answers stand once, beside its answers; one
        that a loaded response repeats is kept where it is.
        """
        there = {each.get("linkId") for each in stored}
        known = [
            each for each in node.item.items if each.type != "display" or not node.item.repeats or each.link_id in there
        ]
        return self._nodes(known, node, stored)

    def fit(self, node: Node) -> None:
        """Gives each answer of a question that takes several its own nodes beneath it; called when its answers change."""
        if not (node.item.items and node.item.repeats and node.item.question):
            return
        if len(node.branches) != len(node.answers):
            del node.branches[len(node.answers) :]
            while len(node.branches) < len(node.answers):
                node.branches.append(self.beneath(node, []))
            self.index()

    def keep_beneath(self, node: Node, answers: list[Json]) -> None:
        """What is nested under an answer stays with it, and goes when it goes; called before these take their place."""
        if node.item.items and node.item.repeats:
            before = list(zip(node.answers, node.branches, strict=True))
            node.branches = []
            for answer in answers:
                kept = next((branch for former, branch in before if former == answer), None)
                node.branches.append(kept or self.beneath(node, []))
            self.index()

    def under(self, items: Iterable[FormItem]) -> Iterator[Node]:
        """Every copy of these items, each with all beneath it."""
        for item in items:
            for node in self.by_link_id.get(item.link_id, ()):
                yield from node.walk()

    def scope(self, section: Section | None) -> Iterator[Node]:
        """All that a section speaks for: the groups around it that end there, and what it shows. None: the whole form."""
        if section is None:
            yield from self.walk()
            return
        for link_id in section.around:
            yield from self.by_link_id.get(link_id, ())
        yield from self.under(section.items)

    def copies_of(self, node: Node) -> list[Node]:
        """The siblings that are copies of the same repeating group, this one included, in order."""
        return [each for each in self.siblings(node) if each.item is node.item]

    def siblings(self, node: Node) -> list[Node]:
        """The list that holds the node, itself: changing it changes the tree."""
        if node.parent is None:
            return self.top
        return next(branch for branch in (*node.parent.branches, node.parent.notes) if node in branch)

    def _nodes(self, items: Sequence[FormItem], parent: Node | None, stored: list[Json]) -> list[Node]:
        known = {item.link_id for item in items}
        self.unknown.extend(each.get("linkId", "") for each in stored if each.get("linkId") not in known)
        nodes: list[Node] = []
        for item in items:
            found = [each for each in stored if each.get("linkId") == item.link_id]
            if item.repeats and item.type == "group":
                nodes.extend(self.make(item, parent, each) for each in found or [None])
            else:
                nodes.append(self.make(item, parent, found[0] if found else None))
        return nodes
