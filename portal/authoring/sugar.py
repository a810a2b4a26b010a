"""The YAML keys that say what a FHIR item says, as far as there are such keys. What they leave out goes under `fhir:`."""

from collections.abc import Iterator
from typing import Any

from portal.authoring.entry import LANGUAGES
from portal.authoring.items import ASIDES
from portal.authoring.outline import TYPES
from portal.fhir import systems
from portal.sdc import urls
from portal.sdc.reading import concept_code, extension_value, extensions, local_text, value_of
from portal.types import Json

FROM_EXTENSIONS = frozenset(
    {
        "hidden", "control", "horizontal", "short", "format", "open_label", "unit", "units", "min", "max", "decimals", "step",
        "min_length", "min_answers", "max_answers", "max_size", "file_types", "pattern", "formula", "extract", "category",
        "variables", "checks",
    }
)  # fmt: skip
"""Keys that become extensions: of no use where `fhir:` gives all extensions itself."""
_SIGNS = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most"}
_SYSTEMS = {systems.LOINC: "loinc", systems.SNOMED: "snomed"}


def item_sugar(element: Json, system: str, *, required: bool) -> Json:
    """Without what is beneath it. `system` is the form's own system of answers, `required` what the group around says."""
    kind = element.get("type", "")
    found: Json = {"id": element.get("linkId", "")}
    if kind in TYPES and kind not in ("group", "choice"):
        found["type"] = kind
    elif kind not in TYPES:
        found["type"] = "display"
    for key, name in (("prefix", "prefix"), ("maxLength", "max_length")):
        if key in element:
            found[name] = element[key]
    for coding in element.get("code", ()):
        name = {systems.SCORE: "code", systems.LOINC: "loinc"}.get(coding.get("system", ""))
        if name:
            found[name] = coding.get("code", "")
    if text := text_sugar(element, "text"):
        found["text"] = text
    own = all_required(element) if kind == "group" else element.get("required", False)
    if own != required and (kind not in ("group", "display") or own):
        found["required"] = own
    if element.get("repeats"):
        found["repeats" if kind == "group" else "multiple"] = True
    if element.get("readOnly"):
        found["read_only"] = True
    if "answerOption" in element and all(map(_plain_option, element["answerOption"])):
        options, declined = options_sugar(element["answerOption"], system)
        found["options"] = options
        if declined:
            found["decline"] = True
    if "enableWhen" in element:
        found["when"] = when_sugar(element)
    found |= _extensions(element, kind)
    if initial := element.get("initial"):
        value = value_of(initial[0])
        found["initial"] = (value.get("code") or value.get("value")) if isinstance(value, dict) else value
    return {key: value for key, value in found.items() if value is not None and value != ""}  # 0 and false are said


def all_required(group: Json) -> bool:
    """Whether a group may say it once for all questions beneath it."""
    asked = [each for each in group.get("item", ()) if each.get("type") != "display" and not each.get("readOnly")]
    return bool(asked) and all(
        all_required(each) if each.get("type") == "group" else each.get("required", False) for each in asked
    )


def text_sugar(element: Json, name: str) -> Any:
    """`{fr: …, en: …}`, or one text for all languages."""
    text = local_text(element, name)
    if text.translations and set(text.translations) <= set(LANGUAGES):
        return {"fr": text.default, **text.translations}
    return text.default


def options_sugar(raw: list[Json], system: str) -> tuple[list[Json], bool]:
    """The answers, and whether the last one declines to answer."""
    found: list[Json] = []
    declined = False
    for option in raw:
        coding: Json = option.get("valueCoding", {})
        if coding.get("system") == urls.ABSENT_REASON and coding.get("code") == urls.DECLINED:
            declined = True
            continue
        row: Json = {"code": coding.get("code", "")}
        own = coding.get("system", "")
        if own != system:
            row["system"] = _SYSTEMS.get(own, own)
        weight = extension_value(option, urls.ITEM_WEIGHT)
        if weight is not None:
            row["score"] = weight
        text = text_sugar(coding, "display")
        row |= text if isinstance(text, dict) else {"text": text}
        if extension_value(option, urls.EXCLUSIVE):
            row["exclusive"] = True
        found.append(row)
    return found, declined


def _plain_option(option: Json) -> bool:
    coding = option.get("valueCoding")
    return bool(isinstance(coding, dict) and coding.get("code") and coding.get("display"))


def aside_sugar(element: Json) -> tuple[Json, list[Json]]:
    """Help and other texts that belong to a question, as its keys; and the items beneath it that are none."""
    found: Json = {}
    kept: list[Json] = []
    names = {control: name for name, control in ASIDES}
    for child in element.get("item", ()):
        control = concept_code(extension_value(child, urls.ITEM_CONTROL))
        name = names.get(control)
        if name and child.get("linkId") == f"{element.get('linkId')}.{control}" and child.get("type") == "display":
            found[name] = text_sugar(child, "text")
        else:
            kept.append(child)
    return found, kept


