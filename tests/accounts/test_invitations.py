"""Invitations: who may send them, what the link opens, how often, for how long, and what the inviter sees."""

import asyncio
from datetime import date

import pytest

from portal.access import Actor, Role
from portal.accounts import Door, entries, invitations, joining, people, proofs, signing_up
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.drafts import Draft
from portal.accounts.invitations import Standing
from portal.accounts.joining import Invited
from portal.accounts.patient_access import access_of
from portal.accounts.tidying import forget_old
from portal.acting import Acting
from portal.app import Portal
from portal.clock import FixedClock
from portal.errors import BeingSent, Invalid, LinkDead, NotFound, Refused
from portal.i18n import Texts
from portal.people import create_patient
from tests.accounts.arriving import ADDRESS, BROWSER, FOUR_WORDS, LEA, code_to, last_message, sign_up
from tests.cast import ANNE, CAMILLE, FATOU, INES, MARC, PAULINE
from tests.pages.world import account_id

BORN = date(1985, 5, 12)
NADIA = {"family": "Belkacem", "given": "Nadia", "email": "nadia.belkacem@example.fr"}


async def acting_as(door: Door, portal: Portal, person) -> Acting:
    return portal.acting(await people.actor(door, account_id(person)))


@pytest.fixture
async def anne(door: Door, portal: Portal) -> Acting:
    return await acting_as(door, portal, ANNE)


@pytest.fixture
async def fatou(door: Door, portal: Portal) -> Acting:
    return await acting_as(door, portal, FATOU)


async def lea(anne: Acting, **contacts: str) -> str:
    """A patient of Anne's centre, without an account."""
    return await create_patient(
        anne,
        family="Marchand",
        given="Léa",
        birth_date=BORN,
        gender="female",
        organization="montpellier",
        network="bipolar",
        account=False,
        **(contacts or {"email": LEA["email"]}),
    )


async def link_to(door: Door, contact: str) -> str:
    """The token of the newest link sent there."""
    body = (await last_message(door, contact)).message.body
    return next(word for word in body.split() if "/invitation/" in word).rsplit("/", 1)[1]


async def proven(door: Door, token: str, t: Texts, browser: str = BROWSER) -> tuple[Invited, Draft]:
    """Follows a link up to the proof of its contact."""
    invited = await joining.look(door, token)
    draft = await joining.begin(door, invited, browser=browser, address=ADDRESS, t=t)
    await proofs.try_code(door, draft, await code_to(door, invited.contact.value), browser=browser)
    return invited, await again(door, invited, browser)


async def again(door: Door, invited: Invited, browser: str = BROWSER) -> Draft:
    draft = await joining.begun(door, invited, browser)
    assert draft is not None
    return draft


async def standing(anne: Acting, patient: str) -> Standing:
    (sent,) = await invitations.invitations(anne, patient=patient)
    return sent.standing


async def test_an_invited_patient_enters_their_own_record(door: Door, anne: Acting, fr: Texts):
    patient = await lea(anne)
    await invitations.invite_patient(anne, patient)
    invited, draft = await proven(door, await link_to(door, LEA["email"]), fr)
    await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)
    entered = await entries.enter(door, browser=BROWSER, user_agent="")
    assert entered.actor.reference == f"Patient/{patient}"
    assert await standing(anne, patient) is Standing.ACCEPTED
    assert (await access_of(anne, patient)).has_account


async def test_a_patient_may_be_invited_by_text_message(door: Door, anne: Acting, fr: Texts):
    patient = await lea(anne, phone="06 39 98 10 77")
    await invitations.invite_patient(anne, patient)
    invited, draft = await proven(door, await link_to(door, "+33639981077"), fr)
    await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)
    found = await people.find_account(door, Contact(kind=ContactKind.SMS, value="+33639981077"))
    assert found is not None
    assert found.reference == f"Patient/{patient}"


