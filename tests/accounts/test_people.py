"""What a person may be is read from the record each time it is asked."""

import pytest

from portal.access import Permission, Role, Scope, may
from portal.accounts import Door, people
from portal.errors import SignInNeeded
from portal.fhir import systems
from tests.cast import EBIPOLAR
from tests.changing import change


async def test_a_patient_is_themself_and_nothing_more(door: Door):
    camille = await people.actor(door, "u-camille")
    assert (camille.role, camille.reference, camille.organizations) == (Role.PATIENT, "Patient/camille", frozenset())


async def test_a_professional_has_the_centres_of_their_roles(door: Door):
    anne = await people.actor(door, "u-anne")
    assert (anne.role, anne.organizations, anne.roles) == (
        Role.PSYCHIATRIST,
        {"montpellier"},
        ("PractitionerRole/anne-role",),
    )


async def test_an_arc_has_the_trials_of_their_groups(door: Door):
    pauline = await people.actor(door, "u-pauline")
    assert (pauline.role, pauline.trials) == (Role.ARC, {EBIPOLAR})


async def test_a_withdrawn_role_is_gone_at_once(door: Door):
    await change(door.acting.service, "PractitionerRole", "anne-role", {"active": False})
    with pytest.raises(SignInNeeded):
        await people.actor(door, "u-anne")


async def test_an_arc_taken_out_of_the_group_follows_nothing(door: Door):
    await change(door.acting.service, "Group", f"arcs-{EBIPOLAR}", {"member": None})
    assert (await people.actor(door, "u-pauline")).trials == frozenset()


@pytest.mark.parametrize(
    ("kind", "id_", "changes"),
    [("User", "u-camille", {"inactive": True}), ("Patient", "camille", {"active": False})],
)
async def test_a_closed_account_and_a_closed_record_let_nobody_in(door: Door, kind: str, id_: str, changes: dict):
    await change(door.acting.service, kind, id_, changes)
    with pytest.raises(SignInNeeded):
        await people.actor(door, "u-camille")


async def test_an_account_that_does_not_exist_lets_nobody_in(door: Door):
    with pytest.raises(SignInNeeded):
        await people.actor(door, "u-nobody")


async def test_who_holds_two_care_roles_has_the_rights_of_each_where_they_hold_it(door: Door):
    role = await door.acting.service.read("PractitionerRole", "anne-role")
    second = {
        **{key: value for key, value in role.items() if key not in {"id", "meta"}},
        "id": "anne-nurse",
        "organization": {"reference": "Organization/creteil"},
        "code": [{"coding": [{"system": systems.ROLE, "code": "nurse"}]}],
    }
    await door.acting.service.add(second)
    as_nurse = await people.actor(door, "u-anne", Role.NURSE)
    assert (as_nurse.role, as_nurse.organizations) == (Role.NURSE, {"creteil", "montpellier"})
    there, here = (Scope(organizations=frozenset({each})) for each in ("creteil", "montpellier"))
    assert may(as_nurse, Permission.RESPONSE_READ, there)
    assert (may(as_nurse, Permission.RESPONSE_VALIDATE, here), may(as_nurse, Permission.RESPONSE_VALIDATE, there)) == (
        True,
        False,
    )
    assert (await people.actor(door, "u-anne")).role is Role.PSYCHIATRIST
