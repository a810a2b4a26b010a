"""HL7's official suite for R4, case by case in one pass: every miss is named, and none beyond those of the docs."""

from datetime import UTC, datetime

import pytest

from portal.fhirpath import FhirPathError, evaluate
from tests.fhirpath import suite

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not suite.ROOT.exists(), reason="HL7's suite is not beside the checkout (shared/data)")


def answer(case: suite.Case) -> bool:
    resource = suite.resource(case)
    try:
        found = evaluate(resource, case.expression, now=NOW)
    except FhirPathError:
        return bool(case.invalid)
    return not case.invalid and suite.agrees(case, found)


def test_every_value_of_the_official_suite_is_computed() -> None:
    missed = [case.name for case in suite.cases() if not case.invalid and not answer(case)]
    assert missed == []


def test_every_error_of_the_official_suite_is_raised() -> None:
    missed = [case.name for case in suite.cases() if case.invalid and not answer(case)]
    assert missed == []
