"""What a table of people may show so that nobody is found in it.

A figure under 11 is hidden; so is whatever would give it back by adding and subtracting. The rows' totals and the whole
total are always shown: several tables about the same rows then tell nothing together that each does not tell alone,
because any of them can be changed within its rows without touching the others.

Hidden figures are the edges of a network (row → column → total) through which people can be moved without any shown
figure changing: how far a hidden figure can move is how much a reader cannot know about it (a maximum flow).
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 11
"""The smallest figure of people that is shown."""

LEEWAY = LEAST
"""Between the lowest and the highest value that a small figure could have, for all that is shown. It makes the hidden
figures of a row or column at least 11 together, too."""

Node = tuple[str, int]
Edge = tuple[Node, Node]
TOTAL: Node = ("total", 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """People counted by row and column, each person once. `cells[row][column]`."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A table fit to be shown; None is a hidden figure. Rows' totals and the total are always there."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int | None, ...]
    total: int


def show(counts: Counts) -> Shown:
    """The table with what must be hidden taken away. Every row must hold at least 11 people: see `together`."""
    figures = network(counts)
    hidden = protect(figures)
    return Shown(
        rows=counts.rows,
        columns=counts.columns,
        cells=tuple(
            tuple(None if _cell(i, j) in hidden else value for j, value in enumerate(row))
            for i, row in enumerate(counts.cells)
        ),
        row_totals=tuple(map(sum, counts.cells)),
        column_totals=tuple(
            None if (edge := (("column", j), TOTAL)) in hidden else figures[edge] for j in range(len(counts.columns))
        ),
        total=sum(map(sum, counts.cells)),
    )


def together(totals: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Names of rows in groups of at least 11 people: small rows are counted together, with the smallest of the others
    when they are not enough. Rows without anyone are left out. Empty when there are not 11 people in all.
    """
    alone = sorted((name for name, total in totals.items() if total >= LEAST), key=lambda name: totals[name])
    small = [name for name, total in totals.items() if 0 < total < LEAST]
    while small and alone and (len(small) < 2 or sum(totals[name] for name in small) < LEAST):
        small.append(alone.pop(0))
    if small and sum(totals[name] for name in small) < LEAST:
        return []
    groups = [(name,) for name in totals if name in alone]
    return [*groups, tuple(name for name in totals if name in small)] if small else groups


def network(counts: Counts) -> dict[Edge, int]:
    """Every figure that may be hidden: cells, and totals of columns."""
    if any(sum(row) < LEAST for row in counts.cells):
        raise ValueError("a row with fewer than 11 people must be counted together with another")
    figures = {_cell(i, j): value for i, row in enumerate(counts.cells) for j, value in enumerate(row)}
    for j in range(len(counts.columns)):
        figures[("column", j), TOTAL] = sum(row[j] for row in counts.cells)
    return figures


def protect(figures: Mapping[Edge, int]) -> set[Edge]:
    """The figures to hide: those under 11, and the smallest others that keep each of them unknown by at least 11."""
    small = [edge for edge, value in figures.items() if value < LEAST]
    hidden = set(small)
    for edge in small:
        up, used = stretch(figures, edge, up=True, most=LEEWAY, hidden=hidden, more=True)
        hidden |= used
        left = LEEWAY - (up[edge] - figures[edge])
        if left > 0:
            hidden |= stretch(figures, edge, up=False, most=left, hidden=hidden, more=True)[1]
    return hidden


def stretch(
    figures: Mapping[Edge, int], edge: Edge, *, up: bool, most: int, hidden: set[Edge], more: bool = False
) -> tuple[dict[Edge, int], set[Edge]]:
    """Another table that shows the same, in which this hidden figure is as far up (or down) as it goes, at most `most`.

    With `more` it may also change figures that are shown, the smallest first: those are returned, to be hidden too.
    """
    values, used = dict(figures), set[Edge]()
    start, goal = (edge[1], edge[0]) if up else edge
    left = most if up else min(most, values[edge])
    while left > 0:
        path = _cheapest(values, start, goal, avoid=edge, free=hidden | used, more=more)
        if path is None:
            break
        step = min([left, *(values[one] for one, forward in path if not forward)])
        for one, forward in path:
            values[one] += step if forward else -step
            used |= {one} - hidden
        values[edge] += step if up else -step
        left -= step
    return values, used


def _cheapest(
    values: Mapping[Edge, int], start: Node, goal: Node, *, avoid: Edge, free: set[Edge], more: bool
) -> list[tuple[Edge, bool]] | None:
    """The way from `start` to `goal` that moves people through hidden figures, and hides the fewest others (Dijkstra).

    Along an edge its figure grows, without limit; against it, it shrinks, not below nobody.
    """
    steps: dict[Node, list[tuple[Edge, bool]]] = {}
    for edge, value in values.items():
        if edge != avoid and (more or edge in free):
            steps.setdefault(edge[0], []).append((edge, True))
            if value > 0:
                steps.setdefault(edge[1], []).append((edge, False))
    best: dict[Node, int] = {start: 0}
    came: dict[Node, tuple[Edge, bool]] = {}
    queue = [(0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == goal:
            return _way(came, start, goal)
        if cost > best[node]:
            continue
        for edge, forward in steps.get(node, []):
            after = edge[1] if forward else edge[0]
            dearer = cost + (0 if edge in free else values[edge] + 1)
            if dearer < best.get(after, dearer + 1):
                best[after], came[after] = dearer, (edge, forward)
                heapq.heappush(queue, (dearer, after))
    return None


def _way(came: Mapping[Node, tuple[Edge, bool]], start: Node, goal: Node) -> list[tuple[Edge, bool]]:
    way: list[tuple[Edge, bool]] = []
    while goal != start:
        edge, forward = came[goal]
        way.append((edge, forward))
        goal = edge[0] if forward else edge[1]
    return way


def _cell(row: int, column: int) -> Edge:
    return ("row", row), ("column", column)


__all__ = ["LEAST", "LEEWAY", "Counts", "Shown", "network", "protect", "show", "stretch", "together"]
