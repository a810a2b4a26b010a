"""Aidbox's matcho patterns: does a request look like this?"""

import re
from typing import Any

from portal.types import Json


def matches(pattern: Any, value: Any, root: Json) -> bool:
    """Whether `value` fits `pattern`; `root` is the whole request, which `.path` patterns read.

    As in Aidbox, a `.path` that leads nowhere equals a value that is missing.
    """
    if isinstance(pattern, dict):
        return _object(pattern, value, root)
    if isinstance(pattern, list):
        items = value if isinstance(value, list) else []
        return (
            isinstance(value, list)
            and len(items) >= len(pattern)
            and all(matches(p, v, root) for p, v in zip(pattern, items, strict=False))
        )
    if isinstance(pattern, str):
        return _text(pattern, value, root)
    return (
        type(pattern) is type(value) and pattern == value
        if isinstance(pattern, bool) or isinstance(value, bool)
        else pattern == value
    )


def _text(pattern: str, value: Any, root: Json) -> bool:
    match pattern:
        case "present?":
            return value is not None
        case "nil?":
            return value is None
        case "not-blank?":
            return isinstance(value, str) and bool(value.strip())
        case _ if pattern.startswith("#"):
            return isinstance(value, str) and _search(pattern[1:], value)
        case _ if pattern.startswith("."):
            return at(root, pattern[1:].split(".")) == value
        case _:
            return bool(pattern == value)


def _object(pattern: Json, value: Any, root: Json) -> bool:
    if "$one-of" in pattern:
        return len(pattern) == 1 and any(matches(p, value, root) for p in _list(pattern["$one-of"]))
    for key, wanted in pattern.items():
        match key:
            case "$enum":
                ok = value in _list(wanted)
            case "$contains":
                ok = isinstance(value, list) and any(matches(wanted, v, root) for v in value)
            case "$every":
                ok = isinstance(value, list) and all(matches(wanted, v, root) for v in value)
            case "$present-all":
                ok = isinstance(value, list) and all(any(matches(p, v, root) for v in value) for p in _list(wanted))
            case "$not":
                ok = not matches(wanted, value, root)
            case "$length":
                ok = isinstance(value, list) and len(value) == wanted
            case "$reference":
                ok = matches(wanted, _reference(value), root)
            case _ if key.startswith("$"):
                ok = False
            case _:
                ok = matches(wanted, value.get(key) if isinstance(value, dict) else None, root)
        if not ok:
            return False
    return True


def _list(wanted: Any) -> list[Any]:
    """TypeError for anything else: a text would be searched letter by letter."""
    if not isinstance(wanted, list):
        raise TypeError
    return wanted


def at(root: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(root, dict):
            root = root.get(step)
        elif isinstance(root, list) and step.isdigit() and int(step) < len(root):
            root = root[int(step)]
        else:
            return None
    return root


def _reference(value: Any) -> Json | None:
    if isinstance(value, dict):
        value = value.get("reference")
    if not isinstance(value, str) or "/" not in value:
        return None
    type_, _, id_ = value.partition("/")
    return {"resourceType": type_, "id": id_}


def _search(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return False
