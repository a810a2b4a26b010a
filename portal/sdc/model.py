"""What a compiled questionnaire is. Immutable: one `Form` serves every session that fills it, in every language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from portal.sdc.program import Plan, Program
from portal.sdc.reading import LocalText
from portal.types import Json

Severity = Literal["urgent", "stat"]
Number = int | Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One possible answer. `key` is what `FormSession.set` takes; `answer` is how FHIR stores it."""

    key: str
    label: LocalText
    answer: Json
    prefix: str = ""
    weight: Number | None = None
    exclusive: bool = False
    declined: bool = False
    selected: bool = False

    def text(self, locale: str) -> str:
        return self.label(locale)


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One enableWhen: `operator` is FHIR's, `answer` the element with its answer[x] turned into value[x]."""

    question: str
    operator: str
    answer: Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Constraint:
    """True when all is well. `location` is the linkId where the sentence belongs, the constrained item by default."""

    key: str
    program: Program
    severity: Literal["error", "warning"]
    human: LocalText
    location: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Toggle:
    """Options (by key) that exist only while `program` is true."""

    keys: frozenset[str]
    program: Program


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FormItem:
    link_id: str
    type: str
    label: LocalText
    ancestors: tuple[str, ...]  # link ids, outermost first
    definition: Json
    prefix: str = ""
    short: LocalText = field(default_factory=LocalText)
    help: LocalText = field(default_factory=LocalText)
    legal: LocalText = field(default_factory=LocalText)
    options: tuple[Option, ...] = ()
    items: tuple["FormItem", ...] = ()
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    control: str = (
        ""  # radio-button, check-box, drop-down, autocomplete, slider, text-box…; group: grid, page, tab-container…
    )
    horizontal: bool = False
    entry_format: LocalText = field(default_factory=LocalText)
    open_label: LocalText = field(default_factory=LocalText)
    unit: Json | None = None  # a Coding; its display is shown beside the number
    unit_label: LocalText = field(default_factory=LocalText)
    unit_options: tuple[Json, ...] = ()
    low: Any = None  # minValue and maxValue: int, Decimal, or ISO text of a date, dateTime or time
    high: Any = None
    low_by: Program | None = None  # computed bounds, which come before the fixed ones
    high_by: Program | None = None
    step: Number | None = None
    low_label: LocalText = field(default_factory=LocalText)
    high_label: LocalText = field(default_factory=LocalText)
    max_decimals: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    regex: str = ""
    min_occurs: int | None = None
    max_occurs: int | None = None
    max_size: Number | None = None
    mime_types: tuple[str, ...] = ()
    support_links: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    all_conditions: bool = False
    enabled_by: Program | None = None
    calculated: Program | None = None
    initial_by: Program | None = None
    populated_by: Program | None = None  # one copy, or one context, for each of its results
    population_name: str = ""
    observed_within: Json | None = None  # Duration: the newest Observation of the item's code not older than this
    initial: tuple[Json, ...] = ()
    toggles: tuple[Toggle, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    extracted: bool | None = None  # None: as its parent
    category: tuple[Json, ...] = ()

    @property
    def question(self) -> bool:
        """Asks something: neither a group nor a text to read."""
        return self.type not in ("group", "display")

    @property
    def is_choice(self) -> bool:
        return self.type in ("choice", "open-choice")

    @property
    def unit_text(self) -> str:
        return (self.unit or {}).get("display") or (self.unit or {}).get("code", "")

    def unit_in(self, locale: str) -> str:
        """The unit as people of that language write it: ans, years."""
        return self.unit_label(locale) or self.unit_text

    def text(self, locale: str) -> str:
        return self.label(locale)

    def option(self, key: object) -> Option | None:
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What one screen shows: a top-level group, or a part of it when it asks more than a screen holds."""

    id: str
    index: int
    label: LocalText
    group: FormItem | None
    items: tuple[FormItem, ...]
    questions: int

    def title(self, locale: str) -> str:
        return self.label(locale)


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """`low` to `high`, both included. `level` 0 (nothing to note) to 4 (most severe) chooses the mark on screen."""

    low: Decimal
    high: Decimal
    level: int
    text: LocalText
    meaning: LocalText

    def label(self, locale: str) -> str:
        return self.text(locale)

    def interpretation(self, locale: str) -> str:
        return self.meaning(locale)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreDefinition:
    """A score that the form computes. `items` are the questions it counts, `missing` its rule for unanswered ones."""

    link_id: str
    code: str
    label: LocalText
    low: Decimal | None
    high: Decimal | None
    bands: tuple[Band, ...]
    shown_to_patient: bool
    items: tuple[str, ...]
    missing: str
    main: bool

    def title(self, locale: str) -> str:
        return self.label(locale)

    def band(self, value: Number | None) -> Band | None:
        if value is None:
            return None
        return next((band for band in reversed(self.bands) if band.low <= value), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertRule:
    """Tells the care team at once when `condition` holds."""

    id: str
    condition: Program
    severity: Severity
    text: LocalText

    def message(self, locale: str) -> str:
        return self.text(locale)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something in the form itself that does not work: for its author, never for the person who fills it."""

    link_id: str
    what: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Form:
    questionnaire: Json
    url: str
    version: str
    code: str
    label: LocalText
    description: LocalText
    category: str  # auto, hetero, social, clinical-document, neuropsy
    audience: tuple[str, ...]  # who may fill it in: patient, professional, relative
    licence: str
    copyright: LocalText
    shown_to_patient: bool
    items: tuple[FormItem, ...]
    by_link_id: Mapping[str, FormItem]
    sections: tuple[Section, ...]
    question_count: int
    minutes: int
    scores: tuple[ScoreDefinition, ...]
    alerts: tuple[AlertRule, ...]
    launch_names: frozenset[str]
    constraints: tuple[Constraint, ...]
    plan: Plan
    faults: tuple[Fault, ...]

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}"

    def title(self, locale: str) -> str:
        return self.label(locale)
