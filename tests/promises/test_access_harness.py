"""The matrix and the checklist bite: each finds the fault that is planted for it."""

import pytest

from portal.access import Role, facts, look, writing
from portal.access.facts import Record, id_in
from portal.access.grants import grants
from portal.access.needs import Op
from portal.access.permissions import Permission
from portal.access.rules import RULES, Reach
from portal.app import Portal
from tests.promises.conftest import Ask
from tests.promises.matrix import Asked, decisions, requests
from tests.promises.test_access_matrix import versions, wrong_answers
from tests.promises.world import THINGS, about, identified

THING = {thing.name: thing for thing in THINGS}


async def part(portal: Portal, **wanted: str) -> list[Asked]:
    every = requests(await versions(portal))
    return [asked for asked in every if all(getattr(asked, name) == value for name, value in wanted.items())]


async def test_a_policy_that_is_too_wide_is_found(portal: Portal) -> None:
    wide = {"resourceType": "AccessPolicy", "id": "planted", "engine": "matcho"}
    wide["matcho"] = {"params": {"resource/type": "Observation"}, "operation": {"id": "FhirRead"}}
    await portal.service().service.add(wide)
    _, yes, no = await wrong_answers(portal, await part(portal, who="nurse", thing="lab", way="read"))
    assert any("other-centre" in each for each in yes)
    assert no == []


async def test_a_former_link_that_still_counts_is_found(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def ever(record: Record, patient: str) -> frozenset[str]:
        found = record.search("EpisodeOfCare", {"patient": f"Patient/{patient}"})
        return frozenset(id_in(each.get("managingOrganization")) or "montpellier" for each in found)

    monkeypatch.setattr(look, "followed", ever)
    _, yes, _ = await wrong_answers(portal, await part(portal, who="nurse", thing="lab", situation="withdrawn"))
    assert yes


async def test_a_team_that_is_not_asked_is_found(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "teams", lambda _record, _me: frozenset({"ebipolar", "emma"}))
    _, yes, _ = await wrong_answers(portal, await part(portal, who="arc", thing="answers", way="read"))
    assert {"other-trial" in each or "withdrawn" in each for each in yes} == {True}
    assert yes


async def test_a_role_that_is_over_and_still_counts_is_found(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def ever(record: Record, practitioner: str) -> frozenset[tuple[str, str]]:
        return frozenset({("nurse", "montpellier")})

    for module in (facts, look):
        monkeypatch.setattr(module, "posts", ever)
    monkeypatch.setattr("portal.access.sight.posts", ever)
    _, yes, _ = await wrong_answers(portal, await part(portal, who="nurse", thing="lab", situation="ended"))
    assert yes


async def test_an_update_that_is_judged_only_before_is_found(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_same", lambda _before, _after: True)
    moved = {**identified(THING["lab"], "own"), "subject": about("same-centre")}
    assert (await ask("nurse", "PUT", "Observation/lab-own", moved))[0] == 200


async def test_an_include_that_nobody_thought_of_is_found(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.access.sight._param_allowed", lambda _look, _key, _value: True)
    _, yes, _ = await wrong_answers(portal, await part(portal, who="nurse", thing="alert", way="include/"))
    assert yes


async def test_a_rule_that_is_too_wide_is_found(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = {**RULES[Role.ARC], Reach.OWN_TRIALS: RULES[Role.ARC][Reach.OWN_TRIALS] | {Permission.PATIENT_IDENTITY_READ}}
    monkeypatch.setitem(RULES, Role.ARC, wide)
    found = [what async for what, granted, expected in decisions(portal) if granted and not expected]
    assert "arc (own) patient:read-identity" in found


def test_a_right_opens_at_the_server_what_it_needs_and_nothing_else() -> None:
    """What the server allows comes from the table of rights: without the right there is no such policy."""
    needs = {(grant.id, need.type, op) for grant in grants() for need in grant.needs for op in need.ops}
    assert ("nurse-or-practitioner-or-psychiatrist-centres", "MedicationStatement", Op.UPDATE) in needs
    assert not any("psychologist" in name and kind == "MedicationStatement" for name, kind, _ in needs)
    assert not any(name.startswith("arc") and kind == "Patient" for name, kind, _ in needs)
    clinical = {thing.type for thing in THINGS}
    assert not any("admin" in name.replace("signed-in", "") and kind in clinical for name, kind, _ in needs)
