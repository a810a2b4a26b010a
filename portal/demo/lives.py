"""The course of each fictitious illness: how low, how high, what is taken, what blood shows. Pure; luck is given."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.demo.cast import DemoPatient
from portal.record import Result

MONTHS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """A depressive (or, with `high`, manic) episode around a month of the story; `depth` 0 to 1, `width` in months."""

    month: float
    depth: float
    width: float
    high: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """One line of treatment: dose per day in mg, months of the story; `until` None when still taken."""

    name: str
    atc: str
    mg: int
    since: float
    until: float | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """A person's story over `MONTHS` months, month 0 being the first."""

    seed: int
    base: float
    episodes: tuple[Episode, ...]
    courses: tuple[Course, ...]

    def low(self, month: float) -> float:
        """Depression at that month, 0 to 1."""
        return _clamp(self.base + sum(_bump(e, month) for e in self.episodes if not e.high))

    def high(self, month: float) -> float:
        return _clamp(0.04 + sum(_bump(e, month) for e in self.episodes if e.high))

    def luck(self, *key: object) -> random.Random:
        """The same luck for the same question about the same person."""
        return random.Random(f"{self.seed}:{key}")  # noqa: S311 – fiction, not secrets

    def takes(self, atc: str, month: float) -> bool:
        return any(c.atc == atc and c.since <= month and (c.until is None or month < c.until) for c in self.courses)


def _bump(episode: Episode, month: float) -> float:
    return episode.depth * math.exp(-(((month - episode.month) / episode.width) ** 2))


def _clamp(value: float) -> float:
    return max(0.0, min(1.0, value))


def life_of(patient: DemoPatient) -> Life:
    luck = random.Random(f"life:{patient.number}")  # noqa: S311 – fiction
    if patient.number == 0:
        return _camille()
    bipolar = patient.network == "bipolar"
    episodes = [
        Episode(month=luck.uniform(1, MONTHS - 2), depth=luck.uniform(0.3, 0.75), width=luck.uniform(1.5, 3.5))
        for _ in range(luck.choice((1, 2, 2)))
    ]
    if bipolar and luck.random() < 0.6:
        episodes.append(Episode(month=luck.uniform(2, MONTHS - 3), depth=luck.uniform(0.35, 0.8), width=1.3, high=True))
    return Life(
        seed=patient.number,
        base=luck.uniform(0.05, 0.3),
        episodes=tuple(episodes),
        courses=tuple(_courses(patient.network, luck)),
    )


def _camille() -> Life:
    """The person whose record the pictures show: a winter depression, a mania in spring, and lithium that runs high today."""
    return Life(
        seed=0,
        base=0.12,
        episodes=(
            Episode(month=1.0, depth=0.55, width=2.2),
            Episode(month=13.0, depth=0.5, width=1.6),
            Episode(month=24.0, depth=0.5, width=2.2),
            Episode(month=15.2, depth=0.75, width=0.9, high=True),
        ),
        courses=(
            Course(name="Lithium LP (carbonate)", atc="N05AN01", mg=800, since=0, until=7, reason="dose"),
            Course(name="Lithium LP (carbonate)", atc="N05AN01", mg=1000, since=7, until=None),
            Course(name="Sertraline", atc="N06AB06", mg=50, since=12.6, until=15, reason="side-effect"),
            Course(name="Quétiapine LP", atc="N05AH04", mg=300, since=15, until=18.5, reason="dose"),
            Course(name="Quétiapine LP", atc="N05AH04", mg=50, since=18.5, until=20.5, reason="remission"),
            Course(name="Lamotrigine", atc="N03AX09", mg=100, since=16, until=17.8, reason="dose"),
            Course(name="Lamotrigine", atc="N03AX09", mg=200, since=17.8, until=None),
        ),
    )


Drug = tuple[str, str, tuple[int, ...]]
"""Name, ATC code and the doses in mg per day that the story may choose."""

