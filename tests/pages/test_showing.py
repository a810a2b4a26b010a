"""Where a person is in a form: what they may turn back to, whose signature is asked, what must open to show a mistake."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.form import Copies
from pages.showing import Showing, wants_signature
from portal.i18n import texts
from portal.sdc import FormSession, compile_form
from tests.pages.test_arranging import HL7, NOW, SDC

PARTS = [
    {
        "linkId": f"p{n}",
        "type": "group",
        "text": f"P{n}",
        "item": [{"linkId": f"q{n}", "type": "boolean", "text": f"Q{n}"}],
    }
    for n in (1, 2)
]
SIGNED = {
    "url": f"{HL7}/questionnaire-signatureRequired",
    "valueCodeableConcept": {"coding": [{"code": "1.2.840.10065.1.12.1.1"}]},
}


def showing_of(*items: Any, **more: Any) -> Showing:
    form = compile_form(
        {"resourceType": "Questionnaire", "url": "u", "version": "1", "title": "T", "item": items, **more}
    )
    held = SimpleNamespace(form=form, session=FormSession(form, now=NOW), section=0)
    made = Showing(texts("fr"), held, patient=True, part=None, files_to="", opens=False)
    made.view = SimpleNamespace(section=made.section())
    return made


def entered(mode: str) -> Any:
    return {"extension": [{"url": f"{SDC}/sdc-questionnaire-entryMode", "valueCode": mode}]}


@pytest.mark.parametrize(
    ("mode", "back", "contents"), [("sequential", False, 0), ("prior-edit", True, 0), ("random", True, 3)]
)
def test_a_form_is_gone_through_as_its_author_wants(mode: str, back: bool, contents: int) -> None:
    section = showing_of(*PARTS, **entered(mode)).section()
    assert (section.back, len(section.contents)) == (back, contents)


def test_a_signature_is_asked_while_the_part_that_wants_it_is_asked() -> None:
    when = {"enableWhen": [{"question": "q1", "operator": "=", "answerBoolean": True}]}
    showing = showing_of(PARTS[0], {**PARTS[1], **when, "extension": [SIGNED]})
    assert not wants_signature(showing.draft)
    showing.draft.session.set("q1", True)
    assert wants_signature(showing.draft)


def test_a_mistake_in_a_closed_copy_opens_it() -> None:
    inside = [{"linkId": f"q{n}", "type": "integer", "text": f"Q{n}", "required": True} for n in range(12)]
    showing = showing_of({"linkId": "g", "type": "group", "text": "G", "repeats": True, "item": inside})
    session = showing.draft.session
    session.add("g[0]")
    for n in range(12):
        session.set(f"g[1]/q{n}", n)
    session.set("g[0]/q0", 1)
    showing.view = SimpleNamespace(section=showing.section())
    wrong = showing.wrong_here()
    assert wrong is not None
    assert "g[0]/q1" in wrong.sentences
    assert wrong.items is not None
    (box,) = [item for item in wrong.items if isinstance(item, Copies)]
    assert [bool(copy.closed) for copy in box.copies] == [False, True]


def test_mistakes_in_two_copies_open_both() -> None:
    inside = [{"linkId": f"q{n}", "type": "integer", "text": f"Q{n}", "required": True} for n in range(12)]
    showing = showing_of({"linkId": "g", "type": "group", "text": "G", "repeats": True, "item": inside})
    showing.draft.session.add("g[0]")
    wrong = showing.wrong_at({"g[0]/q1": "x", "g[1]/q1": "x"})
    assert wrong.items is not None
    (box,) = [item for item in wrong.items if isinstance(item, Copies)]
    assert [bool(copy.closed) for copy in box.copies] == [False, False]


def test_it_is_said_once_that_each_question_needs_an_answer() -> None:
    asked = [{"linkId": f"q{n}", "type": "boolean", "text": "Q", "required": True} for n in range(3)]
    section = showing_of(*asked).section()
    assert section.needs == "Chaque question attend une réponse."
    assert {item.needed for item in section.items} == {""}


def test_of_few_that_need_an_answer_each_says_so() -> None:
    asked = [{"linkId": f"q{n}", "type": "boolean", "text": "Q", "required": n == 0} for n in range(3)]
    section = showing_of(*asked).section()
    assert [item.needed for item in section.items] == ["réponse attendue", "", ""]


@pytest.mark.parametrize("step", [1, -1])
def test_a_form_that_asks_nothing_has_no_part_to_go_to(step: int) -> None:
    hidden = [{"url": f"{HL7}/questionnaire-hidden", "valueBoolean": True}]
    showing = showing_of({"linkId": "a", "type": "boolean", "text": "A", "extension": hidden})
    assert showing.draft.session.sections() == []
    assert showing.after(step) == showing.place
