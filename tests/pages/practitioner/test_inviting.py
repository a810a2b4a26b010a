"""Inviting a patient from their record, and what the inviter sees there afterwards."""

import pytest
from nicegui.testing import User

from pages.practitioner.new_patient import Making
from portal import notifications
from portal.accounts.invitations import Standing, invitations
from portal.acting import Acting
from portal.clock import FixedClock
from portal.people import create_patient, find_patients
from tests.pages.practitioner.conftest import TODAY, press
from tests.pages.practitioner.test_gestures import fill, part

HUGO = "hugo.lefort@example.fr"


@pytest.fixture
async def hugo(doctor: Acting) -> str:
    """A patient without an account."""
    return await create_patient(
        doctor,
        family="Lefort",
        given="Hugo",
        birth_date=TODAY.replace(year=1991),
        gender="male",
        organization="montpellier",
        network="bipolar",
        email=HUGO,
        account=False,
    )


async def test_a_new_patient_with_an_address_is_invited_there(anne: User, doctor: Acting):
    await anne.open("/patients/nouveau")
    page = part(anne, Making)
    await fill(
        anne,
        page,
        family="Garonne",
        given="Léo",
        birth_date="3/4/1990",
        gender="male",
        network="bipolar",
        email="leo.garonne@example.fr",
    )
    with anne:
        await page.create()
    (row,) = (await find_patients(doctor, text="garonne")).rows
    (sent,) = await invitations(doctor, patient=row.id)
    assert (sent.contact, sent.standing) == ("leo.garonne@example.fr", Standing.WAITING)


async def test_the_record_says_who_has_an_account(anne: User):
    await anne.open("/patients/camille")
    await anne.should_see("Cette personne a un compte.")


async def test_an_invitation_is_sent_sent_again_and_cancelled(anne: User, doctor: Acting, hugo: str, clock: FixedClock):
    await anne.open(f"/patients/{hugo}")
    await anne.should_see("Cette personne n’a pas de compte.")
    await press(anne, "Inviter sur le portail")
    await press(anne, "Envoyer l’invitation")
    await anne.open(f"/patients/{hugo}")
    await anne.should_see(f"à {HUGO}. Le lien est valable jusqu’au 09/12/2026.")
    clock.tick(60)
    await press(anne, "Renvoyer l’invitation")
    (sent,) = await invitations(doctor, patient=hugo)
    assert sent.times_sent == 2
    await anne.open(f"/patients/{hugo}")
    await press(anne, "Annuler l’invitation")
    await anne.open(f"/patients/{hugo}")
    await anne.should_see("L’invitation a été annulée.")
    messages = [kept for kept in await notifications.latest(doctor) if kept.message.to == HUGO]
    assert len(messages) == 2
