"""Accounts closed, opened again and signed out: by whom one may, and of whom."""

import pytest

from portal.access import Actor, Role
from portal.accounts import Door, people, sessions
from portal.acting import Acting
from portal.administration import deactivate, end_session, reactivate, sign_out_everywhere, staff_file
from portal.background import Background
from portal.errors import Invalid, NotFound, Refused, SignInNeeded
from portal.fhir import Transaction
from portal.people import account_of, add_candidate, create_practitioner, link_practitioner
from tests.people.world import World


async def staff(world: World, family: str, role: Role, *centres: str) -> str:
    email = f"{family}@example.fr".lower()
    return await create_practitioner(
        world.service, family=family, given="Louise", email=email, role=role, organizations=centres
    )


async def administrator(world: World, family: str, role: Role, *centres: str) -> Acting:
    made = await staff(world, family, role, *centres)
    reference = f"Practitioner/{made}"
    return world.portal.acting(
        Actor(user=f"u-{family}", role=role, reference=reference, name=family, organizations=frozenset(centres))
    )


@pytest.fixture
async def fatou(world: World) -> Acting:
    return await administrator(world, "Mendy", Role.ADMIN)


@pytest.fixture
async def nadege(world: World) -> Acting:
    return await administrator(world, "Bonnet", Role.ORGANIZATION_ADMIN, world.montpellier)


@pytest.fixture
def door(world: World) -> Door:
    return Door(acting=world.service, key="k" * 32, later=Background())


async def signed_in(door: Door, world: World, practitioner: str) -> str:
    """Starts a session of theirs; returns its id."""
    user = await account_of(world.service, practitioner)
    assert user is not None
    secret = await sessions.start(
        door, user=user["id"], role=Role.NURSE, reference=f"Practitioner/{practitioner}", device="Firefox"
    )
    return sessions.session_id(secret)


async def test_a_closed_account_loses_its_sessions_and_its_rights(world: World, fatou: Acting, door: Door) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)
    await signed_in(door, world, nurse)

    await deactivate(fatou, nurse, reason="A quitté le centre")
    await deactivate(fatou, nurse)

    file = await staff_file(fatou, nurse, door=door)
    assert (file.active, file.sessions) == (False, ())
    assert [one.details for one in file.changes if one.what == "account:deactivate"] == [
        {"reason": "A quitté le centre"}
    ]
    with pytest.raises(SignInNeeded):
        await people.actor(door, file.user)

    await reactivate(fatou, nurse)
    assert (await people.actor(door, file.user)).organizations == {world.montpellier}


async def test_nobody_closes_their_own_account(world: World, fatou: Acting) -> None:
    with pytest.raises(Invalid):
        await deactivate(fatou, fatou.actor.id)


async def test_an_organisation_s_administrator_closes_accounts_of_nobody_else(
    world: World, nadege: Acting, fatou: Acting, door: Door
) -> None:
    own = await staff(world, "Kaci", Role.NURSE, world.montpellier)
    both = await staff(world, "Haddad", Role.NURSE, world.montpellier, world.creteil)
    roaming = await staff(world, "Ollivier", Role.ARC)
    founder = await staff(world, "Rossi", Role.PSYCHIATRIST, world.montpellier)
    await link_practitioner(fatou, founder, "", Role.ADMIN)

    await deactivate(nadege, own)
    for other in (both, roaming, founder, world.marc.actor.id, fatou.actor.id):
        with pytest.raises(Refused):
            await deactivate(nadege, other)
        with pytest.raises(Refused):
            await sign_out_everywhere(nadege, other)
    with pytest.raises(Refused):
        await staff_file(nadege, world.marc.actor.id, door=door)


async def test_a_session_is_ended_by_whoever_may_and_only_of_that_person(
    world: World, fatou: Acting, door: Door
) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)
    other = await staff(world, "Roussel", Role.NURSE, world.creteil)
    mine, theirs = await signed_in(door, world, nurse), await signed_in(door, world, other)

    with pytest.raises(NotFound):
        await end_session(fatou, nurse, theirs, door=door)
    await end_session(fatou, nurse, mine, door=door)

    assert (await staff_file(fatou, nurse, door=door)).sessions == ()
    assert len((await staff_file(fatou, other, door=door)).sessions) == 1
    await sign_out_everywhere(fatou, other)
    assert (await staff_file(fatou, other, door=door)).sessions == ()


async def test_who_was_never_accepted_is_not_opened_by_another_way(world: World, fatou: Acting) -> None:
    write = Transaction()
    candidate = add_candidate(
        world.service, write, family="Sapin", given="Jean", gender="male", role=Role.ARC, email="s@example.fr", phone=""
    )
    await world.service.service.commit(write)

    with pytest.raises(Invalid):
        await reactivate(fatou, candidate)


async def test_care_teams_touch_no_account(world: World, door: Door) -> None:
    for verb in (deactivate, reactivate, sign_out_everywhere):
        with pytest.raises(Refused):
            await verb(world.anne, world.marc.actor.id)
    with pytest.raises(Refused):
        await staff_file(world.anne, world.marc.actor.id, door=door)
