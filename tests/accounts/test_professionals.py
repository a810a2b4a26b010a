"""A professional's two steps: a password that the record server checks, then a code by message or from an app."""

from dataclasses import replace

import pyotp
import pytest

from portal import notifications
from portal.accounts import Door, codes, entries
from portal.accounts.codes import Asked, Channel
from portal.accounts.passwords import check_password
from portal.accounts.people import Account
from portal.accounts.proof_of_work import Solution, challenge, solve
from portal.clock import FixedClock
from portal.errors import CodeRefused, PasswordRefused, TooManyTries, Unavailable, WorkNeeded
from portal.i18n import Texts
from tests.accounts.conftest import code_sent, delivered
from tests.cast import ANNE, CAMILLE
from tests.changing import change
from tests.pages.world import PASSWORD

BROWSER, ADDRESS = "b" * 43, "192.0.2.7"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def give_password(
    door: Door, email: str = ANNE.email, password: str = PASSWORD, work: Solution | None = None
) -> Account:
    return await check_password(door, email=email, password=password, address=ADDRESS, work=work)


async def second_factor(door: Door, account: Account, t: Texts) -> Asked:
    return await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=t)


async def give_an_app(door: Door) -> None:
    await change(door.acting.service, "User", "u-anne", {"twoFactor": {"enabled": True, "secretKey": KEY}})


def app_code(clock: FixedClock) -> str:
    return pyotp.TOTP(KEY).at(clock.now())


async def test_password_and_code_let_a_professional_in(door: Door, fr: Texts):
    asked = await second_factor(door, await give_password(door), fr)
    await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)
    entered = await entries.enter(door, browser=BROWSER, user_agent="")
    assert entered.actor.reference == "Practitioner/anne"


async def test_capitals_and_spaces_around_the_address_do_not_matter(door: Door):
    assert (await give_password(door, f" {ANNE.email.title()} ")).id == "u-anne"


async def test_the_password_alone_lets_nobody_in(door: Door, fr: Texts):
    await second_factor(door, await give_password(door), fr)
    with pytest.raises(Exception, match="signed out"):
        await entries.enter(door, browser=BROWSER, user_agent="")


@pytest.mark.parametrize(
    ("email", "password"),
    [(ANNE.email, "not this one"), (ANNE.email, ""), ("nobody@example.fr", PASSWORD), (CAMILLE.email, PASSWORD)],
)
async def test_wrong_password_unknown_address_and_patient_are_refused_alike(door: Door, email: str, password: str):
    with pytest.raises(PasswordRefused):
        await give_password(door, email, password)


async def test_a_closed_account_is_refused(door: Door):
    await change(door.acting.service, "User", "u-anne", {"inactive": True})
    with pytest.raises(PasswordRefused):
        await give_password(door)


async def test_passwords_cannot_be_tried_for_ever(door: Door, clock: FixedClock):
    few = door.acting.settings.model_copy(update={"passwords_per_hour": 3})
    door = replace(door, acting=replace(door.acting, settings=few))
    for _ in range(3):
        with pytest.raises(PasswordRefused):
            await give_password(door, password="not this one")
    with pytest.raises(WorkNeeded):
        await give_password(door)
    for _ in range(9):
        with pytest.raises(PasswordRefused):
            await give_password(door, password="not this one", work=solve(challenge(door, digits=2)))
    with pytest.raises(TooManyTries):
        await give_password(door, work=solve(challenge(door, digits=2)))
    clock.tick(3600)
    await give_password(door)


async def test_a_refused_password_is_audited(door: Door):
    with pytest.raises(PasswordRefused):
        await give_password(door, password="not this one")
    await door.later.drained()
    (event,) = await door.acting.service.all("AuditEvent", {"outcome": "4"})
    assert event["outcomeDesc"] == "wrong-password"


async def test_the_code_goes_to_the_address_of_the_account(door: Door, fr: Texts):
    asked = await second_factor(door, await give_password(door), fr)
    await delivered(door)
    (kept,) = await notifications.latest(door.acting)
    assert kept.message.to == ANNE.email
    assert ANNE.email.startswith(asked.shown[:2])


async def test_an_authenticator_app_replaces_the_message(door: Door, fr: Texts, clock: FixedClock):
    await give_an_app(door)
    asked = await second_factor(door, await give_password(door), fr)
    assert asked.channel is Channel.APP
    await codes.try_code(door, asked, app_code(clock), browser=BROWSER)
    assert await notifications.latest(door.acting) == []
    assert (await entries.enter(door, browser=BROWSER, user_agent="")).actor.user == "u-anne"


async def test_a_code_of_the_app_works_once(door: Door, fr: Texts, clock: FixedClock):
    await give_an_app(door)
    account = await give_password(door)
    first = await second_factor(door, account, fr)
    await codes.try_code(door, first, app_code(clock), browser=BROWSER)
    again = await second_factor(door, account, fr)
    with pytest.raises(CodeRefused):
        await codes.try_code(door, again, app_code(clock), browser=BROWSER)
    clock.tick(60)
    await codes.try_code(door, again, app_code(clock), browser=BROWSER)


async def test_who_left_their_phone_at_home_gets_the_code_by_email(door: Door, fr: Texts):
    await give_an_app(door)
    first = await second_factor(door, await give_password(door), fr)
    asked = await codes.ask_again(door, first, Channel.EMAIL, browser=BROWSER, address=ADDRESS, t=fr)
    await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)


async def test_a_record_server_that_does_not_answer_is_not_a_wrong_password(
    door: Door, monkeypatch: pytest.MonkeyPatch
):
    async def away(*_args: object, **_named: object) -> None:
        raise Unavailable

    monkeypatch.setattr("portal.accounts.passwords.password_opens", away)
    with pytest.raises(Unavailable):
        await give_password(door)
