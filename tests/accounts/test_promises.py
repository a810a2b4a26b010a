"""What is promised on one-time codes: one winner of any race, a model that never differs, a chance of guessing that is nil.

The long forms run with `make prove`: 1,000 races of 50, and 20,000 steps against the model.
"""

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from pydantic import ValidationError
from sqlalchemy import select

from portal.accounts import Door, codes, read_contact
from portal.accounts.challenges import Asked, arm, code_of, link_of
from portal.accounts.entries import allow_in
from portal.clock import FixedClock
from portal.db import entries
from portal.errors import CodeRefused
from portal.i18n import texts
from portal.settings import Settings
from tests.accounts.light import light_door

BROWSERS = ["a" * 43, "b" * 43, "c" * 43]
CONTACTS = {"one@example.fr": "u-one", "+33639981000": "u-one", "two@example.fr": "u-two", "nobody@example.fr": ""}
MANY = {"codes_per_hour": 10**6, "codes_per_hour_address": 10**6, "work_after": 10**6}
FAILURES = 5


async def ask(door: Door, contact: str, browser: str) -> Asked:
    return await codes.ask_patient_code(
        door, read_contact(contact), browser=browser, address="192.0.2.1", t=texts("fr")
    )


async def race(door: Door, submissions: int) -> int:
    """How many of that many right submissions at once get in."""
    asked = await ask(door, "one@example.fr", BROWSERS[0])
    assert await arm(door, asked.id, user="u-one")
    code = code_of(door, asked.id)
    tried = [codes.try_code(door, asked, code, browser=BROWSERS[0]) for _ in range(submissions - 5)]
    linked = [codes.open_link(door, link_of(door, asked.id), browser=BROWSERS[0]) for _ in range(5)]
    outcomes = await asyncio.gather(*tried, *linked, return_exceptions=True)
    return sum(not isinstance(outcome, BaseException) for outcome in outcomes)


@pytest.mark.parametrize("races", [20, pytest.param(1000, marks=[pytest.mark.prove, pytest.mark.timeout(1800)])])
async def test_of_fifty_submissions_of_the_right_code_one_gets_in(tmp_path: Path, clock: FixedClock, races: int):
    async with light_door(tmp_path, clock, **MANY) as door:
        assert Counter([await race(door, 50) for _ in range(races)]) == {1: races}


async def test_the_race_shows_a_code_that_is_not_used_up(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
):
    """The planted fault: a winner that does not take the code away."""
    monkeypatch.setattr("portal.accounts.codes.win", lambda *_given, **_named: True)
    async with light_door(tmp_path, clock, **MANY) as door:
        assert await race(door, 50) > 1


@dataclass
class Challenge:
    asked: Asked
    contact: str
    browser: str
    expires: datetime
    tries: int = 0
    used: bool = False
    user: str = ""


@dataclass
class Model:
    """What the portal must do, written as plainly as it can be said."""

    now: datetime
    challenges: list[Challenge] = field(default_factory=list)
    wrong_in_a_row: Counter[str] = field(default_factory=Counter)
    open_for: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def submit(self, one: Challenge, browser: str, *, right: bool) -> bool:
        if one.browser != browser or one.used or one.expires <= self.now or one.tries >= 5:
            return False
        one.tries += 1
        whose = one.user or one.contact
        self.wrong_in_a_row[whose] += 1
        if not right or not one.user or self.wrong_in_a_row[whose] > FAILURES:
            return False
        return self.win(one)

    def link(self, one: Challenge, browser: str) -> bool:
        if one.browser != browser or one.used or one.expires <= self.now or not one.user:
            return False
        return self.win(one)

    def win(self, one: Challenge) -> bool:
        one.used = True
        self.wrong_in_a_row[one.user] = 0
        self.open_for[one.browser] = (one.user, self.now + timedelta(minutes=1))
        return True


