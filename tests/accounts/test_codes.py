"""One-time codes: sent only to whom they belong, good once, in one browser, for five minutes, five tries."""

import asyncio

import pytest

from portal import notifications
from portal.accounts import Door, codes, entries, read_contact
from portal.accounts.codes import Asked, Channel, Purpose
from portal.clock import FixedClock
from portal.errors import CodeRefused, Invalid, SignInNeeded, TooManyTries
from portal.i18n import Texts
from tests.accounts.conftest import code_sent
from tests.cast import ANNE, CAMILLE

BROWSER, OTHER_BROWSER, ADDRESS = "b" * 43, "o" * 43, "192.0.2.7"


async def ask(door: Door, t: Texts, contact: str = CAMILLE.email, browser: str = BROWSER) -> Asked:
    return await codes.ask_patient_code(door, read_contact(contact), browser=browser, address=ADDRESS, t=t)


async def test_a_code_lets_its_browser_in(door: Door, fr: Texts):
    asked = await ask(door, fr)
    await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)
    entered = await entries.enter(door, browser=BROWSER, user_agent="Firefox/1 Linux")
    assert entered.actor.reference == "Patient/camille"


async def test_a_mobile_number_gets_a_text_message(door: Door, fr: Texts):
    asked = await ask(door, fr, CAMILLE.phone.replace("+33", "0 "))
    await code_sent(door)
    (kept,) = await notifications.latest(door.acting)
    assert (asked.channel, kept.message.kind, kept.message.to) == (Channel.SMS, "sms", CAMILLE.phone)


async def test_a_code_opens_only_once(door: Door, fr: Texts):
    asked = await ask(door, fr)
    code = await code_sent(door)
    await codes.try_code(door, asked, code, browser=BROWSER)
    with pytest.raises(CodeRefused):
        await codes.try_code(door, asked, code, browser=BROWSER)


async def test_of_fifty_submissions_at_once_one_gets_in(door: Door, fr: Texts):
    asked = await ask(door, fr)
    code = await code_sent(door)
    tries = [codes.try_code(door, asked, code, browser=BROWSER) for _ in range(50)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1


async def test_the_browser_enters_only_once_with_its_proof(door: Door, fr: Texts):
    asked = await ask(door, fr)
    await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)
    await entries.enter(door, browser=BROWSER, user_agent="")
    with pytest.raises(SignInNeeded):
        await entries.enter(door, browser=BROWSER, user_agent="")


async def test_another_browser_cannot_use_the_code(door: Door, fr: Texts):
    asked = await ask(door, fr)
    code = await code_sent(door)
    with pytest.raises(CodeRefused):
        await codes.try_code(door, asked, code, browser=OTHER_BROWSER)


async def test_another_browser_cannot_use_the_proof(door: Door, fr: Texts):
    asked = await ask(door, fr)
    await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)
    with pytest.raises(SignInNeeded):
        await entries.enter(door, browser=OTHER_BROWSER, user_agent="")


async def test_a_code_dies_after_five_minutes(door: Door, fr: Texts, clock: FixedClock):
    asked = await ask(door, fr)
    code = await code_sent(door)
    clock.tick(5 * 60)
    with pytest.raises(CodeRefused) as refused:
        await codes.try_code(door, asked, code, browser=BROWSER)
    assert refused.value.tries_left is None


async def test_a_wrong_code_tells_the_tries_that_are_left(door: Door, fr: Texts):
    asked = await ask(door, fr)
    await code_sent(door)
    with pytest.raises(CodeRefused) as refused:
        await codes.try_code(door, asked, "00000000", browser=BROWSER)
    assert refused.value.tries_left == 4


async def test_after_five_wrong_tries_the_right_code_is_dead_too(door: Door, fr: Texts):
    asked = await ask(door, fr)
    code = await code_sent(door)
    for _ in range(5):
        with pytest.raises(CodeRefused):
            await codes.try_code(door, asked, "00000000", browser=BROWSER)
    with pytest.raises(CodeRefused) as refused:
        await codes.try_code(door, asked, code, browser=BROWSER)
    assert refused.value.tries_left is None


async def test_what_cannot_be_a_code_costs_no_try(door: Door, fr: Texts):
    asked = await ask(door, fr)
    for typed in ("", "1234", "code", "123456789"):
        with pytest.raises(Invalid):
            await codes.try_code(door, asked, typed, browser=BROWSER)
    with pytest.raises(CodeRefused) as refused:
        await codes.try_code(door, asked, "00000000", browser=BROWSER)
    assert refused.value.tries_left == 4


