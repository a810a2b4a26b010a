"""Signing up: what each step asks, what is made at its end, and what is told to nobody."""

import asyncio

import pytest
from sqlalchemy import Connection, func, select

from portal import notifications
from portal.access import Role
from portal.accounts import Door, drafts, entries, people, proof_of_work, proofs, signing_up
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.details import SIGN_UP_ROLES, read_details
from portal.accounts.signing_up import Step
from portal.accounts.tidying import forget_old
from portal.clock import FixedClock
from portal.db import sign_ups
from portal.errors import BeingSent, CodeRefused, Invalid, LinkDead, ProofOfWorkRefused, SignInNeeded
from portal.fhir import systems
from portal.i18n import Texts
from portal.settings import Settings
from tests.accounts.arriving import (
    ADDRESS,
    BROWSER,
    FOUR_WORDS,
    LEA,
    NADIA,
    TAB,
    code_to,
    delivered,
    draft_of,
    last_message,
    prove_all,
    send_form,
    sign_up,
)
from tests.cast import CAMILLE

LEA_BY_MAIL = Contact(kind=ContactKind.EMAIL, value=LEA["email"])


async def account_of(door: Door, email: str) -> people.Account:
    found = await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=email))
    assert found is not None
    return found


def places(error: Invalid) -> list[str]:
    return [each.place for each in error.problems]


async def test_a_patient_gets_an_account_and_a_record_that_no_centre_follows(door: Door, fr: Texts):
    await sign_up(door, LEA, Role.PATIENT, fr)
    account = await account_of(door, LEA["email"])
    patient = await door.acting.service.follow(account.reference)
    assert (patient["birthDate"], patient["gender"]) == ("1985-05-12", "female")
    assert "managingOrganization" not in patient
    assert not patient.get("identifier")
    episodes = await door.acting.service.all("EpisodeOfCare", {"patient": account.reference, "_count": 5})
    assert episodes == []


async def test_the_browser_of_a_new_patient_may_enter_at_once(door: Door, fr: Texts):
    await sign_up(door, LEA, Role.PATIENT, fr)
    entered = await entries.enter(door, browser=BROWSER, user_agent="")
    assert entered.actor.role is Role.PATIENT
    assert entered.actor.name == "Léa Marchand"


@pytest.mark.parametrize("role", [role for role in SIGN_UP_ROLES if role is not Role.PATIENT])
async def test_a_professional_s_account_opens_nothing(door: Door, fr: Texts, role: Role):
    await sign_up(door, NADIA, role, fr)
    account = await account_of(door, NADIA["email"])
    with pytest.raises(SignInNeeded):
        await people.actor(door, account.id)
    practitioner = await door.acting.service.follow(account.reference)
    assert practitioner["active"] is False
    assert await door.acting.service.all("PractitionerRole", {"practitioner": account.reference, "_count": 5}) == []
    assert await door.acting.service.all("Role", {"user": f"User/{account.id}", "_count": 5}) == []


async def test_nobody_signs_up_as_an_administrator(door: Door, fr: Texts):
    for role in (Role.ADMIN, Role.ORGANIZATION_ADMIN, Role.SERVICE):
        with pytest.raises(LinkDead):
            await send_form(door, NADIA, role, fr)


async def test_every_field_to_correct_is_told_at_once(door: Door, fr: Texts):
    with pytest.raises(Invalid) as refusal:
        await send_form(door, {"email": "lea", "birth_date": "3026-01-01"}, Role.PATIENT, fr)
    assert places(refusal.value) == ["family", "given", "birth_date", "gender", "email"]


async def test_a_professional_gives_a_mobile_number_and_a_place(door: Door, fr: Texts):
    with pytest.raises(Invalid) as refusal:
        await send_form(door, {**NADIA, "phone": "", "organization": "nowhere"}, Role.NURSE, fr)
    assert places(refusal.value) == ["phone", "organization"]
    with pytest.raises(Invalid) as refusal:
        await send_form(door, {**NADIA, "organization": "other", "other": " "}, Role.NURSE, fr)
    assert places(refusal.value) == ["other"]


