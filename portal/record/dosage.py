"""What a person writes for a dosage, understood: "1-0-2", "500 mg matin et soir", "2 cp/j", "100 mg toutes les 4 semaines".

The words are kept as written. What is not understood is kept too; then no dose is worked out from it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portal.fhir import systems
from portal.types import Json

_N = r"(?P<n>\d+\s*/\s*\d+|\d+(?:\.\d+)?)"
_UNIT = r"(?P<unit>mg|g|cps?|comprimés?|gélules?|amp(?:oules?)?|injections?|unités?|gouttes?|patchs?)?"
_EVERY = r"(?:toutes\s+les|tous\s+les)\s+(?P<k>\d+)\s*(?P<p>jours?|j|semaines?|sem|mois)"
_MOMENTS = {"matin": "MORN", "midi": "NOON", "soir": "EVE", "coucher": "HS"}
_PERIODS = {"j": "d", "s": "wk", "m": "mo"}

_GRID = re.compile(r"(?P<a>\d+(?:/\d+)?)-(?P<b>\d+(?:/\d+)?)-(?P<c>\d+(?:/\d+)?)(?:-(?P<d>\d+(?:/\d+)?))?\s*" + _UNIT)
_MOMENT = re.compile(_N + r"\s*" + _UNIT + r"\s*(?:le |au |à )?(?P<when>matin|midi|soir|coucher)")
_ALSO = re.compile(r"\s*(?:,|et|\+)?\s*(?:le |au |à )?(?P<when>matin|midi|soir|coucher)")
_TIMES = re.compile(
    _N + r"\s*" + _UNIT + r"\s*,?\s*(?:x\s*(?P<x>\d+)|(?P<times>\d+)\s*(?:x|fois))\s*(?:/|par)\s*(?:j|jour)\b"
)
_ONLY_TIMES = re.compile(r"(?P<times>\d+)\s*(?:x|fois)\s*(?:/|par)\s*(?:j|jour)\b")
_PER = re.compile(_N + r"\s*" + _UNIT + r"\s*(?:/|par)\s*(?P<p>jours?|j|semaines?|sem|mois)\b")
_INTERVAL = re.compile(_N + r"\s*" + _UNIT + r"\s*" + _EVERY)
_PLAIN = re.compile(_N + r"\s*" + _UNIT)
_AS_NEEDED = re.compile(r"\bsi\s+besoin\b")
_MOST = re.compile(r"\bmax(?:imum)?\.?\s*" + _N + r"\s*" + _UNIT + r"\s*(?:(?:/|par)\s*(?:j|jour)\b)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """`amount` in mg or in units (tablets, ampoules…), `frequency` times every `period` days, weeks or months."""

    amount: Decimal
    milligrams: bool
    when: str = ""
    frequency: int = 1
    period: int = 1
    period_unit: str = "d"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dosage:
    """`text` as written. No intake means that it was not understood, or that the drug is only taken if needed."""

    text: str
    intakes: tuple[Intake, ...]
    as_needed: bool = False
    most: Intake | None = None

    def daily_mg(self, strength: Decimal | None = None) -> Decimal | None:
        """Milligrams a day; `strength` is mg in one unit. None when it cannot be said: if needed, or a depot."""
        if self.as_needed or not self.intakes or any(each.period_unit != "d" for each in self.intakes):
            return None
        total = Decimal(0)
        for each in self.intakes:
            mg = each.amount if each.milligrams else each.amount * strength if strength is not None else None
            if mg is None:
                return None
            total += mg * each.frequency / each.period
        return total.normalize() if total % 1 else total.quantize(Decimal(1))


def parse_dosage(text: str) -> Dosage:
    """Reads French notations, decimal comma included. Never fails: what is not understood stays as text."""
    plain = " ".join(text.lower().replace("½", "1/2").replace("¼", "1/4").split())
    plain = re.sub(r"(?<=\d) (?=\d{3}\b)|\blp\b ?", "", re.sub(r"(?<=\d),(?=\d)", ".", plain))
    as_needed = bool(_AS_NEEDED.search(plain))
    rest = _AS_NEEDED.sub("", plain)
    most = _MOST.search(rest)
    rest = _MOST.sub("", rest).strip(" ,;")
    return Dosage(
        text=" ".join(text.split()),
        intakes=tuple(_intakes(rest)),
        as_needed=as_needed,
        most=_intake(most.groupdict()) if most else None,
    )


def dosage_elements(dosage: Dosage, strength: Decimal | None) -> list[Json]:
    """As `MedicationStatement.dosage`: one element an intake, in mg where the strength allows it, each with the words."""
    elements: list[Json] = []
    for number, intake in enumerate(dosage.intakes, 1):
        repeat: Json = {"frequency": intake.frequency, "period": intake.period, "periodUnit": intake.period_unit}
        if intake.when:
            repeat["when"] = [intake.when]
        element: Json = {"sequence": number, "text": dosage.text, "timing": {"repeat": repeat}}
        element["doseAndRate"] = [{"doseQuantity": _quantity(intake, strength)}]
        elements.append(element)
    elements = elements or [{"text": dosage.text}]
    for element in elements:
        if dosage.as_needed:
            element["asNeededBoolean"] = True
        if dosage.most is not None:
            day: Json = {"value": 1, "unit": "d", "system": systems.UCUM, "code": "d"}
            element["maxDosePerPeriod"] = {"numerator": _quantity(dosage.most, strength), "denominator": day}
    return elements


def stored_dosage(elements: Iterable[Json]) -> Dosage:
    """The dosage that a MedicationStatement holds, whoever wrote it."""
    listed = list(elements)
    intakes: list[Intake] = []
    for element in listed:
        repeat: Json = element.get("timing", {}).get("repeat", {})
        quantities = (each["doseQuantity"] for each in element.get("doseAndRate", []) if "doseQuantity" in each)
        quantity = next(quantities, None)
        if quantity is None or "value" not in quantity:
            continue
        intakes.append(
            Intake(
                amount=Decimal(str(quantity["value"])),
                milligrams=quantity.get("code", quantity.get("unit")) == "mg",
                when=next(iter(repeat.get("when", [])), ""),
                frequency=int(repeat.get("frequency", 1)),
                period=int(repeat.get("period", 1)),
                period_unit=repeat.get("periodUnit", "d"),
            )
        )
    return Dosage(
        text=next((each["text"] for each in listed if each.get("text")), ""),
        intakes=tuple(intakes),
        as_needed=any(each.get("asNeededBoolean") for each in listed),
    )


def _intakes(text: str) -> Iterable[Intake]:
    if grid := _GRID.fullmatch(text):
        for group, when in zip("abcd", _MOMENTS.values(), strict=True):
            if grid[group] and _number(grid[group]):
                yield _intake({"n": grid[group], "unit": grid["unit"]}, when=when)
        return
    for pattern in (_INTERVAL, _TIMES, _PER):
        if found := pattern.fullmatch(text):
            yield _intake(found.groupdict())
            return
    if found := _ONLY_TIMES.fullmatch(text):
        yield _intake({"n": "1", "unit": None, "times": found["times"]})
        return
    if found := _PLAIN.fullmatch(text):
        yield _intake(found.groupdict())
        return
    yield from _moments(text)


def _moments(text: str) -> list[Intake]:
    """As in "500 mg matin et soir" and "1 cp le matin, 2 le soir". All of it is understood, or nothing."""
    made: list[Intake] = []
    place = 0
    while place < len(text):
        if found := _MOMENT.match(text, place):
            made.append(_intake(found.groupdict(), when=_MOMENTS[found["when"]]))
        elif made and (found := _ALSO.match(text, place)):
            last = made[-1]
            made.append(Intake(amount=last.amount, milligrams=last.milligrams, when=_MOMENTS[found["when"]]))
        else:
            return []
        between = re.compile(r"\s*(?:,|;|\+|et|puis)?\s*(?=\d)|\s*$").match(text, found.end())
        place = between.end() if between else found.end()
    return made


def _intake(found: dict[str, Any], *, when: str = "") -> Intake:
    amount, unit = _number(found["n"]), found.get("unit") or ""
    every = int(found.get("k") or 1)
    return Intake(
        amount=amount * 1000 if unit == "g" else amount,
        milligrams=unit in {"mg", "g"},
        when=when,
        frequency=int(found.get("times") or found.get("x") or 1),
        period=every,
        period_unit=_PERIODS[(found.get("p") or "j")[0]],
    )


def _number(text: str) -> Decimal:
    value = Fraction(text.replace(" ", "")) if "/" not in text or not text.endswith("/0") else Fraction(0)
    return round(Decimal(value.numerator) / Decimal(value.denominator), 4).normalize()


def _quantity(intake: Intake, strength: Decimal | None) -> Json:
    if intake.milligrams or strength is not None:
        mg = intake.amount if intake.milligrams else intake.amount * (strength or 0)
        return {"value": mg, "unit": "mg", "system": systems.UCUM, "code": "mg"}
    return {"value": intake.amount, "unit": "unité"}
