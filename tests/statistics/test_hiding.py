"""No hidden figure can be worked out from those shown."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.statistics.hiding import LEAST, LEEWAY, TOTAL, Counts, Shown, network, protect, show, stretch, together

Cells = list[list[int | None]]


@st.composite
def tables(draw: st.DrawFn) -> Counts:
    """Up to 6 by 5, mostly of small figures; every row has 11 people or more."""
    width = draw(st.integers(1, 5))
    number = st.one_of(st.integers(0, 14), st.integers(0, 60))
    row = st.lists(number, min_size=width, max_size=width).filter(lambda cells: sum(cells) >= LEAST)
    cells = draw(st.lists(row, min_size=1, max_size=6))
    return Counts(
        rows=tuple(f"r{i}" for i in range(len(cells))),
        columns=tuple(f"c{j}" for j in range(width)),
        cells=tuple(map(tuple, cells)),
    )


def worked_out(shown: Shown) -> Shown:
    """A reader with a pencil: wherever one figure of a row or a column is missing, it is the difference."""
    cells: Cells = [list(row) for row in shown.cells]
    bottom = list(shown.column_totals)
    lines: list[tuple[Callable[[], list[int | None]], Callable[[int, int], None]]] = []
    for i, total in enumerate(shown.row_totals):
        lines.append(
            (lambda i=i, total=total: [*cells[i], -total], lambda at, value, i=i: cells[i].__setitem__(at, value))
        )
    for j in range(len(bottom)):

        def put(at: int, value: int, j: int = j) -> None:
            if at < len(cells):
                cells[at][j] = value
            else:
                bottom[j] = -value

        lines.append((lambda j=j: [*(row[j] for row in cells), None if bottom[j] is None else -bottom[j]], put))
    lines.append((lambda: [*bottom, -shown.total], bottom.__setitem__))
    found = True
    while found:
        found = False
        for read, put in lines:
            values = read()
            if values.count(None) == 1:
                put(values.index(None), -sum(value for value in values if value is not None))
                found = True
    return Shown(
        rows=shown.rows,
        columns=shown.columns,
        cells=tuple(map(tuple, cells)),
        row_totals=shown.row_totals,
        column_totals=tuple(bottom),
        total=shown.total,
    )


def only_small_ones_hidden(counts: Counts) -> Shown:
    """The fault that `show` must not have: figures under 11 hidden, and nothing with them."""
    bottom = [sum(row[j] for row in counts.cells) for j in range(len(counts.columns))]
    return Shown(
        rows=counts.rows,
        columns=counts.columns,
        cells=tuple(tuple(None if cell < LEAST else cell for cell in row) for row in counts.cells),
        row_totals=tuple(map(sum, counts.cells)),
        column_totals=tuple(None if total < LEAST else total for total in bottom),
        total=sum(bottom),
    )


def table_of(counts: Counts, values: dict) -> Counts:
    """The filling of the network as a table, its columns' totals checked against their cells."""
    cells = tuple(
        tuple(values[("row", i), ("column", j)] for j in range(len(counts.columns))) for i in range(len(counts.rows))
    )
    for j in range(len(counts.columns)):
        assert values[("column", j), TOTAL] == sum(row[j] for row in cells)
    return Counts(rows=counts.rows, columns=counts.columns, cells=cells)


def agrees(counts: Counts, shown: Shown) -> bool:
    """Whether these people would give that very table, as far as it shows anything."""
    bottom = [sum(row[j] for row in counts.cells) for j in range(len(counts.columns))]
    pairs = [
        *(
            (cell, seen)
            for row, line in zip(counts.cells, shown.cells, strict=True)
            for cell, seen in zip(row, line, strict=True)
        ),
        *zip(bottom, shown.column_totals, strict=True),
        *zip(map(sum, counts.cells), shown.row_totals, strict=True),
        (sum(bottom), shown.total),
    ]
    nobody_negative = all(cell >= 0 for row in counts.cells for cell in row)
    return nobody_negative and all(seen is None or value == seen for value, seen in pairs)


@given(tables())
def test_no_figure_under_eleven_is_shown(counts: Counts) -> None:
    shown = show(counts)

    figures = [*(cell for row in shown.cells for cell in row), *shown.column_totals, *shown.row_totals, shown.total]
    assert all(figure is None or figure >= LEAST for figure in figures)
    assert agrees(counts, shown)


@given(tables())
def test_a_reader_with_a_pencil_finds_no_hidden_figure(counts: Counts) -> None:
    shown = show(counts)

    assert worked_out(shown) == shown


@settings(deadline=None)
@given(tables())
def test_each_small_figure_could_be_another_by_eleven_for_all_that_is_shown(counts: Counts) -> None:
    """For each of them, two whole tables are exhibited that show the same and differ by 11 there: no cleverness helps."""
    shown, figures = show(counts), network(counts)
    hidden = protect(figures)
    for edge in [edge for edge, value in figures.items() if value < LEAST]:
        high, more = stretch(figures, edge, up=True, most=LEEWAY, hidden=hidden)
        low, others = stretch(figures, edge, up=False, most=LEEWAY, hidden=hidden)
        assert not more | others
        assert agrees(table_of(counts, high), shown)
        assert agrees(table_of(counts, low), shown)
        assert high[edge] - low[edge] >= LEEWAY


def test_the_pencil_finds_what_hiding_small_figures_alone_gives_away() -> None:
    counts = Counts(rows=("a", "b"), columns=("x", "y"), cells=((3, 40), (25, 30)))

    assert worked_out(only_small_ones_hidden(counts)).cells == counts.cells
    assert worked_out(show(counts)).cells[0][0] is None


def test_a_table_without_small_figures_is_shown_whole() -> None:
    counts = Counts(rows=("a", "b"), columns=("x", "y"), cells=((11, 40), (25, 30)))

    assert show(counts).cells == counts.cells
    assert show(counts).column_totals == (36, 70)


def test_a_row_of_few_people_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 11"):
        show(Counts(rows=("a",), columns=("x", "y"), cells=((3, 4),)))


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=8))
def test_rows_counted_together_hold_everyone_and_at_least_eleven_people(totals: dict[str, int]) -> None:
    groups = together(totals)

    named = [name for group in groups for name in group]
    assert len(named) == len(set(named))
    assert all(sum(totals[name] for name in group) >= LEAST for group in groups)
    if sum(totals.values()) >= LEAST:
        assert set(named) == {name for name, total in totals.items() if total}
    assert all(totals[group[0]] >= LEAST for group in groups if len(group) == 1)


def test_a_small_centre_is_never_alone_in_what_the_others_leave() -> None:
    assert together({"a": 40, "b": 3, "c": 20}) == [("a",), ("b", "c")]
    assert together({"a": 40, "b": 0}) == [("a",)]
    assert together({"a": 4, "b": 5}) == []
