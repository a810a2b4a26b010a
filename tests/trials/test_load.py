"""A trial is a file; a fault in it is told by line and in words."""

from pathlib import Path

import pytest

from portal.errors import NotReady
from portal.trials import load_trial, load_trials

CODES = frozenset({"PHQ9", "GAD7"})
GOOD = """\
id: small
version: "1.0.0"
title: {fr: Petite étude, en: Small study}
kind: cohort
pathology: bipolar
baseline: start
visits:
  - id: start
    title: Début
    categories:
      - id: auto
        title: Auto
        filled_by: patient
        questionnaires: [PHQ9, {code: GAD7, required: false}]
  - id: month
    title: Mensuelle
    repeat: recurring
    at: P1M
    every: P1M
    until: P3M
    window: [-P7D, P7D]
    categories: [{id: auto, title: Auto, questionnaires: [GAD7]}]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "small.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_becomes_visits_categories_and_questionnaires(tmp_path):
    trial = load_trial(write(tmp_path, GOOD), known_codes=CODES)
    assert [(form.code, form.required, form.filled_by) for form in trial.visit("start").forms()] == [
        ("PHQ9", True, "patient"),
        ("GAD7", False, "patient"),
    ]


def test_a_single_text_is_french(tmp_path):
    assert load_trial(write(tmp_path, GOOD), known_codes=CODES).visit("start").title == {"fr": "Début"}


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("kind: cohort", "kind: cohorte", 4, "kind"),
        ("[PHQ9,", "[PHQ8,", 14, "questionnaires"),
        ("at: P1M", "at: one month", 18, "at"),
        ("window: [-P7D, P7D]", "window: P7D", 21, "window"),
        ("baseline: start", "baseline: begin", 6, "baseline"),
        ("pathology: bipolar", "pathologie: bipolar", 5, "pathologie"),
        ("    every: P1M\n", "", 17, "repeat"),
    ],
)
def test_a_fault_names_its_line(tmp_path, old, new, line, what):
    with pytest.raises(NotReady) as refused:
        load_trial(write(tmp_path, GOOD.replace(old, new)), known_codes=CODES)
    assert (refused.value.message.params["line"], refused.value.message.params["what"]) == (line, what)


def test_broken_yaml_names_its_line(tmp_path):
    with pytest.raises(NotReady) as refused:
        load_trial(write(tmp_path, GOOD.replace("title: Début", "title: [Début")), known_codes=CODES)
    assert refused.value.message.params["line"] > 8


def test_two_files_cannot_be_the_same_trial(tmp_path):
    (tmp_path / "one.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "two.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(NotReady):
        load_trials(tmp_path, known_codes=CODES)
