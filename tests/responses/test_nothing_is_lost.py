"""Whatever happens between any two steps, on two pages, an acknowledged answer is found again.

Hypothesis plays two pages of one draft against a record server that goes away or loses its answers, and stops the whole
machine at any step. The model keeps, for each question, the answers that may rightly stand: the last acknowledged one,
and those given since that nobody acknowledged.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.db import Database
from portal.errors import AlreadySent, Invalid, PortalError, Unavailable
from portal.responses import Draft, fold, look_again, open_draft, save_answer, save_pending, submit
from portal.sdc import Form, FormSession
from tests.responses.conftest import PATIENT, act, fill_record
from tests.responses.record import Record
from tests.responses.small_form import small_form

CHOICES = ("q1", "q2", "q3")
VALUES = st.sampled_from(("0", "1", "2", "3"))
PAGES = st.sampled_from((0, 1))


class Stop(BaseException):
    """The machine stops here."""


@dataclass
class World:
    """Counts steps, and stops the machine or the record server at the one that was chosen."""

    stops_in: int | None = None
    away: bool = False
    loses_answer: bool = False
    steps: int = 0

    def step(self, moment: str) -> None:
        self.steps += 1
        if self.stops_in is not None:
            self.stops_in -= 1
            if self.stops_in < 0:
                self.stops_in = None
                raise Stop
        if moment.startswith("db"):
            return
        if self.away:
            raise Unavailable
        if moment == "after" and self.loses_answer:
            self.loses_answer = False
            raise Unavailable(maybe_done=True)


@dataclass
class StoppingDatabase:
    """The real database; the machine may stop just before or just after what it does is on disk."""

    real: Database
    world: World

    async def read(self, work: Callable[[Any], Any]) -> Any:
        return await self.real.read(work)

    async def write(self, work: Callable[[Any], Any]) -> Any:
        self.world.step("db before")
        result = await self.real.write(work)
        self.world.step("db after")
        return result


@dataclass
class Rightful:
    """The answers of one question that may stand."""

    acknowledged: object = None
    since: list[object] = field(default_factory=list)

    def may_be(self) -> list[object]:
        return [self.acknowledged, *self.since]


class TwoPages(RuleBasedStateMachine):
    form: ClassVar[Form] = small_form()

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FixedClock(datetime(2026, 12, 2, 13, 2, tzinfo=UTC))
        self.world = World()
        self.record = Record()
        fill_record(self.record, self.form, self.clock)
        self.record.fault = self.world.step
        self.database = self.run(Database.open_folder(Path(self.folder.name)))
        doors = StoppingDatabase(self.database, self.world)
        self.acting = act(PATIENT, self.record, cast("Any", doors), self.clock, SeededChance(1), self.form)
        self.pages: list[Draft | None] = [None, None]
        self.rightful = {path: Rightful() for path in CHOICES}

    def run(self, work: Awaitable[Any]) -> Any:
        async def wait() -> Any:
            return await work

        return self.runner.run(wait())

    @contextmanager
    def may_stop(self) -> Iterator[None]:
        """When the machine stops, both pages are gone."""
        try:
            yield
        except Stop:
            self.pages = [None, None]
            self.clock.tick(90)

    def draft(self, page: int) -> Draft | None:
        """The draft of a page, opened anew when there is none; None when it cannot be opened now."""
        if self.pages[page] is None:
            with self.may_stop(), suppress(PortalError):
                self.pages[page] = self.run(open_draft(self.acting, "t1"))
        return self.pages[page]

    @rule(page=PAGES, path=st.sampled_from(CHOICES), value=VALUES)
    def answer(self, page: int, path: str, value: str) -> None:
        draft = self.draft(page)
        if draft is None:
            return
        with self.may_stop():
            draft.session.set(path, value)
            self.rightful[path].since.append(value)
            try:
                self.run(save_answer(self.acting, draft, path, value))
            except AlreadySent:
                self.rightful[path].since.remove(value)
            except PortalError:
                pass
            else:
                self.rightful[path] = Rightful(acknowledged=value)

    @rule(data=st.data())
    def answer_everything(self, data: st.DataObject) -> None:
        for path in CHOICES:
            self.answer(data.draw(PAGES), path, data.draw(VALUES))

    @rule(page=PAGES, verb=st.sampled_from((fold, fold, look_again, save_pending)))
    def go_on(self, page: int, verb: Callable[..., Awaitable[Any]]) -> None:
        draft = self.draft(page)
        if draft is not None:
            with self.may_stop(), suppress(PortalError):
                self.run(verb(self.acting, draft))

    @rule(page=PAGES)
    def close_page(self, page: int) -> None:
        self.pages[page] = None

    @rule(page=PAGES)
    def send(self, page: int) -> None:
        draft = self.draft(page)
        if draft is None:
            return
        with self.may_stop():
            try:
                self.run(submit(self.acting, draft))
            except Invalid:
                assert None in {draft.session.state(path).value for path in CHOICES}
            except PortalError:
                pass

    @rule(steps=st.integers(0, 6), page=PAGES, send=st.booleans())
    def stop_the_machine(self, steps: int, page: int, *, send: bool) -> None:
        """At one of the next steps, which is most likely in this verb."""
        self.world.stops_in = steps
        if send:
            self.send(page)
        else:
            self.go_on(page, fold)
        self.world.stops_in = None

    @rule(away=st.booleans())
    def the_record_goes_or_comes(self, *, away: bool) -> None:
        self.world.away = away

    @rule()
    def an_answer_of_the_record_will_be_lost(self) -> None:
        self.world.loses_answer = True

    @rule(seconds=st.sampled_from((1, 61)))
    def time_passes(self, seconds: int) -> None:
        self.clock.tick(seconds)

    @invariant()
    def acknowledged_answers_are_found(self) -> None:
        if not hasattr(self, "runner"):
            return
        found = self.run(self._standing())
        if found is not None:
            for path, rightful in self.rightful.items():
                value = found.state(path).value
                assert value in rightful.may_be(), f"{path} is {value}, may be {rightful.may_be()}"

    async def _standing(self) -> FormSession | None:
        """What somebody who opens the questionnaire afresh would see, read without any fault."""
        fault, self.record.fault = self.record.fault, lambda _moment: None
        try:
            responses = self.record.of("QuestionnaireResponse")
            if not responses:
                return None
            stored = responses[0]
            from portal.responses.drafts import replayed, revision_of
            from portal.responses.journal import Journal
            from portal.responses.surroundings import Surroundings

            journal = Journal(
                db=self.database, clock=self.clock, chance=SeededChance(2), response=stored["id"], author="x"
            )
            rows = [row for row in await journal.rows() if row.revision > revision_of(stored)]
            assert not rows or stored["status"] == "in-progress", "answers were taken after it was sent"
            return replayed(Surroundings(form=self.form), stored, rows, self.clock.now(), "fr")
        finally:
            self.record.fault = fault

    @invariant()
    def it_is_sent_once(self) -> None:
        if hasattr(self, "record"):
            versions = [each for each in self.record.versions.items() if each[0].startswith("QuestionnaireResponse/")]
            assert sum(version["status"] == "completed" for _, each in versions for version in each) <= 1

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.run(self.database.close())
            self.runner.close()
            self.folder.cleanup()


TestNothingIsLost = TwoPages.TestCase
TestNothingIsLost.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
