"""The tables of analytes, drugs and charts are whole: a slip in a file is found here, not on a screen."""

from pathlib import Path

from portal.authoring import Catalogue
from portal.people.glances import listed_scores
from portal.record import analytes, psychotropics
from portal.record.content import overview_plan

QUESTIONNAIRES = Path(__file__).parents[2] / "content" / "questionnaires"


def test_every_analyte_is_in_a_group_with_its_own_code_and_sensible_limits() -> None:
    found = analytes()
    assert len(found.by_key) == len(found.by_loinc)
    for analyte in found.by_key.values():
        assert analyte.group in found.groups
        assert analyte.label.fr
        assert analyte.label.en
        limits = [analyte.least, analyte.low, analyte.high, analyte.most]
        given = [limit for limit in limits if limit is not None]
        assert given == sorted(given), analyte.key


def test_every_known_drug_has_a_class_of_its_own() -> None:
    for substance in psychotropics().substances:
        expected = substance.atc.startswith(("N04", "N06B", "N07B"))
        assert (psychotropics().class_of(substance.atc).key == "other") is expected, substance.name


def test_charts_and_lists_name_scores_and_analytes_that_exist() -> None:
    codes = {score.code for form in Catalogue.load(QUESTIONNAIRES) for score in form.scores}
    plan = overview_plan()
    assert {*plan.mania, *plan.depression, *listed_scores()} <= codes
    for watch in plan.watch:
        assert set(watch.analytes) <= set(analytes().by_key)
