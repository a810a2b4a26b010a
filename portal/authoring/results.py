"""`results:` – a form that records the results of an instrument whose wording we may not show: numbers, date, rater.

    results: {by: professional}
    scores:
      - {id: total, title: {fr: Score total, en: Total score}, range: [0, 60], bands: […]}

Each score of such a form is typed in (`<id>_entered`) and becomes the same score, with the same code and bands, as if it
had been computed: curves and exports do not see the difference when the licensed text comes one day.
"""

from typing import Any

from portal.authoring.entry import Entry
from portal.authoring.gates import DONE, REASON
from portal.types import Json

_IF_DONE: Json = {"item": "done", "is": "yes"}
_DONE: Json = {"id": "done", **DONE}
_REASON: Json = {"id": "not_done_reason", "when": {"item": "done", "is": "no"}, **REASON}


def results_items(root: Entry) -> Json:
    """The `items` and `scores` that stand for `results`. Scores that already say how they are computed stay as they are."""
    results = root.need("results")
    results.only("by", "extra")
    by = results.need("by").one_of("patient", "professional", "relative")
    fields: list[Json] = []
    scores: list[Any] = []
    for entry in root.need("scores").each():
        score = entry.mapping()
        if any(kind in score for kind in ("sum", "mean", "max", "count", "formula", "lookup")):
            scores.append({**score, "when": _IF_DONE} if score.get("live") and "when" not in score else score)
            continue
        name = entry.need("id").string()
        fields.append(_field(entry, f"{name}_entered"))
        scores.append({**score, "sum": [f"{name}_entered"], **({"when": _IF_DONE} if score.get("live") else {})})
    extra: list[Json] = [each.mapping() for each in found.each()] if (found := results.get("extra")) else []
    inside = [_date(), *([] if by == "patient" else [_rater()]), *fields, *extra]
    gated: list[Json] = [{**each, "when": _IF_DONE} if "when" not in each else each for each in inside]
    title = {"fr": "Résultats", "en": "Results"}
    return {"items": [{"id": "results", "text": title, "items": [_DONE, _REASON, *gated]}], "scores": scores}


def _field(entry: Entry, name: str) -> Json:
    limits = list(found.each()) if (found := entry.get("range")) else []
    bounds = {key: each.number() for key, each in zip(("min", "max"), limits, strict=False)}
    digits = each.integer() if (each := entry.get("decimals")) else 0
    kind: Json = {"type": "decimal", "decimals": digits} if digits else {"type": "integer"}
    return {"id": name, **kind, **bounds, "text": entry.need("title").value, "required": True}


def _date() -> Json:
    return {
        "id": "date",
        "type": "date",
        "max": "today",
        "text": {"fr": "Date de la passation", "en": "Date of the assessment"},
        "required": True,
    }


def _rater() -> Json:
    return {
        "id": "rater",
        "type": "string",
        "text": {"fr": "Nom de la personne qui a coté", "en": "Name of the rater"},
        "max_length": 100,
    }
