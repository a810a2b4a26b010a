"""What a careful colleague would say of a form before it is used: faults stop it, advice does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from portal import fhirpath
from portal.errors import Invalid
from portal.fhir import systems
from portal.sdc import Form, FormItem, LocalText, ScoreDefinition, compile_form
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    level: Literal["fault", "advice"]
    link_id: str  # empty: the form as a whole
    sentence: str

    def __str__(self) -> str:
        return f"{self.level}: {f'[{self.link_id}] ' if self.link_id else ''}{self.sentence}"


def lint(questionnaire: Json) -> list[Remark]:
    """Everything at once, faults first, in the order of the form."""
    try:
        form = compile_form(questionnaire)
    except Invalid as error:
        problem = error.problems[0]
        sentence = "A linkId is missing or used twice."
        return [Remark(level="fault", link_id=problem.place, sentence=sentence)]
    remarks = [*_faults(form), *_ignored(form), *_whole(form), *_items(form), *_scores(form)]
    return sorted(remarks, key=lambda remark: remark.level != "fault")


def _fault(link_id: str, sentence: str) -> Remark:
    return Remark(level="fault", link_id=link_id, sentence=sentence)


def _advice(link_id: str, sentence: str) -> Remark:
    return Remark(level="advice", link_id=link_id, sentence=sentence)


def _faults(form: Form) -> Iterator[Remark]:
    for fault in form.faults:
        yield _fault(fault.link_id, f"{fault.what}: {fault.text}")
    for place in sorted(form.plan.circle):
        yield _fault(form.plan.rules[place].link_id, "This rule waits for another that waits for it.")


def _ignored(form: Form) -> Iterator[Remark]:
    """The form works without them, or so its author must decide."""
    for each in form.ignored:
        yield _advice(each.link_id, each.text)


def _whole(form: Form) -> Iterator[Remark]:
    if not form.url or not form.version:
        yield _fault("", "A form needs a url and a version, so that answers can say what they answer.")
    if not form.code:
        yield _fault("", f"A form needs a code of {systems.INSTRUMENT}.")
    if not form.category:
        yield _advice("", "The category (auto, hetero, social, clinical-document, neuropsy) is missing.")
    if not form.licence:
        yield _advice("", "The licence is missing: may this text be shown?")
    if form.licence not in ("own", "") and not form.copyright:
        yield _advice("", "The authors are not named (copyright).")
    if not form.sections:
        yield _fault("", "The form asks nothing.")


def _items(form: Form) -> Iterator[Remark]:
    for item in form.by_link_id.values():
        if item.question and not item.label and not item.hidden:
            yield _fault(item.link_id, "The question has no text.")
        if item.is_choice and not item.options and "answerValueSet" not in item.definition:
            yield _fault(item.link_id, "No answer can be chosen.")
        keys = [option.key for option in item.options]
        if len(keys) != len(set(keys)):
            yield _fault(item.link_id, "Two answers have the same code.")
        if _above(item.low, item.high):
            yield _fault(item.link_id, "The lowest value is above the highest: nothing can be answered.")
        if item.required and (item.hidden or item.read_only) and not item.calculated and not item.initial:
            yield _fault(item.link_id, "Required, but nobody can fill it in.")
        for condition in item.conditions:
            if condition.question not in form.by_link_id:
                yield _fault(item.link_id, f"The condition names “{condition.question}”, which is not in the form.")
        if item.initial and item.initial_by:
            yield _fault(item.link_id, "initial and initialExpression exclude each other.")
        yield from _mechanisms(item)
        yield from _untranslated(form, item)


def _mechanisms(item: FormItem) -> Iterator[Remark]:
    """Two ways to say one thing, of which only one can hold; and what can never take effect."""
    if item.initial_by and item.observed_within:
        yield _fault(item.link_id, "It is populated by an Observation or by an expression: not by both.")
    if (item.max_occurs or 0) > 1 and not item.repeats:
        yield _fault(item.link_id, "Several answers are allowed, but the item does not repeat.")
    if (item.min_occurs or 0) > 1 and not (item.repeats and item.required):
        yield _fault(item.link_id, "Several answers are needed, but the item is not required or does not repeat.")
    if item.options and (item.low is not None or item.high is not None):
        yield _fault(item.link_id, "A question with answers to choose from has no lowest or highest value.")
    if item.required and item.type == "display":
        yield _advice(item.link_id, "A text to read cannot be required.")
    if item.control == "page" and item.ancestors:
        yield _fault(item.link_id, "A page stands at the top of the form only.")
    for column in item.columns:
        if item.type == "reference":
            try:
                fhirpath.compile(column.path)
            except fhirpath.FhirPathError as error:
                yield _fault(item.link_id, f"A column cannot be computed: {error}")


def _untranslated(form: Form, item: FormItem) -> Iterator[Remark]:
    """A form that has a second language should have it everywhere."""
    languages = set(form.label.translations)
    for text in (item.label, item.help, *(option.label for option in item.options)):
        missing = languages - set(text.translations)
        if missing and _has_words(text):
            yield _advice(item.link_id, f"“{text.default[:40]}” has no translation to {', '.join(sorted(missing))}.")


def _has_words(text: LocalText) -> bool:
    """Numbers and abbreviations (CAP, BAC+2, 3e) are the same in every language."""
    return any(word.isalpha() and word.islower() and len(word) > 3 for word in text.default.split())


def _scores(form: Form) -> Iterator[Remark]:
    for score in form.scores:
        for link_id in score.items:
            if link_id not in form.by_link_id:
                yield _fault(score.link_id, f"The score counts “{link_id}”, which is not in the form.")
        yield from _bands(score)


def _bands(score: ScoreDefinition) -> Iterator[Remark]:
    bands = score.bands
    for before, after in pairwise(bands):
        if after.low <= before.high:
            yield _fault(score.link_id, f"The bands {before.text.default} and {after.text.default} overlap.")
    if bands and score.low is not None and bands[0].low > score.low:
        yield _advice(score.link_id, "The lowest values of the score have no band.")
    if bands and score.high is not None and bands[-1].high < score.high:
        yield _advice(score.link_id, "The highest values of the score have no band.")


def _above(low: Any, high: Any) -> bool:
    if low is None or high is None or isinstance(low, str) != isinstance(high, str):
        return False
    return low > high
