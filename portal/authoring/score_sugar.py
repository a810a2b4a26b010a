"""Score blocks of YAML from the calculated items that they were made into."""

import re
from decimal import Decimal
from typing import Any

from portal.authoring.conditions import named
from portal.authoring.sugar import text_sugar, variables_sugar, when_sugar
from portal.fhir import systems
from portal.sdc import urls
from portal.sdc.reading import extension, extension_value, extensions, value_of
from portal.types import Json


def score_sugar(element: Json) -> Json:
    """The block that the item most probably comes from: whether it does, compiling it tells."""
    bands = extension(element, systems.SCORE_BANDS) or {}
    entry: Json = {"id": element.get("linkId", "")}
    for coding in element.get("code", ()):
        entry["loinc" if coding.get("system") == systems.LOINC else "code"] = coding.get("code")
    entry["title"] = text_sugar(element, "text")
    items = [value_of(each) for each in extensions(bands, "item")]
    formula = (extension_value(element, urls.CALCULATED_EXPRESSION) or {}).get("expression", "")
    kinds = {"%answers.sum()": "sum", "%answers.avg()": "mean", "%answers.max()": "max", ".count())": "count"}
    kind = next((name for mark, name in kinds.items() if mark in formula), "formula")
    entry[kind] = formula if kind == "formula" else _spans(items)
    values = variables_sugar(element).get("answers", "")
    if reversed_ := [name for name in items if _turned(values, name)]:
        entry["reverse"] = _spans(reversed_)
    if least := re.search(r"\$this >= (\d+(?:\.\d+)?)", formula):
        entry["at_least"] = _number(least[1])
    if times := re.search(r" \* (\d+(?:\.\d+)?)\)(?! /)", formula):
        entry["times"] = _number(times[1])
    if (digits := re.search(r"\.round\((\d+)\)", formula)) and element.get("type") == "decimal":
        entry["decimals"] = int(digits[1])
    rule = extension_value(bands, "missing")
    if rule:
        key, _, count = rule.partition(" ")
        entry["missing"] = {key: int(count)} if count.isdigit() else rule
    low, high = extension_value(bands, "min"), extension_value(bands, "max")
    if low is not None and high is not None:
        entry["range"] = [low, high]
    if (shown := extension_value(element, systems.SHOWN_TO_PATIENT)) is not None:
        entry["shown_to_patient"] = shown
    if "enableWhen" in element or extension(element, urls.ENABLE_WHEN_EXPRESSION):
        entry["when"] = when_sugar(element)
    if extension_value(bands, "main"):
        entry["main"] = True
    if listed := [_band(each) for each in extensions(bands, "band")]:
        entry["bands"] = listed
    return entry


def other_ways(entry: Json, element: Json) -> list[Json]:
    """The same with fewer digits said, or as a plain formula."""
    kinds = ("sum", "mean", "max", "count", "formula", "reverse", "at_least", "times")
    bare = {key: value for key, value in entry.items() if key not in kinds}
    formula = (extension_value(element, urls.CALCULATED_EXPRESSION) or {}).get("expression", "")
    without_digits = {key: value for key, value in entry.items() if key != "decimals"}
    with_digits = {**without_digits, "decimals": 0} if element.get("type") == "decimal" else without_digits
    plain = {**bare, "formula": formula}
    shorter = {key: value for key, value in plain.items() if key != "missing"}
    return [without_digits, with_digits, plain, shorter, {**shorter, "decimals": 2}]


def _turned(values: str, name: str) -> bool:
    """Whether the answers of an item are counted from the other end."""
    for part in values.split(".item"):
        if f"'{name}'" in part and " - $this)" in part:
            return True
    return f"({named([name])})" in values and bool(re.search(rf"{re.escape(named([name]))}\)[^|]*- \$this\)", values))


def _band(each: Json) -> Json:
    names = (("low", "from"), ("high", "to"), ("level", "level"))
    band: Json = {name: value for url, name in names if (value := extension_value(each, url)) is not None}
    for url, name in (("label", "label"), ("interpretation", "meaning")):
        if found := extension(each, url):
            band[name] = text_sugar(found, "valueString")
    return band


def _number(text: str) -> Any:
    return Decimal(text) if "." in text else int(text)


def _spans(names: list[str]) -> list[str]:
    """q1, q2, q3 as q1..q3."""
    found: list[list[str]] = []
    for name in names:
        stem = re.fullmatch(r"(.*?)(\d+)", name)
        if stem and found and (last := re.fullmatch(r"(.*?)(\d+)", found[-1][-1])):
            follows = last[1] == stem[1] and int(last[2]) + 1 == int(stem[2]) and not stem[2].startswith("0")
            if follows and not last[2].startswith("0"):
                found[-1].append(name)
                continue
        found.append([name])
    spans: list[str] = []
    for run in found:
        spans += [f"{run[0]}..{run[-1]}"] if len(run) > 2 else run
    return spans
