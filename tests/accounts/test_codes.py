"""One-time codes: sent only to whom they belong, good once, in one browser, for five minutes, five tries."""

import asyncio

import pytest

from portal import notifications
from portal.accounts import Door, codes, entries, people, read_contact
from portal.accounts.challenges import code_of, link_of
from portal.accounts.codes import Asked, Channel, Purpose
from portal.accounts.proof_of_work import Solution, challenge, solve
from portal.clock import FixedClock
from portal.errors import (
    CodeRefused,
    Invalid,
    ProofOfWorkRefused,
    SignInNeeded,
    TooManyTries,
    Unavailable,
    WorkNeeded,
)
from portal.i18n import Texts
from portal.settings import Settings
from tests.accounts.conftest import code_sent, delivered
from tests.cast import ANNE, CAMILLE

BROWSER, OTHER_BROWSER, ADDRESS = "b" * 43, "o" * 43, "192.0.2.7"


async def ask(
    door: Door,
    t: Texts,
    contact: str = CAMILLE.email,
    browser: str = BROWSER,
    *,
    address: str = ADDRESS,
    work: Solution | None = None,
) -> Asked:
    return await codes.ask_patient_code(door, read_contact(contact), browser=browser, address=address, t=t, work=work)


def worked(door: Door) -> Solution:
    """What the browser brings back."""
    return solve(challenge(door, digits=2))


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
    assert outcomes.count("u-camille") == 1


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
    await delivered(door)
    asked = await codes.ask_again(door, first, Channel.SMS, browser=BROWSER, address=ADDRESS, t=fr)
    await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)
    kept = await notifications.latest(door.acting)
    assert [one.message.kind for one in kept] == ["sms", "email"]


async def test_the_number_of_an_account_is_not_shown_to_who_only_knows_its_address(door: Door, fr: Texts):
    first = await ask(door, fr)
    await delivered(door)
    asked = await codes.ask_again(door, first, Channel.SMS, browser=BROWSER, address=ADDRESS, t=fr)
    assert asked.shown == ""


async def test_an_address_that_merely_begins_like_another_is_not_that_one(door: Door, fr: Texts):
    await ask(door, fr, CAMILLE.email.removesuffix("r") + "r.example")
    await ask(door, fr, CAMILLE.email[:-1], OTHER_BROWSER)
    await delivered(door)
    assert await notifications.latest(door.acting) == []


@pytest.mark.parametrize("contact", ["nobody@example.fr", "06 39 98 99 99", ANNE.email])
async def test_an_unknown_contact_and_a_professional_get_the_same_answer_and_no_message(
    door: Door, fr: Texts, contact: str
):
    known, unknown = await ask(door, fr), await ask(door, fr, contact, OTHER_BROWSER)
    await delivered(door)
    kept = await notifications.latest(door.acting)
    assert [one.message.to for one in kept] == [CAMILLE.email]
    assert (unknown.purpose, unknown.expires) == (known.purpose, known.expires)


async def test_no_code_opens_for_an_unknown_contact(door: Door, fr: Texts):
    asked = await ask(door, fr, "nobody@example.fr")
    await delivered(door)
    with pytest.raises(CodeRefused) as refused:
        await codes.try_code(door, asked, "12345678", browser=BROWSER)
    assert refused.value.tries_left == 4


async def test_a_sixth_code_within_the_hour_wants_a_proof_of_work_for_known_and_unknown_alike(
    door: Door, fr: Texts, clock: FixedClock
):
    for contact in (CAMILLE.email, "nobody@example.fr"):
        for _ in range(5):
            await ask(door, fr, contact)
        with pytest.raises(WorkNeeded):
            await ask(door, fr, contact)
        await ask(door, fr, contact, work=worked(door))
    clock.tick(24 * 60)
    await ask(door, fr)


async def test_with_work_a_contact_gets_twenty_codes_an_hour_and_no_more(door: Door, fr: Texts, clock: FixedClock):
    for number in range(20):
        await ask(door, fr, address=f"192.0.2.{number}", work=worked(door))
    with pytest.raises(TooManyTries):
        await ask(door, fr, address="192.0.2.99", work=worked(door))
    clock.tick(3 * 60)
    await ask(door, fr, work=worked(door))


async def test_one_address_cannot_ask_codes_for_everybody_without_work(door: Door, fr: Texts):
    for number in range(20):
        await ask(door, fr, f"somebody{number}@example.fr")
    with pytest.raises(WorkNeeded):
        await ask(door, fr)
    await ask(door, fr, address="192.0.2.99")


async def test_after_three_wrong_codes_the_next_one_wants_work_and_is_never_refused(
    door: Door, fr: Texts, clock: FixedClock
):
    for contact, address in ((CAMILLE.email, ADDRESS), ("nobody@example.fr", "192.0.2.8")):
        asked = await ask(door, fr, contact, address=address)
        await delivered(door)
        for _ in range(3):
            with pytest.raises(CodeRefused):
                await codes.try_code(door, asked, "00000000", browser=BROWSER, address=address)
        with pytest.raises(WorkNeeded):
            await ask(door, fr, contact, address="192.0.2.9")  # whoever asks for that contact
        with pytest.raises(WorkNeeded):
            await ask(door, fr, f"other{address[-1]}@example.fr", address=address)  # for whomever that address asks
        await ask(door, fr, contact, address=address, work=worked(door))
    clock.tick(3600)
    await ask(door, fr)


