"""One question of a form as a widget takes it, and the widget's answer as the form takes it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from components.form import (
    Amount,
    AnyQuestion,
    ChoiceQuestion,
    DateQuestion,
    Display,
    FileQuestion,
    GivenFile,
    ListQuestion,
    ManyQuestion,
    Media,
    MomentQuestion,
    NumberQuestion,
    Option,
    ScaleQuestion,
    SearchQuestion,
    Several,
    TextQuestion,
    TimeQuestion,
    TwoAnswers,
    Value,
    yes_no,
)
from portal.clock import PARIS
from portal.files import KINDS, address_of, key_of, limit_of
from portal.i18n import Texts
from portal.responses import shown
from portal.sdc import FormItem, FormSession, ItemState
from portal.sdc import Option as FormOption
from portal.types import Json

FEW = 8  # answers that stand on screen as rows; more are a list to open
LONG_TEXT = 4000
SHORT_TEXT = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Where questions are asked. `files` is the address that takes files for a path, empty where they stay as they are; `numbers` those of the questions by
    linkId; `rivals` the questions that two devices answered; `warnings` by path ask for a second look.
    """

    t: Texts
    session: FormSession
    numbers: Mapping[str, str] = field(default_factory=dict[str, str])
    patient: bool = False
    files: str = ""
    opens: bool = True
    rivals: Mapping[str, TwoAnswers] = field(default_factory=dict[str, TwoAnswers])
    warnings: Mapping[str, str] = field(default_factory=dict[str, str])


def asks(item: FormItem) -> bool:
    """A question that a person answers."""
    return item.question and not item.read_only


def value_of(item: FormItem, given: Value, known: Mapping[str, Json] | None = None) -> Any:
    """What the form takes for what a widget gives. `known` are codings, references and files by the key that was chosen."""
    match given:
        case None | () | "":
            return None
        case tuple() if item.type == "boolean":
            return given[0] == "true"
        case tuple():
            values = [(known or {}).get(each, each) for each in given]
            return values if item.repeats else values[0]
        case Amount():
            return {"value": given.value, "code": given.unit}
        case Several():
            return [value_of_one(item, each) for each in given.values]
        case _:
            one = value_of_one(item, given)
            return [one] if item.repeats else one


def value_of_one(item: FormItem, given: str | Decimal) -> Any:
    match given:
        case Decimal() if item.type == "integer" and given == given.to_integral_value():
            return int(given)
        case str() if item.type == "time":
            return f"{given}:00"
        case str() if item.type == "dateTime" and "T" in given:
            return datetime.fromisoformat(given).replace(tzinfo=PARIS).isoformat(timespec="seconds")
        case _:
            return given


def question(asking: Asking, path: str, item: FormItem, state: ItemState) -> AnyQuestion:
    """One question as a widget takes it; `path` names it from here on."""
    t, value = asking.t, state.value
    common: dict[str, Any] = {
        "link_id": path,
        "text": state.text if item.dynamic.text else item.text(t.locale),
        "number": asking.numbers.get(item.link_id, ""),
        "hint": item.help(t.locale) or item.entry_format(t.locale),
        "required": state.required,
        "legal": item.legal(t.locale),
        "links": tuple((link, "") for link in item.support_links),
        "media": media_of(item.media),
        "warning": asking.warnings.get(path, ""),
    }
    if item.type == "boolean":
        codes = () if value is None else ("true" if value else "false",)
        return ChoiceQuestion(**common, options=yes_no(t), value=codes, chips=item.horizontal)
    if item.is_choice:
        return _choice(asking, common, path, item, state)
    if item.type == "reference":
        given = [_referred(each) for each in asking.session.given(path) if "valueReference" in each]
        return SearchQuestion(**common, value=tuple(given), many=item.repeats)
    if item.type == "attachment":
        return _files(asking, common, path, item)
    if item.repeats and item.type != "quantity":
        one = _typed(t, {"link_id": path, "text": ""}, item, None, ())
        values = value if isinstance(value, list) else []
        plain = tuple(Decimal(str(each)) if isinstance(each, (int, Decimal)) else str(each) for each in values)
        return ManyQuestion(**common, one=one, values=plain, most=item.max_occurs)
    if isinstance(value, list):  # amounts are asked one at a time
        value = value[0] if value else None
    if item.control == "slider" and item.type in {"integer", "decimal", "quantity"}:
        return _scale(t, common, item, value)
    return _typed(t, common, item, value, state.units or item.unit_options)


