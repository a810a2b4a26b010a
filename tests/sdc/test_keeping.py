import json

from portal.sdc import FormSession
from tests.sdc.small import NOW, begin, value

WORK = """
items:
- {id: work, text: Work, options: yes_no}
- {id: job, type: string, text: Job, when: {item: work, is: "yes"}}
- {id: mood, text: Mood, options: [{code: a, score: 1, fr: A}, {code: b, score: 2, fr: B}]}
scores: [{id: total, title: T, sum: [mood]}]
"""


def worked() -> FormSession:
    session = begin(WORK, about={"subject": {"reference": "Patient/7"}})
    session.set("work", "yes")
    session.set("job", "Boulanger")
    session.set("work", "no")
    return session


def test_a_draft_says_which_form_and_whom_it_is_about():
    draft = worked().response()
    assert draft["questionnaire"] == worked().form.canonical
    assert (draft["status"], draft["subject"]) == ("in-progress", {"reference": "Patient/7"})


def test_a_draft_keeps_what_is_not_asked_any_more_marked():
    again = FormSession(worked().form, worked().response(), now=NOW)
    assert not again.state("job").enabled
    again.set("work", "yes")
    assert value(again, "job") == "Boulanger"


def test_a_completed_response_leaves_out_what_is_not_asked():
    completed = worked().completed(NOW)
    assert [item["linkId"] for item in completed["item"]] == ["work"]
    assert (completed["status"], completed["authored"]) == ("completed", "2026-12-02T14:02:00+01:00")


def test_completing_again_is_an_amendment():
    completed = worked().completed(NOW)
    again = FormSession(worked().form, completed, now=NOW)
    again.set("work", "yes")
    assert again.completed(NOW)["status"] == "amended"


def test_weights_stay_in_the_form():
    session = begin(WORK)
    session.set("mood", "b")
    assert "itemWeight" not in json.dumps(session.response(), default=str)


def test_what_is_not_touched_is_given_back_as_it_came():
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "meta": {"versionId": "3"},
        "questionnaire": worked().form.canonical,
        "status": "in-progress",
        "item": [
            {
                "linkId": "job",
                "id": "x",
                "text": "Métier",
                "answer": [{"id": "y", "valueString": "Boulanger", "extension": [{"url": "urn:e", "valueCode": "z"}]}],
            }
        ],
    }
    kept = FormSession(worked().form, response, now=NOW).response()
    marks = kept["item"][0].pop("extension")
    assert kept == response
    assert [mark["valueBoolean"] for mark in marks] == [True]


def test_an_item_that_this_version_does_not_have_is_named():
    response = {"resourceType": "QuestionnaireResponse", "item": [{"linkId": "gone", "answer": [{"valueString": "x"}]}]}
    assert begin(WORK, response).unknown == ("gone",)


def test_the_order_of_answers_does_not_matter():
    steps = [("work", "yes"), ("job", "Boulanger"), ("mood", "b")]
    forwards, backwards = begin(WORK), begin(WORK)
    for path, given in steps:
        forwards.set(path, given)
    for path, given in reversed(steps):
        backwards.set(path, given)
    assert forwards.response() == backwards.response()
