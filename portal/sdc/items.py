"""Compiles one item of a Questionnaire: its texts, its options, its limits, its rules."""

from collections.abc import Iterator
from typing import Any

from regex import Pattern

from portal.sdc import urls
from portal.sdc.expressions import Expressions
from portal.sdc.marks import computed_bound, dynamic, observed
from portal.sdc.model import Column, Condition, Constraint, Context, FormItem, Option, Rich, Toggle
from portal.sdc.options import bare_answer, caller_value_set, listed, make_options, option_key
from portal.sdc.patterns import NoPattern, compile_pattern
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
from portal.sdc.values import ANSWER_KEY, option_of
from portal.types import Json

_PLAIN = Rich()
_ASIDE = frozenset({"help", "unit", "legal", "lower", "upper"})  # texts that belong to their question


def make_item(element: Json, ancestors: tuple[str, ...], expressions: Expressions, questionnaire: Json) -> FormItem:
    link_id: str = element["linkId"]
    beside = {_control(child): child for child in element.get("item", ()) if _is_aside(child)}
    inner = (*ancestors, link_id)
    initial: list[Json] = element.get("initial", [])
    carried: dict[str, list[Json]] = {}  # looked at some fifty times, so sorted once
    for each in element.get("extension", ()):
        carried.setdefault(each.get("url", ""), []).append(each)

    def every(url: str) -> list[Json]:
        return carried.get(url, [])

    def first(url: str) -> Json | None:
        return carried[url][0] if url in carried else None

    def said(url: str) -> Any:
        return value_of(carried[url][0]) if url in carried else None

    unit: Json | None = said(urls.UNIT) or _initial_unit(initial)
    unit_note = beside.get("unit")
    if unit is None and unit_note:
        unit = {"display": unit_note.get("text", "")}
    options = make_options(listed(element, questionnaire))
    return FormItem(
        link_id=link_id,
        type=_type(element, expressions),
        label=local_text(element, "text"),
        ancestors=ancestors,
        definition=element,
        prefix=element.get("prefix", ""),
        short=extension_text(first(urls.SHORT_TEXT)),
        help=_note(beside, "help"),
        legal=_note(beside, "legal"),
        low_label=_note(beside, "lower"),
        high_label=_note(beside, "upper"),
        options=options,
        items=tuple(
            make_item(child, inner, expressions, questionnaire)
            for child in element.get("item", ())
            if not _is_aside(child)
        ),
        required=element.get("required", False),
        repeats=element.get("repeats", False),
        read_only=element.get("readOnly", False),
        hidden=bool(said(urls.HIDDEN)),
        control=_control(element),
        horizontal=said(urls.ORIENTATION) == "horizontal",
        entry_format=extension_text(first(urls.ENTRY_FORMAT)),
        open_label=extension_text(first(urls.OPEN_LABEL)),
        unit=unit,
        unit_label=local_text(unit or {}, "display"),
        unit_options=tuple(value_of(each) for each in every(urls.UNIT_OPTION)),
        low=_bound(element, urls.MIN_VALUE, urls.MIN_QUANTITY),
        high=_bound(element, urls.MAX_VALUE, urls.MAX_QUANTITY),
        low_by=computed_bound(element, (urls.MIN_VALUE, urls.MIN_QUANTITY), link_id, expressions),
        high_by=computed_bound(element, (urls.MAX_VALUE, urls.MAX_QUANTITY), link_id, expressions),
        step=said(urls.SLIDER_STEP),
        max_decimals=said(urls.MAX_DECIMALS),
        min_length=said(urls.MIN_LENGTH),
        max_length=element.get("maxLength"),
        pattern=_pattern(said(urls.REGEX), link_id, expressions),
        min_occurs=said(urls.MIN_OCCURS),
        max_occurs=said(urls.MAX_OCCURS),
        max_size=said(urls.MAX_SIZE),
        mime_types=tuple(value_of(each) for each in every(urls.MIME_TYPE)),
        support_links=tuple(value_of(each) for each in every(urls.SUPPORT_LINK)),
        conditions=tuple(_conditions(element, link_id, expressions)),
        all_conditions=element.get("enableBehavior") == "all",
        enabled_by=expressions.program(link_id, "condition", said(urls.ENABLE_WHEN_EXPRESSION)),
        calculated=_value_by(element, "calculation", said(urls.CALCULATED_EXPRESSION), expressions),
        initial_by=_value_by(element, "first value", said(urls.INITIAL_EXPRESSION), expressions),
        populated_by=expressions.program(link_id, "population", said(urls.POPULATION_CONTEXT)),
        population_name=(said(urls.POPULATION_CONTEXT) or {}).get("name", ""),
        observed_within=said(urls.OBSERVATION_LINK_PERIOD),
        initial=tuple(_initial(element, initial, expressions)),
        toggles=tuple(_toggles(element, link_id, options, expressions)),
        constraints=tuple(make_constraints(link_id, element, expressions)),
        category=tuple(value_of(each) for each in every(urls.OBSERVATION_CATEGORY)),
        **observed(element, link_id, expressions),
        subject=said(urls.IS_SUBJECT) is True,
        dynamic=dynamic(element, link_id, expressions),
        answers_by=_answers_by(element, link_id, expressions),
        candidates_by=expressions.program(link_id, "candidates", said(urls.CANDIDATE_EXPRESSION)),
        contexts=tuple(_contexts(element, link_id, expressions)),
        value_set=caller_value_set(element, questionnaire),
        unit_value_set=said(urls.UNIT_VALUE_SET) or "",
        open_units=said(urls.UNIT_OPEN) or "",
        unit_system=said(urls.UNIT_SUPPLEMENTAL_SYSTEM) or "",
        rich=_rich(element),
        media=said(urls.ITEM_MEDIA),
        usage=said(urls.USAGE_MODE) or "",
        display_category=concept_code(said(urls.DISPLAY_CATEGORY)),
        columns=tuple(_columns(element)),
        column_count=said(urls.COLUMN_COUNT),
        width=said(urls.WIDTH),
        collapsible=said(urls.COLLAPSIBLE) or "",
        keyboard=_code(said(urls.KEYBOARD)),
        disabled_display=said(urls.DISABLED_DISPLAY) or said(urls.DISABLED_DISPLAY_R5) or "",
        optional_display=said(urls.OPTIONAL_DISPLAY) is True,
        lookup=tuple(str(value_of(each)) for each in every(urls.LOOKUP_QUESTIONNAIRE)),
        signature=tuple(value_of(each) for each in every(urls.SIGNATURE_REQUIRED)),
        reference_types=tuple(value_of(each) for each in every(urls.REFERENCE_RESOURCE)),
        reference_profiles=tuple(value_of(each) for each in every(urls.REFERENCE_PROFILE)),
    )


