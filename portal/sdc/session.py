"""One person filling one form: set an answer, see what it changes, keep it as a QuestionnaireResponse."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from portal.clock import PARIS
from portal.errors import Invalid, Problem
from portal.fhirpath import FhirPathError
from portal.i18n import N_, Message
from portal.sdc import checking
from portal.sdc.choosing import answers_given, offered, options_now
from portal.sdc.conversion import same_answers, truth
from portal.sdc.engine import Effects, Engine, Expand, Fetch
from portal.sdc.limits import NotAnAnswer
from portal.sdc.model import AlertRule, Form, FormItem, Option, ScoreDefinition, Section
from portal.sdc.nodes import Node, kept
from portal.sdc.outcome import Change, ItemState
from portal.sdc.parsing import parse_text
from portal.sdc.populating import populate_observations, resources
from portal.sdc.scoring import ScoreResult, score_result
from portal.sdc.tree import Tree
from portal.sdc.values import from_answer
from portal.types import Json

_HEAD = ("resourceType", "questionnaire", "status", "authored", "item")


class FormSession:
    """`response` is a stored draft or completed response, or None to begin. `now` is the instant that the form's own
    today() and now() see. `about` holds what a new response carries besides its answers: subject, author, source,
    encounter, basedOn, partOf, identifier, meta.

    A new response is populated ($populate) from what is known: `given` are launch contexts by name (patient, user…) as
    resources; `observations` those that linked questions may take their answer from; `fetch` answers the form's FHIR
    queries (to know which will be asked, begin once with a `fetch` that notes the addresses and gives None).
    `expand` gives the value sets that the form only names; without it any code of theirs is taken.

    `as_sent` is for reading: scores and conditions stay what they were when the response was sent, whatever is known of
    the patient today.
    """

    def __init__(
        self,
        form: Form,
        response: Json | None = None,
        *,
        now: datetime,
        locale: str = "fr",
        about: Json | None = None,
        given: Mapping[str, Any] | None = None,
        fetch: Fetch | None = None,
        expand: Expand | None = None,
        observations: Sequence[Json] = (),
        as_sent: bool = False,
    ) -> None:
        self.form = form
        self.locale = locale
        self._now = now.astimezone(PARIS)
        self._stored = response
        self._about = about or {}
        self._tree = Tree(form, response)
        head = {"questionnaire": form.canonical, "status": "in-progress", **self._about}
        self._engine = Engine(form, self._tree, head, given or {}, self._now, fetch=fetch, expand=expand)
        self._populated = populate_observations(self._tree, observations, self._now) if response is None else {}
        self._engine.start(fresh=response is None, as_sent=as_sent)
        self._weigh()
        self._raised = {rule.id for rule in self.alerts()}

    # Answering

    def set(self, path: str, value: object) -> Change:
        """Gives an answer: an option's key, a list where several answers are allowed, a bool, int, Decimal or text, an ISO
        date, a FHIR structure (quantity, attachment, reference, coding), or None to clear. Raises `Invalid`, with the
        sentence to show at the question, and keeps the former value when the answer does not fit.
        """
        node = self._node(path)
        item = node.item
        if not item.question or self._engine.flag(item.dynamic.read_only, node, fixed=item.read_only):
            raise self._refusal(path, N_("This answer is filled in by the form."))
        try:
            answers = answers_given(self._engine, node, value)
        except NotAnAnswer as error:
            node.error = error.message
            raise self._refusal(path, error.message.msgid, **error.message.params) from None
        return self._given(node, answers)

    def take(self, path: str, answers: Sequence[Json]) -> Change:
        """Gives answers that were taken once, as FHIR stores them (`given`), whatever may be chosen now. Raises `Invalid`
        when the question is gone.
        """
        return self._given(self._node(path), list(answers))

    def _given(self, node: Node, answers: list[Json]) -> Change:
        node.error = None
        if same_answers(answers, node.answers):
            return self._change(Effects())
        item = node.item
        node.edited = item.calculated is not None
        effects = Effects()
        self._tree.keep_beneath(node, answers)
        self._engine.write(node, answers, effects)
        for child in node.children():
            effects.link_ids |= self._engine.activate(child, effects)
        self._engine.refresh(node)
        return self._settled(effects)

    def parse(self, path: str, text: str) -> Any:
        """The value for `set` out of what a person typed: decimal comma, JJ/MM/AAAA, 27/3/26, 22h30, a partial date where
        the form allows it. Raises `Invalid` with the sentence to show.
        """
        node = self._node(path)
        try:
            return parse_text(node.item, text, self._now.date())
        except NotAnAnswer as error:
            node.error = error.message
            raise self._refusal(path, error.message.msgid, **error.message.params) from None

    def reset(self, path: str) -> Change:
        """Gives an edited calculated answer back to its calculation."""
        node = self._node(path)
        node.edited, node.error = False, None
        return self._settled(self._engine.settle((), Effects(), every_rule=True))

    def add(self, path: str) -> Change:
        """One more copy of the repeating group that `path` (any of its copies) belongs to, at the end."""
        node = self._node(path)
        copies = self._tree.copies_of(node)
        dynamic = node.item.dynamic
        most = self._engine.said(dynamic.max_occurs, node, node.item.max_occurs)
        if not self._engine.flag(dynamic.repeats, node, fixed=node.item.repeats) or (
            most is not None and len(copies) >= most
        ):
            raise self._refusal(path, N_("No more can be added here."))
        made = self._tree.make(node.item, node.parent, None)
        siblings = self._tree.siblings(node)
        siblings.insert(siblings.index(copies[-1]) + 1, made)
        self._tree.index()
        effects = Effects()
        self._engine.initial_values(list(made.walk()), effects)
        return self._regrown({each.item.link_id for each in made.walk()}, effects)

    def remove(self, path: str) -> Change:
        """Takes one copy of a repeating group away, with its answers; the last one is emptied instead."""
        node = self._node(path)
        siblings = self._tree.siblings(node)
        if len(self._tree.copies_of(node)) == 1:
            siblings[siblings.index(node)] = self._tree.make(node.item, node.parent, None)
        else:
            siblings.remove(node)
        return self._regrown({each.item.link_id for each in node.walk()}, Effects())

    def ask_around(self) -> None:
        """Evaluates what is shown beside the answers, of every question that is asked: afterwards `fetch` and `expand` have
        been asked for all that the form wants to know now.
        """
        for node in self._tree.walk():
            item = node.item
            if not node.active or not (item.contexts or item.candidates_by or item.has_options or item.unit_value_set):
                continue
            options_now(self._engine, node)
            self._engine.units(node)
            self.candidates(node.path)
            self.contexts(node.path)

    def learn(self) -> Change:
        """Asks `fetch` and `expand` again for what they could not answer before, and brings the form in line."""
        self._engine.forget_unknown()
        self._weigh()
        return self._settled(Effects(), every_rule=True)

    # Looking

    def state(self, path: str) -> ItemState:
        node = self._node(path)
        item = node.item
        options = options_now(self._engine, node)
        values = [from_answer(item, answer, node.options) for answer in node.answers]
        return ItemState(
            path=path,
            enabled=node.active,
            value=values if item.repeats and item.question else (values[0] if values else None),
            error=node.error,
            read_only=self._engine.flag(item.dynamic.read_only, node, fixed=item.read_only),
            edited=node.edited,
            options=options,
            text=str(self._engine.said(item.dynamic.text, node, item.text(self.locale))),
            required=checking.required(self._engine, node),
            units=self._engine.units(node),
            value_set=str(self._engine.said(item.dynamic.value_set, node, item.value_set)),
        )

    def required(self, path: str) -> bool:
        """Whether the question must be answered, as things stand."""
        return checking.required(self._engine, self._node(path))

    def candidates(self, path: str) -> tuple[Option, ...]:
        """What the form proposes to pick from (candidateExpression): `set(path, answer's value)` takes one."""
        node = self._node(path)
        return offered(self._engine, node, node.item.candidates_by) if node.item.candidates_by else ()

    def contexts(self, path: str) -> list[tuple[str, list[Any]]]:
        """What the form wants shown beside a question (contextExpression): a label, and what was found."""
        node = self._node(path)
        found: list[tuple[str, list[Any]]] = []
        for context in node.item.contexts:
            try:
                results = [each for one in self._engine.run(context.program, node) for each in resources(one)]
            except FhirPathError as error:
                self._engine.faults[node.item.link_id] = str(error)
                continue
            found.append((context.label(self.locale), results))
        return found

    def given(self, path: str) -> tuple[Json, ...]:
        """The answers of a question as FHIR stores them: a coding with its display, a reference, an attachment."""
        return tuple(self._node(path).answers)

    def sections(self) -> list[Section]:
        """The sections that ask something at this moment."""
        return [section for section in self.form.sections if self.visible(section)]

    def visible(self, section: Section) -> list[str]:
        """Paths of the items that a section shows now, in order: groups and texts to read before what they hold."""
        return [
            node.path
            for node in self._tree.under(section.items)
            if node.active and node.item.captured and not checking.within_hidden(node)
        ]

    def shown(self, items: Sequence[FormItem]) -> list[str]:
        """Paths of what stands on screen for these items: what is asked, and what is not asked now where the form wants it
        shown all the same (disabledDisplay `protected`).
        """
        return [node.path for node in self._tree.under(items) if node.stands() and not checking.within_hidden(node)]

    def copies(self, path: str) -> list[str]:
        """Paths of all copies of a repeating group."""
        return [node.path for node in self._tree.copies_of(self._node(path))]

    def scores(self) -> list[ScoreResult]:
        return [self.score(each) for each in self.form.scores]

    def score(self, definition: ScoreDefinition) -> ScoreResult:
        return score_result(definition, self._engine.nodes_of)

    def alerts(self) -> list[AlertRule]:
        """The rules that hold now. A rule that cannot be evaluated does not hold, and is among `faults`."""
        return [rule for rule in self.form.alerts if self._holds(rule)]

    def errors(self, section: Section | None = None) -> list[Problem]:
        """What stands in the way of submitting: refused input, missing answers, answers out of bounds, broken constraints.
        Places are paths; a constraint on the whole form has the empty place.
        """
        said: dict[str, Problem] = {}  # one for each place
        for each in self.findings(section):
            said.setdefault(each.problem.place, each.problem)
        return list(said.values())

    def findings(self, section: Section | None = None) -> list[checking.Finding]:
        """The same for each answer, with FHIR's issue type."""
        holds = section.holds if section else None
        return checking.findings(self._engine, self._tree.scope(section), holds, self.locale)

    def warnings(self, section: Section | None = None) -> list[Problem]:
        """What asks for a second look and blocks nothing: constraints, and questions of which nobody can say whether they
        concern this person.
        """
        return [each.problem for each in self.doubts(section)]

    def doubts(self, section: Section | None = None) -> list[checking.Finding]:
        """The same with FHIR's issue type: `exception` where a condition cannot be computed."""
        holds = section.holds if section else None
        return checking.warnings(self._engine, self._tree.scope(section), holds, self.locale)

    def progress(self) -> tuple[int, int]:
        """Questions answered, and questions asked, at this moment."""
        asked = [each for each in self._tree.walk() if checking.asks(each)]
        return sum(1 for node in asked if node.answers), len(asked)

    @property
    def paths(self) -> Collection[str]:
        """Paths of all items, asked or not."""
        return self._tree.by_path.keys()

    @property
    def faults(self) -> Mapping[str, str]:
        """Expressions that could not be computed on these answers, by linkId: for the form's author."""
        return dict(self._engine.faults)

    @property
    def populated(self) -> Mapping[str, Json]:
        """The Observation that each path got its first answer from, in a response that begins here."""
        return {path: observation for path, observation in self._populated.items() if path in self._tree.by_path}

    @property
    def unknown(self) -> tuple[str, ...]:
        """LinkIds of the stored response that this version of the form does not have; their answers are not carried over."""
        return tuple(self._tree.unknown)

    # Keeping

    def response(self) -> Json:
        """The draft. What is not asked any more is kept and marked, so that it comes back with the condition."""
        return self._written("in-progress", asked_only=False)

    def completed(self, now: datetime) -> Json:
        """The response to submit, without what is not asked; `amended` when it was completed before."""
        before = (self._stored or {}).get("status")
        status = "amended" if before in ("completed", "amended") else "completed"
        return {
            **self._written(status, asked_only=True),
            "authored": now.astimezone(PARIS).isoformat(timespec="seconds"),
        }

    # Inside

    def _weigh(self) -> None:
        """Looks up the options of answers that were there before, so that their weights are known to the scores."""
        waiting = [
            each for each in self._tree.walk() if each.answers and each.item.has_options and not each.item.options
        ]
        for node in waiting:
            options_now(self._engine, node)
            self._engine.refresh(node)
        if waiting:
            self._engine.settle({node.item.link_id for node in waiting}, Effects())

    def _node(self, path: str) -> Node:
        node = self._tree.by_path.get(path)
        if node is None:
            raise self._refusal(path, N_("This question is not in the form any more."))
        return node

    def _refusal(self, path: str, msgid: str, /, **params: Any) -> Invalid:
        return Invalid([Problem(place=path, message=Message(msgid=msgid, params=params))], msgid, **params)

    def _regrown(self, link_ids: AbstractSet[str], effects: Effects) -> Change:
        self._tree.index()
        self._engine.refresh_top()
        effects.link_ids |= link_ids
        effects.values |= {node.path for link_id in link_ids for node in self._engine.nodes_of(link_id)}
        return self._settled(effects, every_rule=True)

    def _settled(self, effects: Effects, *, every_rule: bool = False) -> Change:
        self._engine.settle(set(effects.link_ids), effects, every_rule=every_rule)
        return self._change(effects)

    def _change(self, effects: Effects) -> Change:
        moved = {score.link_id for score in self.form.scores if score.link_id in effects.link_ids}
        raised: list[AlertRule] = []
        for rule in self.form.alerts:
            if rule.condition.reads & effects.link_ids:
                holds = self._holds(rule)
                if holds and rule.id not in self._raised:
                    raised.append(rule)
                (self._raised.add if holds else self._raised.discard)(rule.id)
        return Change(
            values=frozenset(effects.values),
            shown=frozenset(effects.shown),
            hidden=frozenset(effects.hidden),
            scores=frozenset(moved),
            alerts=tuple(raised),
        )

    def _holds(self, rule: AlertRule) -> bool:
        try:
            return truth(self._engine.run(rule.condition, None)) is True
        except FhirPathError as error:
            self._engine.faults[rule.id] = str(error)
            return False

    def _written(self, status: str, *, asked_only: bool) -> Json:
        head = {key: value for key, value in (self._stored or {}).items() if key not in _HEAD}
        items = kept(self._tree.top, asked_only=asked_only)
        response: Json = {"resourceType": "QuestionnaireResponse", **head, **self._about}
        response["questionnaire"] = self.form.canonical
        response["status"] = status
        if items:
            response["item"] = items
        return {key: response[key] for key in (*(self._stored or ()), *response) if key in response}
