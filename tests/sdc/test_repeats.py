import pytest

from portal.errors import Invalid
from portal.sdc import FormSession
from tests.sdc.small import NOW, begin, refused, value

MEDS = """
items:
- id: meds
  text: Meds
  repeats: true
  max_answers: 3
  items:
  - {id: name, type: string, text: Name}
  - {id: daily, type: boolean, text: Daily}
  - {id: dose, type: integer, text: Dose, when: {item: daily, is: true}}
- {id: total, type: integer, text: Total, read_only: true, formula: "%resource.item.where(linkId = 'meds').item.where(linkId = 'dose').answer.value.sum()"}
"""


@pytest.fixture
def session() -> FormSession:
    session = begin(MEDS)
    session.add("meds[0]")
    return session


def test_a_repeating_group_begins_with_one_copy():
    assert begin(MEDS).copies("meds[0]") == ["meds[0]"]


def test_each_copy_has_its_own_answers(session):
    session.set("meds[0]/name", "lithium")
    session.set("meds[1]/name", "quetiapine")
    assert (value(session, "meds[0]/name"), value(session, "meds[1]/name")) == ("lithium", "quetiapine")


def test_a_condition_looks_at_its_own_copy(session):
    change = session.set("meds[1]/daily", True)
    assert change.shown == {"meds[1]/dose"}
    assert not session.state("meds[0]/dose").enabled


def test_a_calculation_sees_every_copy(session):
    for copy, dose in enumerate((300, 450)):
        session.set(f"meds[{copy}]/daily", True)
        session.set(f"meds[{copy}]/dose", dose)
    assert value(session, "total") == 750
    session.remove("meds[0]")
    assert value(session, "total") == 450


def test_removing_a_copy_moves_those_after_it(session):
    session.set("meds[1]/name", "quetiapine")
    session.remove("meds[0]")
    assert session.copies("meds[0]") == ["meds[0]"]
    assert value(session, "meds[0]/name") == "quetiapine"


def test_the_last_copy_is_emptied_rather_than_removed():
    session = begin(MEDS)
    session.set("meds[0]/name", "lithium")
    session.remove("meds[0]")
    assert value(session, "meds[0]/name") is None


def test_no_more_copies_than_the_form_allows(session):
    session.add("meds[0]")
    with pytest.raises(Invalid):
        session.add("meds[0]")


def test_copies_survive_keeping_and_loading(session):
    session.set("meds[0]/name", "lithium")
    session.set("meds[1]/name", "quetiapine")
    again = FormSession(session.form, session.response(), now=NOW)
    assert [value(again, f"{copy}/name") for copy in again.copies("meds[0]")] == ["lithium", "quetiapine"]


def test_what_is_nested_under_an_answer_goes_with_it():
    session = begin("""
        items:
        - id: drugs
          type: choice
          text: Drugs
          multiple: true
          options: [{code: a, fr: A}, {code: b, fr: B}]
          items: [{id: dose, type: integer, text: Dose}]
    """)
    session.set("drugs", ["a", "b"])
    session.set("drugs[0]/dose", 1)
    session.set("drugs[1]/dose", 2)
    session.set("drugs", ["b"])
    assert value(session, "drugs[0]/dose") == 2


REFUSED = """
items:
- {id: m, text: M, repeats: true, items: [{id: n, type: string, text: N}, {id: dose, type: integer, text: D, min: 1}]}
"""


def test_a_refused_answer_goes_with_its_line_and_follows_it():
    session = begin(REFUSED)
    for line in ("m[0]", "m[1]"):
        session.add(line)
    refused(session, "m[0]/dose", 0)
    refused(session, "m[2]/dose", 0)
    session.remove("m[0]")
    assert [each.place for each in session.errors()] == ["m[1]/dose"]


def test_an_empty_line_among_others_keeps_its_place_in_a_draft_and_not_in_what_is_sent():
    session = begin(REFUSED)
    session.add("m[0]")
    session.set("m[1]/n", "Lithium")
    assert session.response()["item"] == [
        {"linkId": "m"},
        {"linkId": "m", "item": [{"linkId": "n", "answer": [{"valueString": "Lithium"}]}]},
    ]
    assert len(session.completed(NOW)["item"]) == 1


def test_a_line_that_is_alone_and_empty_is_not_kept():
    assert "item" not in begin(REFUSED).response()