def _pattern(text: Any, link_id: str, expressions: Expressions) -> "Pattern[str] | None":
    if not text:
        return None
    try:
        return compile_pattern(str(text))
    except NoPattern as error:
        expressions.fault(link_id, "pattern", f"{error} It is not applied: {text}")
        return None


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
                    locations=tuple(_locations(each)),
                )


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


def _toggles(element: Json, link_id: str, options: tuple[Option, ...], expressions: Expressions) -> Iterator[Toggle]:
    for each in extensions(element, urls.TOGGLE):
        program = expressions.program(link_id, "options", extension_value(each, "expression"))
        if program:
            yield Toggle(
                keys=frozenset(_key(options, option) for option in extensions(each, "option")), program=program
            )


def _key(options: tuple[Option, ...], option: Json) -> str:
    found = option_of(options, option)
    return found.key if found else option_key(option)


def _bound(element: Json, url: str, quantity_url: str) -> Any:
    """A plain value, or a Quantity where the bound has a unit of its own."""
    value = extension_value(element, url)
    if value is None:
        quantity: Json = extension_value(element, quantity_url) or {}
        value = quantity if "code" in quantity or "unit" in quantity else quantity.get("value")
    return decimal(value) if isinstance(value, float) else value


def _rich(element: Json) -> Rich:
    shadow: Json = element.get("_text") or {}
    markdown, xhtml = extension(shadow, urls.MARKDOWN), extension(shadow, urls.XHTML)
    style = extension_value(shadow, urls.STYLE) or ""
    if not (markdown or xhtml or style):
        return _PLAIN
    return Rich(markdown=extension_text(markdown, "valueMarkdown"), xhtml=extension_text(xhtml), style=style)


