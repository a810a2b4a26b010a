"""Which centres follow a patient: shared, ended, told, without a word about the patient."""

from dataclasses import fields

import pytest

from portal.access import Actor, Role
from portal.acting import Acting
from portal.errors import Invalid, Refused
from portal.people import (
    Followed,
    create_practitioner,
    find_followed,
    follow,
    followings,
    open_organization,
    patient_summary,
    unfollow,
)
from tests.people.world import World


async def administrator(world: World, role: Role, *centres: str) -> Acting:
    made = await create_practitioner(
        world.service, family="Mendy", given="Fatou", email="fatou@example.fr", role=role, organizations=centres
    )
    return world.portal.acting(
        Actor(
            user="u", role=role, reference=f"Practitioner/{made}", name="Fatou Mendy", organizations=frozenset(centres)
        )
    )


async def test_who_looks_after_a_patient_lets_another_centre_follow_them(world: World) -> None:
    camille = await world.camille()
    with pytest.raises(Refused):
        await patient_summary(world.marc, camille)

    await follow(world.anne, camille, world.creteil)
    await follow(world.anne, camille, world.creteil)

    assert (await patient_summary(world.marc, camille)).given == "Camille"
    assert len(await followings(world.anne, camille)) == 2


async def test_a_centre_that_no_longer_follows_sees_nothing_at_once(world: World, clock) -> None:
    camille = await world.camille()
    await follow(world.anne, camille, world.creteil)
    clock.tick(86400)

    await unfollow(world.marc, camille, world.creteil)
    await unfollow(world.marc, camille, world.creteil)

    with pytest.raises(Refused):
        await patient_summary(world.marc, camille)
    present, past = await followings(world.anne, camille)
    assert (present.organization, present.until) == (world.montpellier, None)
    assert (past.organization, past.until) == (world.creteil, clock.today())


async def test_each_time_a_centre_follows_again_is_kept_apart(world: World, clock) -> None:
    camille = await world.camille()
    for _ in range(2):
        await follow(world.anne, camille, world.creteil)
        clock.tick(86400)
        await unfollow(world.marc, camille, world.creteil)
        clock.tick(86400)
    await follow(world.anne, camille, world.creteil)

    creteil = [one for one in await followings(world.anne, camille) if one.organization == world.creteil]
    assert [one.until is None for one in creteil] == [True, False, False]
    assert len({one.since for one in creteil}) == 3


async def test_the_last_centre_stays(world: World) -> None:
    camille = await world.camille()

    with pytest.raises(Invalid):
        await unfollow(world.anne, camille, world.montpellier)


async def test_another_team_s_patient_is_neither_linked_nor_unlinked(world: World) -> None:
    camille = await world.camille()
    await follow(world.anne, camille, world.creteil)

    with pytest.raises(Refused):
        await unfollow(world.anne, camille, world.creteil)
    bruno = await world.camille(given="Bruno", family="Aubépine", email="b@example.fr", phone=None)
    with pytest.raises(Refused):
        await follow(world.marc, bruno, world.creteil)
    with pytest.raises(Refused):
        await followings(world.marc, bruno)


async def test_a_closed_centre_follows_nobody_new(world: World) -> None:
    camille = await world.camille()
    await open_organization(world.service, world.creteil, active=False)

    with pytest.raises(Invalid):
        await follow(world.anne, camille, world.creteil)


async def test_an_organisation_s_administrator_finds_its_patients_by_fondacode_alone(world: World) -> None:
    camille = await world.camille()
    local = await administrator(world, Role.ORGANIZATION_ADMIN, world.montpellier)

    (found,) = (await find_followed(local)).rows
    assert (found.patient, found.centres) == (camille, (world.montpellier,))
    assert found.fondacode.startswith("0901")
    assert {field.name for field in fields(Followed)} == {"patient", "fondacode", "centres"}
    assert (await find_followed(local, fondacode=found.fondacode[3:8])).total == 1
    assert (await find_followed(local, fondacode="0000000000")).total == 0
    await follow(local, camille, world.creteil)
    await unfollow(local, camille, world.montpellier)
    assert (await find_followed(local)).rows == ()


async def test_the_foundation_s_administrator_needs_the_whole_fondacode(world: World) -> None:
    camille = await world.camille()
    admin = await administrator(world, Role.ADMIN)
    code = (await find_followed(await administrator_of(world))).rows[0].fondacode

    assert (await find_followed(admin)).rows == ()
    assert (await find_followed(admin, fondacode=code[:9])).rows == ()
    assert [one.patient for one in (await find_followed(admin, fondacode=f"{code[:2]} {code[2:]}")).rows] == [camille]


async def administrator_of(world: World) -> Acting:
    actor = Actor(
        user="u-local",
        role=Role.ORGANIZATION_ADMIN,
        reference=world.anne.actor.reference,
        name="Local",
        organizations=frozenset({world.montpellier}),
    )
    return world.portal.acting(actor)
