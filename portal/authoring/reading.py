"""From a file to a FHIR Questionnaire: YAML of our own, or FHIR JSON as it is."""

import json
from decimal import Decimal
from pathlib import Path

from portal.authoring.errors import AuthoringError, place_in
from portal.authoring.forms import build
from portal.authoring.norms import Tables
from portal.authoring.source import read_source
from portal.types import Json


def load_form(path: Path, norms: Path | None = None) -> Json:
    """By the file's ending. `norms` is the folder of the tables that scores look up. Raises `AuthoringError` with file,
    line, column and a sentence.
    """
    return load_json(path) if path.suffix == ".json" else load_yaml(path, norms)


def load_yaml(path: Path, norms: Path | None = None) -> Json:
    return parse_yaml(path.read_text(encoding="utf-8"), path.name, tables_in(norms) if norms else None)


def parse_yaml(text: str, file: str = "form.yaml", tables: Tables | None = None) -> Json:
    """The Questionnaire of a form written in YAML; `file` names it in errors, `tables` gives norms by name."""
    return build(read_source(text, file), tables)


def tables_in(folder: Path) -> Tables:
    """The CSV files of a folder, by name. A name cannot lead out of the folder."""

    def table(name: str) -> str | None:
        file = folder / f"{name}.csv"
        return file.read_text(encoding="utf-8-sig") if file.parent == folder and file.is_file() else None

    return table


def load_json(path: Path) -> Json:
    return parse_json(path.read_text(encoding="utf-8"), path.name)


def parse_json(text: str, file: str = "form.json") -> Json:
    """A Questionnaire in FHIR JSON, with decimals as written."""
    try:
        questionnaire = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise AuthoringError(place_in(file, error.lineno, error.colno), f"This is not JSON: {error.msg}.") from None
    if not isinstance(questionnaire, dict) or questionnaire.get("resourceType") != "Questionnaire":
        raise AuthoringError(place_in(file), "A FHIR Questionnaire is expected here.")
    return questionnaire
