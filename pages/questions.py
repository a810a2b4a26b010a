"""From a form being filled to what stands on screen: each question as the components know it, and answers back. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from components.form import (
    AnyQuestion,
    ChoiceQuestion,
    Computed,
    DateQuestion,
    Display,
    Heading,
    HelpNumbers,
    Item,
    ListQuestion,
    NumberQuestion,
    Option,
    ScaleQuestion,
    TextQuestion,
    TimeQuestion,
    Value,
    yes_no,
)
from portal.i18n import Texts
from portal.responses import item_at, shown
from portal.sdc import Form, FormItem, FormSession, ItemState, ScoreResult, Section

FEW = 8  # answers that stand on screen as rows; more are a list to open
LONG_TEXT = 4000
SHORT_TEXT = 255
TITLE_LENGTH = 60  # a longer group text is a sentence to read, not a title


def items_of(
    t: Texts, session: FormSession, section: Section, *, numbers: Mapping[str, str], patient: bool
) -> tuple[Item, ...]:
    """What a section shows now. `patient` leaves out scores that are not for them, and adds help numbers where due."""
    return tuple(_items(t, session, section, numbers, patient))


def numbers_of(form: Form) -> dict[str, str]:
    """Numbers of questions by linkId: the instrument's own, else 1, 2, 3… for those that are always asked.

    A question that comes and goes has none, so that no number moves while one answers.
    """
    own = {item.link_id: f"{item.prefix.rstrip('.')}." for item in form.by_link_id.values() if item.prefix}
    if own:
        return own
    steady = [item.link_id for section in form.sections for item in _steady(section.items)]
    return {link_id: f"{number}." for number, link_id in enumerate(steady, start=1)}


def range_of(session: FormSession, section: Section, numbers: Mapping[str, str]) -> tuple[str, str] | None:
    """The first and the last number in a section, without their full stops."""
    found = [numbers[link_id] for path in session.visible(section) if (link_id := _link_id(session, path)) in numbers]
    return (found[0].rstrip("."), found[-1].rstrip(".")) if found else None


def part_answered(session: FormSession, section: Section) -> int:
    """Per cent of a section's questions that have an answer."""
    asked = [path for path in session.visible(section) if asks(item_at(session.form, path))]
    given = sum(session.state(path).value not in (None, []) for path in asked)
    return round(100 * given / len(asked)) if asked else 100


def asks(item: FormItem) -> bool:
    """A question that a person answers."""
    return item.question and not item.read_only


def heading_of(t: Texts, form: Form, section: Section) -> tuple[str, str]:
    """The title of a section, and the sentence under it when the group's text is one rather than a title."""
    name, text = form.title(t.locale), section.title(t.locale)
    if not text or text == name:
        return name, ""
    if len(text) > TITLE_LENGTH or text.rstrip().endswith(("?", ":")):
        return name, text
    return text, ""


def value_of(item: FormItem, given: Value) -> Any:
    """What the form takes for what a widget gives."""
    match given:
        case None | () | "":
            return None
        case tuple() if item.type == "boolean":
            return given[0] == "true"
        case tuple():
            return list(given) if item.repeats else given[0]
        case Decimal() if item.type == "integer" and given == given.to_integral_value():
            return int(given)
        case str() if item.type == "time":
            return f"{given}:00"
        case _:
            return given


def _items(
    t: Texts, session: FormSession, section: Section, numbers: Mapping[str, str], patient: bool
) -> Iterator[Item]:
    called = help_after(session, section) if patient else ""
    scores = {result.definition.link_id: result for result in session.scores()}
    shown_scores = {link_id for link_id, result in scores.items() if result.definition.shown_to_patient or not patient}
    for path in session.visible(section):
        item = item_at(session.form, path)
        if section.group is not None and item.link_id == section.group.link_id and not item.repeats:
            continue
        if item.link_id in scores:
            if item.link_id in shown_scores:
                yield _score(t, path, scores[item.link_id])
        elif item.type == "group":
            if item.label:
                yield Heading(link_id=path, text=item.text(t.locale))
        elif item.type == "display":
            yield _display(t, path, item)
        elif item.read_only:
            yield _computed(t, path, item, session.state(path))
        else:
            yield question(t, path, item, session.state(path), numbers.get(item.link_id, ""))
        if path == called:
            yield HelpNumbers()


