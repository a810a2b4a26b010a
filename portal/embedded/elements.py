"""Parts of a resource: `_elements` and `_summary`."""

from typing import Any

from portal.embedded.definitions import Definitions
from portal.types import Json

ALWAYS = ("resourceType", "id", "meta")
WHOLE = frozenset({"Extension", "Meta"})
"""Types that a summary keeps as they are: what an extension says of a value is not marked in its definition."""
SUBSETTED: Json = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def keep_elements(resource: Json, wanted: tuple[str, ...]) -> Json:
    """Only the elements named (`id,name.given`; `-text` takes away instead), and what a resource cannot be without."""
    taken = [w[1:] for w in wanted if w.startswith("-")]
    kept = [w for w in wanted if not w.startswith("-")]
    result = dict(resource) if taken and not kept else {k: v for k, v in resource.items() if k in ALWAYS}
    for path in kept:
        head, _, rest = path.strip().partition(".")
        for key in (head, f"_{head}"):
            if key in resource:
                result[key] = _part(resource[key], rest) if rest else resource[key]
    for path in taken:
        result.pop(path, None)
    return _marked(resource, result)


def elements_of(type_: str, wanted: tuple[str, ...], definitions: Definitions, *, included: bool) -> tuple[str, ...]:
    """Those of `wanted` that speak of resources of that type; without a type they speak of the matches only."""
    found: list[str] = []
    for path in wanted:
        head, _, rest = path.lstrip("-").partition(".")
        if rest and definitions.knows(head):
            if head == type_:
                found.append("-" * path.startswith("-") + rest)
        elif not included:
            found.append(path)
    return tuple(found)


def summarise(resource: Json, summary: str, definitions: Definitions) -> Json:
    """`true` keeps what the definitions call a summary, `text` the narrative and what must be there, `data` all but
    the narrative. Of a type without definitions `true` keeps all but narrative and contained resources.
    """
    elements: dict[str, Json] = definitions.owners.get(str(resource.get("resourceType")), {})
    if summary == "data":
        return _marked(resource, {k: v for k, v in resource.items() if k != "text"})
    if summary == "text":
        needed = {"text", *ALWAYS, *(key for key, element in elements.items() if element["min"])}
        return _marked(resource, {k: v for k, v in resource.items() if k.removeprefix("_") in needed})
    if not elements:
        return _marked(resource, {k: v for k, v in resource.items() if k not in {"text", "contained"}})
    short = _summary(resource, str(resource["resourceType"]), definitions)
    return _marked(resource, {**{k: v for k, v in resource.items() if k in ALWAYS}, **short})


def _summary(value: Any, owner: str, definitions: Definitions) -> Any:
    """The elements marked as summary, at every depth."""
    if isinstance(value, list):
        return [_summary(item, owner, definitions) for item in value]
    elements = definitions.owners.get(owner)
    if not isinstance(value, dict) or not elements or owner in WHOLE:
        return value
    found: Json = {}
    for key, item in value.items():
        element = elements.get(key.removeprefix("_"))
        if element and element.get("summary"):
            found[key] = item if key.startswith("_") else _summary(item, element["t"], definitions)
    return found


def _part(value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_part(item, path) for item in value]
    if not isinstance(value, dict):
        return value
    head, _, rest = path.partition(".")
    return {k: _part(v, rest) if rest else v for k, v in value.items() if k in {head, f"_{head}"}}


def _marked(resource: Json, part: Json) -> Json:
    """In the order of the resource, with the contained resources that the part refers to, and said to be a part."""
    part = {key: part[key] for key in resource if key in part}
    held: Any = resource.get("contained")
    if isinstance(held, list) and "contained" not in part:
        needed = _named(part)
        named = [one for one in held if isinstance(one, dict) and isinstance(one.get("id"), str)]
        while more := {id_ for one in named if one["id"] in needed for id_ in _named(one)} - needed:
            needed |= more
        contained = [one for one in named if one["id"] in needed]
        part = {k: v for k, v in {**part, "contained": contained}.items() if v or k != "contained"}
    meta: Json = resource.get("meta") or {}
    return {**part, "meta": {**meta, "tag": [*meta.get("tag", []), SUBSETTED]}}


def _named(value: Any) -> set[str]:
    """Ids of contained resources that references name."""
    if isinstance(value, list):
        return {id_ for item in value for id_ in _named(item)}
    if not isinstance(value, dict):
        return set()
    found = {id_ for item in value.values() if isinstance(item, dict | list) for id_ in _named(item)}
    written = value.get("reference")
    return found | {written[1:]} if isinstance(written, str) and written.startswith("#") else found
