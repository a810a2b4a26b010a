"""What a list says of a patient in one look: the gravest alert, not the latest."""

from portal.fhir import Transaction, systems
from portal.people import patient_summary
from portal.types import Json
from tests.people.world import World


def alert(patient: str, rule: str, priority: str, at: str) -> Json:
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": priority,
        "code": {"coding": [{"system": systems.TASK, "code": "clinical-alert"}]},
        "for": {"reference": f"Patient/{patient}"},
        "reasonCode": {"coding": [{"system": systems.ALERT, "code": rule}], "text": rule},
        "authoredOn": at,
    }


async def test_thoughts_of_death_come_before_a_later_high_score(world: World) -> None:
    patient = await world.camille()
    transaction = Transaction()
    transaction.create(alert(patient, "dark-thoughts", "stat", "2026-12-01T09:00:00+01:00"))
    transaction.create(alert(patient, "severe", "urgent", "2026-12-01T09:00:00+01:00"))
    transaction.create(alert(patient, "late", "urgent", "2026-12-02T09:00:00+01:00"))
    await world.service.service.commit(transaction)

    glance = (await patient_summary(world.anne, patient)).glance

    assert glance.alert is not None
    assert (glance.alert.rule, glance.alerts) == ("dark-thoughts", 3)
