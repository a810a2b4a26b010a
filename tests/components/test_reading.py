"""What people type, as it is meant."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.form.reading import Unreadable, read_date, read_number, read_time, show, show_date

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed",
    ["27/03/2026", "27/3/26", "27-03-2026", "27.03.2026", "27 3 2026", "2026-03-27", "27032026", " 27/03/2026 "],
)
def test_a_date_is_understood_as_people_write_it(typed: str) -> None:
    assert read_date(typed, today=TODAY) == "2026-03-27"


@pytest.mark.parametrize(
    ("typed", "iso"), [("1/2/36", "2036-02-01"), ("1/2/37", "1937-02-01"), ("1/2/92", "1992-02-01")]
)
def test_two_digits_of_a_year_mean_the_likely_century(typed: str, iso: str) -> None:
    assert read_date(typed, today=TODAY) == iso


@pytest.mark.parametrize(
    ("typed", "iso"), [("03/2026", "2026-03"), ("3-2026", "2026-03"), ("2026-03", "2026-03"), ("2026", "2026")]
)
def test_a_partial_date_is_understood_where_it_is_allowed(typed: str, iso: str) -> None:
    assert read_date(typed, today=TODAY, partial=True) == iso


@pytest.mark.parametrize("typed", ["31/02/2026", "27/13/2026", "0/1/2026", "00/00/0000"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable, match="does not exist"):
        read_date(typed, today=TODAY)


@pytest.mark.parametrize("typed", ["hier", "27/03", "2026", "1/2/3/4", "27/03/202", "१/२/२०२६", "-", "27/03/20265"])
def test_what_is_no_date_is_refused_with_the_way_to_write_it(typed: str) -> None:
    with pytest.raises(Unreadable, match="DD/MM/YYYY"):
        read_date(typed, today=TODAY)


@given(st.dates(min_value=date(1000, 1, 1)))
@settings(deadline=None)
def test_a_date_shown_is_read_back_the_same(day: date) -> None:
    assert read_date(show_date(day.isoformat()), today=TODAY) == day.isoformat()


@given(st.text())
@settings(deadline=None)
def test_any_text_is_a_date_or_is_refused(text: str) -> None:
    try:
        found = read_date(text, today=TODAY, partial=True)
    except Unreadable:
        return
    assert len(found) in {4, 7, 10}


@pytest.mark.parametrize(
    ("typed", "iso"), [("14:30", "14:30"), ("14h30", "14:30"), ("9 h", "09:00"), ("1430", "14:30"), ("7", "07:00")]
)
def test_a_time_is_understood_as_people_write_it(typed: str, iso: str) -> None:
    assert read_time(typed) == iso


@pytest.mark.parametrize("typed", ["25:00", "14:75", "midi", ""])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_time(typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("72,5", "72.5"),
        ("72.5", "72.5"),
        ("1 200", "1200"),
        ("1\u202f200,5", "1200.5"),
        ("72,5 kg", "72.5"),
        ("−3", "-3"),
        (",5", "0.5"),
    ],
)
def test_a_number_is_understood_with_comma_point_spaces_and_unit(typed: str, number: str) -> None:
    assert read_number(typed, unit="kg") == Decimal(number)


@pytest.mark.parametrize("typed", ["douze", "1,2,3", "1e9", "--1", "", "9" * 30, "NaN", "Infinity"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable, match="Write a number"):
        read_number(typed)


def test_limits_are_said_as_the_person_writes_numbers() -> None:
    with pytest.raises(Unreadable) as refused:
        read_number("12", low=Decimal("30.5"), high=Decimal(250))
    assert refused.value.message.params == {"low": "30,5", "high": "250"}


def test_a_whole_number_takes_no_decimals() -> None:
    with pytest.raises(Unreadable, match="whole number"):
        read_number("2,5", whole=True)


@given(st.decimals(min_value=-10_000, max_value=10_000, places=3))
@settings(deadline=None)
def test_a_number_shown_is_read_back_the_same(number: Decimal) -> None:
    assert read_number(show(number)) == number
