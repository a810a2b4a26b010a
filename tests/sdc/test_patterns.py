"""Patterns that authors write: applied to the whole text as typed, and never able to hold anybody up."""

import time
from decimal import Decimal
from typing import Any

import pytest

from portal.sdc import Form, FormSession, compile_form
from tests.sdc.small import NOW, questionnaire, refused, value

REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
UNEXPECTED = "This answer is not written as expected."


def form(pattern: str, kind: str = "string", **more: Any) -> Form:
    item = {"linkId": "a", "type": kind, "text": "A", "extension": [{"url": REGEX, "valueString": pattern}], **more}
    return compile_form(questionnaire(item))


@pytest.mark.parametrize("pattern", ["[", "(a|a)*b", "(é|é|é)*b", "(a|aa)+$", "a" * 2000])
def test_a_pattern_that_is_none_or_that_could_run_for_ever_is_a_fault_and_not_applied(pattern):
    found = form(pattern)
    assert [(fault.link_id, fault.what) for fault in found.faults] == [("a", "pattern")]
    session = FormSession(found, now=NOW)
    session.set("a", "a" * 40)
    assert value(session, "a") == "a" * 40


@pytest.mark.parametrize("pattern", ["(a+)+b", r"(\w+\s?)*$", r"([a-z]+)*x"])
def test_a_pattern_that_repeats_what_repeats_answers_soon(pattern):
    session = FormSession(form(pattern), now=NOW)
    started = time.process_time()
    assert refused(session, "a", "a" * 40 + "!") == UNEXPECTED
    assert time.process_time() - started < 1


@pytest.mark.parametrize("pattern", [r"\d{5}", r"[A-Z]{2}\d+", r"(\d{2} ?){5}", r"[^@\s]+@[^@\s]+\.[a-z]+", r"\p{L}+"])
def test_patterns_as_they_are_usually_written_are_applied(pattern):
    found = form(pattern)
    assert found.faults == ()
    assert refused(FormSession(found, now=NOW), "a", "?") == UNEXPECTED


def test_a_pattern_that_runs_away_on_one_text_refuses_it_soon():
    found = form("(?:xyq|xyqxyq)*z", "text")
    started = time.process_time()
    assert refused(FormSession(found, now=NOW), "a", "xyq" * 60 + "!z") == UNEXPECTED
    assert time.process_time() - started < 2


@pytest.mark.parametrize(("kind", "wrong", "right"), [("integer", 12, 123), ("decimal", Decimal("1.5"), Decimal(150))])
def test_a_pattern_holds_for_the_digits_of_a_number(kind, wrong, right):
    session = FormSession(form("[0-9]{3}", kind), now=NOW)
    assert refused(session, "a", wrong) == UNEXPECTED
    session.set("a", right)
    assert value(session, "a") == right
