"""Numbers given by the state, checked against keys computed by hand."""

from datetime import date

import pytest

from portal.errors import Invalid
from portal.people import nir_doubts, nir_key, parse_finess, parse_nir, parse_rpps

KEYS = [
    ("2061275111005", 64),
    ("1890799123456", 37),
    ("2850315123456", 59),
    ("185052A004001", 81),
    ("285052B033001", 61),
    ("1990799100001", 13),
]


@pytest.mark.parametrize(("number", "key"), KEYS)
def test_key_of_a_social_security_number(number: str, key: int) -> None:
    assert nir_key(number) == key


@pytest.mark.parametrize(("number", "key"), KEYS)
def test_number_with_its_key_is_accepted_with_spaces_and_small_letters(number: str, key: int) -> None:
    typed = f" {number[0]} {number[1:5]} {number[5:].lower()} {key} "
    assert parse_nir(typed) == f"{number}{key}"


@pytest.mark.parametrize(
    "text", ["", "1", "206127511100565", "306137511100564", "2061275111005AB", "20612751110056 4 4"]
)
def test_wrong_number_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_nir(text)
    assert refused.value.problems[0].place == "nir"


def test_number_of_another_sex_or_month_only_raises_a_doubt() -> None:
    assert len(nir_doubts("206127511100564", gender="male", birth_date=date(1985, 3, 2))) == 2
    assert nir_doubts("206127511100564", gender="female", birth_date=date(2006, 12, 24)) == []


def test_rpps_and_finess_have_a_luhn_key() -> None:
    assert parse_rpps("997 0021 8896") == "99700218896"
    assert parse_finess("350005179") == "350005179"
    for parse, text in ((parse_rpps, "99700218897"), (parse_finess, "350005178"), (parse_finess, "35000517")):
        with pytest.raises(Invalid):
            parse(text)


def test_finess_of_corsica_holds_a_letter() -> None:
    assert parse_finess("2a0000014") == "2A0000014"