def display_of(t: Texts, path: str, item: FormItem) -> Display:
    kinds = {"help": "help", "legal": "legal", "warning": "warning", "security": "warning"}
    kind = kinds.get(item.control) or kinds.get(item.display_category, "plain")
    links = tuple((link, "") for link in item.support_links)
    return Display(link_id=path, text=item.text(t.locale), kind=kind, media=media_of(item.media), links=links)  # type: ignore[arg-type]


def media_of(attachment: Json | None) -> tuple[Media, ...]:
    """A picture, sound or film of the form itself: inside it, or on this site. What is elsewhere becomes a link, since a
    form must not tell another site who reads it.
    """
    if not attachment:
        return ()
    kind, url = str(attachment.get("contentType", "")), str(attachment.get("url", ""))
    inside = f"data:{kind};base64,{attachment['data']}" if "data" in attachment and kind else ""
    sort = kind.partition("/")[0] if kind.partition("/")[0] in {"image", "audio", "video"} else "link"
    if not inside and not url.startswith("/"):
        sort = "link"
    address = inside if inside and sort != "link" else url
    title = str(attachment.get("title", ""))
    return (Media(kind=sort, address=address, title=title),) if address else ()  # type: ignore[arg-type]


def key_of_coding(coding: Json) -> str:
    """What names a code of a value set in the browser."""
    return f"{coding.get('system', '')}|{coding.get('code') or coding.get('display', '')}"


def _choice(asking: Asking, common: dict[str, Any], path: str, item: FormItem, state: ItemState) -> AnyQuestion:
    t, value = asking.t, state.value
    own = (item.open_label(t.locale) or t("Other answer")) if item.type == "open-choice" else ""
    large = state.value_set and not state.options  # too many codes to be offered whole, or not to be had
    if large or (item.control == "autocomplete" and len(state.options) > FEW):
        chosen = tuple(_found(t, item, each) for each in asking.session.given(path))
        return SearchQuestion(**common, value=chosen, many=item.repeats, open=bool(own))
    options = tuple(_option(t, each) for each in state.options)
    values = value if isinstance(value, list) else [] if value is None else [value]
    codes = tuple(str(each) for each in values)
    listed = item.control in {"drop-down", "autocomplete"} or (len(options) > FEW and item.control != "radio-button")
    if listed and not item.repeats:
        return ListQuestion(**common, options=options, value=codes, open=own)
    return ChoiceQuestion(
        **common, options=options, value=codes, many=item.repeats, chips=item.horizontal and not own, open=own
    )


def _typed(
    t: Texts, common: Mapping[str, Any], item: FormItem, value: Any, units: Sequence[Json]
) -> TextQuestion | NumberQuestion | DateQuestion | TimeQuestion:
    if item.type in {"integer", "decimal", "quantity"}:
        return _number(t, common, item, value, units)
    if item.type in {"date", "dateTime"}:
        partial = item.min_length is None or item.min_length < len("2026-12-02")
        low, high = _day(item.low), _day(item.high)
        if item.type == "dateTime":
            moment = _local(str(value or ""))
            return MomentQuestion(**common, value=moment, partial=partial, earliest=low, latest=high)
        return DateQuestion(**common, value=str(value or "")[:10], partial=partial, earliest=low, latest=high)
    if item.type == "time":
        return TimeQuestion(**common, value=str(value or "")[:5])
    several = item.type == "text"
    limit = item.max_length or (LONG_TEXT if several else SHORT_TEXT)
    return TextQuestion(**common, value=str(value or ""), limit=limit, lines=4 if several else 1)


