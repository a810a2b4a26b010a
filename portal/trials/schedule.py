"""When each visit is due: target = the baseline's actual date + offset, no drift. Pure."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.trials.model import Trial, VisitKind

AHEAD = 2
"""How many coming visits of a recurring kind are planned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One visit to come: its number among its kind (from 1), target day and window, both ends included."""

    kind: VisitKind
    number: int
    target: date
    opens: date
    closes: date


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the month's last: 31 January + 1 month = 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def schedule(trial: Trial, *, enrolled: date, baseline: date | None, today: date) -> list[Due]:
    """All visits that should exist: before the baseline only what counts from enrolment, and the baseline itself."""
    found: list[Due] = []
    for kind in trial.visits:
        if kind.id == trial.baseline:
            found.append(_due(kind, 1, baseline or enrolled))
        elif kind.from_enrolment:
            found.append(_due(kind, 1, _offset(enrolled, kind, 0)))
        elif baseline is not None:
            found.extend(_recurring(kind, baseline, today))
    return sorted(found, key=lambda due: (due.target, due.kind.id))


def _recurring(kind: VisitKind, baseline: date, today: date) -> Iterator[Due]:
    if kind.repeat == "once":
        yield _due(kind, 1, _offset(baseline, kind, 0))
        return
    coming, number, months = 0, 0, 0
    while kind.at_months + months <= kind.until_months and coming < AHEAD:
        number += 1
        due = _due(kind, number, _offset(baseline, kind, months))
        coming += due.target >= today
        months += kind.every_months
        yield due


def _offset(start: date, kind: VisitKind, months: int) -> date:
    return add_months(start, kind.at_months + months) + timedelta(days=kind.at_days)


def _due(kind: VisitKind, number: int, target: date) -> Due:
    early, late = kind.window_days
    return Due(
        kind=kind,
        number=number,
        target=target,
        opens=target + timedelta(days=early),
        closes=target + timedelta(days=late),
    )
