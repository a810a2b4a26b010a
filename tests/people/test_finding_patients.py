"""The list of patients is searched, sorted and paged by the server, and shows only those of one's own centres."""

from datetime import date

import pytest

from portal.access import Actor, Role
from portal.errors import Refused
from portal.people import find_patients, link_patient, patient_summary, spaced
from tests.people.world import World

PEOPLE = [("Élan", "Zoé"), ("Le Goff", "Yann"), ("Aubert", "Noël"), ("Šimić", "Ana"), ("Garonne", "Élodie")]


async def several(world: World) -> list[str]:
    return [
        await world.camille(
            family=family, given=given, birth_date=date(1960 + number * 5, 3, 12), email=None, phone=None
        )
        for number, (family, given) in enumerate(PEOPLE)
    ]


async def families(world: World, **search: object) -> list[str]:
    return [row.family for row in (await find_patients(world.anne, **search)).rows]


async def test_list_is_in_the_order_of_names_accents_aside(world: World) -> None:
    await several(world)
    assert await families(world) == ["AUBERT", "ÉLAN", "GARONNE", "LE GOFF", "ŠIMIĆ"]


async def test_list_can_be_in_the_order_of_ages(world: World) -> None:
    await several(world)
    assert (await families(world, sort="age"))[0] == "GARONNE"
    assert (await families(world, sort="-age"))[0] == "ÉLAN"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("elan", ["ÉLAN"]),
        ("ELAN zoe", ["ÉLAN"]),
        ("goff", ["LE GOFF"]),
        ("simic", ["ŠIMIĆ"]),
        ("noel", ["AUBERT"]),
        ("elan yann", []),
        ("élo", ["GARONNE"]),
        ("a,b|c$\\", []),
    ],
)
async def test_every_word_is_found_in_some_name_accents_and_capitals_aside(
    world: World, text: str, found: list[str]
) -> None:
    await several(world)
    assert await families(world, text=text) == found


async def test_a_fondacode_is_found_whole_spaced_or_in_part(world: World) -> None:
    await several(world)
    row = (await find_patients(world.anne, text="garonne")).rows[0]
    for text in (row.fondacode, spaced(row.fondacode), row.fondacode[-6:], row.fondacode[2:8]):
        assert await families(world, text=text) == ["GARONNE"]


async def test_pages_follow_each_other(world: World) -> None:
    await several(world)
    first = await find_patients(world.anne, count=2)
    second = await find_patients(world.anne, page_link=first.next_link)
    third = await find_patients(world.anne, page_link=second.next_link)
    assert (first.total, third.next_link) == (5, None)
    seen = [row.family for page in (first, second, third) for row in page.rows]
    assert seen == ["AUBERT", "ÉLAN", "GARONNE", "LE GOFF", "ŠIMIĆ"]


async def test_patients_of_other_centres_are_not_listed_until_they_are_linked(world: World) -> None:
    ids = await several(world)
    assert (await find_patients(world.marc)).total == 0
    await link_patient(world.marc, ids[0], world.creteil)
    assert [row.id for row in (await find_patients(world.marc)).rows] == [ids[0]]


async def test_row_tells_age_and_that_nothing_is_known_yet(world: World) -> None:
    await world.camille()
    row = (await find_patients(world.anne)).rows[0]
    assert (row.age, row.gender, row.glance.alerts, row.glance.score, row.glance.visit) == (34, "female", 0, None, None)


async def test_somebody_without_a_centre_lists_nobody(world: World) -> None:
    nobody = Actor(user="u", role=Role.NURSE, reference="Practitioner/n", name="")
    with pytest.raises(Refused):
        await find_patients(world.portal.acting(nobody))


async def test_head_of_a_record_names_centres_and_contacts_but_only_the_end_of_a_number(world: World) -> None:
    patient = await world.camille(nir="206127511100564")
    head = await patient_summary(world.anne, patient)
    assert (head.family, head.given, head.age) == ("ROUVIÈRE", "Camille", 34)
    assert [centre.city for centre in head.centres] == ["Montpellier"]
    assert (head.nir_end, head.phone) == ("0564", "+33639981000")


async def test_record_of_another_centre_is_refused(world: World) -> None:
    patient = await world.camille()
    with pytest.raises(Refused):
        await patient_summary(world.marc, patient)
