"""YAML as clinicians write it: YAML 1.2 words only (`No` stays a word), decimals as written, and the place of everything."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import yaml

from portal.authoring.errors import AuthoringError, Place, place_in

Step = str | int
Path = tuple[Step, ...]
DEEPEST = 200  # levels of lists and names within one another; what writes JSON again takes no more than 254
TOO_DEEP = "The parts of this file lie too deep within one another to be read."


class Reader(yaml.CSafeLoader):
    """Resolves numbers, true, false and null, and nothing else: no dates, no yes/no, no octal."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 – PyYAML's own way, filled below once


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", "n~\0"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    Reader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^$"), [""])
Reader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file's content as plain values; `places` leads from the path of a value to where it is written."""

    file: str
    content: Any
    places: Mapping[Path, Place]

    def error(self, path: Path, sentence: str) -> AuthoringError:
        """The sentence at the nearest written place: that of the value, or of what holds it."""
        while path and path not in self.places:
            path = path[:-1]
        return AuthoringError(self.places.get(path, place_in(self.file)), sentence)


def read_source(text: str, file: str) -> Source:
    """Raises `AuthoringError` for what is not YAML, and for a key written twice."""
    try:
        root = yaml.compose(text, Loader=Reader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = place_in(file, mark.line + 1, mark.column + 1) if mark else place_in(file)
        raise AuthoringError(place, f"This is not YAML: {error.problem}.") from None
    except yaml.YAMLError:  # a sign that no text holds
        raise AuthoringError(place_in(file), "This is not YAML: it holds signs that are not text.") from None
    except RecursionError:
        raise AuthoringError(place_in(file), TOO_DEEP) from None
    places: dict[Path, Place] = {}
    content = _build(root, (), file, places) if root is not None else None
    return Source(file=file, content=content, places=places)


def _build(node: yaml.Node, path: Path, file: str, places: dict[Path, Place]) -> Any:
    places[path] = here = place_in(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if len(path) > DEEPEST:
        raise AuthoringError(here, TOO_DEEP)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        inherited: dict[str, Any] = {}
        for key_node, value_node in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if key_node.tag == "tag:yaml.org,2002:merge":
                for each in _merged(value_node):
                    inherited = {**_build(each, path, file, places), **inherited}
                continue
            key = str(key_node.value)
            if key in found:
                line = place_in(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
                raise AuthoringError(line, f"“{key}” is written twice here.")
            found[key] = _build(value_node, (*path, key), file, places)
        return {**inherited, **found}
    if isinstance(node, yaml.SequenceNode):
        return [_build(each, (*path, index), file, places) for index, each in enumerate(node.value)]
    return _scalar(node.tag, str(node.value))


def _merged(node: yaml.Node) -> Iterator[yaml.Node]:
    yield from cast("list[yaml.Node]", node.value) if isinstance(node, yaml.SequenceNode) else [node]


def _scalar(tag: str, text: str) -> Any:
    match tag.rpartition(":")[2]:
        case "int":
            return int(text)
        case "float":
            return Decimal(text)
        case "bool":
            return text == "true"
        case "null":
            return None
        case _:
            return text
