"""Treatments are never deleted: a change of dose ends one line and begins the next."""

from datetime import date
from decimal import Decimal

import pytest

from portal.errors import Forbidden, Invalid, Refused
from portal.record import (
    add_treatment,
    change_dose,
    courses,
    known_atc,
    stop_treatment,
    treatments,
    withdraw_treatment,
)
from tests.people.world import World

BEGIN, LATER = date(2026, 1, 5), date(2026, 6, 1)


async def lithium(world: World, patient: str) -> str:
    return await add_treatment(world.anne, patient, name="Lithium LP (carbonate)", dosage="800 mg le soir", start=BEGIN)


async def test_known_drug_gets_its_class(world: World) -> None:
    patient = await world.camille()
    await lithium(world, patient)
    (line,) = await treatments(world.anne, patient)
    assert (line.atc, line.drug_class.key, line.daily_mg, line.taken) == (
        "N05AN01",
        "mood-stabiliser",
        Decimal(800),
        True,
    )


@pytest.mark.parametrize(("name", "atc"), [("téralithe lp", "N05AN01"), ("XANAX", "N05BA12"), ("Inconnu", "")])
def test_brand_or_substance_is_known_whatever_its_capitals(name: str, atc: str) -> None:
    assert known_atc(name) == atc


async def test_change_of_dose_ends_the_line_and_begins_a_linked_one(world: World) -> None:
    patient = await world.camille()
    first = await lithium(world, patient)
    second = await change_dose(world.anne, first, dosage="1000 mg le soir", on=LATER)
    before, after = await treatments(world.anne, patient)
    assert (before.end, before.stop_reason, after.start, after.previous) == (LATER, "dose", LATER, first)
    assert after.id == second
    assert [course.strength for course in courses([before, after])] == [0.8, 1.0]


async def test_stop_keeps_the_reason(world: World) -> None:
    patient = await world.camille()
    line = await lithium(world, patient)
    await stop_treatment(world.anne, line, on=LATER, reason="side-effect", note="Tremor")
    (stopped,) = await treatments(world.anne, patient)
    assert (stopped.end, stopped.stop_reason, stopped.note) == (LATER, "side-effect", "Tremor")


async def test_stopping_twice_or_before_the_beginning_or_without_reason_is_refused(world: World) -> None:
    patient = await world.camille()
    line = await lithium(world, patient)
    for changes in ({"on": date(2025, 1, 1), "reason": "wish"}, {"on": LATER, "reason": ""}):
        with pytest.raises(Invalid):
            await stop_treatment(world.anne, line, **changes)
    await stop_treatment(world.anne, line, on=LATER, reason="wish")
    with pytest.raises(Invalid):
        await change_dose(world.anne, line, dosage="1000 mg", on=LATER)


async def test_mistaken_line_leaves_the_lists_and_stays_in_the_history(world: World) -> None:
    patient = await world.camille()
    line = await lithium(world, patient)
    await withdraw_treatment(world.anne, line, why="Another patient's")
    assert await treatments(world.anne, patient) == []
    assert len(await world.anne.fhir.history("MedicationStatement", line)) == 2


async def test_wrong_fields_are_named(world: World) -> None:
    patient = await world.camille()
    with pytest.raises(Invalid) as refused:
        await add_treatment(world.anne, patient, name=" ", dosage="", start=date(2030, 1, 1))
    assert [problem.place for problem in refused.value.problems] == ["name", "dosage", "start"]


async def test_another_centre_neither_reads_nor_writes(world: World) -> None:
    patient = await world.camille()
    line = await lithium(world, patient)
    with pytest.raises(Refused):
        await treatments(world.marc, patient)
    with pytest.raises(Forbidden):
        await stop_treatment(world.marc, line, on=LATER, reason="wish")
