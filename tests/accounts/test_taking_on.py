"""Somebody who signed up comes to a centre: a professional sees the likeness, and the person says which account is theirs."""

from datetime import date

import pytest

from portal.access import Role
from portal.accounts import Door, people
from portal.accounts.contacts import Contact, ContactKind
from portal.acting import Acting
from portal.app import Portal
from portal.errors import Invalid
from portal.i18n import Texts
from portal.people import PossibleDuplicate, create_patient, find_patients, link_patient
from tests.accounts.arriving import LEA, sign_up
from tests.cast import ANNE
from tests.pages.world import account_id


@pytest.fixture
async def anne(door: Door, portal: Portal) -> Acting:
    return portal.acting(await people.actor(door, account_id(ANNE)))


async def likely(anne: Acting, **changed: str) -> PossibleDuplicate:
    """What the professional is told when they begin to make the record."""
    with pytest.raises(PossibleDuplicate) as found:
        await create_patient(
            anne,
            family=changed.get("family", "MARCHAND"),
            given="Lea",
            birth_date=date(1985, 5, 12),
            gender="female",
            organization="montpellier",
            network="bipolar",
        )
    return found.value


async def test_nobody_sees_who_signed_up_until_they_are_taken_on(door: Door, anne: Acting, fr: Texts):
    await sign_up(door, LEA, Role.PATIENT, fr)
    assert (await find_patients(anne, text="marchand")).rows == []
    (found,) = (await likely(anne)).found
    assert (found.certainty, found.shared, found.self_made) == ("probable", False, True)


async def test_the_name_alone_takes_nobody_on(door: Door, anne: Acting, fr: Texts):
    await sign_up(door, LEA, Role.PATIENT, fr)
    (found,) = (await likely(anne)).found
    for told in ((), ("somebody.else@example.fr", None)):
        with pytest.raises(Invalid):
            await link_patient(anne, found.patient, "montpellier", network="bipolar", told=told)
    assert (await find_patients(anne, text="marchand")).rows == []


async def test_who_says_their_address_is_taken_on_with_a_fondacode_and_keeps_their_account(
    door: Door, anne: Acting, fr: Texts
):
    await sign_up(door, LEA, Role.PATIENT, fr)
    (found,) = (await likely(anne)).found
    await link_patient(anne, found.patient, "montpellier", network="bipolar", told=[LEA["email"]])
    (row,) = (await find_patients(anne, text="marchand")).rows
    assert row.id == found.patient
    assert row.fondacode.startswith("0101")
    account = await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=LEA["email"]))
    assert account is not None
    assert account.reference == f"Patient/{row.id}"
    await link_patient(anne, found.patient, "montpellier")  # again changes nothing
    assert len((await find_patients(anne, text="marchand")).rows) == 1