def _type(element: Json, expressions: Expressions) -> str:
    kind = element.get("type", "display")
    if kind in ("group", "display") or _asks(element):
        return kind
    expressions.fault(element["linkId"], "type", f"Items of type {kind} are only shown.")
    return "display"


def _asks(element: Json) -> bool:
    return element.get("type") in (*ANSWER_KEY, "choice", "open-choice")


def _value_by(element: Json, what: str, expression: Json | None, expressions: Expressions) -> Program | None:
    """What a question holds. A group holds nothing; an expression on it only gives a name to its result."""
    if _asks(element):
        return expressions.program(element["linkId"], what, expression)
    if expression is not None and not expression.get("name"):
        expressions.fault(element["linkId"], what, "Only a question holds a value.")
    return None


def _answers_by(element: Json, link_id: str, expressions: Expressions) -> Program | None:
    found = extension_value(element, urls.ANSWER_EXPRESSION)
    if found is not None and ("answerOption" in element or "answerValueSet" in element):
        expressions.fault(link_id, "options", "answerExpression stands instead of answerOption or answerValueSet.")
        return None
    return expressions.program(link_id, "options", found)


def _contexts(element: Json, link_id: str, expressions: Expressions) -> Iterator[Context]:
    for each in extensions(element, urls.CONTEXT_EXPRESSION):
        program = expressions.program(link_id, "context", extension_value(each, "expression"))
        if program:
            yield Context(label=extension_text(extension(each, "label")), program=program)


def _columns(element: Json) -> Iterator[Column]:
    for each in extensions(element, urls.CHOICE_COLUMN):
        yield Column(
            path=extension_value(each, "path") or "",
            label=extension_text(extension(each, "label")),
            width=extension_value(each, "width"),
            for_display=extension_value(each, "forDisplay") is True,
        )


def _initial(element: Json, initial: list[Json], expressions: Expressions) -> Iterator[Json]:
    if initial and not _asks(element):
        expressions.fault(element["linkId"], "first value", "Only a question holds a value.")
        return
    for each in initial:
        answer = bare_answer(each)
        if answer and not _only_a_unit(each):
            yield answer


def _only_a_unit(initial: Json) -> bool:
    """An initial amount without a number proposes a unit, and answers nothing."""
    return "valueQuantity" in initial and "value" not in initial["valueQuantity"]


def _initial_unit(initial: list[Json]) -> Json | None:
    for each in initial:
        if _only_a_unit(each):
            quantity: Json = each["valueQuantity"]
            unit = {key: quantity[key] for key in ("system", "code") if key in quantity}
            return {**unit, "display": quantity.get("unit") or quantity.get("code", "")} if quantity else None
    return None


def _code(value: Any) -> str:
    """Of a code, a Coding or a CodeableConcept."""
    return value.get("code") or concept_code(value) if isinstance(value, dict) else str(value or "")


def _locations(constraint: Json) -> Iterator[str]:
    """The linkId in each `%resource.item.where(linkId='x')…`: the last one named."""
    for each in extensions(constraint, "location"):
        name = str(value_of(each)).rpartition("linkId")[2].partition("'")[2].partition("'")[0]
        if name:
            yield name


def _control(element: Json) -> str:
    return concept_code(extension_value(element, urls.ITEM_CONTROL))


def _is_aside(child: Json) -> bool:
    return child.get("type") == "display" and _control(child) in _ASIDE


def _note(beside: dict[str, Json], kind: str) -> LocalText:
    return local_text(beside[kind], "text") if kind in beside else LocalText()
