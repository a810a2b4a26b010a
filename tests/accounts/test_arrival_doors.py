"""Two doors that tell nobody who has an account: sign-up and invitation. Work is counted, not timed: the same statements
to the database, the same calls to the record, the same entries in the queue, whoever it is.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from portal import notifications
from portal.access import Role
from portal.accounts import Door, invitations, joining, people, proofs, signing_up
from portal.app import Portal
from portal.background import Background, Work
from portal.clock import FixedClock
from portal.errors import CodeRefused, LinkDead
from portal.fhir import Transport
from portal.i18n import Texts
from portal.people import create_patient
from tests.accounts.arriving import ADDRESS, BROWSER, LEA, code_to, delivered, draft_of, last_message, send_form
from tests.accounts.test_invitations import BORN, link_to
from tests.cast import ANNE, CAMILLE, INES
from tests.pages.world import account_id

NOBODY = "ca.nobody@example.fr"
Counting = Callable[[Callable[[], Awaitable[object]]], Awaitable[list[str]]]


@pytest.fixture
def work_of(door: Door, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Runs something and returns what it did until it answered, in order."""
    done: list[str] = []

    @contextmanager
    def listened() -> Iterator[None]:
        def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
            done.append(statement)

        engine = door.acting.db._engine
        event.listen(engine, "before_cursor_execute", note)
        yield
        event.remove(engine, "before_cursor_execute", note)

    call = Transport.send

    async def counted_call(self: Transport, method: str, *args: object, **options: object) -> object:
        done.append(f"record: {method}")
        return await call(self, method, *args, **options)

    held: list[Work] = []  # run once the answer was given: it would mix its steps with those that are counted

    def counted_later(_self: Background, work: Work) -> None:
        done.append("later")
        held.append(work)

    monkeypatch.setattr(Transport, "send", counted_call)

    async def counted(what: Callable[[], Awaitable[object]]) -> list[str]:
        await delivered(door)
        done.clear()
        with listened(), monkeypatch.context() as counting:
            counting.setattr(Background, "later", counted_later)
            try:
                await what()
            except (CodeRefused, LinkDead) as refusal:
                done.append(f"{type(refusal).__name__}: {refusal.message}")
        until_then = list(done)
        for work in held:
            door.later.later(work)
        held.clear()
        await door.later.drained()
        return until_then

    return counted


def form_with(door: Door, t: Texts, **changed: str) -> Callable[[], Awaitable[object]]:
    tab = f"tab{abs(hash(tuple(changed.values()))):017d}"[:20]
    return lambda: send_form(door, {**LEA, **changed}, Role.PATIENT, t, tab=tab)


async def test_sign_up_does_the_same_work_for_every_address(door: Door, fr: Texts, work_of: Counting):
    works = [await work_of(form_with(door, fr, email=mail)) for mail in (NOBODY, CAMILLE.email, INES.email)]
    assert works[0] == works[1] == works[2]
    assert any("INSERT INTO jobs" in step for step in works[0])
    assert not [step for step in works[0] if step.startswith("record")]


async def test_a_door_that_looks_before_it_answers_is_found_out(
    door: Door, fr: Texts, work_of: Counting, monkeypatch: pytest.MonkeyPatch
):
    ask = proofs.ask

    async def hasty(door: Door, draft: object, contact: object, **options: object) -> None:
        if await proofs.is_known(door, contact):
            await notifications.latest(door.acting)
        await ask(door, draft, contact, **options)

    monkeypatch.setattr(proofs, "ask", hasty)
    works = [await work_of(form_with(door, fr, email=mail)) for mail in (NOBODY, CAMILLE.email)]
    assert works[0] != works[1]


async def test_a_wrong_code_does_the_same_work_for_every_address(door: Door, fr: Texts, work_of: Counting):
    works = []
    for mail in (NOBODY, CAMILLE.email):
        draft = (await send_form(door, {**LEA, "email": mail}, Role.PATIENT, fr)).draft
        works.append(await work_of(lambda draft=draft: proofs.try_code(door, draft, "00000000", browser=BROWSER)))
    assert works[0] == works[1]


async def test_another_code_does_the_same_work_for_every_telephone(door: Door, fr: Texts, work_of: Counting):
    works = []
    for number in ("+33639981099", CAMILLE.phone):
        asking = await send_form(door, {**LEA, "phone": number}, Role.PATIENT, fr)
        if asking.contact is not None and asking.contact.value == LEA["email"]:
            await proofs.try_code(door, asking.draft, await code_to(door, LEA["email"]), browser=BROWSER)
        draft = await draft_of(door)
        works.append(
            await work_of(lambda draft=draft: signing_up.ask_next(door, draft, browser=BROWSER, address=ADDRESS, t=fr))
        )
    assert works[0] == works[1]


async def test_every_dead_link_gets_the_same_answer_for_the_same_work(
    door: Door, portal: Portal, work_of: Counting, clock: FixedClock
):
    anne = portal.acting(await people.actor(door, account_id(ANNE)))
    patient = await create_patient(
        anne,
        family="Marchand",
        given="Léa",
        birth_date=BORN,
        gender="female",
        organization="montpellier",
        network="bipolar",
        email=LEA["email"],
        account=False,
    )
    tokens = ["never-was"]
    for end in (invitations.cancel, None):
        sent = await invitations.invite_patient(anne, patient)
        tokens.append(await link_to(door, LEA["email"]))
        if end is not None:
            await end(anne, sent)
    clock.tick(8 * 24 * 3600)
    works = [await work_of(lambda token=token: joining.look(door, token)) for token in tokens]
    assert works[0] == works[1] == works[2]
    assert works[0][-1].startswith("LinkDead")


async def test_an_invitation_does_the_same_work_whether_or_not_the_contact_opens_an_account(
    door: Door, portal: Portal, fr: Texts, work_of: Counting
):
    anne = portal.acting(await people.actor(door, account_id(ANNE)))
    patient = await create_patient(
        anne,
        family="Marchand",
        given="Léa",
        birth_date=BORN,
        gender="female",
        organization="montpellier",
        network="bipolar",
        account=False,
    )
    works = []
    for mail in (NOBODY, CAMILLE.email):
        await invitations.invite_patient(anne, patient, email=mail)
        invited = await joining.look(door, await link_to(door, mail))
        works.append(
            await work_of(lambda invited=invited: joining.begin(door, invited, browser=BROWSER, address=ADDRESS, t=fr))
        )
        assert "code" in (await last_message(door, mail)).message.body
    assert works[0] == works[1]
