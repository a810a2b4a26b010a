"""Who did what to whom: read by administrators with filters, by the patient in names, by nobody else."""

import csv
from datetime import timedelta

import pytest

from portal import audit
from portal.access import Actor, Role
from portal.acting import Acting
from portal.audit import Filters
from portal.errors import Forbidden, Refused
from portal.people import create_practitioner, patient_summary
from tests.cast import ANNE, CAMILLE, FATOU, MONTPELLIER
from tests.people.world import World


async def fatou(world: World) -> Acting:
    made = await create_practitioner(
        world.service, family=FATOU.family, given=FATOU.given, email=FATOU.email, role=Role.ADMIN, organizations=[]
    )
    user = (await world.service.service.find("User", {"email:exact": FATOU.email})).resources[0]
    reference = f"Practitioner/{made}"
    return world.portal.acting(Actor(user=user["id"], role=Role.ADMIN, reference=reference, name=FATOU.name))


async def camille(world: World, patient: str) -> Acting:
    user = (await world.service.service.find("User", {"email:exact": CAMILLE.email})).resources[0]
    reference = f"Patient/{patient}"
    return world.portal.acting(Actor(user=user["id"], role=Role.PATIENT, reference=reference, name=CAMILLE.name))


async def refused_to_marc(world: World, patient: str) -> None:
    with pytest.raises(Refused) as refusal:
        await patient_summary(world.marc, patient)
    await audit.record_refusal(world.marc, refusal.value)


async def test_the_patient_reads_who_looked_as_what_and_of_which_centre(world: World) -> None:
    patient = await world.camille()
    await patient_summary(world.anne, patient)
    latest = (await audit.looks(await camille(world, patient))).rows[0]
    assert latest.name == f"Dr {ANNE.name}"
    assert (latest.role, latest.centres, latest.what) == ("psychiatrist", (MONTPELLIER,), "patient:read-identity")


async def test_a_refused_look_is_told_as_refused(world: World) -> None:
    patient = await world.camille()
    await refused_to_marc(world, patient)
    rows = (await audit.looks(await camille(world, patient))).rows
    assert [row.role for row in rows if row.refused] == ["psychiatrist"]


async def test_a_patients_own_looks_are_not_told_them(world: World) -> None:
    me = await camille(world, await world.camille())
    before = len((await audit.looks(me)).rows)
    assert len((await audit.looks(me)).rows) == before


async def test_nobody_else_reads_who_looked(world: World) -> None:
    with pytest.raises(Refused):
        await audit.looks(world.anne)


async def test_the_trail_is_filtered_by_person_patient_outcome_and_day(world: World) -> None:
    patient, admin = await world.camille(), await fatou(world)
    await patient_summary(world.anne, patient)
    await refused_to_marc(world, patient)
    today = world.portal.clock.today()
    mine = await audit.trail(admin, Filters(person=world.anne.actor.reference))
    assert {entry.who for entry in mine.rows} == {world.anne.actor.reference}
    about = await audit.trail(admin, Filters(patient=f"Patient/{patient}", outcome=audit.Outcome.REFUSED))
    assert [(entry.who, entry.refused) for entry in about.rows] == [(world.marc.actor.reference, True)]
    assert (await audit.trail(admin, Filters(until=today - timedelta(days=1)))).rows == ()
    assert (await audit.trail(admin, Filters(since=today, until=today))).total > 0
    assert {e.what for e in (await audit.trail(admin, Filters(what="patient:create"))).rows} == {"patient:create"}


async def test_the_export_has_a_line_an_event(world: World) -> None:
    admin = await fatou(world)
    await world.camille()
    lines = [line async for line in audit.export(admin)]
    rows = list(csv.DictReader(lines, delimiter=";"))
    assert {row["what"] for row in rows} >= {"patient:create", "audit:export"}
    assert all(row["who"] for row in rows)


async def test_who_does_not_administer_the_foundation_reads_no_trail(world: World) -> None:
    with pytest.raises(Refused):
        await audit.trail(world.anne)
    with pytest.raises(Forbidden):
        await world.anne.fhir.find("AuditEvent", {})


async def test_nobody_writes_their_own_trail(world: World) -> None:
    for acting in (world.anne, await fatou(world)):
        with pytest.raises(Forbidden):
            await acting.fhir.add(audit.event(acting, audit.Action.READ, "response:read"))
