"""The guide's steps are files that work, and the guide names every key that may be written."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from portal.authoring import lint, load_yaml
from portal.authoring.commands import questionnaire
from portal.authoring.forms import KEYS as FORM_KEYS
from portal.authoring.items import KEYS
from portal.authoring.scores import KEYS as SCORE_KEYS
from portal.sdc import FormSession, compile_form

GUIDE = Path(__file__).parents[2] / "docs" / "questionnaires"
STEPS = sorted((GUIDE / "steps").iterdir())
NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)


def fill(step: str, **answers) -> FormSession:
    session = FormSession(compile_form(load_yaml(GUIDE / "steps" / step)), now=NOW)
    for path, answer in answers.items():
        session.set(path, answer)
    return session


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.stem)
def test_a_step_of_the_guide_has_no_fault(step):
    assert [str(each) for each in lint(load_yaml(step))] == []


@pytest.mark.parametrize("language", ["README.md", "LISEZMOI.md"])
def test_the_guide_names_every_step_and_every_key(language):
    text = (GUIDE / language).read_text(encoding="utf-8")
    assert re.findall(r"\]\(steps/(.+?)\)", text) == [step.name for step in STEPS]
    named = set(re.findall(r"`([a-z_]+)[`:]", text)) | {"items", "code", "variables", "type", "text", "id"}
    assert set(KEYS) - named == set()


@pytest.mark.parametrize("language", ["README.md", "LISEZMOI.md"])
def test_the_guide_names_the_keys_of_a_form_and_of_a_score(language):
    text = (GUIDE / language).read_text(encoding="utf-8")
    for key in (*FORM_KEYS, *SCORE_KEYS):
        assert re.search(rf"[`{{( ,]{key}[`:,}} ]", text), key


@pytest.mark.parametrize("language", ["README.md", "LISEZMOI.md"])
def test_the_guide_names_every_command(language):
    text = (GUIDE / language).read_text(encoding="utf-8")
    names = {each.name for each in questionnaire.registered_commands}
    assert {name for name in names if f"`{name} " in text} == names


def test_step_3_scores():
    session = fill("3-score.yaml", q1="often", q2="sometimes", q3="never")
    (total,) = session.scores()
    assert (total.value, total.band.label("en")) == (3, "poor sleep")


def test_step_4_reverses_and_alerts():
    session = fill("4-sub-scores.yaml", q1="2", q2="0", q3="2", q4="1")
    assert [score.value for score in session.scores()] == [7, 4, Decimal("1.5")]
    assert [rule.id for rule in session.alerts()] == ["bad-sleep"]


def test_step_5_computes_and_checks():
    session = fill("5-formulas.yaml", bed=8, asleep="3.5")
    assert session.state("efficiency").value == Decimal(44)
    assert len(session.warnings()) == 1
    session.set("asleep", 9)
    assert len(session.errors()) == 1


@pytest.mark.parametrize(("born", "asked"), [("1960", True), ("1999-05-05", False)])
def test_step_5_looks_at_the_patient_and_shows_its_score(born, asked):
    form = compile_form(load_yaml(GUIDE / "steps" / "5-formulas.yaml"))
    session = FormSession(form, now=NOW, given={"patient": {"resourceType": "Patient", "birthDate": born}})
    assert session.state("fell").enabled is asked
    assert "index" in session.visible(session.sections()[0])
