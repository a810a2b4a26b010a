"""What gets round access rules elsewhere, each tried at the server with a person's own token, and refused."""

from typing import Any
from urllib.parse import quote

import pytest

from portal.access import Actor, Role
from portal.app import Portal
from portal.fhir import systems
from portal.types import Json
from tests.promises.conftest import Ask
from tests.promises.matrix import ids_in
from tests.promises.world import SHOWN, T1, THINGS, about, actor, identified, tags

pytestmark = pytest.mark.asyncio(loop_scope="module")

THING = {thing.name: thing for thing in THINGS}


def lab(patient: str, **changes: Any) -> Json:
    return {**identified(THING["lab"], patient), **changes}


async def stored(portal: Portal, kind: str, id_: str) -> Json:
    return await portal.service().service.read(kind, id_)


async def test_a_person_without_a_role_reads_and_lists_nothing(ask_shared: Ask) -> None:
    assert (await ask_shared("nobody", "GET", "Patient/own"))[0] == 403
    assert (await ask_shared("nobody", "GET", "Observation?patient=Patient/own"))[0] == 403
    assert (await ask_shared("nobody", "GET", "Organization/montpellier"))[0] == 403


async def test_a_resource_is_not_moved_out_of_ones_sight(shared: Portal, ask_shared: Ask) -> None:
    assert (await ask_shared("nurse", "PUT", "Observation/lab-own", lab("own", subject=about("other-centre"))))[
        0
    ] == 403
    assert (await stored(shared, "Observation", "lab-own"))["subject"] == about("own")


async def test_a_resource_is_not_moved_to_another_patient_in_sight(ask_shared: Ask) -> None:
    assert (await ask_shared("nurse", "PUT", "Observation/lab-own", lab("own", subject=about("same-centre"))))[0] == 403


async def test_a_resource_out_of_sight_is_not_brought_into_it(ask_shared: Ask) -> None:
    moved = lab("other-centre", subject=about("own"))
    assert (await ask_shared("nurse", "PUT", "Observation/lab-other-centre", moved))[0] == 403
    assert (await ask_shared("nurse", "PATCH", "Observation/lab-other-centre", {"subject": about("own")}))[0] == 403


async def test_a_patch_is_judged_by_what_it_makes(ask_shared: Ask) -> None:
    assert (await ask_shared("nurse", "PATCH", "Observation/lab-own", {"subject": about("other-centre")}))[0] == 403
    assert (await ask_shared("nurse", "PATCH", "Observation/lab-own", {"valueInteger": 6}))[0] == 200


async def test_a_patch_of_another_kind_is_nobodys(ask_shared: Ask) -> None:
    change = [{"op": "replace", "path": "/subject/reference", "value": "Patient/other-centre"}]
    kind = (("content-type", "application/json-patch+json"),)
    assert (await ask_shared("nurse", "PATCH", "Observation/lab-own", change, kind))[0] == 403
    assert (await ask_shared("nurse", "PATCH", "Observation/lab-own?_method=json-patch", {"valueInteger": 1}))[0] == 403


async def test_what_is_hidden_from_a_patient_is_not_shown_by_marking_it(shared: Portal, ask_shared: Ask) -> None:
    marked = {**identified(THING["hidden-score"], "own"), "meta": {"tag": [*tags(T1), SHOWN]}}
    for who in ("patient", "nurse", "psychiatrist"):
        assert (await ask_shared(who, "PUT", "Observation/hidden-score-own", marked))[0] == 403
    assert SHOWN not in (await stored(shared, "Observation", "hidden-score-own"))["meta"]["tag"]


async def test_an_update_gives_no_trial_sight_and_takes_none(ask_shared: Ask) -> None:
    more = {"tag": [*tags(T1), *tags("emma")]}
    assert (await ask_shared("nurse", "PUT", "Observation/lab-own", lab("own", meta=more)))[0] == 403
    without = {key: value for key, value in lab("own").items() if key != "meta"}
    assert (await ask_shared("nurse", "PUT", "Observation/lab-own", without))[0] == 403


