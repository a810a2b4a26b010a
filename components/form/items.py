"""What a form shows, as plain data: one dataclass a kind of question. They know nothing of FHIR nor of the screen.

`link_id` names the item everywhere; texts are in the person's language already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from portal.i18n import Texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A number in a unit that the person chose; `unit` is the code of one of the question's units."""

    value: Decimal
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Several:
    """The answers to a question that takes as many as one likes, in order."""

    values: tuple["str | Decimal | Amount", ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """A signature: the name that the person wrote, and what they drew, as a `data:` URL of a PNG."""

    name: str
    drawing: str = ""


Value = tuple[str, ...] | str | Decimal | Amount | Several | Signed | None
"""An answer: codes chosen (empty = none; a text of one's own stands among them), a text, ISO date or time (`2026-03`,
`14:30`, `2026-03-27T14:30`), a number, a number in a unit, several of these, a signature; None = no answer.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A picture, a sound or a film that goes with a question. `address` is on this site or a `data:` URL."""

    kind: Literal["image", "audio", "video", "link"]
    address: str
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One possible answer. `aside` puts it last and quieter (“I prefer not to answer”); `alone` excludes all others.
    `cells` stand in the columns of its question.
    """

    code: str
    text: str
    aside: bool = False
    alone: bool = False
    media: Media | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What all questions share. `locked` = read-only, with the sentence that says who answered and when.

    `rich` = the same words as `text` as safe HTML. `needed` says in a word whether an answer is expected. `media` and `links` (address, words) stand under the question, `legal` behind a word to open. `warning` asks for a
    second look and blocks nothing.
    """

    link_id: str
    text: str
    number: str = ""
    hint: str = ""
    required: bool = False
    needed: str = ""
    rich: str = ""
    locked: str = ""
    media: tuple[Media, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    legal: str = ""
    warning: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceQuestion(Question):
    """One answer among a few, or several with `many`. `chips` sets them on one line, `across` that many side by side.

    `open` = words of a last row where people write an answer of their own, which then stands in `value` as it is.
    `columns` are the heads of the `cells` of its answers, `widths` their CSS widths where the form gives them.
    """

    options: tuple[Option, ...]
    value: tuple[str, ...] = ()
    many: bool = False
    chips: bool = False
    across: int = 1
    open: str = ""
    columns: tuple[str, ...] = ()
    widths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ListQuestion(Question):
    """One answer among many: a native list to open. `open` as in a choice."""

    options: tuple[Option, ...]
    value: tuple[str, ...] = ()
    open: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchQuestion(Question):
    """One answer (or several with `many`) among very many: one types, the server looks. `open` lets own words stand."""

    value: tuple[Option, ...] = ()
    many: bool = False
    open: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleQuestion(Question):
    """Visual analogue scale. None until the person has touched it."""

    low_text: str
    high_text: str
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(100)
    step: Decimal = Decimal(1)
    value: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TextQuestion(Question):
    """A line, or several with `lines` > 1. `limit` in characters. `suggestions` are offered while typing;
    `keyboard` is the kind that a phone shows (HTML's inputmode).
    """

    value: str = ""
    limit: int = 255
    lines: int = 1
    kind: Literal["text", "email", "tel", "url", "password"] = "text"
    keyboard: str = ""
    autocomplete: str = "off"
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberQuestion(Question):
    """A number with its unit; decimal comma or point. Limits are inclusive. With `units` the person chooses the unit, or
    with `own_unit` writes another. `amount` = the answer carries its unit even where there is only one. `step` puts − and +
    beside the field.
    """

    value: Decimal | None = None
    unit: str = ""
    units: tuple[Option, ...] = ()
    unit_code: str = ""
    own_unit: bool = False
    amount: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    whole: bool = False
    step: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DateQuestion(Question):
    """A date typed as JJ/MM/AAAA; with `partial`, MM/AAAA and AAAA too. `value` is ISO, as long as what is known."""

    value: str = ""
    partial: bool = False
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MomentQuestion(DateQuestion):
    """A date with a time of day that may be left out: `2026-03-27T14:30`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeQuestion(Question):
    """A time of day, ISO `14:30`."""

    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ManyQuestion(Question):
    """As many answers as one likes to a question of the kind of `one`. `most` = None: no limit."""

    one: TextQuestion | NumberQuestion | DateQuestion | TimeQuestion
    values: tuple[str | Decimal | Amount, ...] = ()
    most: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenFile:
    """A file that was given. `address` opens it; empty when it cannot be opened here."""

    key: str
    name: str
    size: int = 0
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileQuestion(Question):
    """One file, or several with `many`. `to` takes it; `kinds` are MIME types, `limit` bytes. Answers are keys of files."""

    to: str
    kinds: tuple[str, ...]
    limit: int
    files: tuple[GivenFile, ...] = ()
    many: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SignatureQuestion(Question):
    """One's name, written; and what one draws with a finger, for who likes to."""

    value: Signed = Signed(name="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the record knows that may help to answer, behind a line to open: each thing in a few words."""

    link_id: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    """A text between questions. `legal` = attribution of an instrument, in small."""

    link_id: str
    text: str
    rich: str = ""
    kind: Literal["plain", "help", "legal", "warning"] = "plain"
    media: tuple[Media, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """The title of a group inside the section, with a sentence that helps, and its attribution behind a word to open."""

    link_id: str
    text: str
    level: int = 2
    rich: str = ""
    hint: str = ""
    legal: str = ""


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
class ComputeAgain:
    """A button under an answer that the form computed and the person changed: it gives `path` back to its computation."""

    link_id: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TwoAnswers:
    """Two devices answered the question at `path`: both are kept until the person says which one holds. In words."""

    link_id: str
    path: str
    mine: str
    theirs: str
    when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpNumbers:
    """The help numbers, put by the question whose answer calls for them. `title` replaces the usual question."""

    link_id: str = "help-numbers"
    title: str = ""


Layout = Literal["plain", "matrix", "grid", "table", "turned", "tabs", "folding"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Items that belong together. `matrix`: choices with the same answers, one a line; `grid`: its groups are the lines of
    a table and their questions its cells; `tabs`: one of its groups at a time; `folding`: behind its title, `open` at first
    or not. `columns` are the heads of a table and `widths` their CSS widths, where the form gives them. `closed` = words for a copy that is not open now, whose items are not there.
    """

    link_id: str
    text: str
    items: tuple["Item", ...]
    layout: Layout = "plain"
    columns: tuple[str, ...] = ()
    widths: tuple[str, ...] = ()
    level: int = 2
    rich: str = ""
    hint: str = ""
    legal: str = ""
    open: bool = True
    closed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Copies:
    """A group that is filled as often as needed; `copies` are what there is now. `table`: a copy a line; `turned`: a copy
    a column.
    """

    link_id: str
    text: str
    copies: tuple[Group, ...]
    layout: Layout = "plain"
    columns: tuple[str, ...] = ()
    widths: tuple[str, ...] = ()
    hint: str = ""
    can_add: bool = True
    can_remove: bool = True


AnyQuestion = (
    ChoiceQuestion
    | ListQuestion
    | SearchQuestion
    | ScaleQuestion
    | TextQuestion
    | NumberQuestion
    | DateQuestion
    | MomentQuestion
    | TimeQuestion
    | ManyQuestion
    | FileQuestion
    | SignatureQuestion
)
Item = AnyQuestion | Display | Heading | Computed | HelpNumbers | ComputeAgain | TwoAnswers | Known | Group | Copies


def flat(items: Iterable[Item]) -> Iterator[Item]:
    """The items, and what groups hold, in the order of the screen."""
    for item in items:
        yield item
        match item:
            case Group():
                yield from flat(item.items)
            case Copies():
                yield from flat(item.copies)
            case _:
                pass


def yes_no(t: Texts) -> tuple[Option, Option]:
    """The two answers of a boolean question, as codes `true` and `false`."""
    return Option(code="true", text=t("Yes")), Option(code="false", text=t("No"))
