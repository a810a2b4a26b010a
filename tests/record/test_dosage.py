"""French notations of a dosage, understood or kept as they are."""

from decimal import Decimal

import pytest

from portal.record.dosage import dosage_elements, parse_dosage, stored_dosage


@pytest.mark.parametrize(
    ("text", "daily"),
    [
        ("1-0-2", "75"),
        ("1/2-0-1", "37.5"),
        ("1-1-1-1 cp", "100"),
        ("1000 mg", "1000"),
        ("1 000 mg", "1000"),
        ("0,5 g/j", "500"),
        ("500 mg matin et soir", "1000"),
        ("1 cp le matin, 2 cp le soir", "75"),
        ("1 matin 2 soir", "75"),
        ("1,5 cp le soir", "37.5"),
        ("½ cp au coucher", "12.5"),
        ("2 cp/j", "50"),
        ("3 x/j", "75"),
        ("2 fois par jour", "50"),
        ("25 mg 3x/j", "75"),
        ("25 mg x2/j", "50"),
        ("400 mg LP le soir", "400"),
        ("10 mg tous les 2 jours", "5"),
    ],
)
def test_daily_dose_of_tablets_of_25_mg(text: str, daily: str) -> None:
    assert parse_dosage(text).daily_mg(Decimal(25)) == Decimal(daily)


@pytest.mark.parametrize(
    "text", ["100 mg toutes les 4 semaines", "1 cp si besoin, max 3/j", "comme d'habitude", "2 cp?"]
)
def test_no_daily_dose_is_said_when_it_cannot_be_known(text: str) -> None:
    dosage = parse_dosage(text)
    assert dosage.daily_mg(Decimal(25)) is None
    assert dosage.text == text


def test_units_without_a_strength_give_no_milligrams() -> None:
    assert parse_dosage("2 cp/j").daily_mg() is None


def test_an_injection_keeps_its_interval() -> None:
    (intake,) = parse_dosage("100 mg toutes les 4 semaines").intakes
    assert (intake.amount, intake.period, intake.period_unit) == (Decimal(100), 4, "wk")


def test_if_needed_keeps_its_maximum() -> None:
    dosage = parse_dosage("1 cp si besoin, max 3 cp/j")
    assert dosage.as_needed
    assert dosage.most is not None
    assert dosage.most.amount == 3


@pytest.mark.parametrize("text", ["1-0-2", "500 mg matin et soir", "100 mg toutes les 4 semaines", "comme d'habitude"])
def test_what_is_stored_reads_back_the_same(text: str) -> None:
    dosage = parse_dosage(text)
    read = stored_dosage(dosage_elements(dosage, Decimal(25)))
    assert read.text == dosage.text
    assert read.daily_mg() == dosage.daily_mg(Decimal(25))