async def test_a_proof_of_work_serves_once(door: Door, fr: Texts):
    work = proof_of_work.solve(proof_of_work.challenge(door, digits=3))
    await signing_up.send_form(door, TAB, Role.PATIENT, LEA, work, browser=BROWSER, address=ADDRESS, t=fr)
    with pytest.raises(ProofOfWorkRefused):
        await signing_up.send_form(door, TAB, Role.PATIENT, LEA, work, browser=BROWSER, address=ADDRESS, t=fr)


async def test_nothing_is_written_to_the_record_before_all_is_proven(door: Door, fr: Texts):
    asking = await send_form(door, LEA, Role.PATIENT, fr)
    assert asking.step is Step.EMAIL
    await proofs.try_code(door, asking.draft, await code_to(door, LEA["email"]), browser=BROWSER)
    half = await signing_up.standing(door, await draft_of(door))
    assert half.step is Step.PHONE
    with pytest.raises(LinkDead):
        await signing_up.finish(door, half.draft, browser=BROWSER, t=fr)
    assert await door.acting.service.all("Patient", {"family": "Marchand", "_count": 5}) == []


async def test_a_changed_address_is_proven_anew(door: Door, fr: Texts):
    await send_form(door, LEA, Role.PATIENT, fr)
    await prove_all(door, fr)
    asking = await send_form(door, {**LEA, "email": "lea.autre@example.fr"}, Role.PATIENT, fr)
    assert asking.step is Step.EMAIL


async def test_a_wrong_code_counts_and_the_fifth_kills(door: Door, fr: Texts):
    draft = (await send_form(door, LEA, Role.PATIENT, fr)).draft
    code = await code_to(door, LEA["email"])
    for left in (4, 3, 2, 1):
        with pytest.raises(CodeRefused) as refusal:
            await proofs.try_code(door, draft, "00000000", browser=BROWSER)
        assert refusal.value.tries_left == left
    with pytest.raises(CodeRefused):
        await proofs.try_code(door, draft, "00000000", browser=BROWSER)
    with pytest.raises(CodeRefused):
        await proofs.try_code(door, draft, code, browser=BROWSER)


async def test_a_code_serves_once_among_twenty_at_the_same_time(door: Door, fr: Texts):
    draft = (await send_form(door, LEA, Role.PATIENT, fr)).draft
    code = await code_to(door, LEA["email"])
    tries = (proofs.try_code(door, draft, code, browser=BROWSER) for _ in range(20))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(result is None for result in results) == 1


async def test_a_code_is_of_use_to_no_other_browser(door: Door, fr: Texts):
    draft = (await send_form(door, LEA, Role.PATIENT, fr)).draft
    code = await code_to(door, LEA["email"])
    with pytest.raises(CodeRefused):
        await proofs.try_code(door, draft, code, browser="another-browser-altogether")


async def test_a_code_dies_after_its_minutes(door: Door, fr: Texts, clock: FixedClock):
    draft = (await send_form(door, LEA, Role.PATIENT, fr)).draft
    code = await code_to(door, LEA["email"])
    clock.tick(5 * 60 + 1)
    with pytest.raises(CodeRefused):
        await proofs.try_code(door, draft, code, browser=BROWSER)


async def test_who_has_an_account_is_told_by_message_and_gets_no_code(door: Door, fr: Texts):
    known = {**LEA, "email": CAMILLE.email}
    draft = (await send_form(door, known, Role.PATIENT, fr)).draft
    message = (await last_message(door, CAMILLE.email)).message
    assert message.subject == "Vous avez déjà un compte sur le portail FondaMental"
    luck = await door.acting.db.read(_luck)
    with pytest.raises(CodeRefused):  # even the code that an unknown address would have got
        await proofs.try_code(door, draft, proofs.code_of(door, luck), browser=BROWSER)


def _luck(connection: Connection) -> str:
    return str(connection.execute(select(sign_ups.c.proof_luck)).scalar())


async def test_a_known_telephone_is_told_by_text_message(door: Door, fr: Texts):
    asking = await send_form(door, {**LEA, "phone": CAMILLE.phone}, Role.PATIENT, fr)
    await proofs.try_code(door, asking.draft, await code_to(door, LEA["email"]), browser=BROWSER)
    await signing_up.ask_next(door, await draft_of(door), browser=BROWSER, address=ADDRESS, t=fr)
    body = (await last_message(door, CAMILLE.phone)).message.body
    assert body.startswith("Ce numéro ouvre déjà un compte")