async def test_a_link_opens_one_account_only(door: Door, anne: Acting, fr: Texts):
    await invitations.invite_patient(anne, await lea(anne))
    token = await link_to(door, LEA["email"])
    invited, draft = await proven(door, token, fr)
    await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)
    with pytest.raises(LinkDead):
        await joining.look(door, token)
    with pytest.raises(LinkDead):
        await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)


async def test_of_two_browsers_one_gets_in(door: Door, anne: Acting, fr: Texts):
    await invitations.invite_patient(anne, await lea(anne))
    token = await link_to(door, LEA["email"])
    browsers = (BROWSER, "another-browser-altogether")
    ready = [(await proven(door, token, fr, browser), browser) for browser in browsers]
    tries = [joining.finish_patient(door, *pair, BORN, browser=browser) for pair, browser in ready]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, LinkDead | BeingSent) for result in results) == 1


async def test_opening_the_link_changes_nothing(door: Door, anne: Acting):
    patient = await lea(anne)
    await invitations.invite_patient(anne, patient)
    token = await link_to(door, LEA["email"])
    for _ in range(3):
        invited = await joining.look(door, token)
        assert await joining.begun(door, invited, BROWSER) is None
    assert await standing(anne, patient) is Standing.WAITING


async def test_a_link_dies_after_its_days(door: Door, anne: Acting, clock: FixedClock):
    patient = await lea(anne)
    await invitations.invite_patient(anne, patient)
    token = await link_to(door, LEA["email"])
    clock.tick(7 * 24 * 3600 + 1)
    with pytest.raises(LinkDead):
        await joining.look(door, token)
    assert await standing(anne, patient) is Standing.EXPIRED


async def test_sending_again_kills_the_former_link(door: Door, anne: Acting, clock: FixedClock):
    patient = await lea(anne)
    sent = await invitations.invite_patient(anne, patient)
    former = await link_to(door, LEA["email"])
    clock.tick(8 * 24 * 3600)
    await invitations.resend(anne, sent)
    with pytest.raises(LinkDead):
        await joining.look(door, former)
    await joining.look(door, await link_to(door, LEA["email"]))
    (row,) = await invitations.invitations(anne, patient=patient)
    assert (row.standing, row.times_sent) == (Standing.WAITING, 2)


async def test_a_cancelled_invitation_opens_nothing_even_half_way(door: Door, anne: Acting, fr: Texts):
    sent = await invitations.invite_patient(anne, await lea(anne))
    invited, draft = await proven(door, await link_to(door, LEA["email"]), fr)
    await invitations.cancel(anne, sent)
    with pytest.raises(LinkDead):
        await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)
    with pytest.raises(NotFound):
        await invitations.cancel(anne, sent)
    with pytest.raises(NotFound):
        await invitations.resend(anne, sent)


async def test_the_code_is_needed(door: Door, anne: Acting, fr: Texts):
    await invitations.invite_patient(anne, await lea(anne))
    invited = await joining.look(door, await link_to(door, LEA["email"]))
    draft = await joining.begin(door, invited, browser=BROWSER, address=ADDRESS, t=fr)
    with pytest.raises(LinkDead):
        await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)


async def test_an_invitation_gone_astray_stops_at_the_date_of_birth(door: Door, anne: Acting, fr: Texts):
    patient = await lea(anne)
    await invitations.invite_patient(anne, patient)
    token = await link_to(door, LEA["email"])
    invited, draft = await proven(door, token, fr)
    for _ in range(5):
        with pytest.raises(Invalid):
            await joining.finish_patient(door, invited, draft, date(1990, 1, 1), browser=BROWSER)
    with pytest.raises(LinkDead):
        await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)
    assert await standing(anne, patient) is Standing.REFUSED
    with pytest.raises(LinkDead):
        await joining.look(door, token)


