"""What an expression reads decides when it is computed again: too little is a wrong score, too much is a slow form."""

from dataclasses import replace
from typing import Any

import pytest

from portal.fhirpath import Dependencies, compile  # noqa: A004
from tests.fhirpath.forms import Form, forms
from tests.fhirpath.test_forms import answer


@pytest.mark.parametrize(
    ("expression", "link_ids", "whole"),
    [
        ("%resource.item.where(linkId='a').answer.value", {"a"}, False),
        ("%resource.item.where(linkId='g').item.where(linkId='a').answer.value", {"a"}, False),
        ("%resource.item.where(linkId='g').item.answer.value.weight().sum()", {"g"}, False),
        ("%resource.descendants().where(linkId='a').answer.value > 3", {"a"}, False),
        ("%resource.repeat(item).where(linkId='a' or linkId='b').answer.value.sum()", {"a", "b"}, False),
        ("%resource.item.where(linkId in ('a' | 'b')).exists()", {"a", "b"}, False),
        ("%resource.item.where('a' = linkId).answer.value", {"a"}, False),
        ("%resource.item.where(linkId='a' and answer.exists()).count()", {"a"}, False),
        ("%resource.item.answer.value.sum()", set(), True),
        ("%resource.item.where(linkId.startsWith('a')).answer.value", set(), True),
        ("%resource.item.where(linkId = %x).answer.value", set(), True),
        ("%resource.answers().weight().sum()", set(), True),
        ("%resource.item.count()", set(), True),
        ("%resource", set(), True),
        ("%resource.subject.reference", set(), False),
        (
            "%resource.item.where(linkId='a').answer.value + %resource.item.where(linkId='b').answer.value",
            {"a", "b"},
            False,
        ),
        (
            "iif(%resource.item.where(linkId='a').answer.value > 1, 1, %resource.item.where(linkId='b').answer.value)",
            {"a", "b"},
            False,
        ),
        (
            "%resource.item.where(linkId='a').answer.where(value > %resource.item.where(linkId='b').answer.value).exists()",
            {"a", "b"},
            False,
        ),
        (
            "(%resource.item.where(linkId='a') | %resource.item.where(linkId='b')).answer.value.count()",
            {"a", "b"},
            False,
        ),
        ("%resource.item.where(linkId='a').exists() and %resource.item.exists(linkId='b')", {"a", "b"}, False),
        ("today() > %birth + 18 years", set(), False),
        ("%resource.select(item.where(linkId='a').answer.value)", {"a"}, False),
        ("%resource.where(item.answer.exists()).status", set(), True),
        ("%resource.iif(item.where(linkId='a').exists(), 1, 2)", {"a"}, False),
        (
            "%resource.item.where(linkId='g' and item.where(linkId='z').exists()).item.where(linkId='a')",
            {"g", "a"},
            False,
        ),
        ("%resource.item.where(linkId='g').where(item.exists()).item.where(linkId='a')", {"g", "a"}, False),
        (
            "%resource.item.where(linkId='a').answer.value.combine(%resource.item.where(linkId='b').answer.value)",
            {"a", "b"},
            False,
        ),
        ("item.where(linkId='a').answer.value", {"a"}, False),
        ("%resource.descendants().answer.value", set(), True),
        ("%resource.repeat(item).answer.value is Coding", set(), True),
        ("-%resource.item.where(linkId='a').answer.value", {"a"}, False),
    ],
)
def test_the_questions_that_are_read(expression: str, link_ids: set[str], whole: bool) -> None:
    found = compile(expression).depends_on
    assert (found.link_ids, found.whole) == (link_ids, whole)


def test_variables_context_and_clock() -> None:
    assert compile("%bmi > 25 and %age.exists()").depends_on == Dependencies(variables=frozenset(("bmi", "age")))
    assert compile("answer.value > 3").depends_on.context
    assert compile("%context.answer.value > 3").depends_on.context
    assert compile("item.answer.value.sum()").depends_on == Dependencies(context=True)
    assert compile("where(answer.exists()).item.where(linkId='a').exists()").depends_on.context
    assert compile("$this").depends_on.context
    assert not compile("%resource.item.answer.value.ofType(integer).sum()").depends_on.context
    assert not compile("item.where(linkId='a').answer.value").depends_on.context
    assert not compile("%context.item.where(linkId='a').answer.value").depends_on.context
    assert not compile("%resource.item.where(answer.value > 3).exists()").depends_on.context
    assert compile("today() > %birth").depends_on.clock
    assert not compile("%birth > @2000").depends_on.clock


def without(response: Any, link_id: str) -> Any:
    """The response without the answers of that question; the item itself goes too, as when it is unanswered."""

    def kept(items: list[Any]) -> list[Any]:
        return [below(item) for item in items if item["linkId"] != link_id]

    def below(element: Any) -> Any:
        changed = {**element}
        if "item" in element:
            changed["item"] = kept(element["item"])
        if "answer" in element:
            changed["answer"] = [below(answer) for answer in element["answer"]]
        return changed

    return below(response)


def family(response: Any, link_id: str) -> set[str]:
    """The linkIds above an item: they exist because it does."""

    def search(element: Any, above: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        for item in [*element.get("item", ()), *(i for a in element.get("answer", ()) for i in a.get("item", ()))]:
            if item["linkId"] == link_id:
                found |= set(above)
            found |= search(item, (*above, item["linkId"]))
        return found

    return search(response, ())


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.name)
def test_questions_that_are_not_read_do_not_matter(form: Form) -> None:
    questions = every_link_id(form.response)
    wrong: list[tuple[str, str]] = []
    for text in form.expressions:
        needs = compile(text).depends_on
        if needs.whole or needs.context:
            continue
        before = answer(form, text)
        for link_id in questions - needs.link_ids:
            if not family(form.response, link_id) & needs.link_ids and not any(
                link_id in family(form.response, wanted) for wanted in needs.link_ids
            ):
                other = replace(form, response=without(form.response, link_id))
                if answer(other, text) != before:
                    wrong.append((text, link_id))
    assert wrong == []


def every_link_id(element: Any) -> set[str]:
    found = {element["linkId"]} if "linkId" in element else set[str]()
    for key in ("item", "answer"):
        for below in element.get(key, ()):
            found |= every_link_id(below)
    return found
