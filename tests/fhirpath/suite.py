"""HL7's FHIRPath suite for R4: reading it, and judging an answer by the declared type and value."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.fhirpath import Date, DateTime, Time
from portal.fhirpath.quantity import from_json
from portal.fhirpath.temporal import compare

ROOT = Path(__file__).resolve().parents[3] / "shared/data/fhirpath-suite"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    group: str
    name: str
    expression: str
    input: str
    invalid: str
    strict: bool
    predicate: bool
    outputs: tuple[tuple[str, str], ...]


def cases(root: Path = ROOT) -> Iterator[Case]:
    for group in ET.parse(root / "tests-fhir-r4.xml").getroot().iter("group"):
        for test in group.iter("test"):
            expression = test.find("expression")
            assert expression is not None
            yield Case(
                group=group.get("name", ""),
                name=test.get("name", ""),
                expression=expression.text or "",
                input=test.get("inputfile", ""),
                invalid=expression.get("invalid", ""),
                strict=test.get("mode") == "strict",
                predicate=test.get("predicate") == "true",
                outputs=tuple((o.get("type", ""), o.text or "") for o in test.findall("output")),
            )


def resource(case: Case, root: Path = ROOT) -> Any:
    if not case.input:
        return None
    path = root / "inputs" / Path(case.input).with_suffix(".json").name
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def agrees(case: Case, found: list[Any]) -> bool:
    if case.predicate:
        found = [bool(found)]
    if len(found) != len(case.outputs):
        return False
    return all(
        _same(kind or _guess(text), text, value) for (kind, text), value in zip(case.outputs, found, strict=True)
    )


def _guess(text: str) -> str:
    if text in {"true", "false"}:
        return "boolean"
    if text.startswith("@T"):
        return "time"
    if text.startswith("@"):
        return "dateTime" if "T" in text else "date"
    if text.endswith("'"):
        return "Quantity"
    return "decimal"


def _same(kind: str, text: str, value: Any) -> bool:
    match kind:
        case "boolean":
            return value is (text == "true")
        case "integer":
            return type(value) is int and value == int(text)
        case "decimal":
            return isinstance(value, (int, Decimal)) and Decimal(value) == Decimal(text)
        case "date" | "dateTime" | "time":
            text = text.removeprefix("@").removeprefix("T")
            parser = Time if kind == "time" else DateTime if "T" in text else Date
            wanted, given = parser.parse(text), parser.parse(str(value))
            return wanted is not None and given is not None and compare(wanted, given) == 0
        case "Quantity":
            number, unit = text.split(" ", 1)
            quantity = from_json(value)
            return quantity is not None and quantity.value == Decimal(number) and quantity.unit == unit.strip("'")
        case _:
            return str(value) == text
