"""A response as a flat list of places that can be decided, each with a digest of what stands there. Pure."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.sdc import Form, FormItem
from portal.types import Json
from portal.wording import Holder

DIGEST_LENGTH = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One question as asked in one response. `location` is FHIRPath from the response; `answers` raw answer elements;
    `holders` what it stands beneath, outermost first. `computed`: the form filled it in, so nobody decides on it.
    """

    location: str
    item: FormItem
    answers: tuple[Json, ...]
    digest: str
    holders: tuple[Holder, ...] = ()
    computed: bool = False


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
    return [place for place in all_places(form, response) if not place.computed]


def all_places(form: Form, response: Json) -> list[Place]:
    """The same with what the form computed or filled in, to be read beside it."""
    return list(_walk(form.items, response, "", ()))


def _walk(items: tuple[FormItem, ...], holder: Json, prefix: str, around: tuple[Holder, ...]) -> Iterator[Place]:
    for item in items:
        found: list[Json] = [one for one in holder.get("item", []) if one["linkId"] == item.link_id]
        base = f"{prefix}item.where(linkId='{item.link_id}')"
        if item.type == "group":
            several = len(found) > 1
            for index, group in enumerate(found):
                inner = (*around, Holder(item=item, copy=index + 1 if several else 0))
                yield from _walk(item.items, group, f"{base}{f'[{index}]' if several else ''}.", inner)
        elif item.question:
            yield from _question(item, found, base, around)


def _question(item: FormItem, found: list[Json], location: str, around: tuple[Holder, ...]) -> Iterator[Place]:
    answers: list[Json] = found[0].get("answer", []) if found else []
    computed = item.calculated is not None or item.read_only
    shown = answers and not item.hidden if computed else answers or (found and item.required)
    if shown:
        yield Place(
            location=location,
            item=item,
            answers=tuple(answers),
            digest=digest(answers),
            holders=around,
            computed=computed,
        )
    several = len(answers) > 1
    for index, answer in enumerate(answers):
        inner = (*around, Holder(item=item, answer=answer if several else None))
        yield from _walk(item.items, answer, f"{location}.answer{f'[{index}]' if several else ''}.", inner)
