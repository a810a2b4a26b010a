"""What kind of value each extension carries: one with another kind is left out and told, so that it can hurt nothing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from portal.sdc import urls
from portal.sdc.fault import Fault
from portal.sdc.reading import value_of
from portal.types import Json

_NUMBER = (int, float, Decimal)
_KINDS: Mapping[type | tuple[type, ...], Iterable[str]] = {
    bool: (urls.HIDDEN, urls.EXCLUSIVE, urls.OPTIONAL_DISPLAY, urls.IS_SUBJECT),
    (bool, str): (urls.OBSERVATION_EXTRACT,),
    _NUMBER: (
        urls.MIN_OCCURS, urls.MAX_OCCURS, urls.MIN_LENGTH, urls.MAX_DECIMALS, urls.SLIDER_STEP, urls.COLUMN_COUNT,
        urls.MAX_SIZE, urls.ORDINAL_VALUE, urls.ITEM_WEIGHT,
    ),
    (*_NUMBER, str): (urls.MIN_VALUE, urls.MAX_VALUE),
    str: (
        urls.MIME_TYPE, urls.ORIENTATION, urls.USAGE_MODE, urls.COLLAPSIBLE, urls.UNIT_OPEN, urls.ENTRY_MODE,
        urls.PERFORMER_TYPE, urls.REFERENCE_RESOURCE, urls.DISABLED_DISPLAY, urls.DISABLED_DISPLAY_R5, urls.REGEX,
        urls.OPTION_PREFIX, urls.STYLE, urls.XHTML, urls.MARKDOWN, urls.SHORT_TEXT, urls.OPEN_LABEL, urls.ENTRY_FORMAT,
        urls.SUPPORT_LINK, urls.REFERENCE_PROFILE, urls.UNIT_SUPPLEMENTAL_SYSTEM, urls.UNIT_VALUE_SET,
        urls.SUB_QUESTIONNAIRE, urls.LOOKUP_QUESTIONNAIRE, urls.ALLOCATE_ID,
    ),
    (dict, str): (urls.KEYBOARD, urls.ITEM_EXTRACTION_CONTEXT, urls.TEMPLATE_EXTRACT_BUNDLE),
    dict: (
        urls.UNIT, urls.UNIT_OPTION, urls.ITEM_CONTROL, urls.DISPLAY_CATEGORY, urls.SIGNATURE_REQUIRED,
        urls.OBSERVATION_CATEGORY, urls.MIN_QUANTITY, urls.MAX_QUANTITY, urls.VARIABLE, urls.ENABLE_WHEN_EXPRESSION,
        urls.CALCULATED_EXPRESSION, urls.INITIAL_EXPRESSION, urls.ANSWER_EXPRESSION, urls.CANDIDATE_EXPRESSION,
        urls.POPULATION_CONTEXT, urls.CQF_EXPRESSION, urls.OBSERVATION_LINK_PERIOD, urls.SOURCE_QUERIES, urls.ITEM_MEDIA,
        urls.ANSWER_MEDIA, urls.WIDTH,
    ),
}  # fmt: skip
_KIND: Mapping[str, Any] = {url: kind for kind, found in _KINDS.items() for url in found}
_PARTS = frozenset(
    {
        urls.TARGET_CONSTRAINT, urls.CONSTRAINT, urls.TOGGLE, urls.CONTEXT_EXPRESSION, urls.CHOICE_COLUMN,
        urls.TEMPLATE_EXTRACT, urls.DEFINITION_EXTRACT, urls.DEFINITION_EXTRACT_VALUE, urls.LAUNCH_CONTEXT,
        urls.TRANSLATION, urls.OBSERVATION_ENTRY,
    }
)  # fmt: skip
"""Extensions that carry others instead of a value."""


def well_formed(questionnaire: Json) -> tuple[Json, list[Fault]]:
    """The form without extensions of the wrong kind (itself, when there are none), and what was left out."""
    faults: list[Fault] = []
    return _cleaned(questionnaire, "", faults), faults


def _cleaned(value: Any, link_id: str, faults: list[Fault]) -> Any:
    if isinstance(value, list):
        made = [_cleaned(each, link_id, faults) for each in cast("list[Any]", value)]
        return made if any(a is not b for a, b in zip(made, cast("list[Any]", value), strict=True)) else value
    if not isinstance(value, dict):
        return value
    element = cast("Json", value)
    here = element.get("linkId", link_id)
    changed: Json = {}
    for key, each in element.items():
        if key == "contained" or not isinstance(each, (dict, list)):
            continue
        made = _cleaned(each, here, faults)
        if key == "extension":
            kept = [one for one in made if _fits(one)]
            for one in made:
                if not _fits(one):
                    text = f"{one.get('url')} carries a value of another kind, and is left out."
                    faults.append(Fault(link_id=here, what="extension", text=text))
            made = made if len(kept) == len(made) else kept
        if made is not each:
            changed[key] = made
    return {**element, **changed} if changed else element


def _fits(extension: Json) -> bool:
    url = extension.get("url")
    if url in _PARTS:
        return isinstance(extension.get("extension"), list)
    kind = _KIND.get(str(url))
    if kind is None:
        return True
    value = value_of(extension)
    if value is None:  # computed: the expression stands beside the value
        return any(key.startswith("_value") for key in extension)
    return isinstance(value, kind) and (not isinstance(value, bool) or kind in (bool, (bool, str)))
