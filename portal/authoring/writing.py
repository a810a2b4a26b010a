"""Plain values as YAML that reads well: small things on one line, long texts folded, and every word read back as it was."""

import re
from decimal import Decimal
from typing import Any, cast

import yaml

from portal.authoring.source import Reader

_LINE = 100  # characters of a mapping or list that stands on one line


class _Writer(yaml.SafeDumper):
    """Quotes what the reader would take for a number, true, false or null; never writes references."""

    yaml_implicit_resolvers = Reader.yaml_implicit_resolvers

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Lists are indented beneath their name."""
        super().increase_indent(flow, indentless=False)


def write_yaml(content: Any) -> str:
    return yaml.dump(content, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=_LINE + 20)


def _mapping(writer: _Writer, value: dict[Any, Any]) -> yaml.Node:
    return writer.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=_small(value))


def _sequence(writer: _Writer, value: list[Any]) -> yaml.Node:
    return writer.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=_small(value))


def _small(value: Any) -> bool:
    """Whether it may stand on one line: short, without lines of its own, and not a list of several mappings."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in cast("list[Any]", value)):
        return not value
    return len(str(value)) <= _LINE + 30 and "\\n" not in str(value) and _depth(value) <= 2


def _depth(value: Any) -> int:
    inside: list[Any] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return 1 + max(map(_depth, inside), default=0) if isinstance(value, (dict, list)) else 0


def _text(writer: _Writer, value: str) -> yaml.Node:
    """Lines of their own where that keeps every sign; quotes with escapes for signs that only look like nothing."""
    style = None
    if any(not sign.isprintable() and sign != "\n" for sign in value):
        style = '"'
    elif "\n" in value and not re.search(r"[ \t]\n|[^\S\n]\Z|\A\s", value):
        style = "|"
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _decimal(writer: _Writer, value: Decimal | float) -> yaml.Node:
    text = format(Decimal(str(value)), "f")
    return writer.represent_scalar("tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int", text)


_Writer.add_representer(dict, _mapping)
_Writer.add_representer(list, _sequence)
_Writer.add_representer(str, _text)
_Writer.add_representer(Decimal, _decimal)
_Writer.add_representer(float, _decimal)
