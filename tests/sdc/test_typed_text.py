from decimal import Decimal

import pytest

from portal.errors import Invalid
from tests.sdc.small import begin

FORM = """
items:
- {id: number, type: decimal, text: N}
- {id: whole, type: integer, text: W}
- {id: day, type: date, text: D}
- {id: month, type: date, precision: month, text: M}
- {id: hour, type: time, text: H}
- {id: word, type: string, text: S}
"""


@pytest.mark.parametrize(
    ("path", "typed", "read"),
    [
        ("number", "7,5", Decimal("7.5")),
        ("number", "7.50", Decimal("7.50")),
        ("number", " 1\u00a0234,5 ", Decimal("1234.5")),
        ("number", "\u22122", Decimal(-2)),
        ("number", "", None),
        ("whole", "12", 12),
        ("whole", "12,0", 12),
        ("day", "27/03/2026", "2026-03-27"),
        ("day", "27/3/26", "2026-03-27"),
        ("day", "1.2.85", "1985-02-01"),
        ("day", "27-03-2026", "2026-03-27"),
        ("day", "27 03 2026", "2026-03-27"),
        ("day", "27032026", "2026-03-27"),
        ("day", "2026-3-27", "2026-03-27"),
        ("month", "3/2026", "2026-03"),
        ("hour", "22h30", "22:30:00"),
        ("hour", "7:05", "07:05:00"),
        ("hour", "22 h", "22:00:00"),
        ("word", " a b ", "a b"),
    ],
)
def test_what_people_type_is_read(path, typed, read):
    assert begin(FORM).parse(path, typed) == read


@pytest.mark.parametrize(
    ("path", "typed", "sentence"),
    [
        ("number", "sept", "Write a number, for example 7.5."),
        ("number", "1,2,3", "Write a number, for example 7.5."),
        ("whole", "7,5", "Write a whole number, without a comma."),
        ("day", "31/02/2026", "This day does not exist. Write the date like this: DD/MM/YYYY."),
        ("day", "27/13/2026", "This month does not exist. Write the date like this: DD/MM/YYYY."),
        ("day", "hier", "Write the date like this: DD/MM/YYYY."),
        ("day", "2026", "Write the date like this: DD/MM/YYYY."),
        ("month", "2026", "Write the date like this: DD/MM/YYYY."),
        ("hour", "25h00", "Write the time like this: 22:30."),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(path, typed, sentence):
    session = begin(FORM)
    with pytest.raises(Invalid) as error:
        session.parse(path, typed)
    assert error.value.problems[0].message.msgid == sentence
    assert session.state(path).error is not None


def test_a_year_alone_is_a_date_where_the_form_asks_no_more():
    session = begin("items:\n- {id: y, type: date, precision: year, text: Y}")
    assert session.parse("y", "2019") == "2019"
