"""Parts of a resource: `_elements` and `_summary`."""

from typing import Any

from portal.types import Json

ALWAYS = ("resourceType", "id", "meta")
SUBSETTED: Json = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def keep_elements(resource: Json, wanted: tuple[str, ...]) -> Json:
    """Only the elements named (`id,name.given`; `-text` takes away instead), and what a resource cannot be without."""
    taken = [w[1:] for w in wanted if w.startswith("-")]
    kept = [w.partition(f"{resource.get('resourceType')}.")[2] or w for w in wanted if not w.startswith("-")]
    result = dict(resource) if taken and not kept else {k: v for k, v in resource.items() if k in ALWAYS}
    for path in kept:
        head, _, rest = path.strip().partition(".")
        for key in (head, f"_{head}"):
            if key in resource:
                result[key] = _part(resource[key], rest) if rest else resource[key]
    for path in taken:
        result.pop(path, None)
    return _marked({k: result[k] for k in resource if k in result})


def summarise(resource: Json, summary: str) -> Json:
    """`data` leaves the narrative out, `text` keeps nothing else, `true` leaves out narrative and attachments' bytes."""
    if summary == "text":
        return _marked({k: v for k, v in resource.items() if k in (*ALWAYS, "text")})
    return _marked({k: v for k, v in resource.items() if k not in {"text", "contained"}})


def _part(value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_part(item, path) for item in value]
    if not isinstance(value, dict):
        return value
    head, _, rest = path.partition(".")
    return {k: _part(v, rest) if rest else v for k, v in value.items() if k in {head, f"_{head}"}}


def _marked(resource: Json) -> Json:
    meta: Json = resource.get("meta") or {}
    return {**resource, "meta": {**meta, "tag": [*meta.get("tag", []), SUBSETTED]}}