async def test_what_is_out_of_sight_and_what_does_not_exist_answer_alike(ask_shared: Ask) -> None:
    there = await ask_shared("nurse", "GET", "Observation/lab-other-centre")
    nowhere = await ask_shared("nurse", "GET", "Observation/lab-nowhere")
    assert there == nowhere
    assert await ask_shared("nurse", "GET", "Patient/other-centre/_history") == await ask_shared(
        "nurse", "GET", "Patient/x/_history"
    )


async def test_elements_that_are_not_ones_own_to_change_stay(ask_shared: Ask) -> None:
    task = identified(THING["form-task"], "own")
    begun = {**task, "status": "in-progress"}
    assert (await ask_shared("patient", "PUT", "Task/form-task-own", {**begun, "description": "other"}))[0] == 403
    dropped = {key: value for key, value in begun.items() if key != "intent"}
    assert (await ask_shared("patient", "PUT", "Task/form-task-own", dropped))[0] == 403
    assert (await ask_shared("patient", "PUT", "Task/form-task-own", {**begun, "status": "completed"}))[0] == 403
    alert = {**identified(THING["alert"], "own"), "status": "completed", "priority": "routine"}
    assert (await ask_shared("nurse", "PUT", "Task/alert-own", alert))[0] == 403
    assert (await ask_shared("patient", "PUT", "Task/form-task-own", begun))[0] == 200


async def test_nobody_signs_with_the_name_of_another(ask_shared: Ask) -> None:
    verdict = {**identified(THING["verdict"], "own"), "id": "forged"}  # attested by the psychiatrist
    assert (await ask_shared("arc", "POST", "VerificationResult", verdict))[0] == 403
    line = {**identified(THING["line"], "own"), "id": "forged"}
    assert (await ask_shared("nurse", "POST", "Communication", line))[0] == 403


@pytest.mark.parametrize(
    "condition",
    [
        "subject:Patient.family=Canaryown",
        "patient.family=Canaryown",
        "patient.identifier=x",
        "subject:Patient._has:EpisodeOfCare:patient:organization=montpellier",
        "_has:Provenance:target:agent=x",
        "_filter=subject.family eq x",
        "_text=Canary",
        "_content=Canary",
        "_list=x",
        "_query=x",
        "patient:identifier=x",
    ],
)
async def test_nothing_hidden_is_searched_by(ask_shared: Ask, condition: str) -> None:
    tag = quote(f"{systems.TRIAL}|{T1}")
    assert (await ask_shared("arc", "GET", f"QuestionnaireResponse?_tag={tag}"))[0] == 200
    assert (await ask_shared("arc", "GET", f"QuestionnaireResponse?_tag={tag}&{quote(condition, safe='=')}"))[0] == 403


async def test_a_patient_does_not_search_scores_that_are_hidden(ask_shared: Ask) -> None:
    shown = quote(f"{systems.AUDIENCE}|patient")
    status, found = await ask_shared("patient", "GET", f"Observation?patient=Patient/own&_tag={shown}")
    assert (status, ids_in(found) - {""}) == (200, {"score-own"})
    assert (await ask_shared("patient", "GET", "Observation?patient=Patient/own"))[0] == 403
    assert (await ask_shared("patient", "GET", f"Observation?patient=Patient/own&_tag=x,{shown}"))[0] == 403
    assert (await ask_shared("patient", "GET", f"Observation?patient=Patient/own&_tag:not={shown}"))[0] == 403


async def test_an_included_resource_brings_nobody_else_along(ask_shared: Ask) -> None:
    bait = {**identified(THING["form-task"], "own"), "id": "bait"}
    bait["focus"] = {"reference": "QuestionnaireResponse/answers-other-centre"}
    assert (await ask_shared("nurse", "POST", "Task", bait))[0] == 201
    for include in ("Task:focus", "Task:*", "*", "Task:patient"):
        assert (await ask_shared("nurse", "GET", f"Task?patient=Patient/own&_include={include}"))[0] == 403
        assert (await ask_shared("nurse", "GET", f"Task?patient=Patient/own&_include:iterate={include}"))[0] == 403
    assert (await ask_shared("nurse", "GET", "Patient?_revinclude=Observation:patient"))[0] == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("more", ["", "&_revinclude:iterate=Observation:subject", "&resource/id=montpellier"])
