"""The scores of the foundation's own forms: at the ends of their bands, and with answers missing. CGI and EGF beside them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.authoring import Catalogue
from portal.sdc import FormSession

NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
Case = tuple[str, dict[str, Any], str, Any, str | None]

INCLUDED = {"madrs": "yes", "episode": "yes", "resistant": "yes", "bipolar": "no", "ocd": "no", "eating": "no"}
BIPOLAR = dict.fromkeys(("known", "state", "care", "agrees", "report"), "yes")
PSYCHOTIC = dict.fromkeys(("known", "state", "care", "agrees"), "yes")
LEGS = {"sys_lying": 140, "dia_lying": 90, "sys_standing": 121, "dia_standing": 81}
CARE = dict.fromkeys(("gp", "psychiatrist", "psychologist", "specialist", "others"), "no")
HURRY = dict.fromkeys(("visits", "em_gp", "em_psychiatrist", "em_psychologist", "em_specialist", "em_others"), "no")
NO_BEHAVIOUR = dict.fromkeys(("attempt", "interrupted", "aborted", "preparations"), "no")
EPISODES = {"any": "yes", "depressive_count": 0, "manic_count": 0, "hypomanic_count": 0}
SMOKES = {"smoking_status": "current_smoker"}
FOLLOWED = {"severity": "4", "first_time": "no"}


def without(answers: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if key != name}


def ecg(qt: str, rr: str = "1") -> dict[str, Any]:
    return {"done": "yes", "qt": Decimal(qt), "rr": Decimal(rr)}


def signs(first: int, marks: str) -> dict[str, str]:
    """y, n, ? (not known) and . (no answer), question by question."""
    said = {"y": "yes", "n": "no", "?": "unknown"}
    return {f"q{first + index}": said[mark] for index, mark in enumerate(marks) if mark in said}


def eligible(code: str, all_met: dict[str, Any], met: str, unmet: str) -> Iterator[Case]:
    """Everything met; each criterion alone not met; each answer alone missing."""
    yield code, all_met, "eligible", 1, met
    yield code, {}, "eligible", None, None
    for name, value in all_met.items():
        yield code, {**all_met, name: "no" if value == "yes" else "yes"}, "eligible", 0, unmet
        yield code, without(all_met, name), "eligible", None, None


CASES: list[Case] = [
    *eligible("INCLUSION", INCLUDED, "eligible", "not eligible"),
    *eligible("EBIP_SCR_ORIENT", BIPOLAR, "criteria met", "criteria not met"),
    *eligible("SCREENING_ORIENTATION_SZ", PSYCHOTIC, "criteria met", "criteria not met"),
    ("ECG", ecg("0.35"), "qtc", Decimal("0.350"), "short"),
    ("ECG", ecg("0.351"), "qtc", Decimal("0.351"), "normal"),
    ("ECG", ecg("0.45"), "qtc", Decimal("0.450"), "normal"),
    ("ECG", ecg("0.451"), "qtc", Decimal("0.451"), "prolonged"),
    ("ECG", ecg("0.499"), "qtc", Decimal("0.499"), "prolonged"),
    ("ECG", ecg("0.5"), "qtc", Decimal("0.500"), "very prolonged: cardiology opinion"),
    ("ECG", ecg("0.4", "0.64"), "qtc", Decimal("0.500"), "very prolonged: cardiology opinion"),
    ("ECG", {"done": "yes", "qt": Decimal("0.4")}, "qtc", None, None),
    ("ECG", {"done": "no"}, "qtc", None, None),
    ("BLOOD_PRESSURE", LEGS, "orthostatic", 0, "no"),
    ("BLOOD_PRESSURE", {**LEGS, "sys_standing": 120}, "orthostatic", 1, "yes"),
    ("BLOOD_PRESSURE", {**LEGS, "dia_standing": 80}, "orthostatic", 1, "yes"),
    ("BLOOD_PRESSURE", {**LEGS, "sys_standing": 160, "dia_standing": 100}, "orthostatic", 0, "no"),
    ("BLOOD_PRESSURE", without(LEGS, "dia_standing"), "orthostatic", None, None),
    ("BLOOD_PRESSURE", without(LEGS, "sys_lying"), "orthostatic", None, None),
    ("ETAT_PATIENT", signs(1, "nnnnnnnnn"), "depressive_signs", 0, "below the threshold"),
    ("ETAT_PATIENT", signs(1, "yyyynnnnn"), "depressive_signs", 4, "below the threshold"),
    ("ETAT_PATIENT", signs(1, "yyyyynnnn"), "depressive_signs", 5, "depressive episode possible"),
    ("ETAT_PATIENT", signs(1, "yyyyyyyyy"), "depressive_signs", 9, "depressive episode possible"),
    ("ETAT_PATIENT", signs(1, "yyyy?????"), "depressive_signs", 4, "below the threshold"),
    ("ETAT_PATIENT", signs(1, "yyyyyyyy."), "depressive_signs", None, None),
    ("ETAT_PATIENT", signs(10, "nnnnnnnnn"), "manic_signs", 0, "below the threshold"),
    ("ETAT_PATIENT", signs(10, "yynnnnnnn"), "manic_signs", 2, "below the threshold"),
    ("ETAT_PATIENT", signs(10, "nnnnnnyyy"), "manic_signs", 3, "manic or hypomanic episode possible"),
    ("ETAT_PATIENT", signs(10, "yyyyyyyyy"), "manic_signs", 9, "manic or hypomanic episode possible"),
    ("ETAT_PATIENT", signs(10, "yy.nnnnnn"), "manic_signs", None, None),
    ("RECOURS_AUX_SOINS", CARE, "planned_total", 0, None),
    ("RECOURS_AUX_SOINS", {**CARE, "gp": "yes", "gp_count": 3}, "planned_total", 3, None),
    (
        "RECOURS_AUX_SOINS",
        {**dict.fromkeys(CARE, "yes"), **{f"{name}_count": 99 for name in CARE}},
        "planned_total",
        495,
        None,
    ),
    ("RECOURS_AUX_SOINS", {**CARE, "gp": "yes"}, "planned_total", None, None),
    ("RECOURS_AUX_SOINS", without(CARE, "others"), "planned_total", None, None),
    ("RECOURS_AUX_SOINS", HURRY, "emergency_total", 0, None),
    ("RECOURS_AUX_SOINS", {**HURRY, "visits": "yes", "visits_count": 2}, "emergency_total", 2, None),
    (
        "RECOURS_AUX_SOINS",
        {**dict.fromkeys(HURRY, "yes"), **{f"{name}_count": 99 for name in HURRY}},
        "emergency_total",
        594,
        None,
    ),
    ("RECOURS_AUX_SOINS", {**HURRY, "em_gp": "yes"}, "emergency_total", None, None),
    ("RECOURS_AUX_SOINS", without(HURRY, "visits"), "emergency_total", None, None),
    ("SUICIDE_BEHAVIOR_FOLLOWUP", NO_BEHAVIOUR, "risk", 0, "none"),
    ("SUICIDE_BEHAVIOR_FOLLOWUP", {**NO_BEHAVIOUR, "self_harm": "yes"}, "risk", 0, "none"),
    ("SUICIDE_BEHAVIOR_FOLLOWUP", {**NO_BEHAVIOUR, "preparations": "yes"}, "risk", 1, "low"),
    ("SUICIDE_BEHAVIOR_FOLLOWUP", {**NO_BEHAVIOUR, "aborted": "yes", "preparations": "yes"}, "risk", 2, "moderate"),
    ("SUICIDE_BEHAVIOR_FOLLOWUP", {**dict.fromkeys(NO_BEHAVIOUR, "yes"), "attempt": "no"}, "risk", 3, "high"),
    ("SUICIDE_BEHAVIOR_FOLLOWUP", dict.fromkeys(NO_BEHAVIOUR, "yes"), "risk", 4, "high"),
    ("SUICIDE_BEHAVIOR_FOLLOWUP", without(NO_BEHAVIOUR, "aborted"), "risk", None, None),
    ("DIAG_PSY_SEM_HUMEUR_DEPUIS_VISITE", EPISODES, "episodes", 0, None),
    ("DIAG_PSY_SEM_HUMEUR_DEPUIS_VISITE", {**EPISODES, "manic_count": 1}, "episodes", 1, None),
    (
        "DIAG_PSY_SEM_HUMEUR_DEPUIS_VISITE",
        {"any": "yes", "depressive_count": 99, "manic_count": 99, "hypomanic_count": 99},
        "episodes",
        297,
        None,
    ),
    ("DIAG_PSY_SEM_HUMEUR_DEPUIS_VISITE", without(EPISODES, "hypomanic_count"), "episodes", None, None),
    ("DIAG_PSY_SEM_HUMEUR_DEPUIS_VISITE", {"any": "unknown"}, "episodes", None, None),
    ("DIAG_PSY_SEM_HUMEUR_DEPUIS_VISITE", {**EPISODES, "manic_count": 2, "any": "no"}, "episodes", None, None),
    ("TOBACCO", {**SMOKES, "cigarettes_per_day": 0, "years": 10}, "pack_years", 0, None),
    ("TOBACCO", {**SMOKES, "cigarettes_per_day": 20, "years": 1}, "pack_years", 1, None),
    ("TOBACCO", {**SMOKES, "cigarettes_per_day": 1, "years": 1}, "pack_years", Decimal("0.1"), None),
    ("TOBACCO", {**SMOKES, "cigarettes_per_day": 150, "years": 90}, "pack_years", 675, None),
    ("TOBACCO", {**SMOKES, "years": 10}, "pack_years", None, None),
    ("TOBACCO", {"smoking_status": "never_smoker"}, "pack_years", None, None),
    ("SOCIAL", {"education": "cp"}, "education_years", 1, None),
    ("SOCIAL", {"education": "bac"}, "education_years", 12, None),
    ("SOCIAL", {}, "education_years", None, None),
    ("EGF", {}, "total", None, None),
    ("EGF", {"egf": 10}, "total", 10, "constant danger"),
    ("EGF", {"egf": 11}, "total", 11, "danger at times"),
    ("CGI", {"severity": "1"}, "severity_score", 1, "normal or borderline"),
    ("CGI", {"severity": "4"}, "severity_score", 4, "mild to moderate"),
    ("CGI", {"severity": "7"}, "severity_score", 7, "marked to extreme"),
    ("CGI", {}, "severity_score", None, None),
    ("CGI", {**FOLLOWED, "improvement": "1"}, "improvement_score", 1, "improved"),
    ("CGI", {**FOLLOWED, "improvement": "3"}, "improvement_score", 3, "improved"),
    ("CGI", {**FOLLOWED, "improvement": "5"}, "improvement_score", 5, "worse"),
    ("CGI", {**FOLLOWED, "improvement": "7"}, "improvement_score", 7, "worse"),
    ("CGI", {**FOLLOWED, "improvement": "0"}, "improvement_score", None, None),
    ("CGI", {"severity": "4", "first_time": "yes"}, "improvement_score", None, None),
    ("CGI", {**FOLLOWED, "effect": "1", "side_effects": "3"}, "efficacy_index", 4, None),
    ("CGI", {**FOLLOWED, "effect": "2", "side_effects": "0"}, "efficacy_index", 5, None),
    ("CGI", {**FOLLOWED, "effect": "3", "side_effects": "2"}, "efficacy_index", 11, None),
    ("CGI", {**FOLLOWED, "effect": "4"}, "efficacy_index", None, None),
]


@pytest.mark.parametrize(("code", "answers", "score", "value", "band"), CASES)
def test_a_score_of_our_own_follows_its_rule(catalogue: Catalogue, code, answers, score, value, band):
    form = catalogue.by_code(code)
    assert form is not None
    session = FormSession(form, now=NOW)
    for path, answer in answers.items():
        session.set(path, answer)
    (found,) = [each for each in session.scores() if each.definition.link_id == score]
    assert (found.value, found.band.label("en") if found.band else None) == (value, band)
