"""Keeps a session's conditions and calculations true: after an answer, runs only the rules that can see it, in order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from portal.fhirpath import FhirPathError, Hooks
from portal.sdc.conversion import answers_from, same_answers, truth
from portal.sdc.enabling import conditions_hold
from portal.sdc.limits import Bounds, NotAnAnswer, check_limits
from portal.sdc.model import Form, FormItem, Option
from portal.sdc.nodes import Node
from portal.sdc.options import expanded
from portal.sdc.populating import populate_groups
from portal.sdc.program import Program, Variable
from portal.sdc.queries import Query
from portal.sdc.tree import Tree
from portal.sdc.values import fits, option_of
from portal.types import Json

Fetch = Callable[[str], Json | None]
"""Gives what a FHIR server answers to an address such as `Observation?code=…`: a Bundle or a resource, None when unknown."""

Expand = Callable[[str], Json | None]
"""Gives the expansion of a value set by its canonical, as a ValueSet; None when nobody can expand it."""

PASSES = 20  # of rules that wait for each other, before they are frozen


@dataclass(slots=True)
class Effects:
    """What one answer changed, by path; `link_ids` are the questions whose live answers are no longer the same."""

    values: set[str] = field(default_factory=set[str])
    shown: set[str] = field(default_factory=set[str])
    hidden: set[str] = field(default_factory=set[str])
    link_ids: set[str] = field(default_factory=set[str])


class Engine:
    def __init__(
        self,
        form: Form,
        tree: Tree,
        head: Json,
        given: Mapping[str, Any],
        now: datetime,
        *,
        fetch: Fetch | None = None,
        expand: Expand | None = None,
    ) -> None:
        self.form = form
        self.tree = tree
        self.now = now
        self.faults: dict[str, str] = {}  # linkId -> what its expression could not do; for the form's author
        self.root: Json = {"resourceType": "QuestionnaireResponse", **head, "item": []}
        self._given: dict[str, Any] = {**{name: [] for name in form.launch_names}, **given}
        self._fetch = fetch
        self._expand = expand
        self._codes: dict[str, tuple[Json, ...] | None] = {}
        self.made: dict[
            tuple[str, str], tuple[Option, ...]
        ] = {}  # options of a value set, by it and the item with columns
        self._hooks = Hooks(member_of=self._member_of if expand else None, questions=form.definitions)
        self._fetched: dict[str, list[Any]] = {}
        self.bound: dict[str, list[Any]] = {}  # what the whole response is populated from, by name
        self._cached: dict[tuple[Variable, Node | None], list[Any]] = {}
        self._frozen: set[int] = set()
        self._as_sent = False
        self._trusted: Callable[[FormItem], bool] = lambda _: True

    def start(
        self, *, fresh: bool, as_sent: bool = False, trusted: Callable[[FormItem], bool] = lambda _: True
    ) -> None:
        """First evaluation. A fresh response gets its first values; in a loaded one, a calculated answer that a person
        may edit and that differs from its calculation is taken as edited, and left alone. In one that is read as it was
        sent nothing is computed again, and what was answered was asked, as far as the condition of an item is `trusted`;
        of a condition that cannot be computed any more, nothing else was.
        """
        self._as_sent = as_sent
        self._trusted = trusted
        self.refresh_top()
        for name, queries in self.form.batches.items():
            self._given[name] = self._batch(queries)
        if fresh:
            populate_groups(self)
            self.initial_values(list(self.tree.walk()), Effects())
        elif not as_sent:
            self._find_edited()
        self.settle(self.form.by_link_id, Effects(), every_rule=True)

    def forget_unknown(self) -> None:
        """What nobody could answer before is asked again: FHIR queries and value sets."""
        self._fetched = {address: found for address, found in self._fetched.items() if found}
        self._codes = {canonical: codes for canonical, codes in self._codes.items() if codes is not None}
        self.made.clear()
        self._cached.clear()
        for name, queries in self.form.batches.items():
            self._given[name] = self._batch(queries)

    def write(self, node: Node, answers: list[Json], effects: Effects) -> None:
        """Puts answers in place and lets expressions see them; `settle` then runs what depends on them."""
        node.answers = answers
        self.tree.fit(node)
        self.refresh(node)
        effects.values.add(node.path)
        effects.link_ids.add(node.item.link_id)

    def settle(self, changed: Iterable[str], effects: Effects, *, every_rule: bool = False) -> Effects:
        plan = self.form.plan
        waiting: list[int] = list(range(len(plan.rules))) if every_rule else []
        queued = set(waiting)
        runs: dict[int, int] = {}

        def wake(link_ids: Iterable[str]) -> None:
            for link_id in link_ids:
                for place in plan.readers.get(link_id, ()):
                    if place not in queued:
                        queued.add(place)
                        heappush(waiting, place)

        wake(changed)
        while waiting:
            place = heappop(waiting)
            queued.discard(place)
            circle = plan.circle.get(place)
            if circle:
                runs[place] = runs.get(place, 0) + 1
                if place in self._frozen or runs[place] > PASSES:
                    self._freeze(circle)
                    continue
            wake(self._apply(place, effects))
        return effects

    def run(self, program: Program, node: Node | None) -> list[Any]:
        """The results of an expression on an item (or on the whole response). Raises `FhirPathError`."""
        names: dict[str, Any] = {**self._given, "resource": self.root, "questionnaire": self.form.questionnaire}
        names["context"] = focus = self.root if node is None else (node.live or [])
        if node is not None:
            names["qitem"] = node.item.definition
        for variable in program.variables:
            names[variable.name] = self._value(variable, node)
        if isinstance(program.run, Query):
            return self._asked(program.run(focus, names, now=self.now))
        return program.run(focus, names, now=self.now, hooks=self._hooks)

    def said(self, program: Program | None, node: Node, fixed: Any) -> Any:
        """What an expression says in place of a fixed property of the item; that one where it says nothing."""
        if program is None:
            return fixed
        try:
            results = self.run(program, node)
        except FhirPathError as error:
            self.faults[node.item.link_id] = str(error)
            return fixed
        return results[0] if results else fixed

    def flag(self, program: Program | None, node: Node, *, fixed: bool) -> bool:
        """The same for a yes or no: where the expression gives nothing it is no."""
        if program is None:
            return fixed
        try:
            return truth(self.run(program, node)) is True
        except FhirPathError as error:
            self.faults[node.item.link_id] = str(error)
            return fixed

    def codes(self, canonical: str) -> tuple[Json, ...] | None:
        """The Codings of a value set, expanded by the caller once; None when it cannot be."""
        if canonical not in self._codes:
            found = self._expand(canonical) if self._expand else None
            self._codes[canonical] = None if found is None else tuple(expanded(found))
        return self._codes[canonical]

    def _member_of(self, value: Any, canonical: str) -> bool | None:
        codes = self.codes(canonical)
        if codes is None:
            return None
        codings: list[Any] = value.get("coding", [value]) if isinstance(value, dict) else [{"code": value}]
        return any(
            each.get("code") == one.get("code") and each.get("system") in (None, one.get("system"))
            for each in codings
            for one in codes
        )

    def _batch(self, queries: tuple[Program, ...]) -> Json:
        """The answers to the queries of a batch, in its order; one that cannot be asked stays empty."""
        entries: list[Json] = []
        for query in queries:
            try:
                found = self.run(query, None)
            except FhirPathError as error:
                self.faults[""] = str(error)
                found = []
            entries.append({"resource": found[0]} if found else {})
        return {"resourceType": "Bundle", "type": "batch-response", "entry": entries}

    def _asked(self, addresses: list[Any]) -> list[Any]:
        """What the caller has found for a FHIR query; each address is asked once."""
        for address in addresses:
            if address not in self._fetched:
                found = self._fetch(address) if self._fetch else None
                self._fetched[address] = [found] if found is not None else []
            return self._fetched[address]
        return []

    def bounds(self, node: Node) -> Bounds:
        item = node.item
        low, high = self.said(item.low_by, node, item.low), self.said(item.high_by, node, item.high)
        return Bounds(
            low=low, high=high, today=self.now.date().isoformat(), options=node.options, units=self.units(node)
        )

    def units(self, node: Node) -> tuple[Json, ...]:
        """The units that may be chosen: listed in the form, and of a value set that the caller expands."""
        item = node.item
        found = self.codes(item.unit_value_set) if item.unit_value_set else None
        return (*item.unit_options, *found) if found else item.unit_options

    def nodes_of(self, link_id: str) -> list[Node]:
        return self.tree.by_link_id.get(link_id, [])

    def refresh(self, node: Node) -> None:
        """Recomputes what expressions see of a node, and of what is around it."""
        current: Node | None = node
        while current is not None:
            current.live = current.reveal()
            current = current.parent
        self._gather()

    def refresh_top(self) -> None:
        """After a copy at the top of the form came or went."""
        for node in self.tree.top:
            self._reveal_all(node)
        self._gather()

    def _gather(self) -> None:
        self.root["item"] = [node.live for node in self.tree.top if node.live]
        self._cached.clear()

    def _reveal_all(self, node: Node) -> None:
        for child in node.children():
            child.active = child.own and node.admits(child)
            self._reveal_all(child)
        node.live = node.reveal()

    def _value(self, variable: Variable, node: Node | None) -> list[Any]:
        owner = node
        while owner is not None and owner.item.link_id != variable.owner:
            owner = owner.parent
        if variable.populated:
            return (self.bound if owner is None else owner.bound).get(variable.name, [])
        key = (variable, owner)
        if key not in self._cached:
            self._cached[key] = []  # what it sees of itself meanwhile
            self._cached[key] = self.run(variable.program, owner)
        return self._cached[key]

    def _apply(self, place: int, effects: Effects) -> set[str]:
        """Runs one rule on every copy of its item; gives back the linkIds whose answers are no longer the same."""
        rule = self.form.plan.rules[place]
        changed: set[str] = set()
        for node in self.nodes_of(rule.link_id):
            if rule.kind == "enable":
                changed |= self._enable(node, effects)
            elif self._as_sent:
                continue
            elif not node.edited and self._calculate(node, effects):
                changed.add(rule.link_id)
        effects.link_ids |= changed
        return changed

    def _enable(self, node: Node, effects: Effects) -> set[str]:
        item = node.item
        if item.enabled_by is None:
            node.own = conditions_hold(item, node, self.nodes_of)
        else:
            try:
                node.own = truth(self.run(item.enabled_by, node)) is True
                self.faults.pop(item.link_id, None)
                node.undecided = False
            except FhirPathError as error:
                node.undecided = True
                node.own = True  # asking one question too many is safer than hiding one for a fault of the form
                self.faults[item.link_id] = str(error)
        if self._as_sent and (node.undecided or not node.own) and self._trusted(item):
            node.own = any(each.answers for each in node.walk())
        return self.activate(node, effects)

    def activate(self, node: Node, effects: Effects) -> set[str]:
        """Brings `active` of a node and of all beneath it in line; gives back the linkIds that it concerns."""
        parent = node.parent
        active = node.own and (parent is None or parent.admits(node))
        if active == node.active:
            return set()
        node.active = active
        (effects.shown if active else effects.hidden).add(node.path)
        changed = {node.item.link_id}
        for child in node.children():
            changed |= self.activate(child, effects)
        self.refresh(node)
        return changed

    def _calculate(self, node: Node, effects: Effects) -> bool:
        program = node.item.calculated
        if program is None:
            return False
        try:
            answers = answers_from(node.item, self.run(program, node))
            self.faults.pop(node.item.link_id, None)
        except FhirPathError as error:
            self.faults[node.item.link_id] = str(error)
            answers = []
        if same_answers(answers, node.answers):
            return False
        self.write(node, answers, effects)
        for child in node.children():
            self.activate(child, effects)
        return True

    def initial_values(self, nodes: Sequence[Node], effects: Effects) -> None:
        """First values of a new response, or of a copy that was added to it. Those by expression see the others, and what is
        calculated from them.
        """
        for node in nodes:
            if node.answers:
                continue  # populated already
            if node.item.initial:
                node.answers = self._possible(node, node.item.initial)
            elif selected := [option.answer for option in node.item.options if option.selected]:
                node.answers = selected
            self.tree.fit(node)
        self.refresh_top()
        waiting: dict[str, list[Node]] = {}
        for node in nodes:
            if node.item.initial_by and not node.answers:
                waiting.setdefault(node.item.link_id, []).append(node)
        if waiting:
            self.settle((), effects, every_rule=True)
        for link_id in self.form.first_values:
            for node in waiting.get(link_id, ()):
                self._begin(node, effects)

    def _begin(self, node: Node, effects: Effects) -> None:
        program = node.item.initial_by
        if program is None or node.answers:
            return
        try:
            answers = answers_from(node.item, self.run(program, node))
            for answer in answers:
                check_limits(node.item, answer, self.bounds(node))
        except FhirPathError as error:
            self.faults[node.item.link_id] = str(error)
        except NotAnAnswer:
            return  # what a person could not answer is not answered for them
        else:
            self.write(node, answers, effects)
            for child in node.children():
                self.activate(child, effects)
            self.settle((node.item.link_id,), effects)

    def _possible(self, node: Node, answers: Sequence[Json]) -> list[Json]:
        """The first answers of the form; none of them when a person could not give one."""
        item = node.item
        try:
            for answer in answers:
                if not fits(item, answer) or (
                    item.options and item.type == "choice" and not option_of(item.options, answer)
                ):
                    return []
                check_limits(item, answer, Bounds(low=item.low, high=item.high))
        except NotAnAnswer:
            return []
        return list(answers)

    def _find_edited(self) -> None:
        for link_id, item in self.form.by_link_id.items():
            if item.calculated and not item.read_only and not item.hidden:
                for node in self.nodes_of(link_id):
                    try:
                        computed = answers_from(item, self.run(item.calculated, node))
                    except FhirPathError:
                        continue  # reported when the rule runs
                    node.edited = bool(node.answers) and not same_answers(computed, node.answers)

    def _freeze(self, circle: tuple[int, ...]) -> None:
        for place in circle:
            self._frozen.add(place)
            link_id = self.form.plan.rules[place].link_id
            self.faults[link_id] = "This rule waits for another that waits for it, and they do not settle."
