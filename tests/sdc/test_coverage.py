"""docs/COVERAGE.md says what is true: the tests that it names exist, and it names every extension that the code knows."""

import re
from pathlib import Path

import pytest

from portal.sdc import urls
from portal.sdc.known import ACTED_ON, SET_ASIDE, SHOWN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "COVERAGE.md").read_text(encoding="utf-8")
SHORT = {name: url for name, url in re.findall(r"`(sdc|hl7|r5):` (?:stands )?for `([^`]+)`", PAGE)}  # noqa: C416
ROWS = {
    SHORT[prefix] + name: (what, tests)
    for prefix, name, what, tests in re.findall(r"^\| `(sdc|hl7|r5):([^`]+)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
}
GUIDE = """\
answerExpression answerOptionsToggleExpression assemble-expectation assembleContext assembleDefinitionRoot assembledFrom
calculatedExpression candidateExpression choiceColumn collapsible columnCount contextExpression definitionExtract definitionExtractValue
enableWhenExpression endpoint entryMode extractAllocateId initialExpression isSubject itemAnswerMedia itemExtractionContext itemMedia
itemPopulationContext keyboard launchContext lookupQuestionnaire maxQuantity minQuantity observation-extract-category observationExtract
observationExtractEntry observationLinkPeriod openLabel optionalDisplay performerType preferredTerminologyServer questionnaireAdaptive
shortText sourceQueries sourceStructureMap subQuestionnaire targetStructureMap templateExtract templateExtractBundle
templateExtractContext templateExtractValue unitOpen unitSupplementalSystem width""".split()  # noqa: SIM905


def written_tests() -> set[str]:
    rooms = ("sdc", "authoring", "components", "pages", "responses")
    files = [file for room in rooms for file in (ROOT / "tests" / room).rglob("*.py")]
    written = r"^(?:async )?def (test_\w+)"
    return {name for file in files for name in re.findall(written, file.read_text("utf-8"), re.MULTILINE)}


def test_every_test_that_the_page_names_exists():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 100
    assert named - written_tests() == set()


def test_every_extension_that_the_code_knows_is_on_the_page():
    addresses = {
        value for name, value in vars(urls).items() if name.isupper() and "/StructureDefinition/" in str(value)
    }
    assert addresses | ACTED_ON | SHOWN | SET_ASIDE.keys() == ROWS.keys()


@pytest.mark.parametrize("name", GUIDE)
def test_every_extension_of_the_guide_is_on_the_page(name):
    assert f"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-{name}" in ROWS


def test_what_has_an_effect_has_a_test_and_what_has_none_says_so():
    assert {url for url in ACTED_ON | SHOWN if "test_" not in ROWS[url][1]} == set()
    assert {url for url in SET_ASIDE if "set aside" not in ROWS[url][0]} == set()
    assert {url for url in ACTED_ON if "set aside" in ROWS[url][0]} == set()


def test_no_extension_both_acts_and_is_set_aside():
    assert set() == ACTED_ON & SHOWN == ACTED_ON & SET_ASIDE.keys() == SHOWN & SET_ASIDE.keys()
