"""What an expression reads decides when it is computed again: too little is a wrong score, too much is a slow form."""

import pytest

from portal.fhirpath import Dependencies, compile  # noqa: A004


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
    ],
)
def test_the_questions_that_are_read(expression: str, link_ids: set[str], whole: bool) -> None:
    found = compile(expression).depends_on
    assert (found.link_ids, found.whole) == (link_ids, whole)


def test_variables_context_and_clock() -> None:
    assert compile("%bmi > 25 and %age.exists()").depends_on == Dependencies(variables=frozenset(("bmi", "age")))
    assert compile("answer.value > 3").depends_on.context
    assert compile("%context.answer.value > 3").depends_on.context
    assert not compile("%resource.item.where(answer.value > 3).exists()").depends_on.context
    assert compile("today() > %birth").depends_on.clock
    assert not compile("%birth > @2000").depends_on.clock
