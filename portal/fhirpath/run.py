"""One evaluation: what the closures share while they run, and the meter that keeps an expression from running away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.fhirpath.errors import FhirPathError, FhirPathLimitError
from portal.fhirpath.temporal import from_date, from_datetime
from portal.fhirpath.values import Collection
from portal.types import Json

MAX_STEPS = 2_000_000
"""Items that may be touched: enough for a criterion within a criterion over a form of 300 questions; some tenths of a
second at the worst."""
JUDGED = 4
"""What an item costs that an expression is run for, where one that is only passed costs 1."""
MAX_TEXT = 1_000_000
MAX_PATTERN_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Hooks:
    """What the caller knows and the engine does not: all of them plain functions on plain JSON, without awaiting.

    `resolve` gives the resource for a reference text; `member_of` says whether a code, Coding or CodeableConcept is in
    a value set; `conforms_to` whether an element conforms to a profile; `weight` the number of a Coding that neither
    the answer nor the form carries (a code system's property); `questions` are the items of %questionnaire by linkId, for
    who has them at hand; `trace` receives a name and a count, never a value.
    """

    resolve: Callable[[str], Json | None] | None = None
    member_of: Callable[[Any, str], bool | None] | None = None
    conforms_to: Callable[[Json, str], bool | None] | None = None
    weight: Callable[[Json], Any] | None = None
    questions: Mapping[str, Json] | None = None
    trace: Callable[[str, int], None] | None = None


NO_HOOKS = Hooks()
_TYPES = {"qitem": "Questionnaire.item"}


@dataclass(slots=True)
class Run:
    """The state of one evaluation. `left` counts down the items that may still be touched."""

    resource: Any
    variables: Mapping[str, Any]
    lift: Callable[[Any, str], Collection]
    """Turns what a caller gave (JSON, a list, None) and the type of an element into a collection."""
    base: str
    now: datetime | None
    hooks: Hooks
    left: int
    pattern_seconds: float = MAX_PATTERN_SECONDS
    index: int = 0
    total: Collection = field(default_factory=list[Any])
    local: dict[str, Collection] = field(default_factory=dict[str, Collection])
    memo: dict[Any, Any] = field(default_factory=dict[Any, Any])

    def spend(self, items: int) -> None:
        self.left -= items
        if self.left < 0:
            raise FhirPathLimitError("The expression touches too many items.")

    def text(self, value: str) -> str:
        if len(value) > MAX_TEXT:
            raise FhirPathLimitError("The expression makes a text that is too long.")
        self.left -= len(value) >> 6
        return value

    def variable(self, name: str) -> Collection:
        if name in self.local:
            return self.local[name]
        found = self.memo.get(name)
        if found is None:
            given = self.given(name)
            found = self.memo[name] = self.lift(given, self.base if given is self.resource else _TYPES.get(name, ""))
        return found

    def given(self, name: str) -> Any:
        """What the caller gave under a name; %resource and %context are the resource itself when they are not given."""
        if name in self.variables:
            return self.variables[name]
        match name:
            case "resource" | "context":
                return self.resource
            case "rootResource":
                return self.given("resource")
            case _:
                raise FhirPathError(f"The variable %{name} is not defined.")

    def moment(self) -> Any:
        if self.now is None:
            raise FhirPathError("The present time was not given, so now(), today() and timeOfDay() have no answer.")
        return from_datetime(self.now)

    def day(self) -> Any:
        if self.now is None:
            raise FhirPathError("The present time was not given, so now(), today() and timeOfDay() have no answer.")
        return from_date(self.now.date())
