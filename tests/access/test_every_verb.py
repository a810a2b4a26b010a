"""Every verb that touches a person's data asks a right first and leaves an audit event; the others are named here, with why.

Read from the source, so that a verb written tomorrow is held to it too.
"""

from collections.abc import Iterator

import pytest

from tests.access.verbs import Source

DECIDES = frozenset({"portal.access.decide:decide"})
TELLS = frozenset({"portal.audit.record:record", "portal.audit.record:event"})

CALLER_DECIDED = {
    "account_of": "a step of verbs that have decided",
    "all_centres": "names of centres are public",
    "answers_changed": "adds to the transaction of the verb that corrects, which has decided and tells",
    "arcs_of": "a step of verbs that have decided",
    "attachment": "a step of the verb that opens a document, which has decided",
    "centres_named": "names of centres are public",
    "close_link": "closes the link that the relative holds: who has the secret has the right to one form",
    "fold": "brings to the record what save_answer was let keep; the server decides again",
    "form_asked": "reads what is asked and gives the facts by which its caller decides",
    "helper_at": "who holds the link's secret; nobody is signed in",
    "history_of": "a step of verbs that have decided",
    "look_again": "what other pages added to a draft that this one was let open",
    "tell": "what a form that was let open asks for beside its answers, with the acting person's own rights at the server",
    "look_at_link": "tells the holder of a secret whether the link still opens",
    "next_of": "ids of one's own forms, after the verb that sent one",
    "open_centres": "names of centres are public",
    "open_link": "who holds the link's secret; nobody is signed in",
    "organizations_of": "the facts by which others decide",
    "outcome_of": "a form that is tried, about nobody",
    "own_centres": "names of one's own centres",
    "patient_scope": "the facts by which others decide",
    "positions": "a step of verbs that have decided",
    "possible_answers": "answers that a form offers; the record server decides on what is looked up",
    "record": "the audit trail itself",
    "record_refusal": "the audit trail itself",
    "results": "beside a response that was read; the record server decides again",
    "save_pending": "answers that save_answer was let take",
    "save_place": "where a person is in a draft that they were let open",
    "staff_scope": "the facts by which others decide",
    "still_open": "tells the holder of a secret whether the link still opens",
    "validation_of": "beside a response that was read",
}
"""Verbs that ask no right themselves."""

NOTHING_TO_TELL = {
    **{
        name: CALLER_DECIDED[name]
        for name in (
            "account_of", "all_centres", "answers_changed", "arcs_of", "attachment", "centres_named", "form_asked",
            "history_of", "look_again", "next_of", "open_centres", "organizations_of", "outcome_of", "own_centres",
            "patient_scope", "positions", "possible_answers", "results", "save_place", "staff_scope", "still_open",
            "validation_of", "look_at_link", "helper_at", "tell",
        )
    },
    "add_copy": "an answer: the journal names who gave it and when; opening and sending are told",
    "close_link": "the link's own row says when; what was answered is told when it is sent",
    "compute_again": "an answer: the journal names who gave it and when",
    "find_organizations": "centres, not people",
    "fold": "answers that the journal names; opening and sending are told",
    "fold_left_answers": "the portal itself tidying; nothing is read by anybody",
    "install": "forms and studies, not people",
    "list_organizations": "centres, not people",
    "list_trials": "studies and who reviews them, no patient",
    "may_grant": "a check before a change that is told",
    "open_link": "the link's own row says when it was opened",
    "names_in": "names beside lines of the trail, whose reading is told",
    "organization_file": "a centre, not a person",
    "patients_with": "ids alone, a step of lists that are told",
    "patient_typed": "a filter of the trail, whose reading is told",
    "person_typed": "a filter of the trail, whose reading is told",
    "remove_copy": "an answer: the journal names who gave it and when",
    "save_answer": "an answer: the journal names who gave it and when; opening and sending are told",
    "save_pending": "answers: the journal names who gave them and when",
    "signed_up_alike": "whether an account waits, not whose",
    "trials_followed": "titles of studies, not people",
    "try_form": "a form that is tried, about nobody",
}  # fmt: skip
"""Verbs that leave no event of their own."""

ROOMS = (
    "administration",
    "audit",
    "files",
    "people",
    "record",
    "reports",
    "responses",
    "review",
    "statistics",
    "trials",
)


@pytest.fixture(scope="module")
def source() -> Source:
    return Source.read()


def verbs(source: Source) -> Iterator[str]:
    for room in ROOMS:
        if f"portal.{room}" in source.modules:
            yield from source.verbs(f"portal.{room}")


def short(verb: str) -> str:
    return verb.partition(":")[2]


def without(source: Source, wanted: frozenset[str]) -> list[str]:
    return [verb for verb in verbs(source) if not source.reached(verb) & wanted]


def test_every_verb_asks_a_right_or_says_why_not(source: Source) -> None:
    assert [verb for verb in without(source, DECIDES) if short(verb) not in CALLER_DECIDED] == []


def test_every_verb_leaves_an_audit_event_or_says_why_not(source: Source) -> None:
    assert [verb for verb in without(source, TELLS) if short(verb) not in NOTHING_TO_TELL] == []


def test_the_excuses_are_of_verbs_that_exist(source: Source) -> None:
    known = {short(verb) for verb in verbs(source)}
    assert sorted({*CALLER_DECIDED, *NOTHING_TO_TELL} - known) == []


def test_there_are_verbs_to_look_at(source: Source) -> None:
    assert len(list(verbs(source))) > 60


def test_a_verb_that_forgets_is_found(source: Source) -> None:
    """Taking the audit out of one verb, as a fault would, names that verb."""
    scores = source.modules["portal.record.scores"]
    scores.imported["audit"] = "nowhere:audit"
    try:
        assert "portal.record.scores:scores" in without(source, TELLS)
    finally:
        scores.imported["audit"] = "portal:audit"
