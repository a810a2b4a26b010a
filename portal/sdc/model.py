"""What a compiled questionnaire is. Immutable: one `Form` serves every session that fills it, in every language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from regex import Pattern

from portal.sdc.fault import Fault
from portal.sdc.known import ignored
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
    media: Json | None = None  # Attachment: a picture of this answer
    columns: tuple[str, ...] = ()  # what stands in the columns of `FormItem.columns`, where the form has some

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
    """True when all is well. `locations` are the linkIds where the sentence belongs, the constrained item by default. A
    constraint on the whole form that names none says it at the last of the questions that it reads (`read`, in the order
    of the form) which is asked.
    """

    key: str
    program: Program
    severity: Literal["error", "warning"]
    human: LocalText
    locations: tuple[str, ...]
    read: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of a list of choices: a property of a code, or FHIRPath on a resource. `width`: a Quantity, % or pixels."""

    path: str
    label: LocalText
    width: Json | None
    for_display: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What may be shown beside a question to help answer it: resources that `program` finds."""

    label: LocalText
    program: Program


@dataclass(frozen=True, kw_only=True, slots=True)
class Toggle:
    """Options (by key) that exist only while `program` is true."""

    keys: frozenset[str]
    program: Program


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Dynamic:
    """What an expression of the form says in place of a fixed property of the item (cqf-expression)."""

    text: Program | None = None
    required: Program | None = None
    read_only: Program | None = None
    repeats: Program | None = None
    min_occurs: Program | None = None
    max_occurs: Program | None = None
    value_set: Program | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rich:
    """The text of an item with its look, where the form gives one. None of it is safe to show before it is cleaned."""

    markdown: LocalText = field(default_factory=LocalText)
    xhtml: LocalText = field(default_factory=LocalText)
    style: str = ""


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
    pattern: "Pattern[str] | None" = None  # of the whole answer as it is typed
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
    relation: Literal["", "member", "component"] = ""  # of its Observation to that of the nearest item around it
    observed_codes: tuple[Json, ...] = ()  # the codes of its Observation
    category: tuple[Json, ...] = ()
    subject: bool = False  # says whom the answers of its group are about
    dynamic: Dynamic = field(default_factory=Dynamic)
    answers_by: Program | None = None  # its results are the possible answers
    candidates_by: Program | None = None  # its results may be picked as an answer
    contexts: tuple[Context, ...] = ()
    value_set: str = ""  # canonical of a value set that only the caller can expand
    unit_value_set: str = ""
    open_units: Literal["", "optionsOnly", "optionsOrType", "optionsOrString"] = ""
    unit_system: str = ""  # of units beside the listed ones
    # what follows is for whoever draws the item
    rich: Rich = field(default_factory=Rich)
    media: Json | None = None  # Attachment beside the question
    usage: str = ""  # capture, display, display-non-empty, capture-display, capture-display-non-empty
    display_category: str = ""  # instructions, security
    columns: tuple[Column, ...] = ()
    column_count: int | None = None
    width: Json | None = None
    collapsible: str = ""  # default-open, default-closed
    keyboard: str = ""
    disabled_display: str = ""  # hidden, protected
    optional_display: bool = False
    lookup: tuple[str, ...] = ()  # forms in which the answer to a reference may be entered
    signature: tuple[Json, ...] = ()  # CodeableConcepts: whose signature this part needs
    reference_types: tuple[str, ...] = ()  # resource types that a reference may point at
    reference_profiles: tuple[str, ...] = ()

    @property
    def question(self) -> bool:
        """Asks something: neither a group nor a text to read."""
        return self.type not in ("group", "display")

    @property
    def is_choice(self) -> bool:
        return self.type in ("choice", "open-choice")

    @property
    def captured(self) -> bool:
        """Whether a person fills it in; some texts are only for reading the answers afterwards."""
        return not self.usage or self.usage.startswith("capture")

    @property
    def has_options(self) -> bool:
        return bool(self.options or self.answers_by or self.value_set or self.dynamic.value_set)

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
    """What one screen shows: a top-level group, or a part of it when it asks more than a screen holds. `around`: groups
    around its items of which this is the last screen, so that what is wrong with them is said here. `holds`: the linkIds
    of all that it speaks for.
    """

    id: str
    index: int
    label: LocalText
    group: FormItem | None
    items: tuple[FormItem, ...]
    questions: int
    around: tuple[str, ...] = ()
    holds: frozenset[str] = frozenset()

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
    definitions: Mapping[str, Json]  # the items of `questionnaire`, by linkId
    sections: tuple[Section, ...]
    header: tuple[FormItem, ...]  # above every section
    footer: tuple[FormItem, ...]
    question_count: int
    minutes: int
    scores: tuple[ScoreDefinition, ...]
    alerts: tuple[AlertRule, ...]
    launch_names: frozenset[str]
    constraints: tuple[tuple[str, Constraint], ...]  # each with the item that it stands on; empty: the whole form
    plan: Plan
    first_values: tuple[str, ...]  # items with an initialExpression, each after those that it reads
    faults: tuple[Fault, ...]
    batches: Mapping[str, tuple[Program, ...]] = field(  # sourceQueries, by the name of their Bundle
        default_factory=dict[str, tuple[Program, ...]]
    )
    populated_by: Program | None = None  # what the whole response is populated from
    population_name: str = ""
    performers: tuple[str, ...] = ()  # resource types of those who may fill it in
    entry_mode: str = ""  # random, prior-edit, sequential
    signature: tuple[Json, ...] = ()
    extracted: bool = False
    extracts: bool = False  # resources by templates or definitions, beside Observations
    asks_outside: bool = False  # FHIR queries or value sets that only the caller can answer

    @property
    def ignored(self) -> tuple[Fault, ...]:
        """Extensions that the form carries and that have no effect here. Searched for each time: only authors ask."""
        return ignored(self.questionnaire)

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}"

    def title(self, locale: str) -> str:
        return self.label(locale)