async def test_an_account_made_alone_is_joined_to_the_record_that_invites_it(door: Door, anne: Acting, fr: Texts):
    await sign_up(door, {**LEA, "phone": ""}, Role.PATIENT, fr, browser="browser-of-her-telephone")
    own = await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=LEA["email"]))
    assert own is not None
    patient = await create_patient(
        anne,
        family="Marchand",
        given="Léa",
        birth_date=BORN,
        gender="female",
        organization="montpellier",
        network="bipolar",
        account=False,
        someone_else="Elle a signé ici.",
    )
    assert (await access_of(anne, patient)).alike
    await invitations.invite_patient(anne, patient, email=LEA["email"])
    invited, draft = await proven(door, await link_to(door, LEA["email"]), fr)
    await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)
    entered = await entries.enter(door, browser=BROWSER, user_agent="")
    assert (entered.actor.user, entered.actor.reference) == (own.id, f"Patient/{patient}")
    former = await door.acting.service.follow(own.reference)
    assert former["active"] is False
    assert former["link"] == [{"other": {"reference": f"Patient/{patient}"}, "type": "replaced-by"}]


async def test_an_account_with_a_record_elsewhere_is_never_joined(door: Door, anne: Acting, fr: Texts):
    patient = await lea(anne, phone="06 39 98 10 77")
    await invitations.invite_patient(anne, patient, email=CAMILLE.email)
    invited, draft = await proven(door, await link_to(door, CAMILLE.email), fr)
    with pytest.raises(Invalid):
        await joining.finish_patient(door, invited, draft, BORN, browser=BROWSER)
    found = await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=CAMILLE.email))
    assert found is not None
    assert found.reference == "Patient/camille"
    assert await standing(anne, patient) is Standing.WAITING


async def test_who_has_an_account_is_not_invited(anne: Acting):
    with pytest.raises(Invalid):
        await invitations.invite_patient(anne, "camille")


@pytest.mark.parametrize("person", [MARC, PAULINE, FATOU])
async def test_only_the_centre_s_team_invites_its_patients(door: Door, portal: Portal, anne: Acting, person):
    patient = await lea(anne)
    sent = await invitations.invite_patient(anne, patient)
    other = await acting_as(door, portal, person)
    for attempt in (
        invitations.invite_patient(other, patient),
        invitations.invitations(other, patient=patient),
        invitations.resend(other, sent),
        invitations.cancel(other, sent),
    ):
        with pytest.raises(Refused):
            await attempt


async def test_an_invited_professional_enters_with_what_the_administrator_gave(door: Door, fatou: Acting, fr: Texts):
    sent = await invitations.invite_practitioner(fatou, **NADIA, role=Role.NURSE, organizations=["montpellier"])
    (row,) = await invitations.invitations(fatou)
    assert (row.id, row.name, row.contact, row.standing) == (
        sent,
        "Nadia BELKACEM",
        NADIA["email"],
        Standing.WAITING,
    )
    invited, draft = await proven(door, await link_to(door, NADIA["email"]), fr)
    with pytest.raises(LinkDead):
        await joining.finish_professional(door, invited, draft, FOUR_WORDS, browser=BROWSER)
    draft = await joining.ask_phone(door, invited, draft, "06 39 98 10 79", browser=BROWSER, address=ADDRESS, t=fr)
    await proofs.try_code(door, draft, await code_to(door, "+33639981079"), browser=BROWSER)
    draft = await again(door, invited)
    with pytest.raises(Invalid):
        await joining.finish_professional(door, invited, draft, "court", browser=BROWSER)
    await joining.finish_professional(door, invited, draft, FOUR_WORDS, browser=BROWSER)
    entered = await entries.enter(door, browser=BROWSER, user_agent="")
    assert (entered.actor.role, entered.actor.organizations) == (Role.NURSE, {"montpellier"})
    (row,) = await invitations.invitations(fatou)
    assert row.standing is Standing.ACCEPTED


async def test_no_text_message_leaves_before_the_address_is_proven(door: Door, fatou: Acting, fr: Texts):
    await invitations.invite_practitioner(fatou, **NADIA, role=Role.NURSE, organizations=["montpellier"])
    invited = await joining.look(door, await link_to(door, NADIA["email"]))
    draft = await joining.begin(door, invited, browser=BROWSER, address=ADDRESS, t=fr)
    with pytest.raises(LinkDead):
        await joining.ask_phone(door, invited, draft, "06 39 98 10 79", browser=BROWSER, address=ADDRESS, t=fr)