def _number(t: Texts, common: Mapping[str, Any], item: FormItem, value: Any, offered: Sequence[Json]) -> NumberQuestion:
    units = tuple(
        Option(code=str(each.get("code") or each.get("display", "")), text=str(each.get("display") or each["code"]))
        for each in offered
    )
    chosen = str(value.get("code") or value.get("unit", "")) if isinstance(value, dict) else ""
    usual = (item.unit or {}).get("code", "")
    low, high = (None if isinstance(bound, dict) else _decimal(bound) for bound in (item.low, item.high))
    return NumberQuestion(
        **common,
        value=_decimal(value["value"] if isinstance(value, dict) else value),
        unit=item.unit_in(t.locale),
        units=units if len(units) > 1 else (),
        unit_code=chosen or next((unit.code for unit in units if unit.code == usual), ""),
        low=low,
        high=high,
        whole=item.type == "integer",
    )


def _scale(t: Texts, common: Mapping[str, Any], item: FormItem, value: Any) -> ScaleQuestion:
    low, high = _decimal(item.low), _decimal(item.high)
    return ScaleQuestion(
        **common,
        low_text=item.low_label(t.locale),
        high_text=item.high_label(t.locale),
        low=low if low is not None else Decimal(0),
        high=high if high is not None else Decimal(100),
        step=_decimal(item.step) or Decimal(1),
        value=_decimal(value["value"] if isinstance(value, dict) else value),
    )


def _files(asking: Asking, common: dict[str, Any], path: str, item: FormItem) -> FileQuestion:
    given = [each["valueAttachment"] for each in asking.session.given(path) if "valueAttachment" in each]
    files = tuple(
        GivenFile(
            key=key_of(each),
            name=each.get("title", ""),
            size=each.get("size", 0),
            address=address_of(each) if asking.opens else "",
        )
        for each in given
    )
    kinds = tuple(kind for kind in KINDS if not item.mime_types or kind in item.mime_types)
    if not asking.files:
        common = {**common, "locked": asking.t("A file stays as it was given: ask for the form again to change it.")}
    return FileQuestion(
        **common,
        to=f"{asking.files}?question={path}",
        kinds=kinds,
        limit=limit_of(item),
        files=files,
        many=item.repeats,
    )


def _option(t: Texts, option: FormOption) -> Option:
    aside = option.declined
    picture = next((each for each in media_of(option.media) if each.kind == "image"), None)
    words = f"{option.prefix} {option.text(t.locale)}".strip()
    return Option(code=option.key, text=words, aside=aside, alone=aside or option.exclusive, media=picture)


def _found(t: Texts, item: FormItem, answer: Json) -> Option:
    """A chosen answer of a searched question, with its words."""
    if "valueString" in answer:
        return Option(code=answer["valueString"], text=answer["valueString"])
    coding: Json = answer.get("valueCoding", {})
    option = item.option(coding.get("code"))
    if option is not None:
        return Option(code=option.key, text=option.text(t.locale))
    return Option(code=key_of_coding(coding), text=str(coding.get("display") or coding.get("code", "")))


def _referred(answer: Json) -> Option:
    reference: Json = answer["valueReference"]
    name = str(reference.get("reference") or reference.get("display", ""))
    return Option(code=name, text=str(reference.get("display") or name))


def in_words(t: Texts, item: FormItem, value: Any) -> str:
    """An answer, or several, as people read them."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return ", ".join(shown(t, item, each) for each in values)


def given_in_words(t: Texts, session: FormSession, path: str, item: FormItem) -> str:
    """The answer that stands at `path`, with the words that were chosen: a code of a value set has its own."""
    if item.is_choice and not item.options:
        return ", ".join(_found(t, item, each).text for each in session.given(path))
    return in_words(t, item, session.state(path).value)


def _local(moment: str) -> str:
    """The stored instant as the clock on the wall shows it."""
    if "T" not in moment:
        return moment
    return datetime.fromisoformat(moment).astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")


def _decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def _day(bound: Any) -> date | None:
    return date.fromisoformat(bound[:10]) if isinstance(bound, str) and len(bound) >= len("2026-12-02") else None
