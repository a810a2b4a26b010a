"""Compiles one item of a Questionnaire: its texts, its options, its limits, its rules."""

from collections.abc import Iterator
from typing import Any

from portal.sdc import urls
from portal.sdc.expressions import Expressions
from portal.sdc.model import Condition, Constraint, FormItem, Option, Toggle
from portal.sdc.program import Program
from portal.sdc.reading import (
    LocalText,
    concept_code,
    decimal,
    extension,
    extension_text,
    extension_value,
    extensions,
    local_text,
    value_of,
)
from portal.types import Json

_ASIDE = frozenset({"help", "unit", "legal", "lower", "upper"})  # texts that belong to their question


def make_item(element: Json, ancestors: tuple[str, ...], expressions: Expressions, questionnaire: Json) -> FormItem:
    link_id: str = element["linkId"]
    beside = {_control(child): child for child in element.get("item", ()) if _is_aside(child)}
    inner = (*ancestors, link_id)
    unit: Json | None = extension_value(element, urls.UNIT)
    unit_note = beside.get("unit")
    if unit is None and unit_note:
        unit = {"display": unit_note.get("text", "")}
    return FormItem(
        link_id=link_id,
        type=element.get("type", "display"),
        label=local_text(element, "text"),
        ancestors=ancestors,
        definition=element,
        prefix=element.get("prefix", ""),
        short=extension_text(extension(element, urls.SHORT_TEXT)),
        help=_note(beside, "help"),
        legal=_note(beside, "legal"),
        low_label=_note(beside, "lower"),
        high_label=_note(beside, "upper"),
        options=tuple(_options(element, questionnaire)),
        items=tuple(
            make_item(child, inner, expressions, questionnaire)
            for child in element.get("item", ())
            if not _is_aside(child)
        ),
        required=element.get("required", False),
        repeats=element.get("repeats", False),
        read_only=element.get("readOnly", False),
        hidden=bool(extension_value(element, urls.HIDDEN)),
        control=_control(element),
        horizontal=extension_value(element, urls.ORIENTATION) == "horizontal",
        entry_format=extension_text(extension(element, urls.ENTRY_FORMAT)),
        open_label=extension_text(extension(element, urls.OPEN_LABEL)),
        unit=unit,
        unit_label=local_text(unit or {}, "display"),
        unit_options=tuple(value_of(each) for each in extensions(element, urls.UNIT_OPTION)),
        low=_bound(element, urls.MIN_VALUE, urls.MIN_QUANTITY),
        high=_bound(element, urls.MAX_VALUE, urls.MAX_QUANTITY),
        low_by=_computed_bound(element, urls.MIN_VALUE, link_id, expressions),
        high_by=_computed_bound(element, urls.MAX_VALUE, link_id, expressions),
        step=extension_value(element, urls.SLIDER_STEP),
        max_decimals=extension_value(element, urls.MAX_DECIMALS),
        min_length=extension_value(element, urls.MIN_LENGTH),
        max_length=element.get("maxLength"),
        regex=extension_value(element, urls.REGEX) or "",
        min_occurs=extension_value(element, urls.MIN_OCCURS),
        max_occurs=extension_value(element, urls.MAX_OCCURS),
        max_size=extension_value(element, urls.MAX_SIZE),
        mime_types=tuple(value_of(each) for each in extensions(element, urls.MIME_TYPE)),
        support_links=tuple(value_of(each) for each in extensions(element, urls.SUPPORT_LINK)),
        conditions=tuple(_conditions(element, link_id, expressions)),
        all_conditions=element.get("enableBehavior") == "all",
        enabled_by=expressions.program(link_id, "condition", extension_value(element, urls.ENABLE_WHEN_EXPRESSION)),
        calculated=expressions.program(link_id, "calculation", extension_value(element, urls.CALCULATED_EXPRESSION)),
        initial_by=expressions.program(link_id, "first value", extension_value(element, urls.INITIAL_EXPRESSION)),
        populated_by=expressions.program(link_id, "population", extension_value(element, urls.POPULATION_CONTEXT)),
        population_name=(extension_value(element, urls.POPULATION_CONTEXT) or {}).get("name", ""),
        observed_within=extension_value(element, urls.OBSERVATION_LINK_PERIOD),
        initial=tuple(_answer(each) for each in element.get("initial", ())),
        toggles=tuple(_toggles(element, link_id, expressions)),
        constraints=tuple(make_constraints(link_id, element, expressions)),
        extracted=extension_value(element, urls.OBSERVATION_EXTRACT),
        category=tuple(value_of(each) for each in extensions(element, urls.OBSERVATION_CATEGORY)),
    )


def make_constraints(owner: str, element: Json, expressions: Expressions) -> Iterator[Constraint]:
    """Both forms of the extension: `targetConstraint`, and the older one whose parts have the same names."""
    for url in (urls.TARGET_CONSTRAINT, urls.CONSTRAINT):
        for each in extensions(element, url):
            key = extension_value(each, "key") or ""
            program = expressions.program(owner, f"constraint {key}", extension_value(each, "expression"))
            if program:
                yield Constraint(
                    key=key,
                    program=program,
                    severity="warning" if extension_value(each, "severity") == "warning" else "error",
                    human=extension_text(extension(each, "human")),
                    location=_location(extension_value(each, "location")) or owner,
                )


