"""First guesses on the way from FHIR to YAML: an entry as our keys would write it, whether or not it says everything."""

from typing import Any

from portal.authoring.entry import Entry
from portal.authoring.errors import AuthoringError
from portal.authoring.outline import Outline, outline
from portal.authoring.scores import note_scores
from portal.authoring.source import Source
from portal.authoring.sugar import aside_sugar, item_sugar
from portal.types import Json


def source_of(content: Any) -> Source:
    return Source(file="form.yaml", content=content, places={})


def entry_of(value: Any) -> Entry:
    return Entry(source=source_of(value), path=(), value=value)


def outline_of(content: Json, code: str) -> Outline | None:
    """None for a form whose items cannot even be told apart."""
    root = entry_of(content)
    try:
        known = outline(root, code)
        note_scores(root, known)
    except AuthoringError:
        return None
    return known


def draft(element: Json, system: str, *, required: bool) -> Json:
    asides, beneath = aside_sugar(element)
    entry = {**item_sugar(element, system, required=required), **asides}
    if beneath:
        inner = entry.get("required", required)
        entry["items"] = [draft(each, system, required=inner) for each in beneath]
    return entry
