"""Forms of the catalogue that look at the patient: what they ask of whom, and what they compute with sex and age."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.authoring import Catalogue
from portal.sdc import FormSession, extract

NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
WOMAN = {"resourceType": "Patient", "id": "w", "gender": "female", "birthDate": "1976-12-02"}
MAN = {**WOMAN, "id": "m", "gender": "male"}


def begun(catalogue: Catalogue, code: str, patient: dict[str, Any] | None, **answers: Any) -> FormSession:
    form = catalogue.by_code(code)
    assert form is not None
    session = FormSession(form, now=NOW, given={"patient": patient} if patient else {})
    for link_id, answer in answers.items():
        session.set(link_id, answer)
    assert session.faults == {}
    return session


@pytest.mark.parametrize(
    ("patient", "asked"), [(WOMAN, True), (MAN, False), ({**MAN, "gender": "unknown"}, True), (None, True)]
)
def test_pregnancy_is_asked_of_women_and_where_the_sex_is_not_known(catalogue: Catalogue, patient, asked):
    assert begun(catalogue, "PHYSICAL_PARAMS", patient).state("pregnant").enabled is asked
    assert begun(catalogue, "BILAN_BIOLOGIQUE", patient).state("childbearing").enabled is asked


@pytest.mark.parametrize(
    ("patient", "clearance", "egfr"), [(MAN, 88, 92), (WOMAN, 74, 69), (None, None, None), ({**MAN, "birthDate": ""}, None, None)]
)  # fmt: skip
def test_kidney_function_is_computed_by_sex_and_age(catalogue: Catalogue, patient, clearance, egfr):
    session = begun(catalogue, "BILAN_BIOLOGIQUE", patient, weight=70, creatinine=88)
    assert (session.state("clearance").value, session.state("egfr").value) == (clearance, egfr)


def glucose(amount: str, unit: str) -> dict[str, Any]:
    return {"value": Decimal(amount), "code": unit}


@pytest.mark.parametrize(
    ("amount", "unit", "asked"),
    [("7.0", "mmol/L", False), ("7.1", "mmol/L", True), ("1.26", "g/L", False), ("1.27", "g/L", True)],
)
def test_hba1c_is_asked_for_from_the_glucose_in_either_unit(catalogue: Catalogue, amount, unit, asked):
    session = begun(catalogue, "BILAN_BIOLOGIQUE", None, glucose=glucose(amount, unit))
    assert session.state("hba1c").enabled is asked
    assert session.state("diabetes_note").enabled is asked


def test_a_level_is_asked_for_only_before_the_dose_and_of_what_is_taken(catalogue: Catalogue):
    session = begun(catalogue, "BILAN_BIOLOGIQUE", None, treatments=["lithium"], taken="yes")
    assert not session.state("lithium").enabled
    assert session.state("taken_note").enabled
    session.set("taken", "no")
    assert session.state("lithium").enabled
    assert not session.state("clozapine").enabled
    session.set("lithium", Decimal("1.21"))
    assert [rule.id for rule in session.alerts()] == ["lithium-high"]


@pytest.mark.parametrize(
    ("amount", "alerts"),
    [("1.5", []), ("1.49", ["neutrophils-low"]), ("1", ["neutrophils-low"]), ("0.99", ["neutrophils-very-low"])],
)
def test_few_neutrophils_alert_the_team(catalogue: Catalogue, amount, alerts):
    session = begun(catalogue, "BILAN_BIOLOGIQUE", None, neutrophils=Decimal(amount))
    assert [rule.id for rule in session.alerts()] == alerts


def test_lipids_in_grams_count_with_the_total_in_millimoles(catalogue: Catalogue):
    session = begun(catalogue, "BILAN_BIOLOGIQUE", None, cholesterol=Decimal("5.17"), hdl=glucose("0.5", "g/L"))
    assert session.state("cholesterol_ratio").value == Decimal("4.00")


def test_every_analyte_with_a_code_becomes_an_observation_in_its_unit(catalogue: Catalogue):
    session = begun(catalogue, "BILAN_BIOLOGIQUE", MAN, sodium=140, glucose=glucose("0.9", "g/L"), toxo_igm="negative")
    found = {
        each["code"]["coding"][0]["code"]: each["valueQuantity"]["code"]
        for each in extract(session.form, {**session.completed(NOW), "id": "r"})
    }
    assert found == {"2951-2": "mmol/L", "14771-0": "g/L"}


@pytest.mark.parametrize(
    ("patient", "points", "positive"),
    [
        (MAN, 3, 0),
        (MAN, 4, 1),
        (WOMAN, 2, 0),
        (WOMAN, 3, 1),
        ({**MAN, "gender": "other"}, 12, None),
        (None, 12, None),
    ],
)
def test_the_audit_c_is_positive_by_the_threshold_of_each_sex(catalogue: Catalogue, patient, points, positive):
    session = begun(catalogue, "AUDIT", patient)
    left = points
    for link_id in ("q1", "q2", "q3"):
        options = {option.weight: option.key for option in session.form.by_link_id[link_id].options}
        given = min(left, 4)
        session.set(link_id, options[given])
        left -= given
    assert [score.value for score in session.scores() if score.definition.link_id == "audit_c_positive"] == [positive]


@pytest.mark.parametrize("code", ["TMT", "CVLT", "STROOP", "WAIS4_CRITERIA", "WAIS3_CRITERIA"])
def test_neuropsychology_keeps_the_age_on_the_day(catalogue: Catalogue, code):
    session = begun(catalogue, code, MAN)
    if "done" in session.paths:
        session.set("done", "yes")
    assert session.state("age").value == 50
    assert begun(catalogue, code, None).state("age").value is None
