"""Scores against the published rule of each instrument: ends of bands, several questions at their most, missing answers.

A line reads: the points of the questions in order (a point for no answer), the score, its value, its band in English.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from portal.authoring import Catalogue
from portal.sdc import Form, FormSession

NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
CASES = {
    "PHQ9": """
        000000000 total 0 minimal
        111100000 total 4 minimal
        111110000 total 5 mild
        211111110 total 9 mild
        222220000 total 10 moderate
        222222110 total 14 moderate
        222222120 total 15 moderately severe
        333222220 total 19 moderately severe
        333322220 total 20 severe
        333333333 total 27 severe
        33333333. total none
        20....... phq2 2 negative
        21....... phq2 3 positive
    """,
    "GAD7": """
        0000000 total 0 minimal
        1111000 total 4 minimal
        1111100 total 5 mild
        2221110 total 9 mild
        2222110 total 10 moderate
        3322220 total 14 moderate
        3332220 total 15 severe
        3333333 total 21 severe
        333333. total none
    """,
    "ASRM": """
        00000 total 0 no sign
        11111 total 5 no sign
        21111 total 6 possible
        33311 total 11 possible
        33321 total 12 marked
        44444 total 20 marked
        4444. total none
    """,
    "WHO5": """
        00000 total 0 very low
        22111 total 28 very low
        22211 total 32 low
        32322 total 48 low
        33322 total 52 good
        55555 total 100 good
        55555 raw 25
        5555. total none
    """,
    "AUDIT": """
        0000000000 total 0 no misuse suggested
        4100000000 total 5 no misuse suggested
        4200000000 total 6 misuse suggested
        1111111144 total 16 dependence suggested
        4440000000 total 12 misuse suggested
        4441000000 total 13 dependence suggested
        4444444444 total 40 dependence suggested
        4444444400 audit_c 12
        444444440. total none
    """,
    "FAGERSTROM": """
        000000 total 0 no dependence
        200000 total 2 no dependence
        300000 total 3 low dependence
        310000 total 4 low dependence
        311000 total 5 medium dependence
        311100 total 6 medium dependence
        311200 total 7 high or very high dependence
        311311 total 10 high or very high dependence
        200100 hsi 3 moderate
        200200 hsi 4 heavy
        31131. total none
    """,
    "DASS21": """
        000000000000000000000 depression 0 normal
        003010000000000000000 depression 8 normal
        003020000000000000000 depression 10 mild
        003030000100000000000 depression 14 moderate
        003030000300200000000 depression 22 severe
        002020000200200220002 depression 28 extremely severe
        010100101000001000110 anxiety 14 moderate
        030000000000000000000 anxiety 6 normal
        030100000000000000000 anxiety 8 mild
        030300200000000000000 anxiety 16 severe
        030300303000003000330 anxiety 42 extremely severe
        100001010011010001000 stress 14 normal
        200001010011010001000 stress 16 mild
        300003030010000000000 stress 20 moderate
        300003030033030003000 stress 42 extremely severe
        00303000030030033000. depression none
        00303000030030033000. anxiety 0 normal
    """,
    "PCL5": """
        00000000000000000000 total 0 below the threshold
        44444444000000000000 total 32 below the threshold
        44444444100000000000 total 33 above the threshold
        44444444444444444444 total 80 above the threshold
        44444000000000000000 intrusion 20
        00000440000000000000 avoidance 8
        00000004444444000000 cognition_mood 28
        00000000000000444444 arousal 24
        4444444444444444444. total none
        4444444444444444444. intrusion 20
    """,
    "ASRS": """
        222333000000000000 positives 6 positive
        222300000000000000 positives 4 positive
        222200000000000000 positives 3 negative
        111222000000000000 positives 0 negative
        444444444444444444 total 72
        444444000000000000 part_a 24
        000000444444444444 part_b 48
        22233.000000000000 positives none
        44444444444444444. total none
    """,
    "FAST": """
        000000000000000000000000 total 0 normal
        333200000000000000000000 total 11 normal
        333300000000000000000000 total 12 mild
        111111111111111111110000 total 20 mild
        111111111111111111111000 total 21 moderate
        222222222222222222220000 total 40 moderate
        222222222222222222221000 total 41 severe
        333333333333333333333333 total 72 severe
        333300000000000000000000 autonomy 12 marked difficulty
        222000000000000000000000 autonomy 6 little difficulty
        000000000000000000000033 leisure 6 marked difficulty
        33333333333333333333333. total none
    """,
}
MATHYS_REVERSED = {5, 6, 7, 8, 9, 10, 17, 18}


def aims(points: str) -> dict[str, str]:
    return {"done": "yes"} | {f"q{n}": point for n, point in enumerate(points, start=1)}


def active(*amounts: int) -> dict[str, object]:
    """Days and minutes a day of vigorous, moderate and walking activity."""
    answers: dict[str, object] = {}
    for kind, days, minutes in zip(("vigorous", "moderate", "walking"), amounts[::2], amounts[1::2], strict=True):
        answers[f"{kind}_days"] = str(days)
        if days:
            answers |= {f"{kind}_hours": minutes // 60, f"{kind}_minutes": minutes % 60}
    return answers


FILLED = [
    ("THASE_RUSH", {"stage": "1"}, "total", 1, "stage 1"),
    ("THASE_RUSH", {"stage": "2"}, "total", 2, "treatment-resistant"),
    ("THASE_RUSH", {"stage": "3"}, "total", 3, "treatment-resistant"),
    ("THASE_RUSH", {"stage": "5"}, "total", 5, "treatment-resistant"),
    ("THASE_RUSH", {}, "total", None, None),
    ("AIMS", aims("0000000"), "total", 0, "none"),
    ("AIMS", aims("1111110"), "total", 6, "mild"),
    ("AIMS", aims("1111111"), "total", 7, "moderate"),
    ("AIMS", aims("2222222"), "total", 14, "severe"),
    ("AIMS", aims("4444444"), "total", 28, "severe"),
    ("AIMS", aims("1111111"), "marked", 0, "no dyskinesia suggested"),
    ("AIMS", aims("0020000"), "marked", 1, "possible dyskinesia"),
    ("AIMS", aims("444444"), "total", None, None),
    ("AIMS", aims("444444"), "orofacial", 16, None),
    ("AIMS", {"done": "no"}, "total", None, None),
    ("MATHYS", {f"q{n}": 5 for n in range(1, 21)}, "total", 100, "euthymia"),
    ("MATHYS", {f"q{n}": 0 if n in MATHYS_REVERSED else 10 for n in range(1, 21)}, "total", 200, "manic"),
    ("MATHYS", {f"q{n}": 10 if n in MATHYS_REVERSED else 0 for n in range(1, 21)}, "total", 0, "marked depressive"),
    ("MATHYS", {f"q{n}": 7 if n in MATHYS_REVERSED else 3 for n in range(1, 21)}, "total", 60, "depressive trend"),
    ("MATHYS", {f"q{n}": 3 if n in MATHYS_REVERSED else 7 for n in range(1, 21)}, "total", 140, "hypomanic trend"),
    ("MATHYS", {f"q{n}": 0 for n in range(1, 21)}, "emotion", 20, None),
    ("MATHYS", {f"q{n}": 0 for n in range(1, 21)}, "motivation", 0, None),
    ("MATHYS", {f"q{n}": 5 for n in range(1, 20)}, "total", None, None),
    ("IPAQ", active(0, 0, 0, 0, 0, 0), "met_minutes", 0, None),
    ("IPAQ", active(0, 0, 0, 0, 0, 0), "level", 0, "low"),
    ("IPAQ", active(3, 90, 0, 0, 5, 40), "met_minutes", 2820, None),
    ("IPAQ", active(3, 90, 0, 0, 5, 40), "level", 2, "high"),
    ("IPAQ", active(3, 62, 0, 0, 0, 0), "level", 1, "moderate"),
    ("IPAQ", active(3, 63, 0, 0, 0, 0), "level", 2, "high"),
    ("IPAQ", active(0, 0, 0, 0, 5, 30), "level", 1, "moderate"),
    ("IPAQ", active(0, 0, 0, 0, 5, 29), "level", 0, "low"),
    ("IPAQ", active(0, 0, 0, 0, 7, 9), "met_minutes", 0, None),
    ("IPAQ", active(7, 240, 0, 0, 0, 0), "met_minutes", 10080, None),
    ("IPAQ", {"vigorous_days": "3", "vigorous_hours": 1}, "met_minutes", None, None),
    ("CGI", {"severity": "2", "first_time": "yes"}, "severity_score", 2, "normal or borderline"),
    ("CGI", {"severity": "3", "first_time": "yes"}, "severity_score", 3, "mild to moderate"),
    ("CGI", {"severity": "5", "first_time": "yes"}, "severity_score", 5, "marked to extreme"),
    ("CGI", {"severity": "0", "first_time": "yes"}, "severity_score", None, None),
    ("CGI", {"first_time": "no", "improvement": "4"}, "improvement_score", 4, "unchanged"),
    ("CGI", {"first_time": "no", "effect": "1", "side_effects": "0"}, "efficacy_index", 1, None),
    ("CGI", {"first_time": "no", "effect": "4", "side_effects": "3"}, "efficacy_index", 16, None),
    ("CGI", {"first_time": "no", "effect": "0"}, "efficacy_index", None, None),
    ("EGF", {"egf": 1}, "total", 1, "constant danger"),
    ("EGF", {"egf": 40}, "total", 40, "major difficulty in several areas"),
    ("EGF", {"egf": 41}, "total", 41, "serious difficulty"),
    ("EGF", {"egf": 70}, "total", 70, "some difficulty"),
    ("EGF", {"egf": 71}, "total", 71, "passing difficulty"),
    ("EGF", {"egf": 100}, "total", 100, "excellent functioning"),
    ("SOCIAL", {"education": "cep"}, "education_years", 5, None),
    ("SOCIAL", {"education": "bac5"}, "education_years", 17, None),
    ("SOCIAL", {"education": "doctorate"}, "education_years", 20, None),
    ("TOBACCO", {"smoking_status": "current_smoker", "cigarettes_per_day": 15, "years": 10}, "pack_years", Decimal("7.5"), None),
    ("TOBACCO", {"smoking_status": "ex_smoker", "cigarettes_per_day": 20}, "pack_years", None, None),
    ("ALDA", {"done": "yes", "a_entered": 8, "b_entered": 1}, "total", 7, "excellent"),
    ("ALDA", {"done": "yes", "a_entered": 6, "b_entered": 0}, "total", 0, "weak"),
    ("ALDA", {"done": "yes", "a_entered": 7, "b_entered": 9}, "total", 0, "weak"),
    ("MDQ", {"done": "yes", "symptoms_entered": 7, "together_entered": 1, "impact_entered": 2}, "positive", 1, "positive"),
    ("MDQ", {"done": "yes", "symptoms_entered": 13, "together_entered": 1, "impact_entered": 1}, "positive", 0, "negative"),
    ("MDQ", {"done": "yes", "symptoms_entered": 13, "together_entered": 1}, "positive", None, None),
    ("BIS10", {"done": "yes", "cognitive_entered": "2.2", "motor_entered": "2.8"}, "total", Decimal("2.5"), "moderate"),
]  # fmt: skip


def lines() -> list[tuple[str, str]]:
    return [(code, line.strip()) for code, text in CASES.items() for line in text.strip().splitlines()]


def result(session: FormSession, score: str) -> tuple[object, str | None]:
    (found,) = [each for each in session.scores() if each.definition.link_id == score]
    return found.value, found.band.label("en") if found.band else None


@pytest.mark.parametrize(("code", "line"), lines())
def test_a_score_is_what_its_authors_published(catalogue: Catalogue, code, line):
    points, score, value, *band = line.split()
    session = FormSession(catalogue.by_code(code), now=NOW)
    for number, point in enumerate(points, start=1):
        if point != ".":
            item = session.form.by_link_id[f"q{number}"]
            session.set(item.link_id, next(option.key for option in item.options if option.weight == int(point)))
    assert result(session, score) == (None if value == "none" else int(value), " ".join(band) or None)


@pytest.mark.parametrize(("code", "answers", "score", "value", "band"), FILLED)
def test_a_score_follows_its_form(catalogue: Catalogue, code, answers, score, value, band):
    session = FormSession(catalogue.by_code(code), now=NOW)
    for path, answer in answers.items():
        session.set(path, answer)
    assert result(session, score) == (value, band)


def test_results_only_forms_give_their_bands_at_both_ends(catalogue: Catalogue):
    forms = [form for form in catalogue if form.licence == "results-only"]
    assert len(forms) > 50
    for form in forms:
        for score in form.scores:
            if score.items == (f"{score.link_id}_entered",):
                for band in score.bands:
                    for end in (band.low, band.high):
                        _expect(form, score.link_id, end, band.label("en"))


def _expect(form: Form, score: str, entered: Decimal, band: str) -> None:
    session = FormSession(form, now=NOW)
    session.set("done", "yes")
    session.set(f"{score}_entered", entered)
    assert result(session, score) == (entered, band), form.code


def test_a_test_that_was_not_done_is_complete_with_its_reason_and_has_no_score(catalogue: Catalogue):
    session = FormSession(catalogue.by_code("MADRS"), now=NOW)
    session.set("done", "no")
    assert session.errors() == []
    assert [each.value for each in session.scores()] == [None, None]
    assert session.state("not_done_reason").enabled


@pytest.mark.parametrize(
    ("code", "answers", "alerts"),
    [
        ("PHQ9", {"q9": "LA6568-5"}, []),
        ("PHQ9", {"q9": "LA6569-3"}, ["suicidal-thoughts"]),
        ("PHQ9", {f"q{n}": "LA6571-9" for n in range(1, 9)} | {"q9": "LA6568-5"}, ["severe"]),
        ("GAD7", {f"q{n}": "LA6571-9" for n in range(1, 8)}, ["severe"]),
        ("MADRS", {"done": "yes", "total_entered": 34, "suicide_item_entered": 3}, []),
        ("MADRS", {"done": "yes", "total_entered": 35, "suicide_item_entered": 4}, ["suicidal-thoughts", "severe"]),
        ("EGF", {"egf": 20}, ["danger"]),
    ],
)
def test_the_team_is_told_when_it_must_be(catalogue: Catalogue, code, answers, alerts):
    session = FormSession(catalogue.by_code(code), now=NOW)
    for path, answer in answers.items():
        session.set(path, answer)
    assert [rule.id for rule in session.alerts()] == alerts


def test_the_tenth_question_of_the_phq9_comes_with_the_first_problem(catalogue: Catalogue):
    session = FormSession(catalogue.by_code("PHQ9"), now=NOW)
    session.set("q1", "LA6568-5")
    assert not session.state("q10").enabled
    assert session.set("q5", "LA6569-3").shown == {"q10"}


def test_the_body_mass_index_is_computed(catalogue: Catalogue):
    session = FormSession(catalogue.by_code("PHYSICAL_PARAMS"), now=NOW)
    session.set("weight", session.parse("weight", "72,5"))
    session.set("height", 175)
    assert session.state("bmi").value == Decimal("23.7")
