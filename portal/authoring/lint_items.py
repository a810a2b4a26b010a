"""What a careful colleague would say of single items."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from portal import fhirpath
from portal.authoring.remarks import Remark, advice, fault
from portal.sdc import Form, FormItem, LocalText, urls
from portal.sdc.reading import extension
from portal.types import Json


def item_remarks(form: Form) -> Iterator[Remark]:
    for item in form.by_link_id.values():
        if item.question and not item.label and not item.hidden:
            yield fault(item.link_id, "The question has no text.")
        if item.type == "choice" and not _has_answers(item):
            yield fault(item.link_id, "No answer can be chosen.")
        keys = [option.key for option in item.options]
        if len(keys) != len(set(keys)):
            yield fault(item.link_id, "Two answers have the same code.")
        yield from _bounds(item)
        if item.required and (item.hidden or item.read_only) and not item.calculated and not item.initial:
            yield fault(item.link_id, "Required, but nobody can fill it in.")
        for condition in item.conditions:
            if condition.question not in form.by_link_id:
                yield fault(item.link_id, f"The condition names “{condition.question}”, which is not in the form.")
        if item.initial and item.initial_by:
            yield fault(item.link_id, "initial and initialExpression exclude each other.")
        yield from _mechanisms(item)
        yield from _untranslated(form, item)


def _mechanisms(item: FormItem) -> Iterator[Remark]:
    """Two ways to say one thing, of which only one can hold; and what can never take effect."""
    if item.initial_by and item.observed_within:
        yield fault(item.link_id, "It is populated by an Observation or by an expression: not by both.")
    if (item.max_occurs or 0) > 1 and not item.repeats:
        yield fault(item.link_id, "Several answers are allowed, but the item does not repeat.")
    if (item.min_occurs or 0) > 1 and not (item.repeats and item.required):
        yield fault(item.link_id, "Several answers are needed, but the item is not required or does not repeat.")
    if item.options and (item.low is not None or item.high is not None):
        yield fault(item.link_id, "A question with answers to choose from has no lowest or highest value.")
    if item.required and item.type == "display":
        yield advice(item.link_id, "A text to read cannot be required.")
    if item.control == "page" and item.ancestors:
        yield fault(item.link_id, "A page stands at the top of the form only.")
    for column in item.columns:
        if item.type == "reference":
            try:
                fhirpath.compile(column.path)
            except fhirpath.FhirPathError as error:
                yield fault(item.link_id, f"A column cannot be computed: {error}")


def _untranslated(form: Form, item: FormItem) -> Iterator[Remark]:
    """A form that has a second language should have it everywhere."""
    languages = set(form.label.translations)
    for text in (item.label, item.help, *(option.label for option in item.options)):
        missing = languages - set(text.translations)
        if missing and _has_words(text):
            yield advice(item.link_id, f"“{text.default[:40]}” has no translation to {', '.join(sorted(missing))}.")


def _has_words(text: LocalText) -> bool:
    """Numbers and abbreviations (CAP, BAC+2, 3e) are the same in every language."""
    return any(word.isalpha() and word.islower() and len(word) > 3 for word in text.default.split())


def _has_answers(item: FormItem) -> bool:
    """Written in the form, in a value set, or computed."""
    definition = item.definition
    named = "answerValueSet" in definition or "_answerValueSet" in definition
    return bool(item.options) or named or extension(definition, urls.ANSWER_EXPRESSION) is not None


def _bounds(item: FormItem) -> Iterator[Remark]:
    low, high = item.low, item.high
    if isinstance(low, dict) and isinstance(high, dict):
        one, other = fhirpath.read_quantity(cast("Json", low)), fhirpath.read_quantity(cast("Json", high))
        try:
            pair = fhirpath.order_quantities(one, other) if one and other else None
        except ValueError:
            pair = None
        if pair is None:
            yield fault(item.link_id, "The units of the lowest and highest amount do not compare.")
            return
        low, high = pair
    if _above(low, high):
        yield fault(item.link_id, "The lowest value is above the highest: nothing can be answered.")


def _above(low: Any, high: Any) -> bool:
    """Numbers with numbers, dates with dates; of other pairs nothing can be said."""
    if isinstance(low, str) and isinstance(high, str):
        return low > high
    numbers = (int, float, Decimal, Fraction)
    return isinstance(low, numbers) and isinstance(high, numbers) and low > high
