"""What stands about an answer follows from the decisions alone, in the order of their time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.review.states import Event, ItemState, Verdict, badge, check_command, fold, gone

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def event(verdict: Verdict, digest: str = "a", *, after: int = 0, location: str = "q1", id_: str = "e") -> Event:
    return Event(
        id=id_, verdict=verdict, digests={location: digest}, who="Practitioner/p", at=AT + timedelta(minutes=after)
    )


def state(*events: Event, digest: str = "a") -> ItemState:
    return fold(events, {"q1": digest})["q1"].state


def test_an_answer_nobody_decided_is_to_review():
    assert state() is ItemState.TO_REVIEW


def test_a_valid_answer_is_valid():
    assert state(event(Verdict.VALID)) is ItemState.VALID


def test_the_latest_decision_holds_whatever_the_order_of_reading():
    assert state(event(Verdict.NOT_VALID, after=5), event(Verdict.VALID)) is ItemState.NOT_VALID


def test_a_changed_answer_is_to_review_again():
    assert state(event(Verdict.VALID, "before"), digest="after") is ItemState.CHANGED


def test_an_answer_changed_back_is_as_it_was_decided():
    assert state(event(Verdict.VALID, "a"), event(Verdict.CHANGED, "b", after=1), digest="a") is ItemState.VALID


def test_a_withdrawn_decision_leaves_the_answer_to_review():
    assert state(event(Verdict.VALID), event(Verdict.WITHDRAWN, after=1)) is ItemState.TO_REVIEW


def test_a_removed_answer_is_told():
    assert gone([event(Verdict.VALID)], {}) == {"q1"}


@given(
    st.lists(st.tuples(st.sampled_from(list(Verdict)), st.sampled_from("ab"), st.integers(0, 50)), max_size=12),
    st.sampled_from("ab"),
)
def test_nothing_stands_as_valid_unless_the_latest_decision_saw_this_very_answer(history, now):
    events = [event(verdict, digest, after=after, id_=str(n)) for n, (verdict, digest, after) in enumerate(history)]
    standing = fold(events, {"q1": now})["q1"]
    if standing.state is ItemState.VALID:
        assert standing.event is not None
        assert standing.event.verdict is Verdict.VALID
        assert standing.event.digests["q1"] == now


def test_not_valid_needs_a_reason():
    with pytest.raises(Invalid) as refused:
        check_command(Verdict.NOT_VALID, "  ?", response_status="completed")
    assert refused.value.problems[0].place == "comment"


def test_a_draft_cannot_be_reviewed():
    with pytest.raises(Invalid):
        check_command(Verdict.VALID, "", response_status="in-progress")


def test_a_comment_of_two_megabytes_is_refused():
    with pytest.raises(Invalid):
        check_command(Verdict.NOT_VALID, "x" * 2_000_000, response_status="completed")


@pytest.mark.parametrize(
    ("states", "remarks", "wanted"),
    [
        ([ItemState.VALID, ItemState.VALID], 0, "verified"),
        ([ItemState.VALID, ItemState.TO_REVIEW], 0, "to-review"),
        ([ItemState.NOT_VALID, ItemState.TO_REVIEW], 0, "not-valid"),
        ([ItemState.CHANGED, ItemState.NOT_VALID], 0, "changed"),
        ([ItemState.VALID], 1, "query"),
    ],
)
def test_a_forms_badge_is_its_worst_answer(states, remarks, wanted):
    assert badge(states, open_remarks=remarks) == wanted
