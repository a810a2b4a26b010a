"""JSON that came goes back as it was written; what is not JSON is neither read nor written."""

import json
from decimal import Decimal

import pytest

from portal.fhir.jsons import dumps, loads

WRITTEN = ["7.500", "0.0000001", "1E2", "1e-7", "-0.0", "1.0E+400", "18446744073709551616", "-9223372036854775809", "0"]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_number_goes_as_it_came(written):
    assert dumps(loads(f'{{"value":{written}}}')) == f'{{"value":{written}}}'.encode()


@pytest.mark.parametrize("written", ["9" * 4500, "0." + "1" * 4500])
def test_a_number_of_any_length_goes_as_it_came(written):
    assert dumps(loads(written)) == written.encode()


@pytest.mark.parametrize(
    ("number", "written"),
    [(Decimal("0.0000001"), b"1E-7"), (Decimal("7.500"), b"7.500"), (Decimal(100), b"100"), (12, b"12")],
)
def test_a_number_of_our_own_is_written_with_its_digits(number, written):
    assert dumps(number) == written
    assert json.loads(written) == float(number)


def test_a_number_that_was_read_computes_as_a_decimal():
    assert loads("0.10") + loads("0.2") == Decimal("0.30")


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", '{"value":NaN}'])
def test_what_is_no_number_is_not_read(written):
    with pytest.raises(ValueError, match=r"NaN|Infinity"):
        loads(written)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), Decimal("sNaN")])
def test_what_is_no_number_is_not_written(number):
    with pytest.raises(ValueError, match="not a number"):
        dumps({"item": [{"value": number}]})


@pytest.mark.parametrize("written", ["1E9999999999999999999", "[" * 100_000, '"\ud800', "\ufeff1", "{"])
def test_what_nobody_can_hold_is_not_read(written):
    with pytest.raises(ValueError):  # noqa: PT011 – each has words of its own
        loads(written)


def test_null_is_written():
    assert dumps({"inactive": None, "_given": [None, {"id": "a"}]}) == b'{"inactive":null,"_given":[null,{"id":"a"}]}'