_FIRST: Mapping[str, tuple[Drug, ...]] = {
    "bipolar": (
        ("Lithium LP (carbonate)", "N05AN01", (600, 800, 1000)),
        ("Valproate", "N03AG01", (500, 1000)),
        ("Lamotrigine", "N03AX09", (100, 200)),
    ),
    "schizophrenia": (
        ("Rispéridone", "N05AX08", (2, 4)),
        ("Aripiprazole", "N05AX12", (10, 15)),
        ("Clozapine", "N05AH02", (200, 300)),
    ),
    "depression": (
        ("Venlafaxine LP", "N06AX16", (75, 150, 225)),
        ("Sertraline", "N06AB06", (50, 100)),
        ("Mirtazapine", "N06AX11", (15, 30)),
    ),
    "asd": (("Mélatonine LP", "N05CH01", (2, 4)), ("Sertraline", "N06AB06", (50,))),
}
_SECOND: tuple[Drug, ...] = (
    ("Quétiapine LP", "N05AH04", (50, 150, 300)),
    ("Hydroxyzine", "N05BB01", (25, 50)),
    ("Escitalopram", "N06AB10", (10, 20)),
)


def _courses(network: str, luck: random.Random) -> list[Course]:
    name, atc, doses = luck.choice(_FIRST[network])
    change = luck.uniform(4, 14)
    made = [Course(name=name, atc=atc, mg=doses[0], since=0, until=None)]
    if len(doses) > 1:
        made = [
            Course(name=name, atc=atc, mg=doses[0], since=0, until=change, reason="dose"),
            Course(name=name, atc=atc, mg=doses[-1], since=change, until=None),
        ]
    if luck.random() < 0.6:
        name, atc, doses = luck.choice(_SECOND)
        begin = luck.uniform(2, 15)
        ends = luck.random() < 0.5
        made.append(
            Course(
                name=name,
                atc=atc,
                mg=luck.choice(doses),
                since=begin,
                until=begin + luck.uniform(2, 7) if ends else None,
                reason=luck.choice(("inefficacy", "side-effect", "remission")) if ends else "",
            )
        )
    return made


def sample(life: Life, month: float, *, last: bool) -> list[Result]:
    """What a laboratory finds at that month. Two laboratories, whose ranges differ a little, take turns."""
    luck = life.luck("blood", round(month))
    other = luck.random() < 0.3
    found = [
        _result(luck, "creatinine", 72 + month * 0.4, 5, 0, low=59 if other else 60, high=104 if other else 106),
        _result(luck, "tsh", 2.1, 0.7, 2, low=0.27 if other else 0.4, high=4.2 if other else 4.0),
        _result(luck, "calcium", 2.36, 0.06, 2, low=2.15, high=2.55),
        _result(luck, "sodium", 140, 1.5, 0, low=136, high=145),
        _result(luck, "glucose", 5.2, 0.5, 1, low=3.9, high=6.1),
        _result(luck, "hdl", 1.3, 0.2, 2, low=1.0, high=1.9),
        _result(luck, "triglycerides", 1.4, 0.25, 2, low=0.4, high=1.7),
    ]
    if life.takes("N05AN01", month):
        level = Decimal("1.28") if last and life.seed == 0 else _number(luck, 0.78, 0.1, 2)
        found.insert(0, Result(code="lithium", value=level, low=Decimal("0.6"), high=Decimal("1.2")))
    if life.takes("N05AH02", month):
        found.insert(0, _result(luck, "clozapine", 420, 60, 0, low=350, high=600))
        found.insert(1, _result(luck, "neutrophils", 3.9, 0.8, 1, low=1.8, high=7.5))
    return found


def _number(luck: random.Random, mean: float, spread: float, digits: int) -> Decimal:
    likely = max(mean - 2.5 * spread, min(mean + 2.5 * spread, luck.gauss(mean, spread)))  # no impossible value
    return round(Decimal(str(likely)), digits)


def _result(
    luck: random.Random, code: str, mean: float, spread: float, digits: int, *, low: float, high: float
) -> Result:
    return Result(code=code, value=_number(luck, mean, spread, digits), low=Decimal(str(low)), high=Decimal(str(high)))


def day_of(start: date, month: float) -> date:
    return start + timedelta(days=round(month * 30.44))
