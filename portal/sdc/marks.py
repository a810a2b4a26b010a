"""Properties of an item that an expression gives, and what it says of its Observation."""

from collections.abc import Iterable

from portal.sdc import urls
from portal.sdc.expressions import Expressions
from portal.sdc.model import Dynamic
from portal.sdc.program import Program
from portal.sdc.reading import extension, extension_value
from portal.types import Json


def computed_bound(element: Json, names: Iterable[str], link_id: str, expressions: Expressions) -> Program | None:
    """A bound given by an expression: `_valueDate` (or another type) or `valueQuantity` with the extension cqf-expression."""
    for url in names:
        for key, shadow in (extension(element, url) or {}).items():
            if key.startswith("_value") or key == "valueQuantity":
                found = expressions.program(link_id, "bound", extension_value(shadow, urls.CQF_EXPRESSION))
                if found:
                    return found
    return None


def dynamic(element: Json, link_id: str, expressions: Expressions) -> Dynamic:
    """Properties given by an expression: cqf-expression on `_text`, `_required`… or on the value of an extension."""
    found: dict[str, Program] = {}
    for name, key in _BY_EXPRESSION.items():
        program = expressions.program(link_id, key, extension_value(element.get(f"_{key}") or {}, urls.CQF_EXPRESSION))
        if program:
            found[name] = program
    for name, url in (("min_occurs", urls.MIN_OCCURS), ("max_occurs", urls.MAX_OCCURS)):
        program = computed_bound(element, (url,), link_id, expressions)
        if program:
            found[name] = program
    return Dynamic(**found) if found else _FIXED


_BY_EXPRESSION = {
    "text": "text",
    "required": "required",
    "read_only": "readOnly",
    "repeats": "repeats",
    "value_set": "answerValueSet",
}
_FIXED = Dynamic()


def observed(element: Json, link_id: str, expressions: Expressions) -> Json:
    """`extracted`, `relation` and `observed_codes`: the mark stands on the item, or on some of its codes."""
    mark = extension_value(element, urls.OBSERVATION_EXTRACT)
    codes: list[Json] = element.get("code", [])
    marks = [extension_value(code, urls.OBSERVATION_EXTRACT) for code in codes]
    told = [each for each in (mark, *marks) if each is not None]
    if len({isinstance(each, str) for each in told}) > 1:
        expressions.fault(
            link_id, "extraction", "One item is marked with true or false, or with a relation: not with both."
        )
    if told and element.get("type") == "display":
        expressions.fault(link_id, "extraction", "A text to read gives no Observation.")
    chosen = [each for each in marks if each is not False and each is not None]
    kept = [code for code, each in zip(codes, marks, strict=True) if (each in chosen if chosen else each is not False)]
    word = next((each for each in (mark, *chosen) if isinstance(each, str)), "")
    return {
        "extracted": True if chosen or word else mark,
        "relation": word if word in ("member", "component") else "",
        "observed_codes": tuple({k: v for k, v in each.items() if k != "extension"} for each in kept),
    }
