"""An answer in words."""

from decimal import Decimal
from typing import Any

import pytest

from portal.i18n import texts
from portal.wording import answer_in_words, shown
from tests.answered import HL7, ask, form_of

KG = {"system": "http://unitsofmeasure.org", "code": "a", "display": "ans"}
YEARS = {
    **KG,
    "_display": {
        "extension": [
            {
                "url": f"{HL7}/translation",
                "extension": [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "years"}],
            }
        ]
    },
}


def said(type_: str, value: Any, locale: str = "fr", **more: Any) -> str:
    return shown(texts(locale), form_of(ask("q", type_, "Q", **more)).by_link_id["q"], value).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("stored", "french", "english"),
    [
        ("2026-03-01T23:30:00Z", "02/03/2026 à 0 h 30", "02/03/2026 at 00:30"),
        ("2026-07-01T10:05:00+02:00", "01/07/2026 à 10 h 05", "01/07/2026 at 10:05"),
        ("2026-03-01", "01/03/2026", "01/03/2026"),
        ("2026-03", "03/2026", "03/2026"),
        ("2026", "2026", "2026"),
    ],
)
def test_an_instant_is_the_day_and_the_hour_at_the_centres(stored: str, french: str, english: str) -> None:
    assert (said("dateTime", stored), said("dateTime", stored, "en")) == (french, english)


def test_a_date_that_an_import_wrote_otherwise_is_shown_as_it_is() -> None:
    assert said("dateTime", "2026-03-01Tmidi") == "2026-03-01Tmidi"


def test_an_amount_has_its_unit_in_the_language_of_the_reader() -> None:
    units = [{"url": f"{HL7}/questionnaire-unitOption", "valueCoding": YEARS}]
    amount = {"value": Decimal("2.5"), "unit": "ans", "code": "a", "system": KG["system"]}
    assert said("quantity", amount, extension=units) == "2,5 ans"
    assert said("quantity", amount, "en", extension=units) == "2.5 years"


def test_a_code_that_the_form_lists_has_the_words_of_the_form() -> None:
    listed = [{"valueCoding": {"system": "s", "code": "1", "display": "Jamais"}}]
    item = form_of(ask("q", "choice", "Q", answerOption=listed)).by_link_id["q"]
    fr = texts("fr")
    assert answer_in_words(fr, item, {"valueCoding": {"system": "s", "code": "1", "display": "Never"}}) == "Jamais"
    assert answer_in_words(fr, item, {"valueCoding": {"system": "t", "code": "1", "display": "Other"}}) == "Other"


def test_what_an_amount_is_below_or_above_is_said_with_it() -> None:
    assert said("quantity", {"comparator": "<", "value": 5, "unit": "mg/L"}) == "< 5 mg/L"
    assert said("quantity", {"comparator": ">=", "value": Decimal("2.5")}) == ">= 2,5"


def test_an_amount_without_a_number_is_its_unit() -> None:
    assert said("quantity", {"unit": "kg", "code": "kg"}) == "kg"
    assert said("quantity", {"value": None, "unit": "kg"}) == "kg"
