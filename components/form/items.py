"""What a form shows, as plain data: one dataclass a kind of question. They know nothing of FHIR nor of the screen.

`link_id` names the item everywhere; texts are in the person's language already.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from portal.i18n import Texts

Value = tuple[str, ...] | str | Decimal | None
"""An answer: codes chosen (empty = none), a text, ISO date or time (`2026-03`, `14:30`), a number; None = no answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One possible answer. `aside` puts it last and quieter (“I prefer not to answer”); `alone` excludes all others."""

    code: str
    text: str
    aside: bool = False
    alone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What all questions share. `locked` = read-only, with the sentence that says who answered and when."""

    link_id: str
    text: str
    number: str = ""
    hint: str = ""
    required: bool = False
    locked: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceQuestion(Question):
    """One answer among a few, or several with `many`. `chips` sets them on one line."""

    options: tuple[Option, ...]
    value: tuple[str, ...] = ()
    many: bool = False
    chips: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ListQuestion(Question):
    """One answer among many: a native list to open."""

    options: tuple[Option, ...]
    value: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleQuestion(Question):
    """Visual analogue scale. None until the person has touched it."""

    low_text: str
    high_text: str
    low: int = 0
    high: int = 100
    value: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TextQuestion(Question):
    """A line, or several with `lines` > 1. `limit` in characters. `suggestions` are offered while typing."""

    value: str = ""
    limit: int = 255
    lines: int = 1
    kind: Literal["text", "email", "tel", "password"] = "text"
    autocomplete: str = "off"
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberQuestion(Question):
    """A number with its unit; decimal comma or point. Limits are inclusive."""

    value: Decimal | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    whole: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DateQuestion(Question):
    """A date typed as JJ/MM/AAAA; with `partial`, MM/AAAA and AAAA too. `value` is ISO, as long as what is known."""

    value: str = ""
    partial: bool = False
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeQuestion(Question):
    """A time of day, ISO `14:30`."""

    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    """A text between questions. `legal` = attribution of an instrument, in small."""

    link_id: str
    text: str
    kind: Literal["plain", "help", "legal", "warning"] = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """The title of a group inside the section."""

    link_id: str
    text: str
    level: int = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Computed:
    """A value that the form works out, with its severity in words when it has one. Empty `shown` = not yet known."""

    link_id: str
    text: str
    shown: str = ""
    unit: str = ""
    level: int | None = None
    word: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpNumbers:
    """The help numbers, put by the question whose answer calls for them. `title` replaces the usual question."""

    link_id: str = "help-numbers"
    title: str = ""


AnyQuestion = (
    ChoiceQuestion | ListQuestion | ScaleQuestion | TextQuestion | NumberQuestion | DateQuestion | TimeQuestion
)
Item = AnyQuestion | Display | Heading | Computed | HelpNumbers


def yes_no(t: Texts) -> tuple[Option, Option]:
    """The two answers of a boolean question, as codes `true` and `false`."""
    return Option(code="true", text=t("Yes")), Option(code="false", text=t("No"))
