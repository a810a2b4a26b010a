"""An ARC decides answers of the trial they follow, and nothing else; the centre sees and answers the remarks."""

import pytest

from portal.access import Scope
from portal.errors import Forbidden, Invalid, Refused
from portal.fhir import systems
from portal.responses import amend
from portal.review import (
    ItemState,
    Verdict,
    answer_remark,
    decide_item,
    question_at,
    remarks,
    review_of,
    trial_remarks,
    withdraw_decision,
)
from portal.trials import subjects, visits


async def state_of(study, link_id: str) -> ItemState:
    review = await review_of(study.pauline, study.response)
    return next(item.state for item in review.items if item.place.item.link_id == link_id)


async def correct(study, link_id: str) -> None:
    question = question_at(study.portal.catalogue.codes["PHQ9"], f"linkId='{link_id}'")
    await amend(study.anne, study.response, {link_id: question.options[3].key}, reason="typing-error")


async def test_every_answer_of_a_new_form_is_to_review(study):
    review = await review_of(study.pauline, study.response)
    assert {item.state for item in review.items} == {ItemState.TO_REVIEW}


async def test_scores_are_not_decided_because_their_inputs_are(study):
    review = await review_of(study.pauline, study.response)
    assert all(item.place.item.link_id.startswith("q") for item in review.items)


async def test_a_decision_is_there_after_the_portal_was_opened_anew(study):
    await decide_item(study.pauline, study.response, await study.review_place("q1"), Verdict.VALID)
    assert await state_of(study, "q1") is ItemState.VALID


async def test_not_valid_opens_a_remark_that_the_centre_reads(study):
    await decide_item(study.pauline, study.response, await study.review_place("q2"), Verdict.NOT_VALID, "À vérifier")
    found = await remarks(study.anne, study.response)
    assert [(one.status, one.lines[0].text, one.lines[0].name) for one in found] == [
        ("open", "À vérifier", study.pauline.actor.name)
    ]


async def test_not_valid_without_a_reason_changes_nothing(study):
    with pytest.raises(Invalid):
        await decide_item(study.pauline, study.response, await study.review_place("q2"), Verdict.NOT_VALID)
    assert await state_of(study, "q2") is ItemState.TO_REVIEW


async def test_the_centres_answer_joins_the_thread(study):
    await decide_item(study.pauline, study.response, await study.review_place("q2"), Verdict.NOT_VALID, "À vérifier")
    [remark] = await trial_remarks(study.pauline, "small")
    await answer_remark(study.anne, remark.id, "Vérifié : c'est juste.")
    [remark] = await trial_remarks(study.pauline, "small")
    assert (remark.status, [line.text for line in remark.lines]) == (
        "answered",
        ["À vérifier", "Vérifié : c'est juste."],
    )


async def test_valid_closes_an_answered_remark(study):
    place = await study.review_place("q2")
    await decide_item(study.pauline, study.response, place, Verdict.NOT_VALID, "À vérifier")
    [remark] = await trial_remarks(study.pauline, "small")
    await answer_remark(study.anne, remark.id, "C'est juste.")
    await decide_item(study.pauline, study.response, place, Verdict.VALID)
    assert await trial_remarks(study.pauline, "small") == []


async def test_a_changed_answer_is_to_review_again_and_shows_what_was_decided(study, clock):
    place = await study.review_place("q1")
    await decide_item(study.pauline, study.response, place, Verdict.VALID)
    clock.tick(60)
    await correct(study, "q1")
    review = await review_of(study.pauline, study.response)
    item = next(one for one in review.items if one.place.location == place)
    assert item.state is ItemState.CHANGED
    assert item.former is not None
    assert item.former.digest != item.place.digest


async def test_an_answer_that_did_not_change_stays_decided(study, clock):
    await decide_item(study.pauline, study.response, await study.review_place("q3"), Verdict.VALID)
    clock.tick(60)
    await correct(study, "q1")
    assert await state_of(study, "q3") is ItemState.VALID


async def test_a_decision_can_be_taken_back_and_its_trace_stays(study):
    place = await study.review_place("q1")
    await decide_item(study.pauline, study.response, place, Verdict.VALID)
    await withdraw_decision(study.pauline, study.response, place)
    events = await study.service.fhir.all("VerificationResult", {"target": f"QuestionnaireResponse/{study.response}"})
    assert (await state_of(study, "q1"), len(events)) == (ItemState.TO_REVIEW, 2)


async def test_the_forms_line_in_lists_follows_the_decisions(study):
    for link_id in [f"q{n}" for n in range(1, 10)]:
        await decide_item(study.pauline, study.response, await study.review_place(link_id), Verdict.VALID)
    review = await review_of(study.pauline, study.response)
    for item in review.items:
        if item.state is not ItemState.VALID:
            await decide_item(study.pauline, study.response, item.place.location, Verdict.VALID)
    task = await study.service.fhir.read("Task", f"review-{study.response}")
    assert task["businessStatus"]["coding"][0]["code"] == "verified"


async def test_an_arc_of_another_trial_is_refused(study):
    with pytest.raises(Forbidden):
        await review_of(study.stranger, study.response)


async def test_a_practitioner_decides_nothing(study):
    with pytest.raises(Refused):
        await decide_item(study.anne, study.response, await study.review_place("q1"), Verdict.VALID)


async def test_a_doctor_of_another_centre_does_not_read_the_remarks(study):
    with pytest.raises(Forbidden):
        await remarks(study.marc, study.response)


async def test_an_arc_reads_no_patient_even_without_the_portals_help(study):
    with pytest.raises(Forbidden):
        await study.pauline.fhir.read("Patient", study.patient)


async def test_an_arc_changes_no_answer_even_without_the_portals_help(study):
    stored = await study.pauline.fhir.read("QuestionnaireResponse", study.response)
    with pytest.raises(Forbidden):
        await study.pauline.fhir.replace({**stored, "status": "entered-in-error"})


async def test_subjects_are_listed_by_fondacode_without_a_name(study):
    page = await subjects(study.pauline, "small")
    assert len(page.rows[0].fondacode) == 10
    assert "Aubert" not in repr(page)


async def test_a_subject_is_found_by_their_whole_fondacode(study):
    [row] = (await subjects(study.pauline, "small")).rows
    assert (await subjects(study.pauline, "small", text=row.fondacode)).total == 1
    assert (await subjects(study.pauline, "small", text="0000000000")).total == 0


async def test_a_visits_forms_tell_where_their_review_stands(study):
    await decide_item(study.pauline, study.response, await study.review_place("q1"), Verdict.VALID)
    scope = Scope(patient=study.patient, trials=frozenset({"small"}))
    found = await visits(study.pauline, study.subject, scope)
    assert [(form.status, form.badge) for visit in found for form in visit.forms] == [("completed", "to-review")]


async def test_decisions_carry_the_trials_tag(study):
    await decide_item(study.pauline, study.response, await study.review_place("q1"), Verdict.VALID)
    [event] = await study.service.fhir.all("VerificationResult", {"target": f"QuestionnaireResponse/{study.response}"})
    assert {"system": systems.TRIAL, "code": "small"} in event["meta"]["tag"]


async def test_a_response_that_does_not_say_when_is_reviewed_as_of_the_day_it_was_received(study):
    stored = await study.service.service.read("QuestionnaireResponse", study.response)
    await study.service.service.replace({key: value for key, value in stored.items() if key != "authored"})
    assert (await review_of(study.pauline, study.response)).at == study.service.clock.now()
