"""What a person changes of what opens their account: only with a fresh proof, told to the mailbox, felt everywhere."""

import asyncio
from typing import Any

import pyotp
import pytest

from portal import notifications
from portal.access import Role
from portal.accounts import (
    Contact,
    Door,
    codes,
    people,
    read_contact,
    recovery,
    recovery_codes,
    second_factor,
    sessions,
)
from portal.accounts.challenges import code_of
from portal.accounts.codes import Asked, Channel, Purpose
from portal.accounts.ending import end_everywhere
from portal.accounts.entries import enter
from portal.accounts.own_contacts import change_contact
from portal.accounts.passwords import change_password, check_password, enter_known_device
from portal.accounts.recovery import Proof
from portal.accounts.sessions import Session
from portal.app import Portal
from portal.clock import FixedClock
from portal.errors import CodeRefused, FreshProofNeeded, Invalid, PasswordRefused
from portal.i18n import Texts
from portal.settings import Settings
from tests.accounts.conftest import code_sent, delivered
from tests.cast import ANNE, CAMILLE
from tests.pages.world import PASSWORD

BROWSER, ADDRESS = "b" * 43, "192.0.2.7"
NEW = "quatre mots tranquilles ensemble"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"trusted_device_days": 30, "app_failures": 3})


async def signed_in(door: Door, user: str, role: Role = Role.PSYCHIATRIST, device: str = "") -> Session:
    account = await people.account(door, user)
    secret = await sessions.start(door, user=user, role=role, reference=account.reference, device=device)
    session = await sessions.current(door, secret)
    assert session is not None
    return session


async def acting(portal: Portal, door: Door, user: str) -> Any:
    return portal.acting(await people.actor(door, user))


async def told(door: Door) -> list[tuple[str, str]]:
    await delivered(door)
    return [(kept.message.to, kept.message.subject) for kept in await notifications.latest(door.acting)]


class TestFreshProof:
    async def test_nothing_that_opens_the_account_changes_without_it(
        self, door: Door, portal: Portal, fr: Texts, clock: FixedClock
    ):
        session, me = await signed_in(door, "u-anne"), await acting(portal, door, "u-anne")
        clock.tick(11 * 60)
        contact = read_contact("new@example.fr")
        asked = await ask_proof(door, contact, fr)
        for doing in (
            second_factor.use_app(door, me, session, "K" * 32, "123456"),
            second_factor.use_messages(door, me, session),
            second_factor.new_recovery_codes(door, me, session),
            change_contact(door, me, session, contact, asked, code_of(door, asked.id), browser=BROWSER, t=fr),
        ):
            with pytest.raises(FreshProofNeeded):
                await doing

    async def test_a_second_proof_makes_a_new_secret_and_no_longer_life(self, door: Door, fr: Texts, clock: FixedClock):
        first = await sessions.start(
            door, user="u-anne", role=Role.PSYCHIATRIST, reference="Practitioner/anne", device=""
        )
        began = door.now
        clock.tick(11 * 60)
        account = await people.account(door, "u-anne")
        asked = await codes.ask_second_factor(
            door, account, browser=first, address=ADDRESS, t=fr, purpose=Purpose.FRESH
        )
        await codes.try_code(door, asked, await code_sent(door), browser=first)
        entered = await enter(door, browser=first, user_agent="")
        session = await sessions.current(door, entered.secret)
        assert await sessions.current(door, first) is None
        assert session is not None
        assert (session.created, sessions.is_fresh(door, session)) == (began, True)


async def ask_proof(door: Door, contact: Contact, t: Texts, user: str = "u-anne") -> Asked:
    return await codes.ask_contact_proof(door, user, contact, browser=BROWSER, address=ADDRESS, t=t)


class TestContact:
    async def test_a_new_contact_opens_the_account_and_the_former_one_is_told(
        self, door: Door, portal: Portal, fr: Texts
    ):
        session, me = await signed_in(door, "u-camille", Role.PATIENT), await acting(portal, door, "u-camille")
        contact = read_contact("camille.neuve@example.fr")
        asked = await ask_proof(door, contact, fr, "u-camille")
        code = await code_sent(door)
        await change_contact(door, me, session, contact, asked, code, browser=BROWSER, t=fr)
        assert (await people.account(door, "u-camille")).email == contact.value
        assert await people.find_account(door, read_contact(CAMILLE.email)) is None
        patient = await door.acting.service.read("Patient", "camille")
        assert {"system": "email", "value": contact.value} in patient["telecom"]
        assert {to for to, subject in await told(door) if subject != "Votre code pour le portail FondaMental"} == {
            CAMILLE.email,
            contact.value,
            CAMILLE.phone,
        }

    async def test_the_code_of_one_contact_does_not_bring_in_another(self, door: Door, portal: Portal, fr: Texts):
        session, me = await signed_in(door, "u-anne"), await acting(portal, door, "u-anne")
        asked = await ask_proof(door, read_contact("mine@example.fr"), fr)
        code, other = await code_sent(door), read_contact("another@example.fr")
        with pytest.raises(CodeRefused):
            await change_contact(door, me, session, other, asked, code, browser=BROWSER, t=fr)

    async def test_a_contact_that_opens_another_account_is_refused(self, door: Door, portal: Portal, fr: Texts):
        session, me = await signed_in(door, "u-anne"), await acting(portal, door, "u-anne")
        contact = read_contact(CAMILLE.phone)
        asked = await ask_proof(door, contact, fr)
        code = await code_sent(door)
        with pytest.raises(Invalid):
            await change_contact(door, me, session, contact, asked, code, browser=BROWSER, t=fr)


