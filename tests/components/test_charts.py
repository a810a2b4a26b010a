"""Charts: what the options say of the data."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from components.charts import (
    DrugBar,
    DrugGroup,
    LabLine,
    LabPoint,
    Mark,
    Period,
    ScoreLine,
    ScorePoint,
    drug_chart,
    drug_rows,
    drug_twin,
    lab_chart,
    lab_range,
    lab_twin,
    life_chart,
    period_of,
    score_chart,
)
from components.charts.labs import limits
from components.charts.panels import broken, round_step
from portal.i18n import Texts
from tests.components.specimens import DRUGS, GFR, INJECTIONS, LITHIUM, MADRS, STAYS, TODAY, YMRS

PERIOD = period_of(TODAY, MADRS.points, YMRS.points, years=4)


def base(chart: Any) -> Any:
    return chart.options["baseOption"]


def whole(t: Texts) -> Any:
    return life_chart(
        t, PERIOD, mania=YMRS, depression=MADRS, drugs=DRUGS, stays=STAYS, injections=INJECTIONS, lithium=LITHIUM
    )


def test_the_life_chart_puts_mania_above_and_depression_upside_down(french: Texts) -> None:
    mania, depression, *_ = base(whole(french))["yAxis"]
    assert not mania["inverse"]
    assert depression["inverse"]


def test_all_panels_share_one_time_axis(french: Texts) -> None:
    axes = base(whole(french))["xAxis"]
    assert len({(axis["min"], axis["max"]) for axis in axes}) == 1
    assert [axis["axisLabel"]["show"] for axis in axes] == [False, False, False, True]


def test_a_scale_keeps_its_full_range(french: Texts) -> None:
    axis = base(score_chart(french, MADRS, PERIOD))["yAxis"][0]
    assert (axis["min"], axis["max"]) == (0, 60)


def test_a_life_chart_of_nothing_is_none(french: Texts) -> None:
    assert life_chart(french, PERIOD) is None


def test_severity_is_darker_as_it_gets_worse_and_says_its_word(french: Texts) -> None:
    areas = base(score_chart(french, MADRS, PERIOD))["series"][0]["markArea"]["data"]
    assert [area[0]["itemStyle"]["color"] for area in areas] == [f"var(--band-{n})" for n in range(4)]
    assert [area[0]["label"]["show"] for area in areas] == [False, True, True, True]


def test_a_silence_of_more_than_13_months_breaks_the_line() -> None:
    first = date(2024, 1, 1)
    joined = broken([(first, 1), (first + timedelta(days=395), 2)])
    apart = broken([(first, 1), (first + timedelta(days=400), 2)])
    assert [value for _, value in joined] == [1, 2]
    assert [value for _, value in apart] == [1, None, 2]


def test_the_person_reads_months_and_decimals_in_their_language(french: Texts, english: Texts) -> None:
    assert "juil." in str(base(score_chart(french, MADRS, PERIOD)))
    assert "Jul" in str(base(score_chart(english, MADRS, PERIOD)))
    assert "replace('.', ',')" in str(base(lab_chart(french, LITHIUM, PERIOD)))
    assert "replace('.', ',')" not in str(base(lab_chart(english, LITHIUM, PERIOD)))


def test_drugs_come_by_class_then_by_first_dose() -> None:
    assert drug_rows(DRUGS) == ["Lithium LP", "Quétiapine LP", "Palipéridone", "Sertraline", "Oxazépam"]


def test_a_drug_still_taken_ends_today(french: Texts) -> None:
    bars = [DrugBar(drug="Lithium", dose="1 g", start=date(2024, 1, 1), group=DrugGroup.MOOD_STABILISER)]
    series = base(drug_chart(french, bars, PERIOD))["series"]
    assert series[0]["data"][1]["value"] == [TODAY.isoformat(), "Lithium"]


def test_a_drug_stopped_before_the_period_is_left_out(french: Texts) -> None:
    bars = [DrugBar(drug="Ancien", dose="1 g", start=date(2001, 1, 1), end=date(2002, 1, 1))]
    assert base(drug_chart(french, bars, PERIOD))["yAxis"][0]["data"] == []


def test_a_dose_too_long_for_its_bar_stands_after_it(french: Texts) -> None:
    bars = [DrugBar(drug="Sertraline", dose="50 mg", start=date(2025, 1, 24), end=date(2025, 2, 12))]
    start, end = base(drug_chart(french, bars, PERIOD))["series"][0]["data"]
    assert "label" not in start
    assert end["label"]["formatter"] == "50 mg"


def test_each_result_keeps_the_range_of_its_own_laboratory(french: Texts) -> None:
    floor, span = base(lab_chart(french, LITHIUM, PERIOD))["series"][:2]
    assert floor["step"] == span["step"] == "middle"
    tops = {round(low[1] + height[1], 3) for low, height in zip(floor["data"], span["data"], strict=True)}
    assert tops == {1.0, 1.2}


def test_a_result_out_of_its_range_is_marked_and_written(french: Texts) -> None:
    data = base(lab_chart(french, LITHIUM, PERIOD))["series"][-1]["data"]
    marked = [point for point in data if isinstance(point, dict)]
    assert [(point["label"]["formatter"], point["symbolRotate"]) for point in marked] == [("0,52", 180), ("1,28", 0)]


def test_an_analyte_without_a_range_has_none_drawn(french: Texts) -> None:
    bare = LabLine(name="X", unit="g/L", points=(LabPoint(at=TODAY, value=1),))
    assert len(base(lab_chart(french, bare, PERIOD))["series"]) == 1


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=20))
@settings(deadline=None)
def test_the_axis_of_an_analyte_holds_every_value(values: list[float]) -> None:
    low, high, step = limits([LabPoint(at=TODAY, value=value) for value in values])
    assert low <= min(values)
    assert high >= max(values)
    assert step > 0


@given(st.floats(min_value=0.001, max_value=1e7))
@settings(deadline=None)
def test_a_round_step_cuts_in_few_pieces(span: float) -> None:
    assert span / round_step(span, 5) <= 5.001


def test_a_day_worth_a_word_is_drawn_only_inside_the_period(french: Texts) -> None:
    marks = [Mark(at=date(2025, 1, 1), text="500 → 800 mg"), Mark(at=date(1999, 1, 1), text="ancien")]
    lines = base(lab_chart(french, LITHIUM, PERIOD, marks=marks))["series"][-1]["markLine"]["data"]
    assert [line["label"]["formatter"] for line in lines if "label" in line] == ["500 → 800 mg"]


def test_a_period_begins_with_the_first_point_and_is_never_shorter_than_half_a_year() -> None:
    recent = (ScorePoint(at=TODAY - timedelta(days=10), value=1),)
    assert period_of(TODAY, recent).days >= 180
    assert period_of(TODAY, MADRS.points, years=1).start >= TODAY - timedelta(days=380)
    assert period_of(TODAY).today == TODAY


def test_the_words_of_the_bands_have_room_after_today() -> None:
    assert Period(start=date(2024, 1, 1), today=TODAY).end > TODAY


def test_one_instrument_looks_the_same_everywhere() -> None:
    here = ScoreLine(code="PHQ-9", name="PHQ-9", points=(), low=0, high=27)
    there = ScoreLine(code="phq-9", name="Dépression", points=(), low=0, high=27)
    assert here.style == there.style


def test_the_twin_of_a_timeline_has_every_dose_and_stay(french: Texts) -> None:
    html = drug_twin(french, DRUGS, STAYS)
    assert html.count("<tr>") == 1 + len(DRUGS) + len(STAYS)
    assert "en cours" in html


def test_the_twin_of_an_analyte_says_above_and_below_in_words(french: Texts) -> None:
    html = lab_twin(french, LITHIUM)
    assert "au-dessus" in html
    assert "en dessous" in html
    assert "0,60 – 1,20" in html


def test_an_open_range_is_written_with_its_sign(french: Texts) -> None:
    assert lab_range(french, 60, None, 0) == "> 60"
    assert lab_range(french, None, 5, 1) == "< 5,0"
    assert lab_range(french, None, None, 1) == "–"


def test_a_chart_describes_itself_to_those_who_do_not_see_it(french: Texts) -> None:
    words = base(lab_chart(french, GFR, PERIOD))["aria"]["label"]["description"]
    assert words.startswith("DFG estimé au fil du temps")


def test_a_chart_made_wide_again_gives_back_all_that_narrow_changed(french: Texts) -> None:
    narrow, wide = (rule["option"] for rule in whole(french).options["media"])
    for name in ("yAxis", "series"):
        assert [set(one) for one in wide[name]] == [set(one) for one in narrow[name]]
    labels = [
        (one["axisLabel"], two["axisLabel"]) for one, two in zip(narrow["yAxis"], wide["yAxis"], strict=True) if one
    ]
    assert all(set(one) == set(two) for one, two in labels)