async def test_the_address_of_a_search_is_judged_as_a_search(ask_shared: Ask, method: str, more: str) -> None:
    wanted = f"Organization/_search?_revinclude=Patient:organization{more}"
    assert (await ask_shared("patient", method, wanted))[0] == 403
    entry = {"request": {"method": "GET", "url": wanted}}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    assert (await ask_shared("patient", "POST", "", batch))[1]["entry"][0]["response"]["status"] == "403"
    assert (await ask_shared("patient", "POST", "", {**batch, "type": "transaction"}))[0] == 403


async def test_a_read_with_conditions_is_no_read(ask_shared: Ask) -> None:
    assert (await ask_shared("patient", "GET", "Organization/montpellier?_elements=name&_summary=true"))[0] == 200
    assert (await ask_shared("patient", "GET", "Organization/montpellier?_revinclude=Patient:organization"))[0] == 403


async def test_a_list_names_only_those_in_sight(ask_shared: Ask) -> None:
    assert (await ask_shared("nurse", "GET", "Observation?patient=Patient/own,Patient/same-centre"))[0] == 200
    assert (await ask_shared("nurse", "GET", "Observation?patient=Patient/own,Patient/other-centre"))[0] == 403
    assert (await ask_shared("nurse", "GET", "Observation?patient=Patient/own%5C,Patient/other-centre"))[0] == 403
    twice, found = await ask_shared("nurse", "GET", "Observation?patient=Patient/own&patient=Patient/other-centre")
    assert (twice, ids_in(found) - {""}) == (200, set())
    centres = "_has:EpisodeOfCare:patient:organization=Organization/montpellier,Organization/creteil"
    assert (await ask_shared("nurse", "GET", f"Patient?{centres}"))[0] == 403
    assert (await ask_shared("both", "GET", f"Patient?{centres}"))[0] == 200


async def test_a_list_of_a_centre_has_nobody_whom_it_followed_once(ask_shared: Ask) -> None:
    centre = "_has:EpisodeOfCare:patient:organization=Organization/montpellier"
    status, found = await ask_shared("nurse", "GET", f"Patient?{centre}&_count=100")
    assert status == 200
    assert "own" in ids_in(found)
    assert "left" not in ids_in(found)


