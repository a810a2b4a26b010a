"""The pages of the catalogue say what the files say."""

from pathlib import Path

import pytest

from portal.authoring import Catalogue
from portal.authoring.describing import COVERED, INDEX, describe, index

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "questionnaires" / "catalogue"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "content" / "questionnaires")


def test_the_catalogue_has_one_page_for_each_form_made_from_its_file(catalogue: Catalogue):
    expected = {f"{form.code}.md": describe(form) for form in catalogue} | {INDEX: index(catalogue)}
    kept = {page.name: page.read_text("utf-8") for page in PAGES.iterdir()}
    stale = sorted(name for name in expected.keys() | kept.keys() if expected.get(name) != kept.get(name))
    assert stale == [], "portal questionnaire describe content/questionnaires --out docs/questionnaires/catalogue"


def test_the_catalogue_holds_at_least_a_hundred_and_ten_instruments(catalogue: Catalogue):
    assert len(list(catalogue)) >= 110


def test_a_page_tells_the_bands_and_the_rule_for_missing_answers(catalogue: Catalogue):
    form = catalogue.by_code("PHQ9")
    assert form is not None
    page = describe(form)
    assert "| 20 | 27 | sévère | *severe* |" in page
    assert "No score while an answer is missing" in page


def test_the_names_of_other_systems_lead_to_forms_that_exist(catalogue: Catalogue):
    codes = {form.code for form in catalogue}
    assert set(COVERED.values()) <= codes
    assert codes.isdisjoint(COVERED)