async def test_two_tabs_make_one_account(door: Door, fr: Texts):
    other = "tab0000000000000002"
    for tab in (TAB, other):
        await send_form(door, LEA, Role.PATIENT, fr, tab=tab)
        await prove_all(door, fr, tab=tab)
    made = [signing_up.finish(door, await draft_of(door, tab=tab), browser=BROWSER, t=fr) for tab in (TAB, other)]
    results = await asyncio.gather(*made, return_exceptions=True)
    assert sum(result is Role.PATIENT for result in results) == 1
    assert sum(isinstance(result, BeingSent | Invalid) for result in results) == 1
    assert len(await door.acting.service.all("Patient", {"family": "Marchand", "_count": 5})) == 1


async def test_a_finished_sign_up_leaves_nothing_of_what_was_typed(door: Door, fr: Texts):
    await sign_up(door, LEA, Role.PATIENT, fr)
    assert await drafts.find(door, TAB, BROWSER) is None


async def test_what_was_typed_is_found_again_by_the_same_browser_only(door: Door):
    await drafts.keep(door, TAB, BROWSER, Role.PATIENT, {"family": "Marchand"})
    found = await drafts.find(door, TAB, BROWSER)
    assert found is not None
    assert found.typed == {"family": "Marchand"}
    assert await drafts.find(door, TAB, "another-browser-altogether") is None
    with pytest.raises(LinkDead):
        await drafts.keep(door, TAB, "another-browser-altogether", Role.PATIENT, {"family": "X"})


async def test_what_was_typed_is_forgotten_after_an_hour(door: Door, clock: FixedClock):
    await drafts.keep(door, TAB, BROWSER, Role.PATIENT, {"family": "Marchand"})
    clock.tick(3601)
    assert await drafts.find(door, TAB, BROWSER) is None
    await forget_old(door)
    count = select(func.count()).select_from(sign_ups)
    assert await door.acting.db.read(lambda connection: connection.execute(count).scalar()) == 0


@pytest.mark.parametrize("password", ["court", "nadia.belkacem2026", "aaaaaaaaaaaaaaaa"])
async def test_a_weak_password_is_refused_and_nothing_is_made(door: Door, fr: Texts, password: str):
    await send_form(door, NADIA, Role.NURSE, fr)
    asking = await prove_all(door, fr)
    with pytest.raises(Invalid) as refusal:
        await signing_up.finish(door, asking.draft, browser=BROWSER, password=password, t=fr)
    assert places(refusal.value) == ["password"]
    await signing_up.finish(door, asking.draft, browser=BROWSER, password=FOUR_WORDS, t=fr)


async def test_a_social_security_number_has_its_key_checked_corsica_too(door: Door, fr: Texts):
    with pytest.raises(Invalid) as refusal:
        await send_form(door, {**LEA, "nir": "1 85 05 2A 004 001 82"}, Role.PATIENT, fr)
    assert places(refusal.value) == ["nir"]
    await sign_up(door, {**LEA, "nir": "1 85 05 2a 004 001 81"}, Role.PATIENT, fr)
    patient = await door.acting.service.follow((await account_of(door, LEA["email"])).reference)
    assert patient["identifier"] == [{"use": "official", "system": systems.NIR, "value": "185052A00400181"}]


def test_the_social_security_number_is_kept_only_where_the_setting_allows(clock: FixedClock):
    typed = {**LEA, "nir": "185052A00400181"}
    read = {
        keeps: read_details(Role.PATIENT, typed, today=clock.today(), organizations=(), keeps_nir=keeps).nir
        for keeps in (True, False)
    }
    assert read == {True: "185052A00400181", False: ""}
    assert not Settings().keeps_nir
    assert Settings(demo=True).keeps_nir


async def test_the_audit_trail_says_who_made_which_account(door: Door, fr: Texts):
    await sign_up(door, LEA, Role.PATIENT, fr)
    events = await door.acting.service.all("AuditEvent", {"subtype": f"{systems.AUDIT}|account:sign-up", "_count": 5})
    account = await account_of(door, LEA["email"])
    assert [event["agent"][0]["altId"] for event in events] == [account.id]


async def test_messages_leave_in_the_language_of_the_page(door: Door, en: Texts):
    await send_form(door, LEA, Role.PATIENT, en)
    await delivered(door)
    kept = await notifications.latest(door.acting)
    assert kept[0].message.subject == "Your code for the FondaMental portal"
