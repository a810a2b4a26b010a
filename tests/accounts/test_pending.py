"""Professionals who wait: who sees them, who decides, what opens then, what they are told."""

import asyncio

import pytest

from portal import notifications
from portal.access import Actor, Role
from portal.accounts import Door, entries, passwords, pending, people
from portal.accounts.contacts import Contact, ContactKind
from portal.acting import Acting
from portal.app import Portal
from portal.errors import Invalid, NotFound, PasswordRefused, Refused, SignInNeeded, VersionConflict
from portal.fhir import systems
from portal.i18n import Texts
from tests.accounts.arriving import ADDRESS, BROWSER, FOUR_WORDS, NADIA, sign_up
from tests.cast import FATOU, INES, PAULINE
from tests.pages.world import account_id

NADIA_BY_MAIL = Contact(kind=ContactKind.EMAIL, value=NADIA["email"])


@pytest.fixture
async def fatou(portal: Portal, door: Door) -> Acting:
    """The foundation's administrator."""
    return portal.acting(await people.actor(door, account_id(FATOU)))


@pytest.fixture
def of_centre(portal: Portal):
    """An administrator of one centre."""

    def made(centre: str) -> Acting:
        actor = Actor(
            user="u-fatou",
            role=Role.ORGANIZATION_ADMIN,
            reference="Practitioner/fatou",
            name="Fatou Mendy",
            organizations=frozenset({centre}),
        )
        return portal.acting(actor)

    return made


async def test_who_waits_is_seen_by_the_administrators_of_that_organisation_only(
    door: Door, fr: Texts, fatou: Acting, of_centre
):
    await sign_up(door, NADIA, Role.PSYCHOLOGIST, fr)
    (row,) = await pending.pending(fatou)
    assert (row.given, row.family, row.role, row.place) == (
        "Nadia",
        "BELKACEM",
        Role.PSYCHOLOGIST,
        "Centre expert de Montpellier (démonstration)",
    )
    assert (row.email, row.phone) == (NADIA["email"], "+33639981078")
    assert await pending.pending(of_centre("montpellier")) == [row]
    assert await pending.pending(of_centre("creteil")) == []


async def test_another_organisation_is_the_foundation_s_affair(door: Door, fr: Texts, fatou: Acting, of_centre):
    typed = {**NADIA, "organization": "other", "other": "Clinique des Pins, Nîmes"}
    await sign_up(door, typed, Role.PSYCHOLOGIST, fr)
    assert await pending.pending(of_centre("montpellier")) == []
    (row,) = await pending.pending(fatou)
    assert (row.organization, row.place) == ("", "Clinique des Pins, Nîmes")
    with pytest.raises(Refused):
        await pending.accept(of_centre("montpellier"), row.id, organizations=["montpellier"])
    with pytest.raises(Invalid):
        await pending.accept(fatou, row.id)
    await pending.accept(fatou, row.id, organizations=["creteil"])
    account = await people.find_account(door, NADIA_BY_MAIL)
    assert account is not None
    assert (await people.actor(door, account.id)).organizations == {"creteil"}


@pytest.mark.parametrize("person", [INES, PAULINE])
async def test_nobody_else_sees_or_decides(door: Door, fr: Texts, portal: Portal, fatou: Acting, person):
    await sign_up(door, NADIA, Role.NURSE, fr)
    (row,) = await pending.pending(fatou)
    acting = portal.acting(await people.actor(door, account_id(person)))
    with pytest.raises(Refused):
        await pending.pending(acting)
    with pytest.raises(Refused):
        await pending.accept(acting, row.id)
    with pytest.raises(Refused):
        await pending.refuse(acting, row.id, "non")


async def test_acceptance_opens_what_was_asked_and_tells_the_person(door: Door, fr: Texts, fatou: Acting):
    await sign_up(door, NADIA, Role.NURSE, fr)
    (row,) = await pending.pending(fatou)
    await pending.accept(fatou, row.id)
    account = await people.find_account(door, NADIA_BY_MAIL)
    assert account is not None
    actor = await people.actor(door, account.id)
    assert (actor.role, actor.organizations) == (Role.NURSE, {"montpellier"})
    assert await pending.pending(fatou) == []
    message = (await notifications.latest(door.acting))[0].message
    assert (message.to, message.subject) == (NADIA["email"], "Votre compte sur le portail FondaMental est ouvert")


