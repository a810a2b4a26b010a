"""The possible answers of a question as a widget takes them: options, codes, references, pictures, columns. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from components.form import ChoiceQuestion, ListQuestion, Media, Option
from portal.i18n import Texts
from portal.sdc import FormItem, FormSession, ItemState
from portal.sdc import Option as FormOption
from portal.sdc.reading import value_of
from portal.types import Json
from portal.wording import answer_in_words

FEW = 8  # answers that stand on screen as rows; more are a list to open


def key_of_coding(coding: Json) -> str:
    """What names a code of a value set in the browser."""
    return f"{coding.get('system', '')}|{coding.get('code') or coding.get('display', '')}"


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


def proposals(session: FormSession, path: str, item: FormItem, state: ItemState) -> tuple[FormOption, ...]:
    """The answers that the form itself offers to a reference: listed, found by an expression, or proposed."""
    return state.options or (session.candidates(path) if item.candidates_by else ())


def references(session: FormSession, path: str, item: FormItem) -> dict[str, Json]:
    """The references that the form itself offers to a question, by the keys that the browser has for them."""
    if item.type != "reference":
        return {}
    offered = proposals(session, path, item, session.state(path))
    return {each.key: each.answer["valueReference"] for each in offered if "valueReference" in each.answer}


def no_longer_possible(t: Texts, item: FormItem, offered: Sequence[FormOption], values: Sequence[Any]) -> list[Option]:
    """Chosen answers that are not offered any more: they stay until the person changes them, and say so."""
    here = {option.key for option in offered}
    lost = [option for value in values if str(value) not in here and (option := item.option(str(value)))]
    return [Option(code=each.key, text=t("{answer} (no longer possible)", answer=each.text(t.locale))) for each in lost]


def among(
    t: Texts,
    common: Mapping[str, Any],
    item: FormItem,
    options: tuple[Option, ...],
    codes: tuple[str, ...],
    more: Sequence[Option],
    own: str = "",
) -> ChoiceQuestion | ListQuestion:
    """A choice among a few as rows, among many as a list to open, as the form asks. `more` are answers beside the options."""
    if more:
        here = {option.code for option in options}
        options = (*options, *(each for each in more if each.code not in here))
    columns = tuple(column.label(t.locale) or column.path for column in item.columns)
    pictured = bool(columns) or any(option.media for option in options)
    listed = item.control in {"drop-down", "autocomplete", "lookup"} or (
        len(options) > FEW and item.control not in {"radio-button", "check-box", "list"}
    )
    if listed and not item.repeats and not pictured:
        return ListQuestion(**common, options=options, value=codes, open=own)
    return ChoiceQuestion(
        **common,
        options=options,
        value=codes,
        many=item.repeats,
        chips=item.horizontal and not own and not columns,
        across=item.column_count or 1,
        open=own,
        columns=columns,
        widths=tuple(css_width(column.width) for column in item.columns),
    )


def css_width(width: Json | None) -> str:
    """A width that a form gives as a Quantity, in % or pixels, as CSS; empty for anything else."""
    if not width or not isinstance(width.get("value"), (int, Decimal, float)):
        return ""
    unit = str(width.get("code") or width.get("unit", ""))
    value = min(max(float(width["value"]), 0.0), 4000.0)
    if unit == "%":
        return f"minmax(0, {min(value, 100.0):g}fr)"
    return f"minmax(0, {value:g}px)" if unit in {"px", "[px]"} else ""


def option_of(t: Texts, option: FormOption) -> Option:
    aside = option.declined
    picture = next((each for each in media_of(option.media) if each.kind == "image"), None)
    words = f"{option.prefix} {option.text(t.locale)}".strip()
    return Option(
        code=option.key, text=words, aside=aside, alone=aside or option.exclusive, media=picture, cells=option.columns
    )


def found(t: Texts, item: FormItem, answer: Json) -> Option:
    """A chosen answer of a searched question, with its words."""
    if "valueString" in answer:
        return Option(code=answer["valueString"], text=answer["valueString"])
    if "valueCoding" not in answer:  # a number or a day that an expression of the form offers
        return Option(code=str(value_of(answer)), text=answer_in_words(t, item, answer))
    coding: Json = answer["valueCoding"]
    option = item.option(coding.get("code"))
    if option is not None:
        return Option(code=option.key, text=option.text(t.locale))
    return Option(code=key_of_coding(coding), text=str(coding.get("display") or coding.get("code", "")))


def referred(answer: Json) -> Option:
    reference: Json = answer["valueReference"]
    name = str(reference.get("reference") or reference.get("display", ""))
    return Option(code=name, text=str(reference.get("display") or name))
