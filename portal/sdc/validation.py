"""A whole response held against its form, as a FHIR OperationOutcome: for the server's last look, and for other programs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.i18n import N_, Message
from portal.sdc.engine import Expand
from portal.sdc.model import Form, FormItem
from portal.sdc.session import FormSession
from portal.sdc.values import ANSWER_KEY
from portal.types import Json

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
    canonical = response.get("questionnaire", "")
    if canonical.partition("|")[0] != form.url:
        walk.issue("structure", "", "", N_("This response belongs to another form."))
    walk.items(response.get("item", []), form.items, "QuestionnaireResponse", "")
    session = FormSession(form, response, now=now, locale=locale, expand=expand)
    for path, (expression, link_id) in walk.places.items():
        if walk.done and path in session.paths and not session.state(path).enabled:
            walk.issue("business-rule", expression, link_id, N_("This question is not asked with these answers."))
    for finding in session.findings():
        if finding.kind == "required" and not walk.done:
            continue
        expression, link_id = walk.at(finding.problem.place)
        walk.issue(finding.kind, expression, link_id, finding.problem.message.msgid, **finding.problem.message.params)
    for problem in session.warnings():
        expression, link_id = walk.at(problem.place)
        walk.issue(
            "invariant", expression, link_id, problem.message.msgid, severity="warning", **problem.message.params
        )
    for link_id in session.faults:
        message = N_("A formula of the form cannot be computed on these answers.")
        walk.issue("exception", walk.at(link_id)[0], link_id, message, severity="warning")
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

    def issue(
        self, kind: str, expression: str, link_id: str, msgid: str, /, *, severity: str = "error", **params: object
    ) -> None:
        message = Message(msgid=msgid, params=params)
        self.found.append(_Found(severity=severity, kind=kind, expression=expression, link_id=link_id, message=message))

    def at(self, path: str) -> tuple[str, str]:
        """Where a path is in the response; for what is missing from it, the nearest thing around that is there."""
        link_id = path.rpartition("/")[2].partition("[")[0]
        item = self.form.by_link_id.get(link_id)
        if path in self.places:
            return self.places[path]
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
        for index, answer in enumerate(answers):
            place = f"{expression}.answer[{index}]"
            if not any(key in answer for key in _keys(item)):
                self.issue("value", place, item.link_id, N_("This answer is not of the kind that the question asks."))
            inner = f"{prefix}{item.link_id}[{index}]/" if item.repeats else prefix
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
