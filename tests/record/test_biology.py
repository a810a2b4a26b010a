"""Results keep their laboratory's own range; a sample is written whole; what is urgent is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.errors import Forbidden, Invalid, Refused
from portal.record import Result, acknowledge_alert, add_biology, alerts, biology
from tests.people.world import World

TODAY = date(2026, 12, 2)


def result(code: str, value: str, low: str = "", high: str = "", unit: str | None = None) -> Result:
    return Result(
        code=code,
        value=Decimal(value),
        low=Decimal(low) if low else None,
        high=Decimal(high) if high else None,
        unit=unit,
    )


async def test_flag_follows_the_range_of_the_laboratory(world: World) -> None:
    patient = await world.camille()
    found = [result("creatinine", "88", "45", "84"), result("sodium", "134", "130", "145"), result("tsh", "0.1", "0.3")]
    await add_biology(world.anne, patient, at=TODAY, results=found, fasting=True, laboratory="Laboratoire du CHU")
    seen = await biology(world.anne, patient)
    flags = {series.analyte.key: series.last.flag for group in seen.groups for series in group.series}
    assert flags == {"creatinine": "H", "sodium": "", "tsh": "L"}
    assert seen.last is not None
    assert (seen.last.laboratory, seen.last.fasting) == ("Laboratoire du CHU", True)


async def test_without_a_range_the_usual_one_is_used_and_marked(world: World) -> None:
    patient = await world.camille()
    await add_biology(world.anne, patient, at=TODAY, results=[result("lithium", "0.80")])
    series = (await biology(world.anne, patient)).of("lithium")
    assert series is not None
    assert (series.last.usual, series.last.low, str(series.last.value)) == (True, Decimal("0.6"), "0.80")


async def test_another_unit_is_converted_and_kept_as_entered(world: World) -> None:
    patient = await world.camille()
    await add_biology(world.anne, patient, at=TODAY, results=[result("glucose", "1.00", "0.70", "1.10", "g/L")])
    series = (await biology(world.anne, patient)).of("glucose")
    assert series is not None
    assert (series.last.value, series.last.high, series.last.entered) == (Decimal("5.55"), Decimal("6.105"), "1.00 g/L")


async def test_impossible_values_are_refused_and_nothing_is_written(world: World) -> None:
    patient = await world.camille()
    wrong = [
        result("lithium", "80"),
        result("sodium", "140", "145", "135"),
        result("tsh", "1", unit="g/L"),
        result("hdl", "1.2"),
    ]
    with pytest.raises(Invalid) as refused:
        await add_biology(world.anne, patient, at=TODAY + timedelta(days=1), results=wrong)
    assert [problem.place for problem in refused.value.problems] == ["at", "lithium", "sodium", "tsh"]
    assert (await biology(world.anne, patient)).groups == ()


async def test_one_sample_sent_twice_is_written_once(world: World) -> None:
    patient = await world.camille()
    for _ in range(2):
        await add_biology(world.anne, patient, at=TODAY, results=[result("lithium", "0.8")], sample="sample1")
    series = (await biology(world.anne, patient)).of("lithium")
    assert series is not None
    assert len(series.measures) == 1


async def test_a_sheet_corrected_and_sent_again_replaces_what_its_first_try_wrote(world: World) -> None:
    patient = await world.camille()
    for value in ("0.8", "0.9"):
        await add_biology(world.anne, patient, at=TODAY, results=[result("lithium", value)], sample="sample1")
    series = (await biology(world.anne, patient)).of("lithium")
    assert series is not None
    assert [each.value for each in series.measures] == [Decimal("0.9")]


async def test_a_sheet_sent_again_does_not_raise_the_alert_that_somebody_has_seen(world: World) -> None:
    patient = await world.camille()
    sheet = [result("lithium", "1.28")]
    await add_biology(world.anne, patient, at=TODAY, results=sheet, sample="sample1")
    (alert,) = await alerts(world.anne)
    await acknowledge_alert(world.anne, alert.id, note="Seen with the patient")
    await add_biology(world.anne, patient, at=TODAY, results=sheet, sample="sample1")
    assert await alerts(world.anne) == []
    (task,) = await world.anne.fhir.all("Task", {"patient": f"Patient/{patient}"})
    assert [note["text"] for note in task["note"]] == ["Seen with the patient"]


async def test_recent_toxic_level_alerts_the_team_until_somebody_has_seen_it(world: World) -> None:
    patient = await world.camille()
    await add_biology(world.anne, patient, at=TODAY - timedelta(days=90), results=[result("lithium", "1.4")])
    assert await alerts(world.anne, patient) == []
    await add_biology(world.anne, patient, at=TODAY, results=[result("lithium", "1.28")])
    (alert,) = await alerts(world.anne)
    assert (alert.text, alert.family, alert.response) == ("Lithium 1,28 mmol/L", "ROUVIÈRE", None)
    await acknowledge_alert(world.anne, alert.id, note="Seen with the patient")
    await acknowledge_alert(world.anne, alert.id)
    assert await alerts(world.anne) == []
    task = await world.anne.fhir.read("Task", alert.id)
    assert [note["text"] for note in task["note"]] == ["Seen with the patient"]


async def test_another_centre_sees_no_result_and_no_alert(world: World) -> None:
    patient = await world.camille()
    await add_biology(world.anne, patient, at=TODAY, results=[result("lithium", "1.28")])
    with pytest.raises(Refused):
        await biology(world.marc, patient)
    assert await alerts(world.marc) == []
    (alert,) = await alerts(world.anne)
    with pytest.raises(Forbidden):
        await acknowledge_alert(world.marc, alert.id)


async def test_weight_is_a_vital_sign_that_any_server_finds(world: World) -> None:
    patient = await world.camille()
    await add_biology(world.anne, patient, at=TODAY, results=[result("weight", "72.5")])
    found = await world.anne.fhir.all("Observation", {"patient": f"Patient/{patient}", "category": "vital-signs"})
    assert [each["valueQuantity"]["code"] for each in found] == ["kg"]
    series = (await biology(world.anne, patient)).of("weight")
    assert series is not None
    assert (series.last.value, series.last.flag) == (Decimal("72.5"), "")
