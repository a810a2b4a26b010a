"""A whole response held against its form, as a FHIR OperationOutcome: for the server's last look, and for other programs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.i18n import N_, Message
from portal.sdc.checking import OTHER_KIND
from portal.sdc.engine import Expand
from portal.sdc.model import Form, FormItem
from portal.sdc.session import FormSession
from portal.sdc.shape import misshapen
from portal.sdc.tree import says_something
from portal.sdc.values import ANSWER_KEY
from portal.types import Json

_STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")

Say = Callable[[Message], str]


def in_english(message: Message) -> str:
    return message.msgid.format(**message.params)


def validate(
    form: Form,
    response: Json,
    *,
    now: datetime,
    say: Say = in_english,
    locale: str = "en",
    expand: Expand | None = None,
) -> Json:
    """Each issue has a severity, FHIR's issue type, where it is in the response (`QuestionnaireResponse.item[2].answer[0]`),
    the linkId in `diagnostics` and a sentence in `details`. A draft may lack answers; a completed response may not.
    `expand` gives the value sets that the form only names; without it any code of theirs is right.
    """
    walk = _Walk(form=form, done=response.get("status") in ("completed", "amended"))
    if response.get("resourceType") != "QuestionnaireResponse":
        walk.issue("structure", "", "", N_("This is no QuestionnaireResponse."))
        return _outcome(walk, say)
    for expression, sentence in misshapen(response):
        walk.issue("structure", expression, "", sentence)
    if walk.found:
        return _outcome(walk, say)
    walk.head(response)
    walk.items(response.get("item", []), form.items, "QuestionnaireResponse", "")
    session = FormSession(form, response, now=now, locale=locale, expand=expand)
    for path, (expression, link_id) in walk.places.items():
        if walk.done and path in session.paths and not session.state(path).enabled:
            walk.issue("business-rule", expression, link_id, N_("This question is not asked with these answers."))
    for finding in session.findings():
        if finding.kind == "required" and not walk.done:
            continue
        message = finding.problem.message
        expression, link_id = walk.at(finding.problem.place, finding.answer)
        if not (finding.kind == "value" and walk.has_told(finding.kind, expression)):
            walk.issue(finding.kind, expression, link_id, message.msgid, **message.params)
    undecided: set[str] = set()
    for doubt in session.doubts():
        message = doubt.problem.message
        expression, link_id = walk.at(doubt.problem.place)
        if doubt.kind == "exception":  # it cannot be said that nothing is missing
            undecided.add(link_id)
            message = Message(msgid=N_("It cannot be computed whether this question is asked."), params={})
        severity = "error" if doubt.kind == "exception" and walk.done else "warning"
        walk.issue(doubt.kind, expression, link_id, message.msgid, severity=severity, **message.params)
    for link_id in session.faults.keys() - undecided:
        sentence = N_("A formula of the form cannot be computed on these answers.")
        walk.issue("exception", walk.at(link_id)[0], link_id, sentence, severity="warning")
    return _outcome(walk, say)


def _outcome(walk: "_Walk", say: Say) -> Json:
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(each, say) for each in walk.found] or [_all_is_well(say)],
    }


def is_valid(outcome: Json) -> bool:
    """Whether an OperationOutcome has no error."""
    return not any(issue["severity"] in ("error", "fatal") for issue in outcome["issue"])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    severity: str
    kind: str
    expression: str
    link_id: str
    message: Message


@dataclass(kw_only=True, slots=True)
class _Walk:
    """Goes through the raw response as it is, noting where each path of the session stands in it."""

    form: Form
    done: bool
    found: list[_Found] = field(default_factory=list[_Found])
    places: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    answers: dict[str, list[int]] = field(default_factory=dict[str, list[int]])  # where the answers of a path stand

    def issue(
        self, kind: str, expression: str, link_id: str, msgid: str, /, *, severity: str = "error", **params: object
    ) -> None:
        message = Message(msgid=msgid, params=params)
        self.found.append(_Found(severity=severity, kind=kind, expression=expression, link_id=link_id, message=message))

    def has_told(self, kind: str, expression: str) -> bool:
        return any(each.kind == kind and each.expression == expression for each in self.found)

    def head(self, response: Json) -> None:
        """What it is an answer to, and how far it is."""
        url, _, version = str(response.get("questionnaire", "")).partition("|")
        status = response.get("status")
        if url != self.form.url:
            self.issue("structure", "", "", N_("This response belongs to another form."))
        elif version and version != self.form.version:
            sentence = N_("This response was given to version {given} of the form and is held against version {known}.")
            place = "QuestionnaireResponse.questionnaire"
            versions = {"given": version, "known": self.form.version}
            self.issue("business-rule", place, "", sentence, severity="warning", **versions)
        if status is None:
            self.issue("required", "QuestionnaireResponse.status", "", N_("The response has no status."))
        elif status not in _STATUSES:
            self.issue("code-invalid", "QuestionnaireResponse.status", "", N_("A response has no such status."))

    def at(self, path: str, answer: int | None = None) -> tuple[str, str]:
        """Where a path, or an answer of it, is in the response; for what is missing from it, the nearest thing around that
        is there.
        """
        link_id = path.rpartition("/")[2].partition("[")[0]
        item = self.form.by_link_id.get(link_id)
        if path in self.places:
            place = self.places[path][0]
            return (place if answer is None else f"{place}.answer[{self.answers[path][answer]}]"), link_id
        for ancestor in reversed(item.ancestors if item else ()):
            if ancestor in self.places:
                return self.places[ancestor][0], link_id
        return "QuestionnaireResponse", link_id

    def items(self, elements: Sequence[Json], known: Sequence[FormItem], where: str, prefix: str) -> None:
        by_link_id = {item.link_id: item for item in known}
        order = {item.link_id: position for position, item in enumerate(known)}
        seen: dict[str, int] = {}
        last = -1
        for index, element in enumerate(elements):
            expression = f"{where}.item[{index}]"
            link_id = element.get("linkId", "")
            item = by_link_id.get(link_id)
            if item is None:
                self.issue("structure", expression, link_id, N_("The form has no such question here."))
                continue
            if order[link_id] < last:
                self.issue(
                    "structure", expression, link_id, N_("This question does not stand in the order of the form.")
                )
            last = max(last, order[link_id])
            copy = seen.get(link_id, 0)
            seen[link_id] = copy + 1
            if copy and not (item.repeats and item.type == "group"):
                self.issue("structure", expression, link_id, N_("This question stands twice."))
                continue
            self._item(element, item, expression, prefix, copy)

    def _item(self, element: Json, item: FormItem, expression: str, prefix: str, copy: int) -> None:
        path = f"{prefix}{item.link_id}[{copy}]" if item.repeats and item.type == "group" else f"{prefix}{item.link_id}"
        self.places[path] = (expression, item.link_id)
        if item.type == "group":
            if "answer" in element:
                self.issue("structure", expression, item.link_id, N_("A group has no answer of its own."))
            self.items(element.get("item", []), item.items, expression, f"{path}/" if item.repeats else prefix)
            return
        if "item" in element:
            message = N_("What is nested under a question stands beneath its answer.")
            self.issue("structure", expression, item.link_id, message)
        answers: list[Json] = element.get("answer", [])
        if len(answers) > 1 and not item.repeats:
            self.issue("structure", expression, item.link_id, N_("This question takes one answer."))
        self.answers[path] = [index for index, answer in enumerate(answers) if says_something(answer)]
        for index, answer in enumerate(answers):
            place = f"{expression}.answer[{index}]"
            if sum(key.startswith("value") for key in answer) > 1:
                self.issue("structure", place, item.link_id, N_("One answer has one value."))
            if not any(key in answer for key in _keys(item)):
                self.issue("value", place, item.link_id, OTHER_KIND)
            elif "" in answer.values():
                self.issue("value", place, item.link_id, N_("An empty text is no answer."))
            if index not in self.answers[path]:
                continue
            inner = f"{prefix}{item.link_id}[{self.answers[path].index(index)}]/" if item.repeats else prefix
            self.items(answer.get("item", []), item.items, place, inner)


def _keys(item: FormItem) -> Iterator[str]:
    if not item.is_choice:
        yield ANSWER_KEY.get(item.type, "")
        return
    yield "valueCoding"
    for option in item.options:
        yield from option.answer
    if item.type == "open-choice":
        yield "valueString"
    if item.answers_by:  # its expression may find values of any kind
        yield from ("valueString", "valueInteger", "valueDecimal", "valueBoolean", "valueReference")


def _issue(found: _Found, say: Say) -> Json:
    issue: Json = {"severity": found.severity, "code": found.kind, "details": {"text": say(found.message)}}
    if found.link_id:
        issue["diagnostics"] = found.link_id
    if found.expression:
        issue["expression"] = [found.expression]
    return issue


def _all_is_well(say: Say) -> Json:
    message = Message(msgid=N_("The response fits its form."), params={})
    return {"severity": "information", "code": "informational", "details": {"text": say(message)}}
