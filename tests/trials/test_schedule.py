"""When visits are due: counted from the actual baseline, without drift."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.trials.model import Trial, VisitKind
from portal.trials.schedule import AHEAD, add_months, schedule

TRIAL = Trial(
    id="t",
    version="1",
    title={"fr": "T"},
    description={},
    kind="cohort",
    pathology="bipolar",
    baseline="initial",
    visits=(
        VisitKind(id="screening", title={"fr": "D"}, from_enrolment=True, window_days=(0, 30)),
        VisitKind(id="initial", title={"fr": "I"}, window_days=(0, 60)),
        VisitKind(
            id="annual",
            title={"fr": "A"},
            repeat="recurring",
            at_months=12,
            every_months=12,
            until_months=36,
            window_days=(-30, 30),
        ),
    ),
)


def due(**given_dates: date):
    return {(d.kind.id, d.number): d for d in schedule(TRIAL, **given_dates)}


def test_before_the_baseline_only_what_counts_from_enrolment_is_planned():
    found = due(enrolled=date(2026, 1, 5), baseline=None, today=date(2026, 1, 5))
    assert set(found) == {("screening", 1), ("initial", 1)}


def test_a_yearly_visit_falls_a_year_after_the_actual_baseline():
    found = due(enrolled=date(2026, 1, 5), baseline=date(2026, 2, 10), today=date(2026, 2, 10))
    assert found["annual", 1].target == date(2027, 2, 10)


def test_the_window_is_around_the_target():
    annual = due(enrolled=date(2026, 1, 5), baseline=date(2026, 2, 10), today=date(2026, 2, 10))["annual", 1]
    assert (annual.opens, annual.closes) == (date(2027, 1, 11), date(2027, 3, 12))


def test_the_thirty_first_becomes_the_months_last_day():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 2000))
def test_no_more_than_two_coming_visits_of_a_kind_are_planned(baseline, days):
    today = baseline + timedelta(days=days)
    coming = [d for d in schedule(TRIAL, enrolled=baseline, baseline=baseline, today=today) if d.target >= today]
    assert sum(d.kind.id == "annual" for d in coming) <= AHEAD


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_months_add_up_to_within_the_shortening_of_a_month(day, first, second):
    both = add_months(add_months(day, first), second)
    assert abs((both - add_months(day, first + second)).days) <= 3