async def test_until_the_link_is_followed_the_professional_is_nobody(door: Door, fatou: Acting):
    await invitations.invite_practitioner(fatou, **NADIA, role=Role.NURSE, organizations=["montpellier"])
    assert await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=NADIA["email"])) is None
    (person,) = await door.acting.service.all("Practitioner", {"family": "Belkacem", "_count": 5})
    assert person["active"] is False
    roles = await door.acting.service.all("PractitionerRole", {"practitioner": f"Practitioner/{person['id']}"})
    assert roles == []


async def test_a_colleague_who_has_an_account_or_an_invitation_is_not_invited_again(fatou: Acting):
    with pytest.raises(Invalid):
        await invitations.invite_practitioner(
            fatou, family="Kaci", given="Inès", email=INES.email, role=Role.NURSE, organizations=["montpellier"]
        )
    await invitations.invite_practitioner(fatou, **NADIA, role=Role.NURSE, organizations=["montpellier"])
    with pytest.raises(Invalid):
        await invitations.invite_practitioner(fatou, **NADIA, role=Role.NURSE, organizations=["montpellier"])


async def test_a_centre_s_administrator_invites_into_that_centre_only(portal: Portal, fatou: Acting):
    mine = portal.acting(
        Actor(
            user="u-fatou",
            role=Role.ORGANIZATION_ADMIN,
            reference="Practitioner/fatou",
            name="Fatou Mendy",
            organizations=frozenset({"montpellier"}),
        )
    )
    for where, role in ((["creteil"], Role.NURSE), (["montpellier", "creteil"], Role.NURSE), ([], Role.ARC)):
        with pytest.raises(Refused):
            await invitations.invite_practitioner(mine, **NADIA, role=role, organizations=where)
    with pytest.raises(Refused):
        await invitations.invite_practitioner(mine, **NADIA, role=Role.ADMIN, organizations=["montpellier"])
    sent = await invitations.invite_practitioner(mine, **NADIA, role=Role.NURSE, organizations=["montpellier"])
    assert [row.id for row in await invitations.invitations(mine)] == [sent]
    await invitations.invite_practitioner(
        fatou, family="Roy", given="Ève", email="eve.roy@example.fr", role=Role.NURSE, organizations=["creteil"]
    )
    assert [row.id for row in await invitations.invitations(mine)] == [sent]


async def test_the_foundation_s_administrator_sees_no_patient_s_invitation(anne: Acting, fatou: Acting):
    await invitations.invite_patient(anne, await lea(anne))
    assert await invitations.invitations(fatou) == []
    (row,) = await invitations.invitations(anne)
    assert row.name == "Léa MARCHAND"


async def test_a_professional_s_sign_up_is_not_made_by_an_invitation_s_link(door: Door, fatou: Acting, fr: Texts):
    await invitations.invite_practitioner(fatou, **NADIA, role=Role.NURSE, organizations=["montpellier"])
    _invited, draft = await proven(door, await link_to(door, NADIA["email"]), fr)
    with pytest.raises(LinkDead):
        await signing_up.finish(door, draft, browser=BROWSER, password=FOUR_WORDS, t=fr)


async def test_an_invitation_long_over_is_forgotten_with_who_never_followed_it(
    door: Door, fatou: Acting, clock: FixedClock
):
    await invitations.invite_practitioner(fatou, **NADIA, role=Role.NURSE, organizations=["montpellier"])
    clock.tick(60 * 24 * 3600)
    await forget_old(door)
    assert len(await invitations.invitations(fatou)) == 1
    clock.tick(40 * 24 * 3600)
    await forget_old(door)
    assert await invitations.invitations(fatou) == []
    assert await door.acting.service.all("Practitioner", {"family": "Belkacem", "_count": 5}) == []