def option_key(answer: Json) -> str:
    """What identifies an option: the code of a coding, or the plain value."""
    value = value_of(answer)
    if isinstance(value, dict):
        return value.get("code") or value.get("reference") or value.get("display", "")
    return str(value)


def _options(element: Json, questionnaire: Json) -> Iterator[Option]:
    raw: list[Json] = element.get("answerOption", [])
    if not raw and "answerValueSet" in element:
        raw = [{"valueCoding": coding} for coding in _contained_codings(element["answerValueSet"], questionnaire)]
    for option in raw:
        value = value_of(option)
        coding: Json = value if isinstance(value, dict) else {}
        weight = _weight(option, coding)
        yield Option(
            key=option_key(option),
            label=local_text(coding, "display") if coding else _plain_label(option),
            answer=_answer(option),
            prefix=extension_value(option, urls.OPTION_PREFIX) or "",
            weight=weight,
            exclusive=extension_value(option, urls.EXCLUSIVE) is True,
            declined=coding.get("system") == urls.ABSENT_REASON,
            selected=option.get("initialSelected", False),
        )


def _weight(option: Json, coding: Json) -> Any:
    for element in (option, coding):
        for url in (urls.ITEM_WEIGHT, urls.ORDINAL_VALUE):
            value = extension_value(element, url)
            if value is not None:
                return value
    return None


def _contained_codings(canonical: str, questionnaire: Json) -> Iterator[Json]:
    for resource in questionnaire.get("contained", ()):
        if canonical != f"#{resource.get('id')}":
            continue
        for entry in resource.get("expansion", {}).get("contains", ()):
            yield {key: entry[key] for key in ("system", "version", "code", "display") if key in entry}
        if "expansion" not in resource:
            for part in resource.get("compose", {}).get("include", ()):
                for concept in part.get("concept", ()):
                    yield {"system": part.get("system", ""), **{k: v for k, v in concept.items() if k != "designation"}}


def _plain_label(option: Json) -> LocalText:
    if "valueString" in option:
        return local_text(option, "valueString")
    value = value_of(option)
    return LocalText(default=str(value))


def _answer(element: Json) -> Json:
    """The value[x] alone, as an answer stores it: without the translations and weights that belong to the form."""
    for key, value in element.items():
        if key.startswith("value"):
            if isinstance(value, dict):
                return {key: {name: part for name, part in value.items() if name[0] != "_" and name != "extension"}}
            return {key: value}
    return {}


def _conditions(element: Json, link_id: str, expressions: Expressions) -> Iterator[Condition]:
    raw: list[Json] = element.get("enableWhen", [])
    if raw and extension(element, urls.ENABLE_WHEN_EXPRESSION):
        expressions.fault(link_id, "condition", "enableWhen and enableWhenExpression exclude each other.")
        return
    if len(raw) > 1 and "enableBehavior" not in element:
        expressions.fault(link_id, "condition", "Several conditions need enableBehavior: any is assumed.")
    for each in raw:
        answer = {f"value{key[6:]}": value for key, value in each.items() if key.startswith("answer")}
        yield Condition(question=each.get("question", ""), operator=each.get("operator", "="), answer=answer)


def _toggles(element: Json, link_id: str, expressions: Expressions) -> Iterator[Toggle]:
    for each in extensions(element, urls.TOGGLE):
        program = expressions.program(link_id, "options", extension_value(each, "expression"))
        if program:
            yield Toggle(keys=frozenset(option_key(option) for option in extensions(each, "option")), program=program)


def _bound(element: Json, url: str, quantity_url: str) -> Any:
    value = extension_value(element, url)
    if value is None:
        quantity: Json = extension_value(element, quantity_url) or {}
        value = quantity.get("value")
    return decimal(value) if isinstance(value, float) else value


def _computed_bound(element: Json, url: str, link_id: str, expressions: Expressions) -> Program | None:
    """A bound given by an expression: `_valueDate` (or another type) with the extension cqf-expression."""
    for key, shadow in (extension(element, url) or {}).items():
        if key.startswith("_value"):
            return expressions.program(link_id, "bound", extension_value(shadow, urls.CQF_EXPRESSION))
    return None


def _location(path: object) -> str:
    """The linkId in `%resource.item.where(linkId='x')…`: the last one named."""
    return str(path).rpartition("linkId")[2].partition("'")[2].partition("'")[0] if path else ""


def _control(element: Json) -> str:
    return concept_code(extension_value(element, urls.ITEM_CONTROL))


def _is_aside(child: Json) -> bool:
    return child.get("type") == "display" and _control(child) in _ASIDE


def _note(beside: dict[str, Json], kind: str) -> LocalText:
    return local_text(beside[kind], "text") if kind in beside else LocalText()
