"""One question of a form as a widget takes it, and the widget's answer as the form takes it. Pure."""

from collections.abc import Callable, Mapping, Sequence
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
    MomentQuestion,
    NumberQuestion,
    Option,
    SearchQuestion,
    Several,
    TextQuestion,
    TimeQuestion,
    TwoAnswers,
    Value,
    yes_no,
)
from components.markup import typo
from components.rich import rich_text
from pages.measuring import ends, number, scale
from pages.offering import FEW, among, found, media_of, no_longer_possible, option_of, proposals, referred
from portal.clock import PARIS
from portal.files import KINDS, address_of, key_of, limit_of
from portal.i18n import Texts
from portal.responses import shown
from portal.sdc import FormItem, FormSession, ItemState
from portal.sdc import Option as FormOption
from portal.types import Json

KEYBOARDS = {"phone": "tel", "email": "email", "number": "numeric", "url": "url", "chat": "text"}
LONG_TEXT = 4000
SHORT_TEXT = 255


Drawn = dict[str, tuple[Sequence[FormOption], tuple[Option, ...]]]
"""By path, what a form offers, and the same as a widget takes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Where questions are asked. `files` is the address that takes files for a path, empty where they stay as they are; `numbers` those of the questions by
    linkId; `rivals` the questions that two devices answered; `warnings` by path ask for a second look. `needed` gives the word
    for a question that must be answered, or that need not be; `open_copies` are those of long groups that are open. Give the
    same `drawn` at each look at a page, and what the form goes on offering is not made anew.
    """

    t: Texts
    session: FormSession
    numbers: Mapping[str, str] = field(default_factory=dict[str, str])
    patient: bool = False
    files: str = ""
    opens: bool = True
    rivals: Mapping[str, TwoAnswers] = field(default_factory=dict[str, TwoAnswers])
    needed: Callable[[bool], str] = lambda _required: ""
    open_copies: frozenset[str] = frozenset()
    warnings: Mapping[str, str] = field(default_factory=dict[str, str])
    drawn: Drawn = field(default_factory=Drawn)

    def options(self, path: str, offered: Sequence[FormOption]) -> tuple[Option, ...]:
        """What the form offers as a widget takes it; made once, and again when the form offers something else."""
        known = self.drawn.get(path)
        if known is None or known[0] is not offered:
            known = self.drawn[path] = (offered, tuple(option_of(self.t, each) for each in offered))
        return known[1]


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
            return [
                value_of(item, each) if isinstance(each, Amount) else value_of_one(item, each) for each in given.values
            ]
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


def question(asking: Asking, path: str, item: FormItem, state: ItemState, aside: Sequence[str] = ()) -> AnyQuestion:
    """One question as a widget takes it; `path` names it from here on. `aside` are texts that help, from beneath it."""
    t, value = asking.t, state.value
    scaled = item.control == "slider" and item.type in {"integer", "decimal", "quantity"}
    common: dict[str, Any] = {
        "link_id": path,
        "text": text_of(t, item, state),
        "rich": rich_of(t, item, state),
        "number": asking.numbers.get(item.link_id, ""),
        "hint": " ".join(
            filter(
                None, (item.help(t.locale) or item.entry_format(t.locale), *aside, *([] if scaled else ends(t, item)))
            )
        ),
        "required": state.required,
        "needed": asking.needed(state.required),
        "locked": "" if state.enabled else t("Not asked, given your other answers."),
        "legal": item.legal(t.locale),
        "links": tuple((link, "") for link in item.support_links),
        "media": media_of(item.media),
        "warning": asking.warnings.get(path, ""),
    }
    if item.type == "boolean":
        codes = () if value is None else ("true" if value else "false",)
        if item.control == "drop-down":
            return ListQuestion(**common, options=yes_no(t), value=codes)
        return ChoiceQuestion(**common, options=yes_no(t), value=codes, chips=item.horizontal)
    if item.is_choice:
        return _choice(asking, common, path, item, state)
    if item.type == "reference":
        given = [referred(each) for each in asking.session.given(path) if "valueReference" in each]
        if offered := proposals(asking.session, path, item, state):
            return among(t, common, item, asking.options(path, offered), tuple(each.code for each in given), given)
        return SearchQuestion(**common, value=tuple(given), many=item.repeats)
    if item.type == "attachment":
        return _files(asking, common, path, item)
    if item.repeats:
        one = _typed(t, {"link_id": path, "text": ""}, item, None, state.units or item.unit_options)
        values = [each for each in value if not _is_numberless(each)] if isinstance(value, list) else []
        return ManyQuestion(**common, one=one, values=tuple(map(_plain, values)), most=item.max_occurs)
    if scaled:
        return scale(t, common, item, value)
    suggestions = tuple(each.text(t.locale) for each in asking.session.candidates(path)) if item.candidates_by else ()
    return _typed(t, common, item, value, state.units or item.unit_options, suggestions)


