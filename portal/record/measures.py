"""One value measured on one day, whoever measured it: biology, vital signs. Pure reading of Observations."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from portal.fhir import systems
from portal.fhir.dates import day_of, instant_of
from portal.record.content import Analyte, analytes
from portal.types import Json

Flag = Literal["L", "H", ""]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """`fasting` is None when it was not said. `value`, `low` and `high` are in the analyte's own unit, so that one line can join them; `entered` is as given.

    `usual` says that the range is the analyte's usual one because the laboratory gave none. `comparator` is "<" or ">".
    """

    id: str
    at: datetime
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    usual: bool
    entered: str
    comparator: str
    laboratory: str
    fasting: bool | None

    @property
    def day(self) -> date:
        return day_of(self.at.isoformat())

    @property
    def flag(self) -> Flag:
        if self.high is not None and self.value > self.high:
            return "H"
        if self.low is not None and self.value < self.low:
            return "L"
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """All values of one analyte, oldest first, never empty."""

    analyte: Analyte
    measures: tuple[Measure, ...]

    @property
    def last(self) -> Measure:
        return self.measures[-1]

    @property
    def change(self) -> Decimal | None:
        """From the value before to the last one."""
        return self.measures[-1].value - self.measures[-2].value if len(self.measures) > 1 else None


def loinc_of(observation: Json) -> str:
    codings: list[Json] = observation["code"].get("coding", [])
    return next((each["code"] for each in codings if each.get("system") == systems.LOINC), "")


def analyte_of(observation: Json) -> Analyte | None:
    return analytes().by_loinc.get(loinc_of(observation))


def measure(observation: Json, analyte: Analyte) -> Measure | None:
    """None when the Observation holds no number, or one in a unit that cannot be turned into the analyte's own."""
    quantity: Json = observation.get("valueQuantity", {})
    unit = quantity.get("code") or quantity.get("unit", analyte.unit)
    factor = analyte.factor(unit)
    if "value" not in quantity or factor is None or "effectiveDateTime" not in observation:
        return None
    given: Json = next(iter(observation.get("referenceRange", [])), {})
    low, high = _bound(given, "low", factor), _bound(given, "high", factor)
    usual = low is None and high is None
    return Measure(
        id=observation["id"],
        at=instant_of(observation["effectiveDateTime"]),
        value=Decimal(str(quantity["value"])) * factor,
        low=analyte.low if usual else low,
        high=analyte.high if usual else high,
        usual=usual,
        entered=f"{quantity['value']} {quantity.get('unit', unit)}" if factor != 1 else "",
        comparator=quantity.get("comparator", ""),
        laboratory=next((each.get("display", "") for each in observation.get("performer", [])), ""),
        fasting=_fasting(observation),
    )


def _fasting(observation: Json) -> bool | None:
    for sample in observation.get("contained", []):
        state: Json = sample.get("collection", {}).get("fastingStatusCodeableConcept", {})
        for coding in state.get("coding", []):
            return coding.get("code") == "F"
    return None


def _bound(given: Json, side: str, factor: Decimal) -> Decimal | None:
    return Decimal(str(given[side]["value"])) * factor if side in given else None