def question(t: Texts, path: str, item: FormItem, state: ItemState, number: str) -> AnyQuestion:
    """One question as a widget takes it; `path` names it from here on."""
    common: dict[str, Any] = {
        "link_id": path,
        "text": item.text(t.locale),
        "number": number,
        "hint": _hint(t, item),
        "required": item.required,
    }
    value = state.value
    if item.type == "boolean":
        codes = () if value is None else ("true" if value else "false",)
        return ChoiceQuestion(**common, options=yes_no(t), value=codes, chips=item.horizontal)
    if item.is_choice:
        options = tuple(_option(t, each) for each in state.options)
        codes = tuple(
            str(each) for each in (value if isinstance(value, list) else [value] if value is not None else [])
        )
        if not item.repeats and (item.control in {"drop-down", "autocomplete"} or len(options) > FEW):
            return ListQuestion(**common, options=options, value=codes)
        return ChoiceQuestion(**common, options=options, value=codes, many=item.repeats, chips=item.horizontal)
    if item.type in {"integer", "decimal", "quantity"}:
        return _number(t, common, item, value)
    if item.type in {"date", "dateTime"}:
        partial = item.min_length is None or item.min_length < len("2026-12-02")
        low, high = _day(item.low), _day(item.high)
        return DateQuestion(**common, value=str(value or "")[:10], partial=partial, earliest=low, latest=high)
    if item.type == "time":
        return TimeQuestion(**common, value=str(value or "")[:5])
    several = item.type == "text"
    limit = item.max_length or (LONG_TEXT if several else SHORT_TEXT)
    return TextQuestion(**common, value=str(value or ""), limit=limit, lines=4 if several else 1)


def _number(t: Texts, common: Mapping[str, Any], item: FormItem, value: Any) -> ScaleQuestion | NumberQuestion:
    number = value["value"] if isinstance(value, dict) else value
    number = None if number is None else Decimal(str(number))
    low = None if item.low is None else Decimal(str(item.low))
    high = None if item.high is None else Decimal(str(item.high))
    if item.control == "slider":
        return ScaleQuestion(
            **common,
            low_text=item.low_label(t.locale),
            high_text=item.high_label(t.locale),
            low=int(low or 0),
            high=int(high if high is not None else 100),
            value=number,
        )
    whole = item.type == "integer"
    return NumberQuestion(**common, value=number, unit=item.unit_in(t.locale), low=low, high=high, whole=whole)


def _option(t: Texts, option: Any) -> Option:
    aside = option.declined
    return Option(code=option.key, text=option.text(t.locale), aside=aside, alone=aside or option.exclusive)


def _display(t: Texts, path: str, item: FormItem) -> Display:
    kinds = {"help": "help", "legal": "legal", "warning": "warning"}
    return Display(link_id=path, text=item.text(t.locale), kind=kinds.get(item.control, "plain"))  # type: ignore[arg-type]


def _score(t: Texts, path: str, result: ScoreResult) -> Computed:
    band = result.band
    return Computed(
        link_id=path,
        text=result.definition.title(t.locale),
        shown="" if result.value is None else t.number(result.value),
        unit=f"/ {t.number(result.definition.high)}" if result.definition.high is not None else "",
        level=band.level if band else None,
        word=band.label(t.locale) if band else "",
    )


def _computed(t: Texts, path: str, item: FormItem, state: ItemState) -> Computed:
    values = state.value if isinstance(state.value, list) else [] if state.value is None else [state.value]
    text = ", ".join(shown(t, item, value) for value in values)
    return Computed(link_id=path, text=item.text(t.locale), shown=text)


def _hint(t: Texts, item: FormItem) -> str:
    return item.help(t.locale) or item.entry_format(t.locale)


def help_after(session: FormSession, section: Section) -> str:
    """After which question the help numbers stand: the last one here that a rule that holds now looks at. Once a screen."""
    for rule in session.alerts():
        read = [path for path in session.visible(section) if _link_id(session, path) in rule.condition.reads]
        asked = [path for path in read if asks(item_at(session.form, path))]
        if asked:
            return asked[-1]
    return ""


def _link_id(session: FormSession, path: str) -> str:
    return item_at(session.form, path).link_id


def _steady(items: tuple[FormItem, ...]) -> Iterator[FormItem]:
    for item in items:
        if item.hidden or item.conditions or item.enabled_by or (item.repeats and item.type == "group"):
            continue
        if asks(item):
            yield item
        yield from _steady(item.items)


def _day(bound: Any) -> date | None:
    return date.fromisoformat(bound[:10]) if isinstance(bound, str) and len(bound) >= len("2026-12-02") else None
