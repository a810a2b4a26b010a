"""A message on its way is not lost when its server is away, and who waits for a refused one can be told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.access import Actor, Role
from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import Refused
from portal.jobs import Worker
from portal.notifications import TASK, Message, refusals, send, task
from portal.settings import Settings
from tests.accounts.light import light_door
from tests.notifications.providers import Provider, postmark

MAIL = Message(kind="email", to="camille@example.fr", subject="Code", body="12345678", about="code")


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with postmark("t") as one:
        yield one
        assert one.wrong == []


@pytest.fixture
def settings(provider: Provider, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, postmark_token="t", postmark_url=provider.address, message_tries=3)


def worker(acting: Acting) -> Worker:
    return Worker(acting, {TASK: task(acting)})


async def test_a_message_waits_out_a_failure_and_a_restart(
    tmp_path: Path, clock: FixedClock, settings: Settings, provider: Provider
):
    provider.answers.append((503, ""))
    async with light_door(tmp_path, clock) as door:
        acting = replace(door.acting, settings=settings)
        await send(acting, MAIL)
        await worker(acting).drained()
        assert provider.accepted == []
    clock.tick(15)
    async with light_door(tmp_path, clock) as door:
        await worker(replace(door.acting, settings=settings)).drained()
    assert [sent["To"] for sent in provider.accepted] == [MAIL.to]


@pytest.mark.parametrize(
    ("answer", "tries", "cause"),
    [((422, {"ErrorCode": 406}), 1, "postmark-406"), ((503, ""), 3, "postmark-http-503")],
)
async def test_a_message_given_up_is_shown_to_administrators(
    tmp_path: Path, clock: FixedClock, settings: Settings, provider: Provider, answer: tuple, tries: int, cause: str
):
    provider.answers.extend([answer] * 3)
    async with light_door(tmp_path, clock) as door:
        acting = replace(door.acting, settings=settings)
        await send(acting, MAIL)
        for _ in range(4):
            await worker(acting).drained()
            clock.tick(3600)
        admin = Actor(user="u", role=Role.ADMIN, reference="Practitioner/a", name="A")
        (told,) = await refusals(replace(acting, actor=admin))
    assert (told.shown, told.about, told.cause, told.tries) == ("ca•••••@example.fr", "code", cause, tries)
    assert provider.requests == tries


async def test_nobody_else_sees_what_was_refused(tmp_path: Path, clock: FixedClock):
    async with light_door(tmp_path, clock) as door:
        for role in (Role.PATIENT, Role.PSYCHIATRIST, Role.ARC):
            with pytest.raises(Refused):
                await refusals(replace(door.acting, actor=Actor(user="u", role=role, reference="X/x", name="")))
