"""A right that is withdrawn, or a mark that is taken away, is over with the commit that does it, at the server itself."""

from typing import Any

from portal.app import Portal
from portal.types import Json
from tests.promises.conftest import Ask
from tests.promises.matrix import send
from tests.promises.world import SHOWN, T1, actor, tags


async def stored(portal: Portal, kind: str, id_: str) -> Json:
    return await portal.service().service.read(kind, id_)


async def renew(portal: Portal, kind: str, id_: str, **changes: Any) -> None:
    service = portal.service().service
    await service.replace({**await service.read(kind, id_), **changes})


async def test_what_was_hidden_in_a_former_version_stays_hidden(portal: Portal, ask: Ask) -> None:
    before = await stored(portal, "Observation", "hidden-score-own")
    await renew(portal, "Observation", "hidden-score-own", meta={**before["meta"], "tag": [*tags(T1), SHOWN]})
    here = "Observation/hidden-score-own"
    assert (await ask("patient", "GET", here))[0] == 200
    assert (await ask("patient", "GET", f"{here}/_history/{before['meta']['versionId']}"))[0] == 403
    assert (await ask("patient", "GET", f"{here}/_history"))[0] == 403


async def test_what_is_hidden_now_is_not_read_from_a_version_in_which_it_was_not(portal: Portal, ask: Ask) -> None:
    before = await stored(portal, "Observation", "score-own")
    await renew(portal, "Observation", "score-own", meta={**before["meta"], "tag": tags(T1)})
    version = before["meta"]["versionId"]
    assert (await ask("patient", "GET", f"Observation/score-own/_history/{version}"))[0] == 403


async def test_a_token_is_not_forged_nor_used_after_its_time(portal: Portal, ask: Ask, clock: Any) -> None:
    token = portal.signer.sign(actor("nurse"))
    assert (await send(portal, token[:-2] + "xx", "GET", "Patient/own"))[0] == 401
    clock.tick(301)
    assert (await send(portal, token, "GET", "Patient/own"))[0] == 401


async def test_a_link_that_ends_ends_sight_with_its_commit(portal: Portal, ask: Ask) -> None:
    assert (await ask("nurse", "GET", "Patient/own"))[0] == 200
    await renew(portal, "EpisodeOfCare", "episode-own", status="finished")
    assert (await ask("nurse", "GET", "Patient/own"))[0] == 403
    assert (await ask("nurse", "PATCH", "Observation/lab-own", {"valueInteger": 1}))[0] == 403


async def test_a_trial_that_is_taken_away_is_out_of_sight_with_its_commit(portal: Portal, ask: Ask) -> None:
    assert (await ask("arc", "GET", "QuestionnaireResponse/answers-own"))[0] == 200
    team = await stored(portal, "Group", f"arcs-{T1}")
    for member in team["member"]:
        member["inactive"] = True
    await renew(portal, "Group", f"arcs-{T1}", member=team["member"])
    assert (await ask("arc", "GET", "QuestionnaireResponse/answers-own"))[0] == 403


async def test_a_role_that_ends_ends_its_rights_with_its_commit(portal: Portal, ask: Ask) -> None:
    assert (await ask("both", "GET", "Patient/other-centre"))[0] == 200
    await renew(portal, "PractitionerRole", "both-now-psychologist", active=False)
    assert (await ask("both", "GET", "Patient/other-centre"))[0] == 403
    assert (await ask("both", "GET", "Patient/own"))[0] == 200


async def test_an_account_that_is_closed_is_let_in_nowhere_from_then_on(portal: Portal, ask: Ask) -> None:
    assert (await ask("patient", "GET", "Patient/own"))[0] == 200
    await renew(portal, "User", "patient-now", inactive=True)
    assert (await ask("patient", "GET", "Patient/own"))[0] == 403