@pytest.mark.parametrize("shape", ["{0} {1}", "{0}\u00a0{1}", " {0}-{1} ", "{0}.{1}"])
async def test_spaces_in_a_code_do_not_matter(door: Door, fr: Texts, shape: str):
    asked = await ask(door, fr)
    code = await code_sent(door)
    await codes.try_code(door, asked, shape.format(code[:4], code[4:]), browser=BROWSER)


async def test_a_new_code_makes_the_former_one_useless(door: Door, fr: Texts):
    first = await ask(door, fr)
    code = await code_sent(door)
    await codes.ask_again(door, first, Channel.EMAIL, browser=BROWSER, address=ADDRESS, t=fr)
    with pytest.raises(CodeRefused):
        await codes.try_code(door, first, code, browser=BROWSER)


async def test_the_code_can_come_by_text_message_instead(door: Door, fr: Texts):
    first = await ask(door, fr)
    await door.later.drained()
    asked = await codes.ask_again(door, first, Channel.SMS, browser=BROWSER, address=ADDRESS, t=fr)
    await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)
    kept = await notifications.latest(door.acting)
    assert [one.message.kind for one in kept] == ["sms", "email"]


async def test_the_number_of_an_account_is_not_shown_to_who_only_knows_its_address(door: Door, fr: Texts):
    first = await ask(door, fr)
    await door.later.drained()
    asked = await codes.ask_again(door, first, Channel.SMS, browser=BROWSER, address=ADDRESS, t=fr)
    assert asked.shown == ""


async def test_an_address_that_merely_begins_like_another_is_not_that_one(door: Door, fr: Texts):
    await ask(door, fr, CAMILLE.email.removesuffix("r") + "r.example")
    await ask(door, fr, CAMILLE.email[:-1], OTHER_BROWSER)
    await door.later.drained()
    assert await notifications.latest(door.acting) == []


@pytest.mark.parametrize("contact", ["nobody@example.fr", "06 39 98 99 99", ANNE.email])
async def test_an_unknown_contact_and_a_professional_get_the_same_answer_and_no_message(
    door: Door, fr: Texts, contact: str
):
    known, unknown = await ask(door, fr), await ask(door, fr, contact, OTHER_BROWSER)
    await door.later.drained()
    kept = await notifications.latest(door.acting)
    assert [one.message.to for one in kept] == [CAMILLE.email]
    assert (unknown.purpose, unknown.expires) == (known.purpose, known.expires)


async def test_no_code_opens_for_an_unknown_contact(door: Door, fr: Texts):
    asked = await ask(door, fr, "nobody@example.fr")
    await door.later.drained()
    with pytest.raises(CodeRefused) as refused:
        await codes.try_code(door, asked, "12345678", browser=BROWSER)
    assert refused.value.tries_left == 4


async def test_a_sixth_code_within_the_hour_must_wait_for_known_and_unknown_alike(
    door: Door, fr: Texts, clock: FixedClock
):
    for contact in (CAMILLE.email, "nobody@example.fr"):
        for _ in range(5):
            await ask(door, fr, contact)
        with pytest.raises(TooManyTries):
            await ask(door, fr, contact)
    clock.tick(12 * 60)
    await ask(door, fr)


async def test_one_address_cannot_ask_codes_for_everybody(door: Door, fr: Texts):
    for number in range(20):
        await ask(door, fr, f"somebody{number}@example.fr")
    with pytest.raises(TooManyTries):
        await ask(door, fr)


async def test_the_browser_finds_its_waiting_code_again_after_a_reload(door: Door, fr: Texts):
    asked = await ask(door, fr)
    assert await codes.waiting_for(door, BROWSER, Purpose.PATIENT) == asked
    assert await codes.waiting_for(door, OTHER_BROWSER, Purpose.PATIENT) is None


async def test_neither_code_nor_contact_stands_in_the_database(door: Door, fr: Texts):
    await ask(door, fr)
    code = await code_sent(door)
    rows = await door.acting.db.read(lambda connection: connection.exec_driver_sql("SELECT * FROM challenges").all())
    limits = await door.acting.db.read(lambda connection: connection.exec_driver_sql("SELECT * FROM throttle").all())
    kept = str(rows) + str(limits)
    assert code not in kept
    assert CAMILLE.email not in kept
    assert BROWSER not in kept
    assert ADDRESS not in kept
