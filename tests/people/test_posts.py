"""A professional's roles in centres: given, changed, taken away; by whom one may."""

import pytest

from portal.access import Actor, Role
from portal.acting import Acting
from portal.errors import Invalid, Refused
from portal.people import (
    change_role,
    create_practitioner,
    find_practitioners,
    history_of,
    link_practitioner,
    open_organization,
    positions,
    unlink_practitioner,
)
from tests.people.world import World


async def staff(world: World, family: str, role: Role, *centres: str) -> str:
    return await create_practitioner(
        world.service,
        family=family,
        given="Louise",
        email=f"{family}@example.fr".lower(),
        role=role,
        organizations=centres,
    )


@pytest.fixture
async def admin(world: World) -> Acting:
    """The foundation's administrator."""
    made = await staff(world, "Mendy", Role.ADMIN)
    return world.portal.acting(Actor(user="u", role=Role.ADMIN, reference=f"Practitioner/{made}", name="Fatou Mendy"))


@pytest.fixture
async def local(world: World) -> Acting:
    """The administrator of Montpellier's centre."""
    made = await staff(world, "Bonnet", Role.ORGANIZATION_ADMIN, world.montpellier)
    return world.portal.acting(
        Actor(
            user="u-local",
            role=Role.ORGANIZATION_ADMIN,
            reference=f"Practitioner/{made}",
            name="Louise Bonnet",
            organizations=frozenset({world.montpellier}),
        )
    )


async def held(world: World, practitioner: str) -> list[tuple[str, Role]]:
    return [(one.organization, one.role) for one in await positions(world.service, practitioner) if one.active]


async def test_a_professional_works_in_several_centres_with_a_role_in_each(world: World, admin: Acting) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)

    made = await link_practitioner(admin, nurse, world.creteil, Role.PSYCHOLOGIST)
    assert await link_practitioner(admin, nurse, world.creteil, Role.PSYCHOLOGIST) == made  # twice is once

    assert set(await held(world, nurse)) == {(world.montpellier, Role.NURSE), (world.creteil, Role.PSYCHOLOGIST)}
    roles = await world.service.service.all("Role", {"name": "psychologist"})
    assert [role["links"]["organization"]["reference"] for role in roles] == [f"Organization/{world.creteil}"]


async def test_a_changed_role_ends_one_post_and_begins_another(world: World, admin: Acting, clock) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)
    clock.tick(86400)

    (before,) = await positions(world.service, nurse)
    made = await change_role(admin, before.id, Role.CARE_COORDINATOR)

    now, past = await positions(world.service, nurse)
    assert (now.id, now.role, now.active) == (made, Role.CARE_COORDINATOR, True)
    assert (past.role, past.active, past.until) == (Role.NURSE, False, clock.today())
    account = [role["name"] for role in await world.service.service.all("Role", {"name": "nurse,care-coordinator"})]
    assert account == ["care-coordinator"]


async def test_an_ended_post_stays_in_the_history(world: World, admin: Acting) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)
    (post,) = await positions(world.service, nurse)

    await unlink_practitioner(admin, post.id)
    await unlink_practitioner(admin, post.id)

    assert await held(world, nurse) == []
    (told,) = await history_of(world.service, f"Practitioner/{nurse}", "practitioner:set-roles")
    assert told.who == "Louise MENDY"
    assert told.details == {"unlink": "nurse", "organization": world.montpellier}


async def test_nobody_changes_their_own_rights(world: World, admin: Acting, local: Acting) -> None:
    (mine,) = await positions(world.service, local.actor.id)

    with pytest.raises(Invalid):
        await link_practitioner(admin, admin.actor.id, world.creteil, Role.PSYCHIATRIST)
    with pytest.raises(Invalid):
        await change_role(local, mine.id, Role.ADMIN)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.SERVICE, Role.RELATIVE])
async def test_what_is_no_profession_is_not_given(world: World, admin: Acting, role: Role) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)

    with pytest.raises(Invalid):
        await link_practitioner(admin, nurse, world.creteil, role)


async def test_a_closed_centre_takes_nobody(world: World, admin: Acting) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)
    await open_organization(admin, world.creteil, active=False)

    with pytest.raises(Invalid):
        await link_practitioner(admin, nurse, world.creteil, Role.NURSE)


async def test_an_organisation_s_administrator_gives_roles_in_it_and_nowhere_else(world: World, local: Acting) -> None:
    nurse = await staff(world, "Kaci", Role.NURSE, world.montpellier)
    stranger = await staff(world, "Roussel", Role.NURSE, world.creteil)

    await link_practitioner(local, nurse, world.montpellier, Role.CARE_COORDINATOR)
    for person, centre, role in (
        (nurse, world.creteil, Role.NURSE),
        (nurse, world.montpellier, Role.ADMIN),
        (nurse, "", Role.ARC),
        (stranger, world.montpellier, Role.NURSE),
    ):
        with pytest.raises(Refused):
            await link_practitioner(local, person, centre, role)
    (elsewhere,) = await positions(world.service, stranger)
    with pytest.raises(Refused):
        await unlink_practitioner(local, elsewhere.id)


async def test_an_organisation_s_administrator_makes_nobody_for_other_centres(world: World, local: Acting) -> None:
    facts = {"family": "Neuf", "given": "Jean", "email": "jean.neuf@example.fr"}
    with pytest.raises(Refused):
        await create_practitioner(local, **facts, role=Role.NURSE, organizations=[world.montpellier, world.creteil])
    with pytest.raises(Refused):
        await create_practitioner(local, **facts, role=Role.ADMIN, organizations=[world.montpellier])

    assert await create_practitioner(local, **facts, role=Role.NURSE, organizations=[world.montpellier])


async def test_professionals_are_searched_and_filtered_by_the_server(world: World, admin: Acting) -> None:
    await staff(world, "Kaci", Role.NURSE, world.montpellier)
    await staff(world, "Évrard", Role.NURSE, world.creteil)

    async def found(**wanted: object) -> list[str]:
        return [one.family for one in (await find_practitioners(admin, **wanted)).rows]

    assert await found(text="evr") == ["ÉVRARD"]
    assert await found(text="kaci@example.fr") == ["KACI"]
    assert await found(role=Role.NURSE) == ["ÉVRARD", "KACI"]
    assert await found(role=Role.NURSE, organization=world.creteil) == ["ÉVRARD"]
    assert await found(active=False) == []


async def test_an_organisation_s_administrator_finds_its_people_only(
    world: World, local: Acting, admin: Acting
) -> None:
    await staff(world, "Roussel", Role.NURSE, world.creteil)

    assert {one.family for one in (await find_practitioners(local)).rows} == {"SORIANO", "BONNET"}
    assert (await find_practitioners(local, organization=world.creteil)).rows == []
    (post,) = await positions(world.service, world.anne.actor.id)
    await unlink_practitioner(admin, post.id)
    assert {one.family for one in (await find_practitioners(local)).rows} == {"BONNET"}
