"""Files that a person names, read and parsed; what cannot be is told with its file, line, column and a sentence."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from portal.authoring.errors import AuthoringError, place_in
from portal.authoring.shapes import misshapen
from portal.authoring.source import DEEPEST, TOO_DEEP, Step, read_source
from portal.types import Json


def read_text(path: Path) -> str:
    """In UTF-8, with or without the mark that some editors put at the beginning."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AuthoringError(place_in(path.name), f"This file cannot be read: {error.strerror}.") from None
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise AuthoringError(
            place_in(path.name, line, column), "This is not UTF-8. Save the file in that encoding."
        ) from None


def read_resource(path: Path, *kinds: str) -> Json:
    """A FHIR resource in JSON, of one of the types when some are named."""
    return parse_resource(read_text(path), path.name, *kinds)


def parse_resource(text: str, file: str, *kinds: str) -> Json:
    """The same from its text; decimals as written."""
    try:
        resource = json.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except json.JSONDecodeError as error:
        said = "The file is empty." if not text.strip() else f"This is not JSON: {error.msg}."
        raise AuthoringError(place_in(file, error.lineno, error.colno), said) from None
    except RecursionError:
        raise AuthoringError(place_in(file), TOO_DEEP) from None
    except ValueError:  # a whole number of thousands of digits
        raise AuthoringError(place_in(file), "A number in this file is too long.") from None
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise AuthoringError(place_in(file), f"A FHIR {' or '.join(kinds) or 'resource'} is expected here.")
    found = cast("Json", resource)
    if kinds and found["resourceType"] not in kinds:
        raise AuthoringError(
            place_in(file), f"A FHIR {' or '.join(kinds)} is expected here, not a {found['resourceType'][:60]}."
        )
    if _deep(found):
        raise AuthoringError(place_in(file), TOO_DEEP)
    if wrong := misshapen(found):
        path, sentence = wrong
        raise _at(text, file, path, sentence)
    return found


def resources_of(bundle: Json, file: str) -> list[Json]:
    """What a Bundle holds."""
    found: list[Json] = []
    for number, entry in enumerate(bundle.get("entry", ())):
        resource = entry.get("resource", {}) if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            raise AuthoringError(place_in(file), f"entry[{number}] holds no resource.")
        found.append(cast("Json", resource))
    return found


def _deep(resource: Json) -> bool:
    waiting: list[tuple[Any, int]] = [(resource, 1)]
    while waiting:
        value, depth = waiting.pop()
        inside: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if inside and depth > DEEPEST:
            return True
        waiting.extend((each, depth + 1) for each in inside)
    return False


def _at(text: str, file: str, path: tuple[Step, ...], sentence: str) -> AuthoringError:
    """JSON is YAML, near enough to find the line of what is wrong in it."""
    try:
        return read_source(text, file).error(path, sentence)
    except AuthoringError:
        return AuthoringError(place_in(file), sentence)