class TestApp:
    async def test_an_app_is_taken_when_it_shows_its_first_code(
        self, door: Door, portal: Portal, fr: Texts, clock: FixedClock
    ):
        session, me = await signed_in(door, "u-anne"), await acting(portal, door, "u-anne")
        key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        with pytest.raises(CodeRefused):
            await second_factor.use_app(door, me, session, key, "000000")
        await second_factor.use_app(door, me, session, key, pyotp.TOTP(key).at(clock.now()))
        assert (await people.account(door, "u-anne")).authenticator == key
        assert (ANNE.email, "Votre façon de vous connecter a été modifiée") in await told(door)
        await second_factor.use_messages(door, me, session)
        assert not (await people.account(door, "u-anne")).authenticator

    async def test_after_too_many_wrong_codes_the_app_rests_and_a_message_comes_instead(self, door: Door, fr: Texts):
        await people.amend_account(
            door, "u-anne", {"twoFactor": {"enabled": True, "secretKey": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}}
        )
        account = await people.account(door, "u-anne")
        asked = await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=fr)
        assert asked.channel is Channel.APP
        for _ in range(3):
            with pytest.raises(CodeRefused):
                await codes.try_code(door, asked, "000000", browser=BROWSER)
        again = await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=fr)
        assert again.channel is Channel.EMAIL
        await codes.try_code(door, again, await code_sent(door), browser=BROWSER)
        once_more = await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=fr)
        assert once_more.channel is Channel.APP


class TestRecoveryCodes:
    async def asked(self, door: Door, fr: Texts) -> Asked:
        account = await people.account(door, "u-anne")
        return await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=fr)

    async def test_each_of_ten_opens_once(self, door: Door, fr: Texts):
        made = await recovery_codes.renew(door, "u-anne")
        assert (len(set(made)), await recovery_codes.left(door, "u-anne")) == (10, 10)
        await codes.try_recovery_code(door, await self.asked(door, fr), f" {made[0].upper()} ", browser=BROWSER)
        assert (await enter(door, browser=BROWSER, user_agent="")).actor.user == "u-anne"
        with pytest.raises(CodeRefused):
            await codes.try_recovery_code(door, await self.asked(door, fr), made[0], browser=BROWSER)
        assert await recovery_codes.left(door, "u-anne") == 9

    async def test_of_many_at_once_one_opens(self, door: Door):
        (first, *_) = await recovery_codes.renew(door, "u-anne")
        tried = await asyncio.gather(*(recovery_codes.opens(door, "u-anne", first) for _ in range(10)))
        assert tried.count(True) == 1

    async def test_new_ones_kill_the_former_ones_and_nobody_elses_open(self, door: Door):
        former = await recovery_codes.renew(door, "u-anne")
        await recovery_codes.renew(door, "u-anne")
        others = await recovery_codes.renew(door, "u-ines")
        for code in (former[0], others[0]):
            assert not await recovery_codes.opens(door, "u-anne", code)

    async def test_they_are_not_in_the_database(self, door: Door):
        made = await recovery_codes.renew(door, "u-anne")
        rows = await door.acting.db.read(
            lambda connection: str(connection.exec_driver_sql("SELECT * FROM recovery_codes").all())
        )
        assert "$argon2id$" in rows
        assert all(code.replace("-", "")[4:] not in rows for code in made)


class TestPassword:
    async def test_a_change_ends_the_other_sessions_and_is_told(self, door: Door, clock: FixedClock):
        here, there = await signed_in(door, "u-anne"), await signed_in(door, "u-anne")
        account = await people.account(door, "u-anne")
        with pytest.raises(PasswordRefused):
            await self.change(door, here, current="not this one")
        await self.change(door, here)
        assert await sessions.by_id(door, here.id) is not None
        assert await sessions.by_id(door, there.id) is None
        assert (ANNE.email, "Votre mot de passe a été changé") in await told(door)
        assert (await check_password(door, email=ANNE.email, password=NEW, address=ADDRESS)).id == account.id
        with pytest.raises(PasswordRefused):
            await check_password(door, email=ANNE.email, password=PASSWORD, address=ADDRESS)

    async def change(self, door: Door, session: Session, current: str = PASSWORD, new: str = NEW) -> None:
        account = await people.account(door, "u-anne")
        await change_password(
            door, account, current=current, new=new, about=(ANNE.name,), session=session.id, address=ADDRESS
        )

    @pytest.mark.parametrize("new", ["short", "anne.soriano", "aaaaaaaaaaaaaaaa", "azertyazerty", "Anne Soriano 1"])
    async def test_a_password_that_is_easy_to_guess_is_refused(self, door: Door, new: str):
        with pytest.raises(Invalid):
            await self.change(door, await signed_in(door, "u-anne"), new=new)


