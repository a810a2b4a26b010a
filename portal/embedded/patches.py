"""Merge patch (RFC 7396) and JSON Patch (RFC 6902) on a decoded resource."""

import copy
from dataclasses import dataclass
from typing import Any

from portal.embedded.outcome import Refusal, refuse
from portal.embedded.text import Number
from portal.types import Json

STEPS, COPIED = 20_000, 2_000_000
"""How many operations one patch may have, and how much it may copy: characters of text, and twenty for each value."""


@dataclass(slots=True)
class Allowance:
    """What one patch may still copy: a document copied into itself doubles each time."""

    left: int = COPIED

    def copy(self, value: Any) -> Any:
        """Refusal 422 when it is more than what is left."""
        self.left -= 20 + len(value.written if isinstance(value, Number) else value if isinstance(value, str) else "")
        if self.left < 0:
            raise refuse(422, "too-costly", "The patch copies too much")
        if isinstance(value, dict):
            return {key: self.copy(item) for key, item in value.items()}
        return [self.copy(item) for item in value] if isinstance(value, list) else value


def merge_patch(target: Any, patch: Any) -> Any:
    """`null` removes a key; lists are replaced as a whole."""
    if not isinstance(patch, dict):
        return patch
    merged: Json = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def json_patch(target: Json, operations: Any) -> Any:
    """All operations or none. Refusal 400 for a malformed one, 422 when its path does not exist or a test fails."""
    if not isinstance(operations, list):
        raise refuse(400, "structure", "A JSON Patch is a list of operations")
    if len(operations) > STEPS:
        raise refuse(422, "too-costly", f"A JSON Patch has no more than {STEPS} operations")
    document: Any = copy.deepcopy(target)
    allowance = Allowance()
    for operation in operations:
        if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
            raise refuse(400, "structure", "A JSON Patch operation has op and path")
        document = _apply(document, operation, allowance)
    return document


def _apply(document: Any, operation: Json, allowance: Allowance) -> Any:
    path = _split(operation["path"])
    match operation.get("op"):
        case "add":
            return _put(document, path, _value(operation), insert=True)
        case "replace":
            _get(document, path)
            return _put(document, path, _value(operation), insert=False)
        case "remove":
            _get(document, path)
            return _remove(document, path)
        case "test":
            if not _same(_get(document, path), _value(operation)):
                raise refuse(422, "processing", "A test of the patch failed", place=operation["path"])
            return document
        case "move" | "copy" as op:
            if not isinstance(operation.get("from"), str):
                raise refuse(400, "structure", f"The operation {op} has a from")
            source = _split(operation["from"])
            if op == "move" and path[: len(source)] == source and path != source:
                raise _missing(path)
            value = _get(document, source)
            if op == "move":
                return _put(_remove(document, source), path, value, insert=True)
            return _put(document, path, allowance.copy(value), insert=True)
        case other:
            raise refuse(400, "structure", f"Unknown patch operation {other!r}")


def _same(one: Any, other: Any) -> bool:
    """As JSON: `true` is not 1, and 1 is 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _value(operation: Json) -> Any:
    if "value" not in operation:
        raise refuse(400, "structure", "The patch operation has no value")
    return operation["value"]


def _split(pointer: str) -> list[str]:
    if pointer and not pointer.startswith("/"):
        raise refuse(400, "structure", "A patch path starts with /")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _missing(path: list[str]) -> Refusal:
    return refuse(422, "not-found", "The path of the patch does not exist", place="/" + "/".join(path))


def _position(items: list[Any], step: str, path: list[str], *, end: bool) -> int:
    if end and step == "-":
        return len(items)
    if not step.isascii() or not step.isdigit() or (step != "0" and step[0] == "0") or len(step) > 9:
        raise _missing(path)
    if int(step) >= len(items) + end:
        raise _missing(path)
    return int(step)


def _get(document: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list):
            document = document[_position(document, step, path, end=False)]
        else:
            raise _missing(path)
    return document


def _put(document: Any, path: list[str], value: Any, *, insert: bool) -> Any:
    if not path:
        return value
    holder = _get(document, path[:-1])
    if isinstance(holder, dict):
        holder[path[-1]] = value
    elif isinstance(holder, list):
        position = _position(holder, path[-1], path, end=insert)
        if insert:
            holder.insert(position, value)
        else:
            holder[position] = value
    else:
        raise _missing(path)
    return document


def _remove(document: Any, path: list[str]) -> Any:
    if not path:
        raise refuse(400, "structure", "A patch cannot remove the whole resource")
    holder = _get(document, path[:-1])
    if isinstance(holder, dict) and path[-1] in holder:
        del holder[path[-1]]
    elif isinstance(holder, list):
        del holder[_position(holder, path[-1], path, end=False)]
    else:
        raise _missing(path)
    return document