async def test_an_administrator_may_correct_the_role_but_make_no_administrator(door: Door, fr: Texts, fatou: Acting):
    await sign_up(door, NADIA, Role.PSYCHIATRIST, fr)
    (row,) = await pending.pending(fatou)
    for role in (Role.ADMIN, Role.ORGANIZATION_ADMIN, Role.PATIENT, Role.SERVICE):
        with pytest.raises(Invalid):
            await pending.accept(fatou, row.id, role=role)
    await pending.accept(fatou, row.id, role=Role.CARE_COORDINATOR)
    account = await people.find_account(door, NADIA_BY_MAIL)
    assert account is not None
    assert (await people.actor(door, account.id)).role is Role.CARE_COORDINATOR


async def test_an_associate_needs_no_centre(door: Door, fr: Texts, fatou: Acting):
    await sign_up(door, {**NADIA, "organization": "other", "other": "CRO, Lyon"}, Role.ARC, fr)
    (row,) = await pending.pending(fatou)
    await pending.accept(fatou, row.id)
    account = await people.find_account(door, NADIA_BY_MAIL)
    assert account is not None
    actor = await people.actor(door, account.id)
    assert (actor.role, actor.organizations, actor.trials) == (Role.ARC, frozenset(), frozenset())


async def test_a_centre_s_administrator_accepts_only_into_their_centre(door: Door, fr: Texts, of_centre):
    await sign_up(door, NADIA, Role.NURSE, fr)
    mine = of_centre("montpellier")
    (row,) = await pending.pending(mine)
    with pytest.raises(Refused):
        await pending.accept(mine, row.id, organizations=["montpellier", "creteil"])
    await pending.accept(mine, row.id)


async def test_refusal_erases_the_account_and_tells_why(door: Door, fr: Texts, fatou: Acting):
    await sign_up(door, NADIA, Role.NURSE, fr)
    (row,) = await pending.pending(fatou)
    with pytest.raises(Invalid):
        await pending.refuse(fatou, row.id, "  ")
    await pending.refuse(fatou, row.id, "Nous ne vous connaissons pas encore.")
    assert await people.find_account(door, NADIA_BY_MAIL) is None
    assert await door.acting.service.all("Practitioner", {"family": "Belkacem", "_count": 5}) == []
    message = (await notifications.latest(door.acting))[0].message
    assert "Nous ne vous connaissons pas encore." in message.body
    with pytest.raises(PasswordRefused):
        await passwords.check_password(door, email=NADIA["email"], password=FOUR_WORDS, address=ADDRESS)
    await sign_up(door, NADIA, Role.NURSE, fr)  # the address is free again


async def test_only_one_of_two_decisions_counts(door: Door, fr: Texts, fatou: Acting):
    await sign_up(door, NADIA, Role.NURSE, fr)
    (row,) = await pending.pending(fatou)
    both = (pending.accept(fatou, row.id), pending.refuse(fatou, row.id, "non"))
    results = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(result, NotFound | VersionConflict) for result in results) == 1


async def test_who_waits_is_known_only_after_both_factors(door: Door, fr: Texts, fatou: Acting):
    await sign_up(door, NADIA, Role.NURSE, fr)
    await passwords.check_password(door, email=NADIA["email"], password=FOUR_WORDS, address=ADDRESS)
    assert not await pending.is_waiting(door, BROWSER)
    account = await people.find_account(door, NADIA_BY_MAIL)
    assert account is not None
    await door.acting.db.write(lambda connection: entries.allow_in(door, connection, browser=BROWSER, user=account.id))
    with pytest.raises(SignInNeeded):
        await entries.enter(door, browser=BROWSER, user_agent="")
    assert await pending.is_waiting(door, BROWSER)
    assert not await pending.is_waiting(door, "another-browser-altogether")


async def test_decisions_are_in_the_audit_trail_by_name(door: Door, fr: Texts, fatou: Acting):
    await sign_up(door, NADIA, Role.NURSE, fr)
    (row,) = await pending.pending(fatou)
    await pending.accept(fatou, row.id)
    events = await door.acting.service.all("AuditEvent", {"subtype": f"{systems.AUDIT}|account:accept", "_count": 5})
    assert [event["agent"][0]["who"]["reference"] for event in events] == ["Practitioner/fatou"]