def checks_sugar(element: Json) -> list[Json]:
    found: list[Json] = []
    for each in extensions(element, urls.TARGET_CONSTRAINT):
        human = next((one for one in each.get("extension", ()) if one.get("url") == "human"), {})
        check: Json = {
            "id": extension_value(each, "key"),
            "expect": _text_of(extension_value(each, "expression")),
            "message": text_sugar(human, "valueString"),
        }
        if extension_value(each, "severity") == "warning":
            check["severity"] = "warning"
        if all(check.values()):
            found.append(check)
    return found


def variables_sugar(element: Json) -> Json:
    found: Json = {}
    for each in extensions(element, urls.VARIABLE):
        expression = value_of(each)
        if isinstance(expression, dict) and expression.get("name") and expression.get("expression"):
            found[expression["name"]] = expression["expression"]
    return found


def _text_of(expression: Any) -> str:
    return str(expression.get("expression", "")) if isinstance(expression, dict) else ""


def _extensions(element: Json, kind: str) -> Json:
    found: Json = {}
    for each in element.get("extension", ()):
        found |= dict(_extension(each.get("url", ""), each, value_of(each), kind))
    if variables := variables_sugar(element):
        found["variables"] = variables
    if checks := checks_sugar(element):
        found["checks"] = checks
    if units := [_unit(value_of(each)) for each in extensions(element, urls.UNIT_OPTION)]:
        found["units"] = units
    if types := [value_of(each) for each in extensions(element, urls.MIME_TYPE)]:
        found["file_types"] = types
    if kind in ("date", "dateTime"):
        precision = {"4": "year", "7": "month", "None": "any"}.get(str(found.pop("min_length", None)))
        found |= {"precision": precision} if precision else {}
    return found


_PLAIN = {
    urls.MAX_DECIMALS: "decimals", urls.SLIDER_STEP: "step", urls.MIN_LENGTH: "min_length",
    urls.MIN_OCCURS: "min_answers", urls.MAX_OCCURS: "max_answers", urls.MAX_SIZE: "max_size", urls.REGEX: "pattern",
    urls.OBSERVATION_EXTRACT: "extract", urls.HIDDEN: "hidden",
}  # fmt: skip
_TEXTS = {urls.SHORT_TEXT: "short", urls.ENTRY_FORMAT: "format", urls.OPEN_LABEL: "open_label"}
_BOUNDS = {urls.MIN_VALUE: "min", urls.MAX_VALUE: "max", urls.MIN_QUANTITY: "min", urls.MAX_QUANTITY: "max"}


def _extension(url: str, each: Json, value: Any, kind: str) -> Iterator[tuple[str, Any]]:
    if url in _PLAIN and value is not None:
        yield _PLAIN[url], value
    elif url in _TEXTS:
        yield _TEXTS[url], text_sugar(each, "valueString")
    elif url in _BOUNDS:
        if isinstance(value, dict):
            yield _BOUNDS[url], value.get("value")
        elif value is not None:
            yield _BOUNDS[url], value
        elif "today()" in str(each):
            yield _BOUNDS[url], "today"
    elif url == urls.ITEM_CONTROL:
        yield "control", concept_code(value)
    elif url == urls.ORIENTATION and value == "horizontal":
        yield "horizontal", True
    elif url == urls.UNIT and isinstance(value, dict):
        yield "unit", _unit(value)
    elif url == urls.CALCULATED_EXPRESSION and kind != "group":
        yield "formula", _text_of(value)
    elif url == urls.OBSERVATION_CATEGORY:
        yield "category", concept_code(value)
    elif url == urls.ENABLE_WHEN_EXPRESSION:
        yield "when", _text_of(value)


def _unit(coding: Any) -> Any:
    if not isinstance(coding, dict):
        return coding
    unit: Json = coding
    text, code = text_sugar(unit, "display"), unit.get("code", "")
    return code if text == code else {"code": code, "text": text}


def when_sugar(element: Json) -> Any:
    """FHIRPath, or one clause or more of our own."""
    if "enableWhen" not in element:
        return _text_of(extension_value(element, urls.ENABLE_WHEN_EXPRESSION))
    clauses: list[Json] = []
    for each in element["enableWhen"]:
        value = next((each[key] for key in each if key.startswith("answer")), None)
        plain = value.get("code", value.get("value")) if isinstance(value, dict) else value
        operator = each.get("operator", "")
        said = {"exists": "answered", "=": "is", "!=": "not", **_SIGNS}.get(operator, "is")
        clauses.append({"item": each.get("question", ""), said: plain})
    if len(clauses) == 1:
        return clauses[0]
    same = {each["item"] for each in clauses if "is" in each}
    if element.get("enableBehavior") == "any" and len(same) == 1 and all("is" in each for each in clauses):
        return {"item": clauses[0]["item"], "is": [each["is"] for each in clauses]}
    return {element.get("enableBehavior", "any"): clauses}
