"""What the record knows of analytes, drugs and charts: read once from content/terminology, never changed while running."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

TERMINOLOGY = Path(__file__).parents[2] / "content" / "terminology"


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    fr: str
    en: str

    def text(self, locale: str) -> str:
        return self.en if locale == "en" else self.fr


@dataclass(frozen=True, kw_only=True, slots=True)
class Analyte:
    """One thing that laboratories measure. Units are UCUM; `also` turns values of other units into `unit` by a factor.

    `low` and `high` are usual values, for results that came without their laboratory's range. Outside `least` to `most`
    a value is a slip. `alert_below` and `alert_above` are limits beyond which the team is told.
    """

    key: str
    group: str
    label: Label
    loinc: str
    unit: str
    shown: str
    digits: int
    also: Mapping[str, Decimal]
    low: Decimal | None = None
    high: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    alert_below: Decimal | None = None
    alert_above: Decimal | None = None

    @property
    def units(self) -> tuple[str, ...]:
        return (self.unit, *self.also)

    def factor(self, unit: str) -> Decimal | None:
        """What a value of that unit is multiplied by to be in `unit`; None for a unit that cannot be turned."""
        return Decimal(1) if unit == self.unit else self.also.get(unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnalyteGroup:
    """`category` is the code that `Observation.category` has: laboratory or vital-signs."""

    label: Label
    category: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Analytes:
    groups: Mapping[str, AnalyteGroup]
    by_key: Mapping[str, Analyte]
    by_loinc: Mapping[str, Analyte]


@dataclass(frozen=True, kw_only=True, slots=True)
class DrugClass:
    """`rank` orders classes in timelines."""

    key: str
    label: Label
    prefixes: tuple[str, ...]
    rank: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Substance:
    name: str
    atc: str
    brands: tuple[str, ...]
    depot: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Psychotropics:
    classes: tuple[DrugClass, ...]
    substances: tuple[Substance, ...]

    def class_of(self, atc: str) -> DrugClass:
        """The class with the longest prefix of this ATC code; the last class holds everything else."""
        fitting = [(len(prefix), each) for each in self.classes for prefix in each.prefixes if atc.startswith(prefix)]
        return max(fitting, key=lambda pair: pair[0])[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """Analytes to watch while a drug whose ATC code begins with `atc` is taken."""

    atc: str
    label: Label
    analytes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OverviewPlan:
    """Score codes for each side of the life chart, in order of preference, and what to watch under which drug."""

    mania: tuple[str, ...]
    depression: tuple[str, ...]
    watch: tuple[Watch, ...]


@cache
def analytes() -> Analytes:
    raw = _read("analytes.yaml")
    made = [_analyte(each) for each in raw["analytes"]]
    return Analytes(
        groups={
            each["key"]: AnalyteGroup(
                label=Label(fr=each["fr"], en=each["en"]), category=each.get("category", "laboratory")
            )
            for each in raw["groups"]
        },
        by_key={each.key: each for each in made},
        by_loinc={each.loinc: each for each in made},
    )


@cache
def psychotropics() -> Psychotropics:
    raw = _read("psychotropics.yaml")
    return Psychotropics(
        classes=tuple(
            DrugClass(
                key=each["key"], label=Label(fr=each["fr"], en=each["en"]), prefixes=tuple(each["atc"]), rank=rank
            )
            for rank, each in enumerate(raw["classes"])
        ),
        substances=tuple(
            Substance(name=each["name"], atc=each["atc"], brands=tuple(each["brands"]), depot=each.get("depot", False))
            for each in raw["substances"]
        ),
    )


@cache
def overview_plan() -> OverviewPlan:
    raw = _read("overview.yaml")
    return OverviewPlan(
        mania=tuple(raw["mania"]),
        depression=tuple(raw["depression"]),
        watch=tuple(
            Watch(atc=each["atc"], label=Label(fr=each["fr"], en=each["en"]), analytes=tuple(each["analytes"]))
            for each in raw["watch"]
        ),
    )


def _analyte(raw: dict[str, Any]) -> Analyte:
    limits = ("low", "high", "least", "most", "alert_below", "alert_above")
    return Analyte(
        key=raw["key"],
        group=raw["group"],
        label=Label(fr=raw["fr"], en=raw["en"]),
        loinc=raw["loinc"],
        unit=raw["unit"],
        shown=raw.get("shown", raw["unit"]),
        digits=raw["digits"],
        also={each["unit"]: Decimal(str(each["factor"])) for each in raw.get("also", [])},
        **{limit: Decimal(str(raw[limit])) for limit in limits if limit in raw},
    )


def _read(name: str) -> dict[str, Any]:
    return YAML(typ="safe").load((TERMINOLOGY / name).read_text(encoding="utf-8"))
