"""Nobody learns at a door who has an account: the answer is the same, and so is the work that it costs."""

from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from portal.accounts import Door, codes, people, read_contact
from portal.accounts.passwords import check_password
from portal.errors import CodeRefused, PasswordRefused, PortalError
from portal.i18n import Texts
from tests.accounts.conftest import delivered
from tests.accounts.counting import counted
from tests.cast import ANNE, BRUNO, CAMILLE, INES

ADDRESS = "192.0.2.7"
Answer = tuple[str, ...]
Outcome = tuple[Answer, Counter[str]]


@pytest.fixture(autouse=True)
async def closed(door: Door) -> None:
    """Bruno's and Inès' accounts are closed."""
    for user in ("u-bruno", "u-ines"):
        await people.amend_account(door, user, {"inactive": True})


async def outcome(door: Door, doing: Callable[[], Awaitable[object]]) -> Outcome:
    """What the person sees, and what it cost."""
    await door.later.drained()  # what an earlier answer left for later is not this one's work
    async with counted(door) as work:
        try:
            seen = await doing()
        except PortalError as error:
            answer: Answer = (type(error).__name__, error.message.msgid, *map(str, error.message.params.items()))
        else:
            answer = (
                type(seen).__name__,
                *(str(getattr(seen, name, "")) for name in ("purpose", "channel", "expires")),
            )
    return answer, work


PATIENTS = {
    "known": CAMILLE.email,
    "unknown": "nobody@example.fr",
    "closed": BRUNO.email,
    "professional": ANNE.email,
    "known by telephone": CAMILLE.phone,
    "unknown by telephone": "+33639989999",
}


async def asking(door: Door, t: Texts, contact: str, browser: str) -> Outcome:
    return await outcome(
        door,
        lambda: codes.ask_patient_code(door, read_contact(contact), browser=browser, address=ADDRESS, t=t),
    )


async def test_asking_a_patient_code_is_the_same_for_everybody(door: Door, fr: Texts):
    found = {name: await asking(door, fr, contact, f"{n}" * 43) for n, (name, contact) in enumerate(PATIENTS.items())}
    by_mail = [found[name] for name in ("known", "unknown", "closed", "professional")]
    by_phone = [found["known by telephone"], found["unknown by telephone"]]
    assert all(one == by_mail[0] for one in by_mail)
    assert all(one == by_phone[0] for one in by_phone)
    assert by_phone[0][1] == by_mail[0][1]
    assert by_mail[0][1]["record POST"] == 0  # nobody is looked up before the answer


async def test_trying_a_wrong_code_is_the_same_for_everybody(door: Door, fr: Texts):
    found: list[Outcome] = []
    for n, contact in enumerate(PATIENTS.values()):
        browser, address = f"{n}" * 43, f"192.0.2.{n}"
        asked = await codes.ask_patient_code(door, read_contact(contact), browser=browser, address=address, t=fr)
        await delivered(door)
        found.append(
            await outcome(
                door,
                lambda: codes.try_code(door, asked, "00000000", browser=browser, address=address),  # noqa: B023
            )
        )
    assert found[0][0][0] == CodeRefused.__name__
    assert all(one == found[0] for one in found)


async def test_a_link_that_was_never_sent_is_the_same_for_everybody(door: Door, fr: Texts):
    found: list[Outcome] = []
    for n, contact in enumerate(PATIENTS.values()):
        browser = f"{n}" * 43
        await codes.ask_patient_code(door, read_contact(contact), browser=browser, address=ADDRESS, t=fr)
        await delivered(door)
        found.append(await outcome(door, lambda: codes.open_link(door, "x" * 43, browser=browser)))  # noqa: B023
    assert all(one == found[0] for one in found)


STAFF = {"known": ANNE.email, "unknown": "nobody@example.fr", "closed": INES.email, "patient": CAMILLE.email}


@pytest.mark.parametrize("password", ["not this one", "", "x" * 5000])
async def test_a_wrong_password_is_the_same_for_everybody(door: Door, password: str):
    found = {
        name: await outcome(
            door,
            lambda: check_password(door, email=email, password=password, address=f"192.0.2.{n}"),  # noqa: B023
        )
        for n, (name, email) in enumerate({**STAFF, "malformed": "nobody", "empty": ""}.items())
    }
    assert found["known"][0][0] == PasswordRefused.__name__
    assert found["known"][1]["scrypt"] == 1
    assert {name: found[name] for name in STAFF} == dict.fromkeys(STAFF, found["known"])
    assert found["malformed"][0] == found["known"][0] == found["empty"][0]


async def test_asking_to_recover_a_password_is_the_same_for_everybody(door: Door, fr: Texts):
    async def asking_recovery(email: str, browser: str) -> Outcome:
        contact = read_contact(email)
        return await outcome(
            door, lambda: codes.ask_recovery_code(door, contact, browser=browser, address=ADDRESS, t=fr)
        )

    found = [await asking_recovery(email, f"{n}" * 43) for n, email in enumerate(STAFF.values())]
    assert all(one == found[0] for one in found)


async def test_the_count_shows_an_account_looked_up_before_the_answer(door: Door, fr: Texts):
    """The planted fault: the message is made for known accounts only, inside the answer."""

    async def hasty(contact: str) -> None:
        account = await people.find_account(door, read_contact(contact))
        if account is not None:
            await codes.ask_patient_code(door, read_contact(contact), browser="b" * 43, address=ADDRESS, t=fr)

    known = await outcome(door, lambda: hasty(CAMILLE.email))
    unknown = await outcome(door, lambda: hasty("nobody@example.fr"))
    assert known != unknown
