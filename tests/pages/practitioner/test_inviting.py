"""Inviting a patient from their record, and what the inviter sees there afterwards."""

import pytest
from nicegui.testing import User

from pages.base import Site
from pages.practitioner.new_patient import Making
from portal import notifications
from portal.access import Role
from portal.accounts.invitations import Standing, invitations
from portal.acting import Acting
from portal.clock import FixedClock
from portal.i18n import Texts
from portal.people import create_patient, find_patients
from tests.accounts.arriving import LEA, sign_up
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


async def test_who_signed_up_is_taken_on_from_the_form(anne: User, site: Site, doctor: Acting, fr: Texts):
    await sign_up(site.door, LEA, Role.PATIENT, fr)
    await anne.open("/patients/nouveau")
    page = part(anne, Making)
    who = {"family": "Marchand", "given": "Léa", "birth_date": "12/5/85", "gender": "female", "network": "bipolar"}
    await fill(anne, page, **who)
    with anne:
        await page.create()
    await anne.should_see("Cette personne a créé son compte elle-même")
    await press(anne, fr("It is this person: my centre follows them too"))
    await anne.should_see("Demandez à la personne l’adresse avec laquelle elle a créé son compte.")
    await fill(anne, page, email=LEA["email"])
    await press(anne, fr("It is this person: my centre follows them too"))
    assert [row.given for row in (await find_patients(doctor, text="marchand")).rows] == ["Léa"]
