"""Reading content/trials/*.yml. Every fault names its file, line and column and says what is expected."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from portal.errors import NotReady
from portal.i18n import N_
from portal.trials.model import Category, FilledBy, Trial, TrialForm, VisitKind

PATHOLOGIES = ("bipolar", "schizophrenia", "depression", "asd", "transdiagnostic")
FILLERS = ("patient", "practitioner", "nurse", "psychologist")
SLUG = re.compile(r"[a-z][a-z0-9-]{1,40}")
DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
SIGNED_DAYS = re.compile(r"(-?)P(\d+)D")


class _Reader:
    """Reads one file and knows where each key stands, so that an error can point at it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def wrong(self, node: Any, key: object, expected: str) -> NotReady:
        line, column = 0, 0
        if isinstance(node, CommentedMap) and key in node:
            line, column = node.lc.value(key)
        elif isinstance(node, (CommentedMap, CommentedSeq)):
            line, column = node.lc.line, node.lc.col
        return NotReady(
            N_("{file}, line {line}, column {column}: {what}: {expected}"),
            file=self.path.name, line=line + 1, column=column + 1, what=str(key), expected=expected,
        )  # fmt: skip

    def mapping(self, node: Any, parent: Any, key: object, known: tuple[str, ...]) -> CommentedMap:
        if not isinstance(node, CommentedMap):
            raise self.wrong(parent, key, f"a mapping with {', '.join(known)}")
        for name in cast("Mapping[str, Any]", node):
            if name not in known and not str(name).startswith("x-"):
                raise self.wrong(node, name, f"unknown key; known are {', '.join(known)}")
        return node

    def listed(self, node: CommentedMap, key: str) -> list[Any]:
        value = node.get(key)
        if not isinstance(value, list) or not value:
            raise self.wrong(node, key, "a list with at least one entry")
        return cast("list[Any]", value)

    def slug(self, node: CommentedMap, key: str) -> str:
        value = node.get(key)
        if not isinstance(value, str) or not SLUG.fullmatch(value):
            raise self.wrong(node, key, "lower-case letters, digits and hyphens, 2 to 41 of them")
        return value

    def one_of(self, node: CommentedMap, key: str, choices: tuple[str, ...], default: str = "") -> str:
        value = node.get(key, default)
        if value not in choices:
            raise self.wrong(node, key, f"one of {', '.join(choices)}")
        return str(value)

    def text(self, node: CommentedMap, key: str, *, required: bool = True) -> dict[str, str]:
        value = node.get(key)
        if isinstance(value, str) and value:
            return {"fr": value}
        if isinstance(value, CommentedMap) and value.get("fr"):
            return {str(language): str(sentence) for language, sentence in cast("Mapping[str, Any]", value).items()}
        if not required and value is None:
            return {}
        raise self.wrong(node, key, "a French text, or {fr: …, en: …} with at least fr")

    def duration(self, node: CommentedMap, key: str) -> tuple[int, int]:
        """Months and days of an ISO 8601 duration such as P6M or P14D."""
        found = DURATION.fullmatch(str(node.get(key, "P0D")))
        if not found or not any(found.groups()):
            raise self.wrong(node, key, "an ISO duration of years, months or days, such as P6M")
        years, months, days = (int(part or 0) for part in found.groups())
        return years * 12 + months, days

    def window(self, node: CommentedMap) -> tuple[int, int]:
        value: Any = node.get("window", ["P0D", "P0D"])
        found = [SIGNED_DAYS.fullmatch(str(end)) for end in value] if isinstance(value, list) else []
        if len(found) != 2 or not all(found):
            raise self.wrong(node, "window", "two durations in days such as [-P30D, P30D]")
        early, late = (int(match[2]) * (-1 if match[1] else 1) for match in found if match)
        return early, late