class TestForgottenPassword:
    async def first(self, door: Door, fr: Texts, email: str) -> Asked:
        return await codes.ask_recovery_code(door, read_contact(email), browser=BROWSER, address=ADDRESS, t=fr)

    async def test_the_mailbox_alone_is_not_enough(self, door: Door, fr: Texts):
        asked = await self.first(door, fr, ANNE.email)
        user = await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)
        assert await recovery.second_proofs(door, await people.account(door, user)) == []
        with pytest.raises(Exception, match="signed out"):
            await enter(door, browser=BROWSER, user_agent="")

    async def test_mailbox_and_recovery_code_give_a_new_password(self, door: Door, fr: Texts):
        paper = await recovery_codes.renew(door, "u-anne")
        session = await signed_in(door, "u-anne")
        asked = await self.first(door, fr, ANNE.email)
        account = await people.account(door, await codes.try_code(door, asked, await code_sent(door), browser=BROWSER))
        assert await recovery.second_proofs(door, account) == [Proof.RECOVERY_CODE]
        second = await recovery.ask_paper(door, account, browser=BROWSER)
        await codes.try_recovery_code(door, second, paper[3], browser=BROWSER)
        await recovery.recover(door, account, NEW, browser=BROWSER)
        assert await sessions.by_id(door, session.id) is None
        assert (await check_password(door, email=ANNE.email, password=NEW, address=ADDRESS)).id == "u-anne"

    @pytest.mark.parametrize("email", [CAMILLE.email, "nobody@example.fr"])
    async def test_a_patient_and_an_unknown_address_get_the_same_answer_and_no_message(
        self, door: Door, fr: Texts, email: str
    ):
        known = await self.first(door, fr, ANNE.email)
        contact = read_contact(email)
        other = await codes.ask_recovery_code(door, contact, browser="o" * 43, address=ADDRESS, t=fr)
        assert (known.purpose, known.channel, known.expires) == (other.purpose, other.channel, other.expires)
        assert [to for to, _ in await told(door)] == [ANNE.email]


class TestKnownBrowser:
    """Known again only when the person wished it, until the day set, and never after a change of password."""

    async def known(self, door: Door, fr: Texts, *, trust: bool) -> str:
        account = await people.account(door, "u-anne")
        asked = await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=fr)
        await codes.try_code(door, asked, await code_sent(door), browser=BROWSER, trust=trust)
        return (await enter(door, browser=BROWSER, user_agent="")).device_secret

    async def test_it_is_never_known_by_itself(self, door: Door, fr: Texts):
        assert await self.known(door, fr, trust=False) == ""

    async def test_the_password_is_enough_there_and_nowhere_else(self, door: Door, fr: Texts, clock: FixedClock):
        secret = await self.known(door, fr, trust=True)
        anne, ines = await people.account(door, "u-anne"), await people.account(door, "u-ines")
        assert await enter_known_device(door, anne, browser="n" * 43, device_secret=secret)
        assert (await enter(door, browser="n" * 43, user_agent="")).actor.user == "u-anne"
        assert not await enter_known_device(door, ines, browser="n" * 43, device_secret=secret)
        assert not await enter_known_device(door, anne, browser="n" * 43, device_secret="x" * 43)
        clock.tick(31 * 24 * 3600)
        assert not await enter_known_device(door, anne, browser="n" * 43, device_secret=secret)

    async def test_signing_out_everywhere_forgets_it(self, door: Door, fr: Texts):
        secret = await self.known(door, fr, trust=True)
        await end_everywhere(door.acting, "u-anne")
        anne = await people.account(door, "u-anne")
        assert not await enter_known_device(door, anne, browser="n" * 43, device_secret=secret)


async def test_signing_out_everywhere_kills_what_was_under_way(door: Door, fr: Texts):
    session = await signed_in(door, "u-anne")
    account = await people.account(door, "u-anne")
    asked = await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=fr)
    code = await code_sent(door)
    await end_everywhere(door.acting, "u-anne")
    assert await sessions.by_id(door, session.id) is None
    with pytest.raises(CodeRefused):
        await codes.try_code(door, asked, code, browser=BROWSER)
