"""The figures that an administrator of the foundation reads: counts of people, in which nobody is found."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.people import NETWORKS
from portal.statistics.hiding import LEAST, Counts, Shown, show, together
from portal.statistics.people import BANDS, SEXES, UNKNOWN, Counted, everybody

TRIAL = "trial:"
"""Begins the name of the table of one study, whose columns are `in` and `out`."""

JOINT = "+"
"""Between the ids of centres that are counted together, as the name of their row."""

Attribute = Callable[[Counted], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class FormFigures:
    """People asked for one questionnaire before that day: all that was asked was sent, or something waits. None: hidden."""

    form: str
    asked: int | None
    sent: int | None
    waiting: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """`as_of` is the first day of the month: figures that follow the record from day to day would show who came in.

    `total` is None when fewer than 11 people are followed, and then there is nothing else. `tables` by what they count:
    "sex", "age", "network", "answers", and "trial:<id>" for each study. Their rows are ids of centres.
    """

    as_of: date
    total: int | None
    tables: Mapping[str, Shown]
    forms: tuple[FormFigures, ...]


async def figures(acting: Acting) -> Figures:
    """All figures, from one look at the record. Everybody is counted once, in the centre that has followed them longest."""
    decide(acting.actor, Permission.STATISTICS_READ)
    as_of = acting.clock.today().replace(day=1)
    counted = await everybody(acting, as_of)
    await audit.record(acting, audit.Action.READ, Permission.STATISTICS_READ)
    return await asyncio.to_thread(count, counted, as_of)


def count(counted: Sequence[Counted], as_of: date) -> Figures:
    """The figures of these people, with all that must be hidden taken away. Pure."""
    groups = together(Counter(one.centre for one in counted))
    if not groups:
        return Figures(as_of=as_of, total=None, tables={}, forms=())
    row_of = {centre: index for index, group in enumerate(groups) for centre in group}
    rows = tuple(JOINT.join(group) for group in groups)

    def table(columns: Iterable[str], attribute: Attribute) -> Shown:
        known = Counter((row_of[one.centre], attribute(one)) for one in counted)
        used = tuple(column for column in columns if any(known[row, column] for row in range(len(rows))))
        cells = tuple(tuple(known[row, column] for column in used) for row in range(len(rows)))
        return show(Counts(rows=rows, columns=used, cells=cells))

    tables = {
        "sex": table(SEXES, lambda one: one.sex),
        "age": table([*(band for band, _last in BANDS), UNKNOWN], lambda one: one.band),
        "network": table([*NETWORKS, UNKNOWN], lambda one: one.network),
        "answers": table(("sent", "waiting", "none"), lambda one: one.answers),
    }
    for trial in sorted({trial for one in counted for trial in one.trials}):
        tables[TRIAL + trial] = table(("in", "out"), _taking_part(trial))
    return Figures(as_of=as_of, total=len(counted), tables=tables, forms=_forms(counted))


def _taking_part(trial: str) -> Attribute:
    return lambda one: "in" if trial in one.trials else "out"


def _forms(counted: Sequence[Counted]) -> tuple[FormFigures, ...]:
    """One row of figures a questionnaire. Everybody falls into one of three, so that what is not shown is protected."""
    lines: list[FormFigures] = []
    for form in sorted({form for one in counted for form in one.forms}):
        states = Counter("none" if form not in one.forms else str(one.forms[form]) for one in counted)
        shown = show(Counts(rows=("",), columns=tuple(states), cells=(tuple(states.values()),)))
        seen = dict(zip(shown.columns, shown.column_totals, strict=True))
        nobody = {"True": 0, "False": 0, "none": 0}
        sent, waiting, none = ((nobody | seen)[state] for state in ("True", "False", "none"))
        asked = None if none is None else len(counted) - none
        asked = None if asked is not None and asked < LEAST else asked
        lines.append(FormFigures(form=form, asked=asked, sent=sent, waiting=waiting))
    return tuple(lines)
