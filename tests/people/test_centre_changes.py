"""A centre is searched, changed, closed and opened again; each change is told with who made it."""

import pytest

from portal.errors import Invalid, Refused
from portal.people import (
    edit_organization,
    find_organizations,
    list_organizations,
    open_organization,
    organization_file,
)
from tests.people.world import World


async def edit(world: World, **changes: object) -> None:
    facts = {
        "name": "Centre expert de Montpellier",
        "city": "Montpellier",
        "centre_code": "09",
        "networks": ["bipolar"],
    }
    await edit_organization(world.service, world.montpellier, **(facts | changes))


async def test_a_changed_centre_shows_what_changed_and_keeps_its_code(world: World) -> None:
    await edit(world, city="Lattes", finess="580008803", networks=["bipolar", "asd"])

    file = await organization_file(world.service, world.montpellier)
    assert (file.centre.city, file.centre.code, file.centre.finess) == ("Lattes", "09", "580008803")
    assert file.centre.networks == ("bipolar", "asd")
    latest = file.changes[0]
    assert latest.details["city"] == "Montpellier → Lattes"
    assert latest.details["networks"] == "bipolar, schizophrenia → asd, bipolar"


async def test_a_change_that_changes_nothing_leaves_no_trace(world: World) -> None:
    centre = next(one for one in await list_organizations(world.service) if one.id == world.creteil)
    await edit_organization(
        world.service,
        world.creteil,
        name=centre.name,
        city=centre.city,
        centre_code="02",
        networks=["bipolar"],
        finess=centre.finess,
    )

    assert [one.what for one in (await organization_file(world.service, world.creteil)).changes] == [
        "organization:create"
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("city", ""),
        ("centre_code", "9"),
        ("centre_code", "02"),
        ("networks", []),
        ("finess", "350005178"),
        ("finess", "350005179"),
    ],
)
async def test_what_is_wrong_or_another_s_is_said_at_its_field(world: World, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        await edit(world, **{field: value})

    assert [one.place for one in refused.value.problems] == [field]


async def test_a_centre_is_found_by_a_part_of_its_name_city_code_or_number(world: World) -> None:
    for typed in ("creteil", "CRÉT", "02", "350005179", "expert creteil"):
        assert [one.id for one in await find_organizations(world.service, typed)] == [world.creteil]
    assert len(await find_organizations(world.service)) == 2


async def test_a_closed_centre_is_kept_and_takes_no_new_patient(world: World) -> None:
    await open_organization(world.service, world.montpellier, active=False)

    assert [one.id for one in await find_organizations(world.service, active=True)] == [world.creteil]
    with pytest.raises(Invalid):
        await world.camille()
    await open_organization(world.service, world.montpellier, active=True)
    assert await world.camille()
    told = [one.details for one in (await organization_file(world.service, world.montpellier)).changes]
    assert {"active": "no"} in told
    assert {"active": "yes"} in told


async def test_practitioners_change_no_centre(world: World) -> None:
    with pytest.raises(Refused):
        await open_organization(world.anne, world.montpellier, active=False)
