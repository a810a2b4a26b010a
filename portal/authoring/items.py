"""One item of a form in YAML, and all beneath it, to a FHIR Questionnaire item."""

from dataclasses import dataclass
from typing import Any

from portal.authoring.conditions import enabling
from portal.authoring.entry import Entry, translated, with_extensions
from portal.authoring.gates import items_of
from portal.authoring.live import shown
from portal.authoring.outline import Outline, link_id
from portal.authoring.raw import overlaid
from portal.fhir import systems
from portal.sdc import urls
from portal.types import Json

KEYS = (
    "id", "type", "text", "items", "options", "when", "required", "repeats", "multiple", "read_only", "hidden", "help",
    "legal", "prefix", "short", "control", "unit", "units", "min", "max", "decimals", "step", "low_label", "high_label",
    "max_length", "min_length", "format", "pattern", "precision", "initial", "formula", "variables", "checks", "code",
    "loinc", "extract", "decline", "horizontal", "open_label", "min_answers", "max_answers", "max_size", "file_types",
    "category", "gate", "fhir",
)  # fmt: skip
_CONTROL = "http://hl7.org/fhir/questionnaire-item-control"
_PRECISION = {"year": 4, "month": 7, "day": 10, "any": 0}
_BOUND = {
    "decimal": "valueDecimal",
    "integer": "valueInteger",
    "date": "valueDate",
    "dateTime": "valueDateTime",
    "time": "valueTime",
}
_DECLINE = {"fr": "Je préfère ne pas répondre", "en": "I prefer not to answer"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Inherited:
    """What a group says for the questions beneath it."""

    options: Entry | None = None
    required: bool = False


def make_items(holder: Entry, outline: Outline, inherited: Inherited) -> list[Json]:
    """The items beneath a form or an item."""
    return [make_item(entry, outline, inherited) for entry in items_of(holder)]


def make_item(entry: Entry, outline: Outline, inherited: Inherited) -> Json:
    entry.only(*KEYS)
    kind = outline.items[link_id(entry)].type
    question = kind not in ("group", "display")
    required = each.boolean() if (each := entry.get("required")) else inherited.required
    element: Json = {"linkId": link_id(entry), "type": kind}
    if "code" in entry or "loinc" in entry:
        element["code"] = _codes(entry)
    if prefix := entry.get("prefix"):
        element["prefix"] = prefix.string()
    if text := entry.get("text"):
        element |= text.text("text")
    elif question and "fhir" not in entry:
        raise entry.fail("“text” is missing: what is asked?")
    element = with_extensions(element, *_extensions(entry, kind, outline))
    if when := entry.get("when"):
        condition = enabling(when, outline)
        element = with_extensions(
            {**element, **{k: v for k, v in condition.items() if k != "extension"}}, *condition.get("extension", ())
        )
    if required and question and not _flag(entry, "read_only"):
        element["required"] = True
    if _flag(entry, "repeats") or _flag(entry, "multiple"):
        element["repeats"] = True
    if _flag(entry, "read_only"):
        element["readOnly"] = True
    if most := entry.get("max_length"):
        element["maxLength"] = most.integer()
    options_at = entry.get("options") or (inherited.options if kind == "choice" else None)
    if options_at and question:
        element["answerOption"] = [_option(each) for each in outline.options(options_at)]
        if _flag(entry, "decline"):
            element["answerOption"].append(_declined())
    elif kind == "choice" and "fhir" not in entry:
        raise entry.fail("“options” is missing: which answers are possible?")
    if initial := entry.get("initial"):
        element["initial"] = [_initial(kind, initial, element.get("answerOption", []))]
    passed_on = (entry.get("options") or inherited.options) if kind == "group" else None
    beneath = make_items(entry, outline, Inherited(options=passed_on, required=required))
    beneath += shown(link_id(entry), outline) if kind == "group" else []
    if kind == "group" and not beneath and "fhir" not in entry:
        raise entry.fail("A group holds items: “items” is missing.")
    if kind == "group" and _needed(beneath):
        element["required"] = True  # otherwise an untouched group would make its required questions optional
    beneath += [make_aside(entry, name, control) for name, control in ASIDES if name in entry]
    if beneath:
        element["item"] = beneath
    return overlaid(entry, element)


ASIDES = (("help", "help"), ("legal", "legal"), ("low_label", "lower"), ("high_label", "upper"))


def _needed(items: list[Json]) -> bool:
    """Whether something beneath must be answered whatever the other answers are."""
    return any(
        each.get("required") and "enableWhen" not in each and not _conditional(each) and not each.get("readOnly")
        for each in items
    )


def _conditional(element: Json) -> bool:
    return any(each["url"] == urls.ENABLE_WHEN_EXPRESSION for each in element.get("extension", ()))


def _extensions(entry: Entry, kind: str, outline: Outline) -> list[Json]:
    found: list[Json] = []

    def add(url: str, value_key: str, value: Any) -> None:
        found.append({"url": url, value_key: value})

    if _flag(entry, "hidden"):
        add(urls.HIDDEN, "valueBoolean", True)
    if control := entry.get("control"):
        add(urls.ITEM_CONTROL, "valueCodeableConcept", {"coding": [{"system": _CONTROL, "code": control.string()}]})
    if _flag(entry, "horizontal"):
        add(urls.ORIENTATION, "valueCode", "horizontal")
    for key, url in (("short", urls.SHORT_TEXT), ("format", urls.ENTRY_FORMAT), ("open_label", urls.OPEN_LABEL)):
        if each := entry.get(key):
            found.append({"url": url, **each.text("valueString")})
    if unit := entry.get("unit"):
        add(urls.UNIT, "valueCoding", _unit(unit))
    for each in listed.each() if (listed := entry.get("units")) else ():
        if kind != "quantity":
            raise each.fail(f"Only a quantity may be given in several units, not an item of type {kind}.")
        add(urls.UNIT_OPTION, "valueCoding", _unit(each))
    for key, url, quantity in (("min", urls.MIN_VALUE, urls.MIN_QUANTITY), ("max", urls.MAX_VALUE, urls.MAX_QUANTITY)):
        if each := entry.get(key):
            if kind == "quantity":
                add(quantity, "valueQuantity", {"value": each.number()})
            elif kind in ("date", "dateTime") and each.value == "today":
                shadow = {"url": urls.CQF_EXPRESSION, "valueExpression": expression("today()")}
                add(url, f"_{_BOUND[kind]}", {"extension": [shadow]})
            elif kind in _BOUND:
                add(url, _BOUND[kind], each.number() if kind in ("decimal", "integer") else each.string())
            else:
                raise each.fail(f"An item of type {kind} has no “{key}”.")
    for key, url in (
        ("decimals", urls.MAX_DECIMALS), ("step", urls.SLIDER_STEP), ("min_length", urls.MIN_LENGTH),
        ("min_answers", urls.MIN_OCCURS), ("max_answers", urls.MAX_OCCURS),
    ):  # fmt: skip
        if each := entry.get(key):
            add(url, "valueInteger", each.integer())
    if size := entry.get("max_size"):
        add(urls.MAX_SIZE, "valueDecimal", size.number())
    if types := entry.get("file_types"):
        found += [{"url": urls.MIME_TYPE, "valueCode": each.string()} for each in types.each()]
    if pattern := entry.get("pattern"):
        add(urls.REGEX, "valueString", pattern.string())
    if kind in ("date", "dateTime"):
        precision = each.one_of(*_PRECISION) if (each := entry.get("precision")) else "day"
        if precision != "any":
            add(urls.MIN_LENGTH, "valueInteger", _PRECISION[precision])
    if formula := entry.get("formula"):
        add(urls.CALCULATED_EXPRESSION, "valueExpression", expression(outline.fill(formula.string())))
    if extract := entry.get("extract"):
        add(urls.OBSERVATION_EXTRACT, "valueBoolean", extract.boolean())
    if category := entry.get("category"):
        coding = {"system": systems.OBSERVATION_CATEGORY, "code": category.string()}
        add(urls.OBSERVATION_CATEGORY, "valueCodeableConcept", {"coding": [coding]})
    return found + variables(entry, outline) + checks(entry, outline)


def variables(entry: Entry, outline: Outline) -> list[Json]:
    """`variables: {name: FHIRPath}` of a form or an item."""
    named = entry.get("variables")
    return [
        {"url": urls.VARIABLE, "valueExpression": {"name": name, **expression(outline.fill(named.need(name).string()))}}
        for name in (named.mapping() if named else ())
        if named
    ]


def checks(entry: Entry, outline: Outline) -> list[Json]:
    """`checks:` of a form or an item: `{id, expect: FHIRPath, message, severity: error|warning}`."""
    found: list[Json] = []
    for each in listed.each() if (listed := entry.get("checks")) else ():
        each.only("id", "expect", "message", "severity")
        severity = level.one_of("error", "warning") if (level := each.get("severity")) else "error"
        found.append(
            {
                "url": urls.TARGET_CONSTRAINT,
                "extension": [
                    {"url": "key", "valueId": each.need("id").string()},
                    {"url": "severity", "valueCode": severity},
                    {"url": "expression", "valueExpression": expression(outline.fill(each.need("expect").string()))},
                    {"url": "human", **each.need("message").text("valueString")},
                ],
            }
        )
    return found


def expression(text: str) -> Json:
    return {"language": urls.FHIRPATH, "expression": text.strip()}


def _codes(entry: Entry) -> list[Json]:
    found: list[Json] = []
    if code := entry.get("code"):
        found.append({"system": systems.SCORE, "code": code.string()})
    if loinc := entry.get("loinc"):
        found.append({"system": systems.LOINC, "code": loinc.string()})
    return found


def _unit(unit: Entry) -> Json:
    """`unit: kg` (UCUM), or `{code: a, text: {fr: ans, en: years}}` where people do not write the code."""
    if isinstance(unit.value, dict):
        unit.only("code", "text")
        return {"system": systems.UCUM, "code": unit.need("code").string(), **unit.need("text").text("display")}
    return {"system": systems.UCUM, "code": unit.string(), "display": unit.string()}


def _option(option: Json) -> Json:
    texts = {language: str(option[language]) for language in ("fr", "en") if language in option}
    label = translated("display", texts) if texts else {"display": str(option["text"])}
    element: Json = {"valueCoding": {"system": option["system"], "code": option["code"], **label}}
    weight = {"url": urls.ITEM_WEIGHT, "valueDecimal": option["score"]} if "score" in option else None
    alone = {"url": urls.EXCLUSIVE, "valueBoolean": True} if option.get("exclusive") else None
    return with_extensions(element, weight, alone)


def _declined() -> Json:
    coding = {"system": urls.ABSENT_REASON, "code": urls.DECLINED, **translated("display", _DECLINE)}
    return with_extensions({"valueCoding": coding}, {"url": urls.EXCLUSIVE, "valueBoolean": True})


def _initial(kind: str, initial: Entry, options: list[Json]) -> Json:
    if kind in ("choice", "open-choice"):
        code = initial.string()
        for option in options:
            coding = option["valueCoding"]
            if coding["code"] == code:
                return {"valueCoding": {"system": coding["system"], "code": code}}
        raise initial.fail(f"“{code}” is not an answer of this item.")
    match kind:
        case "boolean":
            return {"valueBoolean": initial.boolean()}
        case "integer" | "decimal":
            return {_BOUND[kind]: initial.number()}
        case "date" | "dateTime" | "time":
            return {_BOUND[kind]: initial.string()}
        case "quantity":
            return {"valueQuantity": {"value": initial.number()}}
        case _:
            return {"valueString": initial.string()}


def make_aside(entry: Entry, name: str, control: str) -> Json:
    display: Json = {"linkId": f"{link_id(entry)}.{control}", "type": "display", **entry.need(name).text("text")}
    coding = {"coding": [{"system": _CONTROL, "code": control}]}
    return with_extensions(display, {"url": urls.ITEM_CONTROL, "valueCodeableConcept": coding})


def _flag(entry: Entry, key: str) -> bool:
    found = entry.get(key)
    return found.boolean() if found else False
