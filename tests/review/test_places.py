"""The places of a response that are decided, those that are only read, and the name of each."""

from typing import Any

from portal.i18n import texts
from portal.review import label_at, shown
from portal.review.answers import all_places, places
from portal.wording import Labels
from tests.answered import NOW, answered, hard_form

FORM = hard_form()
FR = texts("fr")


def sent() -> dict[str, Any]:
    return answered(FORM).completed(NOW)


def test_the_line_of_an_answer_is_named_in_the_review() -> None:
    labels = Labels(FR, FORM)
    named = [labels.of(each.item, each.holders).replace("\u00a0", " ") for each in places(FORM, sent())]
    assert named[:5] == ["Père : Trouble", "Mère : Trouble", "Médicament, ligne 1 : Nom", "Médicament, ligne 2 : Nom", "Produits"]  # fmt: skip
    assert named[5:7] == ["Lithium : Dose", "Valproate : Dose"]


def test_what_hangs_under_each_of_several_answers_is_a_place_of_its_own() -> None:
    doses = [each.location for each in places(FORM, sent()) if each.item.link_id == "dose"]
    assert len(set(doses)) == 2


def test_what_the_form_computed_is_read_beside_its_inputs_and_not_decided() -> None:
    assert "double" not in [each.item.link_id for each in places(FORM, sent())]
    read = all_places(FORM, sent())
    assert [(each.item.link_id, each.computed) for each in read[-2:]] == [("weight", False), ("double", True)]


def test_an_instant_is_reviewed_with_its_hour() -> None:
    at = next(each for each in places(FORM, sent()) if each.item.link_id == "at")
    assert shown(at, FR).replace("\u00a0", " ") == "02/03/2026 à 0 h 30"


def test_a_remark_names_the_line_that_it_is_about() -> None:
    place = next(each for each in places(FORM, sent()) if each.answers == ({"valueString": "Codéine"},))
    assert label_at(Labels(FR, FORM), place.location).replace("\u00a0", " ") == "Médicament, ligne 2 : Nom"


def test_a_remark_on_a_question_that_is_gone_has_no_name() -> None:
    assert label_at(Labels(FR, FORM), "item.where(linkId='gone')") == ""
