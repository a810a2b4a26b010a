"""From a file to a FHIR Questionnaire: YAML of our own, or FHIR JSON as it is."""

from pathlib import Path

from portal.authoring.files import parse_resource, read_text
from portal.authoring.forms import build
from portal.authoring.norms import Tables
from portal.authoring.shapes import misshapen
from portal.authoring.source import read_source
from portal.types import Json


def load_form(path: Path, norms: Path | None = None) -> Json:
    """By the file's ending. `norms` is the folder of the tables that scores look up. Raises `AuthoringError` with file,
    line, column and a sentence.
    """
    return load_json(path) if path.suffix == ".json" else load_yaml(path, norms)


def load_yaml(path: Path, norms: Path | None = None) -> Json:
    return parse_yaml(read_text(path), path.name, tables_in(norms) if norms else None)


def parse_yaml(text: str, file: str = "form.yaml", tables: Tables | None = None) -> Json:
    """The Questionnaire of a form written in YAML; `file` names it in errors, `tables` gives norms by name."""
    source = read_source(text.removeprefix("\ufeff"), file)
    questionnaire = build(source, tables)
    if wrong := misshapen({"resourceType": "Questionnaire", **questionnaire}):  # what stands under `fhir:`
        path, sentence = wrong
        raise source.error(("fhir", *path), sentence)
    return questionnaire


def tables_in(folder: Path) -> Tables:
    """The CSV files of a folder, by name. A name cannot lead out of the folder."""

    def table(name: str) -> str | None:
        file = folder / f"{name}.csv"
        return read_text(file) if file.parent == folder and file.is_file() else None

    return table


def load_json(path: Path) -> Json:
    return parse_json(read_text(path), path.name)


def parse_json(text: str, file: str = "form.json") -> Json:
    """A Questionnaire in FHIR JSON, with decimals as written."""
    return parse_resource(text, file, "Questionnaire")
