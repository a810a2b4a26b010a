"""Contacts as people type them."""

import pytest

from portal.accounts import Contact, ContactKind, read_contact
from portal.accounts.devices import device_name
from portal.errors import Invalid


@pytest.mark.parametrize("typed", ["camille@example.fr", " Camille@Example.FR ", "CAMILLE@example.fr"])
def test_an_address_is_the_same_however_it_is_typed(typed: str):
    assert read_contact(typed) == Contact(kind=ContactKind.EMAIL, value="camille@example.fr")


@pytest.mark.parametrize(
    "typed", ["06 39 98 10 01", "0639981001", "06.39.98.10.01", "+33 6 39 98 10 01", "0033639981001"]
)
def test_a_number_is_the_same_however_it_is_typed(typed: str):
    assert read_contact(typed) == Contact(kind=ContactKind.SMS, value="+33639981001")


@pytest.mark.parametrize("typed", ["", "  ", "camille", "camille@", "@example.fr", "12", "06 39 98", "a b@example.fr"])
def test_what_is_neither_is_told_by_the_field(typed: str):
    with pytest.raises(Invalid) as refused:
        read_contact(typed)
    assert [problem.place for problem in refused.value.problems] == ["contact"]


def test_a_masked_contact_tells_little():
    assert read_contact("camille.rouviere@example.fr").masked == "ca•••••@example.fr"
    assert read_contact("06 39 98 10 01").masked == "+33 •• •• •• •• 01"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit Version/18 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named_in_words(user_agent: str, name: str):
    assert device_name(user_agent) == name
