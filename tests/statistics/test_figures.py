"""The figures of a whole record: everybody once, nobody found in them, not even by comparing one table with another."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from portal.access import Actor, Role
from portal.acting import Acting
from portal.errors import Refused
from portal.fhir import systems
from portal.people import create_patient, create_practitioner, link_patient
from portal.statistics import LEAST, figures, pseudonyms
from portal.statistics.figures import count
from portal.statistics.people import Counted, band_of
from tests.people.world import World, settled, world

__all__ = ["settled", "world"]
AS_OF = date(2026, 12, 1)


def person(centre: str, *, sex: str = "female", band: str = "25-34", **more: object) -> Counted:
    facts = {"network": "bipolar", "trials": frozenset(), "forms": {}}
    return Counted(centre=centre, sex=sex, band=band, **(facts | more))


def crowd(centre: str, women: int, men: int) -> list[Counted]:
    return [person(centre)] * women + [person(centre, sex="male")] * men


@pytest.fixture
async def fatou(world: World) -> Acting:
    """The foundation's administrator."""
    made = await create_practitioner(
        world.service, family="Mendy", given="Fatou", email="fatou.mendy@example.fr", role=Role.ADMIN, organizations=[]
    )
    return world.portal.acting(Actor(user=made, role=Role.ADMIN, reference=f"Practitioner/{made}", name="Fatou"))


def test_everything_is_shown_when_nothing_is_small() -> None:
    found = count(crowd("a", 20, 30) + crowd("b", 12, 11), AS_OF)

    assert found.total == 73
    assert found.tables["sex"].rows == ("a", "b")
    assert found.tables["sex"].cells == ((20, 30), (12, 11))


def test_a_small_cell_goes_with_others_that_would_give_it_back() -> None:
    sex = count(crowd("a", 20, 30) + crowd("b", 12, 4) + crowd("c", 40, 30), AS_OF).tables["sex"]

    assert sex.cells == ((None, None), (None, None), (40, 30))
    assert sex.row_totals == (50, 16, 70)
    assert sex.column_totals == (72, 64)


def test_small_centres_are_counted_together_in_every_table() -> None:
    found = count(crowd("a", 30, 30) + crowd("b", 3, 2) + crowd("c", 4, 4), AS_OF)

    assert {table.rows for table in found.tables.values()} == {("a", "b+c")}
    assert all(table.row_totals == (60, 13) for table in found.tables.values())


def test_nothing_at_all_is_shown_of_fewer_than_eleven_people() -> None:
    found = count(crowd("a", 5, 5), AS_OF)

    assert (found.total, found.tables, found.forms) == (None, {}, ())


def test_who_takes_part_is_hidden_when_few_do_not() -> None:
    """25 of 30 in the study: 5 are not, and would be found by subtraction."""
    inside = [person("a", trials=frozenset({"emma"}))] * 25

    assert count(inside + crowd("a", 5, 0), AS_OF).tables["trial:emma"].cells == ((None, None),)
    assert count(inside + crowd("a", 15, 0), AS_OF).tables["trial:emma"].cells == ((25, 15),)


def test_few_people_asked_for_a_questionnaire_are_not_told() -> None:
    asked = [person("a", forms={"phq9": True})] * 5 + [person("a", forms={"phq9": False})] * 5

    (line,) = count(asked + crowd("a", 40, 0), AS_OF).forms
    assert (line.asked, line.sent, line.waiting) == (None, None, None)
    (line,) = count(asked * 3 + crowd("a", 40, 0), AS_OF).forms
    assert (line.asked, line.sent, line.waiting) == (30, 15, 15)


def test_tables_together_tell_no_more_than_each_alone() -> None:
    """Rows' totals are the same in all and shown in all, so any table could be another without the others knowing."""
    people = [
        person(centre, sex=sex, band=band, network=network)
        for (centre, sex, band, network), times in zip(
            product("abc", ("female", "male"), ("18-24", "25-34", "65+"), ("bipolar", "asd")),
            [7, 1, 12, 30, 2, 5, 9, 14, 3, 22, 1, 4] * 3,
            strict=True,
        )
        for _ in range(times)
    ]
    found = count(people, AS_OF)

    assert len({(table.rows, table.row_totals) for table in found.tables.values()}) == 1
    for table in found.tables.values():
        shown = [cell for row in table.cells for cell in row] + list(table.column_totals)
        assert all(figure is None or figure >= LEAST for figure in shown)


@pytest.mark.parametrize(
    ("born", "band"),
    [("1992-12-01", "25-34"), ("1991-12-02", "25-34"), ("1991-12-01", "35-44"), ("2008", "18-24"), ("", "unknown")],
)
def test_age_bands_count_completed_years(born: str, band: str) -> None:
    assert band_of({"birthDate": born} if born else {}, AS_OF) == band


async def test_the_record_is_counted_as_it_stood_at_the_beginning_of_the_month(
    world: World, fatou: Acting, clock, chance
) -> None:
    await arrivals(world, 12)
    assert (await figures(fatou)).total is None  # everybody came this month

    clock.tick(timedelta(days=31).total_seconds())
    found = await figures(fatou)

    assert found.as_of == date(2027, 1, 1)
    assert found.total == 12
    assert found.tables["sex"].rows == (world.montpellier,)
    assert found.tables["network"].columns == ("bipolar",)


async def test_a_person_of_two_centres_is_counted_once(world: World, fatou: Acting, clock) -> None:
    people = await arrivals(world, 12)
    clock.tick(86400)
    for one in people[:4]:
        await link_patient(world.service, one, world.creteil)
    clock.tick(timedelta(days=31).total_seconds())

    found = await figures(fatou)
    assert found.total == 12
    assert found.tables["sex"].row_totals == (12,)


async def test_figures_are_for_the_foundation_s_administrator_and_leave_a_trace(world: World, fatou: Acting) -> None:
    with pytest.raises(Refused):
        await figures(world.anne)
    await figures(fatou)

    search = {"subtype": f"{systems.AUDIT}|statistics:read", "_count": 1}
    event = await world.service.fhir.first_match("AuditEvent", search)
    assert event is not None
    assert event["agent"][0]["who"]["reference"] == fatou.actor.reference


async def test_the_list_of_pseudonyms_is_closed_unless_the_setting_opens_it(world: World, fatou: Acting) -> None:
    await arrivals(world, 1)
    with pytest.raises(Refused):
        await pseudonyms(fatou)

    page = await pseudonyms(allowing(fatou))
    assert page.total == 1
    assert (page.rows[0].band, page.rows[0].sex) == ("25-34", "female")
    assert len(page.rows[0].fondacode) == 10


def allowing(acting: Acting) -> Acting:
    return replace(acting, settings=acting.settings.model_copy(update={"pseudonymised_list": True}))


async def arrivals(world: World, count: int) -> list[str]:
    """Patients of Anne's centre, all women in their thirties, none like another."""
    return [
        await create_patient(
            world.anne,
            family=f"{letter}{letter.lower() * 5}",
            given=f"{letter}{letter.lower() * 4}",
            birth_date=date(1992, 3, 1 + number),
            gender="female",
            organization=world.montpellier,
            network="bipolar",
        )
        for number, letter in enumerate("ABCDEFGHIJKLMNOP"[:count])
    ]
