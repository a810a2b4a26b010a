"""A response as a flat list of places that can be decided, each with a digest of what stands there. Pure."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.sdc import Form, FormItem
from portal.types import Json

DIGEST_LENGTH = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One question as asked in one response. `location` is FHIRPath from the response; `answers` raw answer elements."""

    location: str
    item: FormItem
    answers: tuple[Json, ...]
    digest: str


def digest(answers: list[Json]) -> str:
    """Covers value, unit and code, never a display text: a wording corrected in the form changes no answer."""
    text = json.dumps([_bare(answer) for answer in answers], sort_keys=True, ensure_ascii=False, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key not in {"display", "item", "id", "extension"}}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return value


def places(form: Form, response: Json) -> list[Place]:
    """Every question that was answered, and every required one that stands empty, in the form's order.

    Scores and other computed values are never decided: their inputs are.
    """
    return list(_walk(form.items, response, ""))


def _walk(items: tuple[FormItem, ...], holder: Json, prefix: str) -> Iterator[Place]:
    for item in items:
        found: list[Json] = [one for one in holder.get("item", []) if one["linkId"] == item.link_id]
        base = f"{prefix}item.where(linkId='{item.link_id}')"
        if item.type == "group":
            for index, group in enumerate(found):
                yield from _walk(item.items, group, f"{base}{f'[{index}]' if len(found) > 1 else ''}.")
        elif item.question:
            yield from _question(item, found, base)


def _question(item: FormItem, found: list[Json], location: str) -> Iterator[Place]:
    answers: list[Json] = found[0].get("answer", []) if found else []
    if item.calculated is None and not item.read_only and (answers or (found and item.required)):
        yield Place(location=location, item=item, answers=tuple(answers), digest=digest(answers))
    for answer in answers:
        yield from _walk(item.items, answer, f"{location}.answer.")
