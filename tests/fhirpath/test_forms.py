"""Expressions of forms give what fhirpath.js 5.2 gives (stored, see remake/forms.py), but for the named differences."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.fhirpath import DateTime, FhirPathError
from portal.fhirpath.expression import Expression
from portal.fhirpath.model import r4
from portal.fhirpath.temporal import compare
from tests.fhirpath.forms import NOW, PATIENT, Form, forms

STORED = json.loads((Path(__file__).parent / "forms.json").read_text(encoding="utf-8"), parse_float=Decimal)
FORMS = forms()
CASES = [(form, text) for form in FORMS for text in form.expressions]


def given(form: Form) -> Any:
    """The response as the portal reads it: numbers with a point are decimals."""
    return json.loads(json.dumps(form.response), parse_float=Decimal)


def answer(form: Form, text: str, *, typed: bool | None = None) -> Any:
    response = given(form)
    variables = {"questionnaire": form.questionnaire, "patient": PATIENT, "resource": response}
    try:
        return Expression(text, r4(), typed=typed)(response, variables, now=datetime.fromisoformat(NOW))
    except FhirPathError:
        return "error"


def same(mine: Any, theirs: Any) -> bool:
    if isinstance(theirs, dict) and "error" in theirs:
        return mine == "error"
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    if isinstance(mine, bool) or isinstance(theirs, bool):
        return mine is theirs
    if isinstance(mine, (int, Decimal)) and isinstance(theirs, (int, Decimal)):
        return abs(Decimal(mine) - Decimal(theirs)) <= abs(Decimal(theirs)) * Decimal("1e-12")
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(same(mine[key], theirs[key]) for key in mine)
    if isinstance(mine, DateTime) and isinstance(theirs, str):
        other = DateTime.parse(theirs)
        return other is not None and compare(mine, other) == 0
    if isinstance(mine, dict) and isinstance(theirs, str):
        return theirs == f"{mine['value'].normalize():f} '{mine['code']}'"
    return mine == theirs


DIFFERENT: dict[str, tuple[str, Any]] = {
    "%resource.item.item.answer.value.extension(%`ext-ordinalValue`).value.max()": (
        "fhirpath.js does not know the %ext-… constants",
        [Decimal(3)],
    ),
    "-%resource.item.where(linkId='minus').answer.value": (
        "fhirpath.js has no minus before a number of a resource",
        [Decimal("2.5")],
    ),
    "%resource.item.where(linkId='z').answer.value.sort(-$this).first()": (
        "the same, as a key to sort by",
        [Decimal("0.4")],
    ),
    "%resource.item.where(linkId='last').answer.value.toDate()": (
        "the specification converts a date with time to its date",
        ["2026-11-22"],
    ),
    "%resource.item.where(linkId='signed').answer.value.toDate() = @2026-11-20": ("the same", [True]),
    "%resource.item.where(linkId='birth').answer.value = %patient.birthDate": (
        "an extension beside a birth date does not make it another day",
        [True],
    ),
    "%resource.item.answer.value.weight().sum() > 3": ("nothing adds up to 0, as SDC defines sum()", [False]),
    "%resource.item.where(linkId='span').answer.value ~ (4 | 5 | 6)": (
        "equivalence does not look at the order (HL7's suite wants this, too)",
        [True],
    ),
    "1.005.round(2)": ("decimals are exact here, binary there", [Decimal("1.01")]),
}


def test_the_named_differences_are_as_they_are_written_down() -> None:
    for form, text in CASES:
        if text in DIFFERENT:
            assert answer(form, text) == DIFFERENT[text][1], text
            assert not same(answer(form, text), STORED[form.name][text]), f"{text} agrees by now"


def test_types_do_not_change_what_plain_json_gives() -> None:
    wrong = [text for form, text in CASES if answer(form, text) != answer(form, text, typed=True)]
    assert wrong == []


def test_the_corpus_is_as_large_as_it_has_to_be() -> None:
    assert len({text for _, text in CASES}) >= 300
    assert len(FORMS) >= 12


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_expressions_agree_with_fhirpath_js(form: Form) -> None:
    stored = STORED[form.name]
    wrong = {
        text: (answer(form, text), stored[text])
        for text in form.expressions
        if text not in DIFFERENT and not same(answer(form, text), stored[text])
    }
    assert wrong == {}