class Machine(RuleBasedStateMachine):
    """Three browsers, four contacts of two accounts and nobody; codes, wrong codes, links, waiting."""

    steps = 0

    @initialize()
    def open(self) -> None:
        self.clock = FixedClock(datetime(2026, 12, 2, 13, 2, tzinfo=UTC))
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.context = light_door(Path(self.folder.name), self.clock, code_failures=FAILURES, **MANY)
        self.door = self.runner.run(self.context.__aenter__())
        self.model = Model(now=self.clock.now())

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.context.__aexit__(None, None, None))
            self.runner.close()
            self.folder.cleanup()

    def outcome(self, doing: Any) -> bool:
        Machine.steps += 1
        try:
            self.runner.run(doing)
        except CodeRefused:
            return False
        return True

    @rule(
        contact=st.sampled_from(sorted(CONTACTS)),
        browser=st.sampled_from(BROWSERS),
        sent=st.sampled_from([True, True, True, False]),
    )
    def ask(self, contact: str, browser: str, sent: bool) -> None:
        Machine.steps += 1
        asked = self.runner.run(ask(self.door, contact, browser))
        for former in self.model.challenges:
            former.used = former.used or former.browser == browser
        made = Challenge(asked, contact, browser, self.model.now + timedelta(minutes=5))
        if sent and CONTACTS[contact]:
            made.user = CONTACTS[contact]
            assert self.runner.run(arm(self.door, asked.id, user=made.user))
        self.model.challenges.append(made)

    @rule(which=st.integers(0, 3), browser=st.sampled_from(["", "", *BROWSERS]), wrong=st.integers(0, 4))
    def submit(self, which: int, browser: str, wrong: int) -> None:
        """So many wrong codes, then the right one. `browser` "" is the one that asked; `which` counts from the latest."""
        if which >= len(self.model.challenges):
            return
        one = self.model.challenges[-1 - which]
        code = code_of(self.door, one.asked.id)
        for typed in [f"{(int(code) + 1) % 10**8:08d}"] * wrong + [code]:
            by = browser or one.browser
            happened = self.outcome(codes.try_code(self.door, one.asked, typed, browser=by))
            assert happened == self.model.submit(one, by, right=typed == code)

    @rule(contact=st.sampled_from(sorted(CONTACTS)), browser=st.sampled_from(BROWSERS), wrong=st.integers(0, 5))
    def sign_in(self, contact: str, browser: str, wrong: int) -> None:
        """As people do it: ask, mistype, get in; then the same once more, by code and by link."""
        self.ask(contact, browser, sent=True)
        self.guess(wrong)
        for _ in range(2):
            self.submit(0, "", 0)
            self.link(0, "")

    @rule(wrong=st.integers(1, 5))
    def guess(self, wrong: int) -> None:
        """Wrong codes only, for the latest challenge."""
        for one in self.model.challenges[-1:]:
            typed = f"{(int(code_of(self.door, one.asked.id)) + 1) % 10**8:08d}"
            for _ in range(wrong):
                happened = self.outcome(codes.try_code(self.door, one.asked, typed, browser=one.browser))
                assert happened == self.model.submit(one, one.browser, right=False)

    @rule(which=st.integers(0, 3), browser=st.sampled_from([*BROWSERS, ""]))
    def link(self, which: int, browser: str) -> None:
        if which >= len(self.model.challenges):
            return
        one = self.model.challenges[-1 - which]
        browser = browser or one.browser
        happened = self.outcome(codes.open_link(self.door, link_of(self.door, one.asked.id), browser=browser))
        assert happened == self.model.link(one, browser)

    @rule(seconds=st.sampled_from([1, 59, 60, 61, 240, 300, 301]))
    def wait(self, seconds: int) -> None:
        Machine.steps += 1
        self.clock.tick(seconds)
        self.model.now = self.clock.now()

    @invariant()
    def who_may_enter_is_who_proved_it(self) -> None:
        if not hasattr(self, "door"):
            return
        rows = self.runner.run(self.door.acting.db.read(lambda connection: connection.execute(select(entries)).all()))
        expected = {
            self.door.digest("browser", browser): (user, expires)
            for browser, (user, expires) in self.model.open_for.items()
        }
        assert {row.browser_hash: (row.user, datetime.fromisoformat(row.expires)) for row in rows} == expected


def histories(count: int, steps: int) -> settings:
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def test_the_portal_never_differs_from_the_model():
    run_state_machine_as_test(Machine, settings=histories(6, 20))


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_the_portal_never_differs_from_the_model_in_20_000_steps():
    Machine.steps = 0
    run_state_machine_as_test(Machine, settings=histories(250, 100))
    assert Machine.steps >= 20_000


def test_the_model_shows_a_code_that_stays_good(monkeypatch: pytest.MonkeyPatch):
    """The planted fault of the model: the winner gets in, and the code is not used up."""

    def lets_in(door: Door, connection: Any, row: Any, browser: str, **_named: Any) -> bool:
        allow_in(door, connection, browser=browser, user=row.user)
        return True

    monkeypatch.setattr("portal.accounts.codes.win", lets_in)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=histories(30, 30))


class TestGuessing:
    """A guess is right once in 10^digits; an account stops after so many wrong ones in a row, whoever made them."""

    def test_it_succeeds_at_most_once_in_a_million_before_the_stop(self):
        set_ = Settings()
        assert Fraction(set_.code_failures, 10**set_.code_digits) <= Fraction(1, 1_000_000)

    @pytest.mark.parametrize("digits", range(6, 11))
    @pytest.mark.parametrize("failures", [5, 9, 10, 11, 99, 100])
    def test_no_setting_that_promises_less_is_taken(self, digits: int, failures: int):
        hopeless = Fraction(failures, 10**digits) <= Fraction(1, 1_000_000)
        try:
            Settings(code_digits=digits, code_failures=failures)
        except ValidationError:
            assert not hopeless
        else:
            assert hopeless

    def test_fewer_digits_alone_are_refused_too(self):
        with pytest.raises(ValidationError):
            Settings(code_digits=7)

    def test_every_code_is_as_likely_as_another(self, tmp_path: Path, clock: FixedClock):
        """Ten thousand codes: each digit in each place about a tenth of the time (6 standard deviations)."""

        async def made() -> list[str]:
            async with light_door(tmp_path, clock) as door:
                return [code_of(door, door.acting.chance.id()) for _ in range(10_000)]

        places = zip(*asyncio.run(made()), strict=True)
        for place in places:
            assert all(abs(count - 1000) < 6 * 30 for count in Counter(place).values())
            assert len(set(place)) == 10