def load_trial(path: Path, *, known_codes: frozenset[str]) -> Trial:
    """`known_codes` are the catalogue's questionnaires: a trial cannot name another."""
    reader = _Reader(path)
    try:
        root: Any = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise NotReady(
            N_("{file}, line {line}, column {column}: {what}: {expected}"), file=path.name,
            line=mark.line + 1 if mark else 0, column=mark.column + 1 if mark else 0, what="YAML", expected=str(error.problem),
        ) from None  # fmt: skip
    keys = ("id", "version", "title", "description", "kind", "pathology", "baseline", "visits")
    node = reader.mapping(root, root, "file", keys)
    visits = tuple(_visit(reader, visit, known_codes) for visit in reader.listed(node, "visits"))
    ids = [visit.id for visit in visits]
    if len(set(ids)) != len(ids):
        raise reader.wrong(node, "visits", "two visits have the same id")
    baseline = reader.one_of(node, "baseline", tuple(ids))
    return Trial(
        id=reader.slug(node, "id"),
        version=str(node.get("version", "1.0.0")),
        title=reader.text(node, "title"),
        description=reader.text(node, "description", required=False),
        kind="cohort" if reader.one_of(node, "kind", ("cohort", "interventional")) == "cohort" else "interventional",
        pathology=reader.one_of(node, "pathology", PATHOLOGIES),
        baseline=baseline,
        visits=visits,
    )


def _visit(reader: _Reader, raw: Any, known_codes: frozenset[str]) -> VisitKind:
    keys = ("id", "title", "repeat", "from", "at", "every", "until", "window", "categories")
    node = reader.mapping(raw, raw, "visit", keys)
    months, days = reader.duration(node, "at")
    repeat = reader.one_of(node, "repeat", ("once", "recurring"), "once")
    if repeat == "recurring" and ("every" not in node or "until" not in node):
        raise reader.wrong(node, "repeat", "a recurring visit says every and until")
    return VisitKind(
        id=reader.slug(node, "id"),
        title=reader.text(node, "title"),
        repeat="recurring" if repeat == "recurring" else "once",
        from_enrolment=reader.one_of(node, "from", ("baseline", "enrolment"), "baseline") == "enrolment",
        at_months=months,
        at_days=days,
        every_months=reader.duration(node, "every")[0] if "every" in node else 0,
        until_months=reader.duration(node, "until")[0] if "until" in node else 0,
        window_days=reader.window(node),
        categories=tuple(_category(reader, category, known_codes) for category in reader.listed(node, "categories")),
    )


def _category(reader: _Reader, raw: Any, known_codes: frozenset[str]) -> Category:
    node = reader.mapping(raw, raw, "category", ("id", "title", "filled_by", "optional", "questionnaires"))
    filler = cast("FilledBy", reader.one_of(node, "filled_by", FILLERS, "practitioner"))
    return Category(
        id=reader.slug(node, "id"),
        title=reader.text(node, "title"),
        optional=bool(node.get("optional", False)),
        forms=tuple(_form(reader, node, form, filler, known_codes) for form in reader.listed(node, "questionnaires")),
    )


def _form(reader: _Reader, parent: CommentedMap, raw: Any, filler: FilledBy, known_codes: frozenset[str]) -> TrialForm:
    if isinstance(raw, str):
        raw = CommentedMap(code=raw)
    node = reader.mapping(raw, parent, "questionnaires", ("code", "required", "filled_by"))
    code = str(node.get("code", ""))
    if code not in known_codes:
        raise reader.wrong(parent, "questionnaires", f"{code or 'nothing'} is not in content/questionnaires")
    return TrialForm(
        code=code,
        required=bool(node.get("required", True)),
        filled_by=cast("FilledBy", reader.one_of(node, "filled_by", FILLERS, filler)),
    )


def load_trials(folder: Path, *, known_codes: frozenset[str]) -> dict[str, Trial]:
    """Every trial of a folder, by id."""
    trials: dict[str, Trial] = {}
    for path in sorted(folder.glob("*.yml")):
        trial = load_trial(path, known_codes=known_codes)
        if trial.id in trials:
            raise NotReady(N_("{file}: another file has the same trial id {id}"), file=path.name, id=trial.id)
        trials[trial.id] = trial
    return trials
