"""What a careful colleague would say of a form before it is used: faults stop it, advice does not."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, cast

from portal.authoring.lint_items import item_remarks
from portal.authoring.norms import NOTHING
from portal.authoring.remarks import Remark, advice, fault
from portal.errors import Invalid
from portal.fhir import systems
from portal.sdc import Form, ScoreDefinition, compile_form, urls
from portal.sdc.reading import extension_value, value_of
from portal.types import Json


def lint(questionnaire: Json) -> list[Remark]:
    """Everything at once, faults first, in the order of the form."""
    try:
        form = compile_form(questionnaire)
    except Invalid as error:
        problem = error.problems[0]
        sentence = "A linkId is missing or used twice."
        return [Remark(level="fault", link_id=problem.place, sentence=sentence)]
    remarks = [
        *_faults(form), *_ignored(form), *_whole(form), *item_remarks(form), *_overridden(form),
        *_scores(form),
    ]  # fmt: skip
    return sorted(remarks, key=lambda remark: remark.level != "fault")


def without_norms(questionnaire: Json) -> list[str]:
    """One line for each looked-up score whose table is not at hand."""
    waiting: list[Json] = list(questionnaire.get("item", ()))
    found: list[str] = []
    while waiting:
        element = waiting.pop(0)
        waiting = [*element.get("item", ()), *waiting]
        formula: Any = extension_value(element, urls.CALCULATED_EXPRESSION)
        if isinstance(formula, dict) and cast("Json", formula).get("expression") == NOTHING:
            found.append(f"{element.get('linkId', '')}: {_NO_TABLE}")
    return found


_NO_TABLE = (
    "The table that this score looks up is not at hand, so it stays empty. Name its folder: --norms or PORTAL_NORMS."
)


def _faults(form: Form) -> Iterator[Remark]:
    for each in form.faults:
        yield fault(each.link_id, f"{each.what}: {each.text}")
    for place in sorted(form.plan.circle):
        yield fault(form.plan.rules[place].link_id, "This rule waits for another that waits for it.")


def _ignored(form: Form) -> Iterator[Remark]:
    """The form works without them, or so its author must decide."""
    for each in form.ignored:
        yield advice(each.link_id, each.text)


def _whole(form: Form) -> Iterator[Remark]:
    if not form.url or not form.version:
        yield fault("", "A form needs a url and a version, so that answers can say what they answer.")
    if not form.code:
        yield advice("", f"Only a form with a code of {systems.INSTRUMENT} can be in the catalogue.")
    if not form.category:
        yield advice("", "The category (auto, hetero, social, clinical-document, neuropsy) is missing.")
    if not form.licence:
        yield advice("", "The licence is missing: may this text be shown?")
    if form.licence not in ("own", "") and not form.copyright:
        yield advice("", "The authors are not named (copyright).")
    if not form.sections:
        yield fault("", "The form asks nothing.")


def _scores(form: Form) -> Iterator[Remark]:
    for line in without_norms(form.questionnaire):
        link_id, _, sentence = line.partition(": ")
        yield advice(link_id, sentence)
    for score in form.scores:
        for link_id in score.items:
            if link_id not in form.by_link_id:
                yield fault(score.link_id, f"The score counts “{link_id}”, which is not in the form.")
        yield from _bands(score)


def _bands(score: ScoreDefinition) -> Iterator[Remark]:
    bands = score.bands
    for before, after in pairwise(bands):
        if after.low <= before.high:
            yield fault(score.link_id, f"The bands {before.text.default} and {after.text.default} overlap.")
    if bands and score.low is not None and bands[0].low > score.low:
        yield advice(score.link_id, "The lowest values of the score have no band.")
    if bands and score.high is not None and bands[-1].high < score.high:
        yield advice(score.link_id, "The highest values of the score have no band.")


def _overridden(form: Form) -> Iterator[Remark]:
    """A name within means another thing than the same name around it: allowed, and easy to overlook."""
    names = {link_id: set(_named(item.definition)) for link_id, item in form.by_link_id.items()}
    whole = set(_named(form.questionnaire))
    for link_id, item in form.by_link_id.items():
        around = whole.union(*(names.get(each, set()) for each in item.ancestors))
        for name in sorted(names[link_id] & around):
            yield advice(link_id, f"The variable %{name} hides another of that name around it.")


def _named(element: Json) -> Iterator[str]:
    for each in element.get("extension", ()):
        value = value_of(each)
        if isinstance(value, dict) and "expression" in value:
            expression = cast("Json", value)
            if name := expression.get("name"):
                yield name