def text_of(t: Texts, item: FormItem, state: ItemState) -> str:
    """The words of an item, which may follow the answers."""
    return state.text if item.dynamic.text else item.text(t.locale)


def rich_of(t: Texts, item: FormItem, state: ItemState, *, block: bool = False) -> str:
    """The same words with their look, where the form gives them one and they do not follow the answers."""
    rich = item.rich
    if item.dynamic.text or not (rich.markdown or rich.xhtml or rich.style):
        return ""
    return rich_text(
        markdown=rich.markdown(t.locale),
        xhtml=rich.xhtml(t.locale),
        style=rich.style,
        text=typo(t, text_of(t, item, state)),
        block=block,
    )


def _is_numberless(value: Any) -> bool:
    """An amount of an import that has its unit only."""
    return isinstance(value, dict) and value.get("value") is None


def _plain(value: Any) -> str | Decimal | Amount:
    if isinstance(value, dict):
        return Amount(value=Decimal(str(value["value"])), unit=str(value.get("code") or value.get("unit", "")))
    return Decimal(str(value)) if isinstance(value, (int, Decimal)) else str(value)


def display_of(t: Texts, path: str, item: FormItem, state: ItemState) -> Display:
    kinds = {"help": "help", "legal": "legal", "warning": "warning", "security": "warning"}
    kind = kinds.get(item.control) or kinds.get(item.display_category, "plain")
    links = tuple((link, "") for link in item.support_links)
    rich = rich_of(t, item, state, block=True)
    return Display(
        link_id=path, text=text_of(t, item, state), rich=rich, kind=kind, media=media_of(item.media), links=links
    )  # type: ignore[arg-type]


def _choice(asking: Asking, common: dict[str, Any], path: str, item: FormItem, state: ItemState) -> AnyQuestion:
    t, value = asking.t, state.value
    own = (item.open_label(t.locale) or t("Other answer")) if item.type == "open-choice" else ""
    large = state.value_set and not state.options  # too many codes to be offered whole, or not to be had
    offered = state.options or (asking.session.candidates(path) if item.candidates_by else ())
    searched = item.control in {"autocomplete", "lookup"}
    if (large and not offered) or (searched and len(offered) > FEW):
        chosen = tuple(found(t, item, each) for each in asking.session.given(path))
        return SearchQuestion(**common, value=chosen, many=item.repeats, open=bool(own))
    values = value if isinstance(value, list) else [] if value is None else [value]
    gone = no_longer_possible(t, item, offered, values) if values else []
    return among(t, common, item, asking.options(path, offered), tuple(map(str, values)), gone, own)


def _typed(
    t: Texts,
    common: Mapping[str, Any],
    item: FormItem,
    value: Any,
    units: Sequence[Json],
    suggestions: tuple[str, ...] = (),
) -> TextQuestion | NumberQuestion | DateQuestion | TimeQuestion:
    if item.type in {"integer", "decimal", "quantity"}:
        return number(t, common, item, value, units)
    if item.type in {"date", "dateTime"}:
        partial = item.min_length is None or item.min_length < len("2026-12-02")
        low, high = _day(item.low), _day(item.high)
        if item.type == "dateTime":
            moment = _local(str(value or ""))
            return MomentQuestion(**common, value=moment, partial=partial, earliest=low, latest=high)
        return DateQuestion(**common, value=str(value or "")[:10], partial=partial, earliest=low, latest=high)
    if item.type == "time":
        return TimeQuestion(**common, value=str(value or "")[:5])
    several = item.type == "text" or item.control == "text-box"
    limit = item.max_length or (LONG_TEXT if several else SHORT_TEXT)
    keyboard = KEYBOARDS.get(item.keyboard) or ("url" if item.type == "url" else "")
    return TextQuestion(
        **common,
        value=str(value or ""),
        limit=limit,
        lines=4 if several else 1,
        keyboard=keyboard,
        suggestions=suggestions,
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


def in_words(t: Texts, item: FormItem, value: Any) -> str:
    """An answer, or several, as people read them."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return ", ".join(shown(t, item, each) for each in values)


def given_in_words(t: Texts, session: FormSession, path: str, item: FormItem) -> str:
    """The answer that stands at `path`, with the words that were chosen: a code of a value set has its own."""
    if item.is_choice and not item.options:
        return ", ".join(found(t, item, each).text for each in session.given(path))
    return in_words(t, item, session.state(path).value)


def _local(moment: str) -> str:
    """The stored instant as the clock on the wall shows it."""
    if "T" not in moment:
        return moment
    return datetime.fromisoformat(moment).astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")


def _day(bound: Any) -> date | None:
    return date.fromisoformat(bound[:10]) if isinstance(bound, str) and len(bound) >= len("2026-12-02") else None