async def test_a_transaction_with_one_forbidden_entry_writes_nothing(shared: Portal, ask_shared: Ask) -> None:
    entries = [
        {"request": {"method": "PUT", "url": "Observation/lab-own"}, "resource": lab("own", valueInteger=9)},
        {"request": {"method": "PUT", "url": "Observation/lab-other-centre"}, "resource": lab("other-centre")},
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert (await ask_shared("nurse", "POST", "", bundle))[0] == 403
    assert (await stored(shared, "Observation", "lab-own"))["valueInteger"] != 9


async def test_a_batch_answers_each_entry_by_its_own_right(ask_shared: Ask) -> None:
    entries = [{"request": {"method": "GET", "url": f"Observation/lab-{one}"}} for one in ("own", "other-centre")]
    status, found = await ask_shared("nurse", "POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert status == 200
    assert [entry["response"]["status"] for entry in found["entry"]] == ["200", "403"]


async def test_a_reference_that_is_a_search_tells_nothing(ask_shared: Ask) -> None:
    looked = {**lab("own", id="oracle"), "performer": [{"reference": "Patient?family=Canaryother-centre"}]}
    entry = {"request": {"method": "PUT", "url": "Observation/oracle"}, "resource": looked}
    assert (await ask_shared("nurse", "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}))[
        0
    ] == 403


async def test_conditional_writes_tell_nothing(ask_shared: Ask) -> None:
    new = lab("own", id="conditional")
    assert (
        await ask_shared("nurse", "POST", "Observation", new, (("if-none-exist", "patient=Patient/other-centre"),))
    )[0] == 403
    assert (await ask_shared("nurse", "PUT", "Observation?patient=Patient/own", new))[0] == 403
    assert (await ask_shared("nurse", "DELETE", "Observation?patient=Patient/own"))[0] == 403


@pytest.mark.parametrize(
    "condition",
    [
        "_id=lab-other-centre",
        "?_id=lab-other-centre&_totalMethod=?_id=conditional",
        "?patient=other-centre&_format=?_id=conditional",
        "_id=lab-other-centre&_id=conditional",
        "Observation?_id=lab-other-centre?_id=conditional",
        "Patient?_id=conditional",
        "_id=conditional&_sort=_id",
        "_id=None",
        "",
    ],
)
async def test_a_condition_that_names_another_tells_nothing(ask_shared: Ask, condition: str) -> None:
    new = lab("own", id="conditional")
    assert (await ask_shared("nurse", "POST", "Observation", new, (("if-none-exist", condition),)))[0] == 403
    entry = {"request": {"method": "POST", "url": "Observation", "ifNoneExist": condition}, "resource": new}
    for kind in ("transaction", "batch"):
        status, found = await ask_shared(
            "nurse", "POST", "", {"resourceType": "Bundle", "type": kind, "entry": [entry]}
        )
        assert str(status if kind == "transaction" else found["entry"][0]["response"]["status"]) == "403"


async def test_a_condition_without_an_id_of_ones_own_is_refused(ask_shared: Ask) -> None:
    new = {key: value for key, value in lab("own").items() if key != "id"}
    assert (await ask_shared("nurse", "POST", "Observation", new, (("if-none-exist", "_id=None"),)))[0] == 403


@pytest.mark.parametrize("spelt", ["_id=once", "?_id=once", "Observation?_id=once"])
async def test_a_condition_that_names_ones_own_new_resource_is_allowed(ask_shared: Ask, spelt: str) -> None:
    new = lab("own", id="once")
    assert (await ask_shared("nurse", "POST", "Observation", new, (("if-none-exist", spelt),)))[0] in {200, 201}


async def test_nobody_deletes(ask_shared: Ask) -> None:
    for who in ("patient", "psychiatrist", "arc", "admin"):
        assert (await ask_shared(who, "DELETE", "Observation/lab-own"))[0] == 403


async def test_the_type_of_a_request_is_that_of_its_address(ask_shared: Ask) -> None:
    assert (await ask_shared("admin", "GET", "Patient/own?resource/type=Organization"))[0] == 403
    assert (await ask_shared("nurse", "GET", "Patient/other-centre?resource/id=own"))[0] == 403


async def test_sent_answers_are_changed_by_nobody_at_the_server(ask_shared: Ask) -> None:
    sent = {**identified(THING["answers"], "own"), "status": "in-progress"}
    for who in ("patient", "psychiatrist", "arc"):
        assert (await ask_shared(who, "PUT", "QuestionnaireResponse/answers-own", sent))[0] == 403


async def test_a_session_has_the_rights_of_its_own_kind_of_role(ask_shared: Ask) -> None:
    """Who also gives care is let in as an associate only to what an associate may see, and the other way round."""
    psychiatrist = actor("psychiatrist")
    as_arc = Actor(user=psychiatrist.user, role=Role.ARC, reference=psychiatrist.reference, name="")
    assert (await ask_shared(psychiatrist, "GET", "Patient/own"))[0] == 200
    assert (await ask_shared(as_arc, "GET", "Patient/own"))[0] == 403


async def test_topics_and_destinations_are_not_peoples(ask_shared: Ask) -> None:
    topic = {"resourceType": "AidboxSubscriptionTopic", "url": "x", "status": "active"}
    for who in ("nurse", "arc", "admin"):
        assert (await ask_shared(who, "POST", "AidboxSubscriptionTopic", topic))[0] == 403
        assert (await ask_shared(who, "GET", "AccessPolicy"))[0] == 403
        assert (await ask_shared(who, "GET", "User"))[0] == 403
