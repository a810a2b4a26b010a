"""`lookup:` of a score – norms by age, sex, education… – from a CSV file to FHIRPath.

    lookup: {table: tmt, score: raw, by: {age: age, sex: sex, education: "FHIRPath"}}

The table has one line for each cell of the norms: `score` or `score_from` and `score_to`, the same for each name under
`by`, and `result`. Comma or semicolon, point or decimal comma. Published norms are often not free, so tables stay outside
the repository, in a folder that the portal is told of; without that folder such a score stays empty.
"""

import csv
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from io import StringIO
from itertools import groupby

from portal.authoring.entry import Entry
from portal.authoring.errors import AuthoringError, place_in
from portal.authoring.outline import Outline

Tables = Callable[[str], str | None]
"""Gives the text of a table by its name; None when there is no such table."""
Row = dict[str, str]
NOTHING = "{}"
"""The formula of a score whose table is not at hand."""


def lookup(entry: Entry, outline: Outline) -> tuple[str, dict[str, str], list[str]]:
    """The formula of a looked-up score, the variables that it uses (FHIRPath by name), and the items that it counts."""
    entry.only("table", "score", "by")
    score = entry.need("score").string()
    keys = list(by.mapping()) if (by := entry.get("by")) else []
    variables = {"score": _value(entry.need("score"), outline)}
    variables |= {key: _value(by.need(key), outline) for key in keys if by}
    items = [score] if score in outline.items else []
    if outline.tables is None:
        return NOTHING, variables, items
    name = entry.need("table").string()
    text = outline.tables(name)
    if text is None:
        raise entry.need("table").fail(f"There is no table “{name}.csv” among the norms.")
    return _formula(_rows(text, f"{name}.csv", ["score", *keys]), ["score", *keys]), variables, items


def _value(entry: Entry, outline: Outline) -> str:
    """An item by its id, or FHIRPath."""
    text = entry.string()
    return outline.fill(f"{{{text}}}") if text in outline.items else outline.fill(text)


def _rows(text: str, file: str, keys: Sequence[str]) -> list[Row]:
    """The lines, each with numbers as FHIRPath writes them. Raises `AuthoringError` at the line that cannot be read."""
    text = text.removeprefix("\ufeff")
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    lines = list(csv.DictReader(StringIO(text), delimiter=separator))
    missing = [key for key in (*keys, "result") if lines and not {key, f"{key}_from", f"{key}_to"} & lines[0].keys()]
    if missing or not lines:
        raise AuthoringError(place_in(file), f"The table has no column “{(missing or ['result'])[0]}”.")
    rows: list[Row] = []
    for number, line in enumerate(lines, start=2):
        row = {name: (value or "").strip() for name, value in line.items() if name}
        for name, value in row.items():
            if name == "result" or name.endswith(("_from", "_to")):
                row[name] = _number(value, file, number, name)
        if not row["result"]:
            raise AuthoringError(place_in(file, number), "This line has no result.")
        rows.append(row)
    return rows


def _number(value: str, file: str, line: int, name: str) -> str:
    if not value:
        return ""
    try:
        return format(Decimal(value.replace(",", ".")), "f")
    except InvalidOperation:
        raise AuthoringError(place_in(file, line), f"“{value}” is not a number ({name}).") from None


def _formula(rows: list[Row], keys: Sequence[str]) -> str:
    """For each line what it asks; lines that differ only by the score stand together, so that few are looked at."""

    def around(row: Row) -> str:
        return _criterion(row, keys[1:])

    groups = [(criterion, list(lines)) for criterion, lines in groupby(sorted(rows, key=around), key=around)]
    parts: list[str] = []
    for criterion, lines in groups:
        inner = _one_of([f"iif({_criterion(line, keys[:1])}, {line['result']})" for line in lines])
        parts.append(f"iif({criterion}, {inner})" if criterion != "true" else inner)
    return f"({_one_of(parts)}).first()"


def _criterion(row: Row, keys: Sequence[str]) -> str:
    tests: list[str] = []
    for key in keys:
        if low := row.get(f"{key}_from"):
            tests.append(f"%{key} >= {low}")
        if high := row.get(f"{key}_to"):
            tests.append(f"%{key} <= {high}")
        if exact := row.get(key):
            number = exact.replace(",", ".").lstrip("-").replace(".", "", 1).isdigit()
            tests.append(f"%{key} = {exact.replace(',', '.')}" if number else f"%{key} = '{exact}'")
    return " and ".join(tests) or "true"


def _one_of(parts: list[str]) -> str:
    """A union, written as a tree so that a long table does not nest deep."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({_one_of(parts[:half])} | {_one_of(parts[half:])})"
