"""A trial as its file says it: visits, their categories, the questionnaires in each. Pure values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Repeat = Literal["once", "recurring"]
FilledBy = Literal["patient", "practitioner", "nurse", "psychologist"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialForm:
    """One questionnaire of a category. `code` is the catalogue's; `required` counts in progress."""

    code: str
    required: bool = True
    filled_by: FilledBy = "practitioner"


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    id: str
    title: dict[str, str]
    forms: tuple[TrialForm, ...]
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitKind:
    """A visit of the protocol. Times in months and days from the baseline visit's actual date.

    `window_days` is (early, late) around the target. `every_months` repeats it until `until_months`.
    """

    id: str
    title: dict[str, str]
    repeat: Repeat = "once"
    from_enrolment: bool = False
    at_months: int = 0
    at_days: int = 0
    every_months: int = 0
    until_months: int = 0
    window_days: tuple[int, int] = (0, 0)
    categories: tuple[Category, ...] = ()

    def forms(self) -> Iterator[TrialForm]:
        for category in self.categories:
            yield from category.forms


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """`id` is the slug in addresses and tags; `pathology` one of the four networks; `baseline` names the visit of day 0."""

    id: str
    version: str
    title: dict[str, str]
    kind: Literal["cohort", "interventional"]
    pathology: str
    baseline: str
    visits: tuple[VisitKind, ...]
    description: dict[str, str]

    def visit(self, visit_id: str) -> VisitKind:
        return next(visit for visit in self.visits if visit.id == visit_id)
