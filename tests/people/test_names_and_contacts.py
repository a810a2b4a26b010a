"""Names are compared without accents; contacts have one stored form."""

import pytest

from portal.errors import Invalid
from portal.people import parse_email, parse_phone, spoken_phone
from portal.people.names import distance, family_of, given_of, human_name, normalised
from tests.cast import CAMILLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Le Goff", "LE-GOFF"),
        ("Noël", "noel"),
        ("D’Arc", "D'ARC"),
        ("Cœur", "COEUR"),
        ("  a   b ", "A B"),
        ("Šimić", "SIMIC"),
    ],
)
def test_two_spellings_of_one_name_compare_equal(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_distance_counts_letters_to_change() -> None:
    assert [distance("DUPONT", other) for other in ("DUPONT", "DUPOND", "DUPON", "MARTIN")] == [0, 1, 1, 6]


def test_birth_name_is_shown_in_capitals_and_the_pseudonym_never_as_a_name() -> None:
    patient = {"name": [{"use": "anonymous", "text": "0901482117"}, human_name(" Rouvière ", "Anne  Camille")]}
    assert (family_of(patient), given_of(patient)) == ("ROUVIÈRE", "Anne Camille")


@pytest.mark.parametrize(
    "text", ["06 39 98 10 00", "0639981000", "+33 6 39 98 10 00", "00 33 6 39 98 10 00", "06.39.98.10.00"]
)
def test_telephone_is_kept_in_one_form(text: str) -> None:
    assert parse_phone(text) == CAMILLE.phone


def test_telephone_is_said_as_in_its_country() -> None:
    assert spoken_phone(CAMILLE.phone) == "06 39 98 10 00"
    assert spoken_phone("+3225551234").startswith("+32 ")


@pytest.mark.parametrize("text", ["06", "12 34", "allo", "+999 12345678"])
def test_wrong_telephone_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_phone(text)
    assert refused.value.problems[0].place == "phone"


def test_address_is_kept_in_small_letters() -> None:
    assert parse_email(" Camille.ROUVIERE@Example.fr ") == CAMILLE.email


@pytest.mark.parametrize("text", ["camille", "camille@", "@example.fr", "a b@example.fr"])
def test_wrong_address_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_email(text)
    assert refused.value.problems[0].place == "email"