async def test_a_proof_of_work_is_not_taken_twice(door: Door, fr: Texts):
    proof = worked(door)
    await ask(door, fr, work=proof)
    with pytest.raises(ProofOfWorkRefused):
        await ask(door, fr, work=proof)


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


async def wrong(door: Door, t: Texts, times: int) -> None:
    """That many wrong codes in a row, spread over as many hours as the limits ask for."""
    for number in range(times):
        if number % 5 == 0:
            asked = await ask(door, t, address=f"192.0.2.{number}", work=worked(door))
            await delivered(door)
        with pytest.raises(CodeRefused):
            await codes.try_code(door, asked, "00000000", browser=BROWSER)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"code_failures": 10})


async def test_after_too_many_wrong_codes_in_a_row_only_the_link_opens(door: Door, fr: Texts):
    await wrong(door, fr, 10)
    asked = await ask(door, fr, address="192.0.2.99", work=worked(door))
    await delivered(door)
    body = (await notifications.latest(door.acting))[0].message.body
    assert code_of(door, asked.id) not in body
    with pytest.raises(CodeRefused):
        await codes.try_code(door, asked, code_of(door, asked.id), browser=BROWSER)
    await codes.open_link(door, link_of(door, asked.id), browser=BROWSER)
    await entries.enter(door, browser=BROWSER, user_agent="")
    again = await ask(door, fr, address="192.0.2.98", work=worked(door))
    await codes.try_code(door, again, await code_sent(door), browser=BROWSER)


async def test_a_right_code_forgets_the_wrong_ones_before_it(door: Door, fr: Texts):
    for number in range(3):
        await wrong(door, fr, 4)
        asked = await ask(door, fr, address=f"192.0.2.10{number}", work=worked(door))
        await codes.try_code(door, asked, await code_sent(door), browser=BROWSER)


class TestLink:
    """The link of the message: opens once, in the browser that asked, for five minutes."""

    async def secret(self, door: Door) -> str:
        await delivered(door)
        body = (await notifications.latest(door.acting))[0].message.body
        return body.split("/lien#")[1].split()[0]

    async def test_it_opens_for_the_browser_that_asked(self, door: Door, fr: Texts):
        await ask(door, fr)
        await codes.open_link(door, await self.secret(door), browser=BROWSER)
        assert (await entries.enter(door, browser=BROWSER, user_agent="")).actor.reference == "Patient/camille"

    async def test_it_opens_for_no_other_browser(self, door: Door, fr: Texts):
        await ask(door, fr)
        await ask(door, fr, "nobody@example.fr", OTHER_BROWSER)
        secret = await self.secret(door)
        with pytest.raises(CodeRefused):
            await codes.open_link(door, secret, browser=OTHER_BROWSER)
        await codes.open_link(door, secret, browser=BROWSER)

    async def test_it_opens_once_and_the_code_beside_it_is_dead_then(self, door: Door, fr: Texts):
        asked = await ask(door, fr)
        secret = await self.secret(door)
        outcomes = await asyncio.gather(
            *(codes.open_link(door, secret, browser=BROWSER) for _ in range(20)), return_exceptions=True
        )
        assert outcomes.count(None) == 1
        with pytest.raises(CodeRefused):
            await codes.try_code(door, asked, code_of(door, asked.id), browser=BROWSER)

    async def test_it_dies_with_the_code(self, door: Door, fr: Texts, clock: FixedClock):
        await ask(door, fr)
        secret = await self.secret(door)
        clock.tick(5 * 60)
        with pytest.raises(CodeRefused):
            await codes.open_link(door, secret, browser=BROWSER)

    @pytest.mark.parametrize("secret", ["", "x", "é" * 43])
    async def test_what_is_no_link_opens_nothing(self, door: Door, fr: Texts, secret: str):
        await ask(door, fr)
        await delivered(door)
        with pytest.raises(CodeRefused):
            await codes.open_link(door, secret, browser=BROWSER)

    async def test_a_professional_has_no_link_beside_their_code(self, door: Door, fr: Texts):
        account = await people.account(door, "u-anne")
        await codes.ask_second_factor(door, account, browser=BROWSER, address=ADDRESS, t=fr)
        await delivered(door)
        assert "/lien" not in (await notifications.latest(door.acting))[0].message.body


class TestMessages:
    """When the message's server or the record is away, the same code leaves later, while it is good."""

    async def test_a_failure_sends_the_same_code_later(
        self, door: Door, fr: Texts, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
    ):
        away = True
        real = people.find_account

        async def found(*given: object) -> object:
            if away:
                raise Unavailable
            return await real(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(people, "find_account", found)
        asked = await ask(door, fr)
        await delivered(door)
        assert await notifications.latest(door.acting) == []
        away = False
        clock.tick(15)
        assert await code_sent(door) == code_of(door, asked.id)

    async def test_a_code_that_died_meanwhile_is_not_sent(self, door: Door, fr: Texts, clock: FixedClock):
        await ask(door, fr)
        clock.tick(5 * 60)
        await delivered(door)
        assert await notifications.latest(door.acting) == []

    async def test_it_is_written_in_the_language_of_the_account(self, door: Door, fr: Texts):
        await people.amend_account(door, "u-camille", {"locale": "en"})
        await ask(door, fr)
        await delivered(door)
        assert "Hello" in (await notifications.latest(door.acting))[0].message.body
