"""Runs a `Query`: picks the most selective condition to drive it, counts, sorts, takes the page and its includes."""

import sqlite3
from dataclasses import dataclass

from portal.embedded.search.clauses import Clause, Sql, joined
from portal.embedded.search.includes import Found, included
from portal.embedded.search.query import Query, SortKey
from portal.embedded.store.unit import TABLE, Names

FEW, LOOK, SCREEN, REMEMBERED = 3000, 1000, 100, 2000
"""Up to FEW candidates, the whole match is taken and sorted at once; unsorted, up to SCREEN. A chain is only counted up to
LOOK."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`total` is None when it was not asked (`_total=none`). `more` tells whether a next page exists."""

    matches: list[Found]
    included: list[Found]
    total: int | None
    more: bool


class Totals:
    """Totals already counted, each good until the next commit; shared by the reading threads."""

    def __init__(self) -> None:
        self._counted: dict[tuple[object, ...], tuple[int, int]] = {}

    def get(self, key: tuple[object, ...], generation: int) -> int | None:
        found = self._counted.get(key)
        return found[1] if found and found[0] == generation else None

    def put(self, key: tuple[object, ...], generation: int, total: int) -> None:
        if len(self._counted) >= REMEMBERED:
            self._counted.clear()
        self._counted[key] = (generation, total)


def run(
    connection: sqlite3.Connection, names: Names, query: Query, totals: Totals | None = None, generation: int = 0
) -> Page:
    """`generation` must have been read before the connection's snapshot was taken."""
    return _Search(connection, names, query, totals, generation).page()


class _Search:
    """One search on one snapshot of the store."""

    def __init__(
        self, connection: sqlite3.Connection, names: Names, query: Query, totals: Totals | None, generation: int
    ) -> None:
        self.connection = connection
        self.totals = totals
        self.generation = generation
        self.names = names
        self.query = query
        self.type = names.find("type", query.type)
        self.first = (query.page - 1) * query.count

    def page(self) -> Page:
        query = self.query
        rids, total = self._matches()
        page = rids[: query.count]
        more = len(rids) > query.count if total is None else self.first + len(page) < total and bool(page)
        bodies = self._bodies(page)
        matches = [(rid, query.type, *bodies[rid]) for rid in page if rid in bodies]
        others = included(self.connection, self.names, query.includes, matches) if query.includes and matches else []
        return Page(matches=matches, included=others, total=total, more=more)

    def _matches(self) -> tuple[list[int], int | None]:
        """Rows of the page and, when the total is not asked, one more."""
        if not self.query.clauses:
            total = self._everyone()
            return self._all_of_type(total), total
        driver, others, size = self._choose()
        source = driver or Sql("SELECT rid FROM resource WHERE type = ? AND state = 1", (self.type,))
        where, args = _conditions([c.probe for c in others])
        base = Sql(f"FROM (SELECT DISTINCT rid FROM ({source.text})) x", source.args)
        if driver and size < (FEW if self.query.sort else SCREEN):
            found = self._sorted(base, where, args, None)
            return found[self.first : self.first + self.query.count + 1], len(found)
        total = None
        if self.query.total != "none" or self.query.count == 0:
            total = self._counted(f"SELECT count(*) {base.text} WHERE {where}", (*base.args, *args))
            if total <= self.first or self.query.count == 0:
                return [], total
        if self.query.sort and self._walking_is_shorter(total):
            walked = self._walk(self.query.clauses, total)
            if walked is not None:
                return walked, total
        if not self.query.sort:  # in the order of the driving index, so that no more is read than the page
            text = f"SELECT x.rid {base.text} WHERE {where} LIMIT ? OFFSET ?"
            return self._all(text, (*base.args, *args, self.query.count + 1, self.first)), total
        return self._sorted(base, where, args, self.query.count + 1), total

    def _counted(self, text: str, args: tuple[object, ...]) -> int:
        total = self.totals.get((text, args), self.generation) if self.totals else None
        if total is None:
            total = self._all(text, args)[0]
            if self.totals:
                self.totals.put((text, args), self.generation, total)
        return total

    def _choose(self) -> tuple[Sql | None, list[Clause], int]:
        """The condition with fewest candidates (as far as they are counted) drives; the others are probed."""
        best: Clause | None = None
        size = FEW + 1
        able = [(c, c.drive) for c in sorted(self.query.clauses, key=lambda c: not c.plain) if c.drive]
        for clause, drive in able:
            bound = min(FEW if clause.plain else LOOK, size)  # what reaches the best so far is no better
            if len(able) == 1 and not self.query.sort:
                bound = SCREEN
            found = int(self._all(f"SELECT count(*) FROM (SELECT 1 FROM ({drive.text}) LIMIT {bound})", drive.args)[0])
            if found == bound and (bound == SCREEN or not clause.plain):
                found = FEW
            if found < size:
                best, size = clause, found
            if size < 20:
                break
        return (best.drive if best else None), [c for c in self.query.clauses if c is not best], size

    def _walking_is_shorter(self, total: int | None) -> bool:
        """Walking along the sort key reads everyone / total resources for each one shown; sorting reads all matches."""
        matched = FEW * 3 if total is None else total
        return matched * matched > (self.first + self.query.count) * self._everyone()

    def _everyone(self) -> int:
        live = self._all("SELECT live FROM census WHERE type = ?", (self.type,))
        return live[0] if live else 0

    def _all_of_type(self, total: int) -> list[int]:
        """All of a type: in the order of ids, or walked along the first sort key."""
        if self.query.count == 0 or total <= self.first:
            return []
        if not self.query.sort:
            text = "SELECT rid FROM resource WHERE type = ? AND state = 1 ORDER BY id LIMIT ? OFFSET ?"
            return self._all(text, (self.type, self.query.count + 1, self.first))
        walked = self._walk([], total)
        if walked is not None:
            return walked
        base = Sql("FROM (SELECT rid FROM resource WHERE type = ? AND state = 1) x", (self.type,))
        return self._sorted(base, "1", (), self.query.count + 1)

    def _sorted(self, base: Sql, where: str, args: tuple[object, ...], limit: int | None) -> list[int]:
        """Matches in order; all of them, or those of the page."""
        keys, order, key_args, own = self._order(self.query.sort)
        join = "JOIN resource r ON r.rid = x.rid" if own else ""
        text = f"SELECT x.rid {keys} {base.text} {join} WHERE {where} ORDER BY {order}"
        if limit is None:
            return self._all(text, (*key_args, *base.args, *args))
        return self._all(f"{text} LIMIT ? OFFSET ?", (*key_args, *base.args, *args, limit, self.first))

    def _order(self, sort: list[SortKey]) -> tuple[str, str, tuple[object, ...], bool]:
        """Key columns, ORDER BY, their arguments, and whether the resource's own columns are needed.

        What has no value for a key comes last, whichever the direction.
        """
        keys: list[str] = []
        order: list[str] = []
        args: list[object] = []
        for i, key in enumerate(sort):
            way = " DESC" if key.descending else ""
            if key.parameter is None:
                order.append(OWN_COLUMNS[key.name] + way)
                continue
            group = key.parameter.index.split(" ", 2)[1]
            pick = "max" if key.descending else "min"
            pids = [self.names.find("index", part.index) for part in key.parameter.parts or (key.parameter,)]
            marks = ", ".join("?" * len(pids))
            keys.append(f", (SELECT {pick}(value) FROM {TABLE[group]} WHERE rid = x.rid AND pid IN ({marks})) AS k{i}")
            args += pids
            order += [f"k{i} IS NULL", f"k{i}{way}"]
        order.append("x.rid DESC" if sort and sort[0].descending else "x.rid")
        return "".join(keys), ", ".join(order), tuple(args), any(key.parameter is None for key in sort)

    def _walk(self, clauses: list[Clause], total: int | None) -> list[int] | None:
        """Follows the index of the first sort key, keeping what fulfils the conditions, until the page is full.

        None when the page reaches resources without a value for that key, which the index does not hold.
        """
        needed = self.query.count + 1 if total is None else min(self.query.count + 1, total - self.first)
        key, *rest = self.query.sort
        way = " DESC" if key.descending else ""
        keys, order, key_args, own = self._order(rest)
        order = f"{order.rpartition(', ')[0]}, x.rid{way}" if rest else f"x.rid{way}"
        join = "JOIN resource r ON r.rid = x.rid" if own else ""
        where, args = _conditions([c.probe for c in clauses])
        if key.name == "_createdAt" or (key.parameter and key.parameter.parts):
            return None
        if key.parameter is None:
            column = OWN_COLUMNS[key.name].replace("r.", "x.")
            text = (
                f"SELECT x.rid {keys} FROM resource x {join} WHERE x.type = ? AND x.state = 1 AND {where} "
                f"ORDER BY {column}{way}, {order} LIMIT ? OFFSET ?"
            )
            return self._all(text, (*key_args, self.type, *args, needed, self.first))
        group = key.parameter.index.split(" ", 2)[1]
        table = TABLE[group]
        pid = self.names.find("index", key.parameter.index)
        better = f"o.value {'>' if key.descending else '<'} x.value"
        if beside := BESIDE.get(group):  # of rows with one value, one stands for the resource
            better = f"o.value {'>=' if key.descending else '<='} x.value AND ({better} OR o.{beside} < x.{beside})"
        text = (
            f"SELECT x.rid {keys} FROM {table} x {join} WHERE x.pid = ? AND {where} AND NOT EXISTS (SELECT 1 FROM {table} o "
            f"WHERE o.rid = x.rid AND o.pid = ? AND {better}) ORDER BY x.value{way}, {order} LIMIT ? OFFSET ?"
        )
        found = self._all(text, (*key_args, pid, *args, pid, needed, self.first))
        return found if len(found) == needed else None

    def _all(self, text: str, args: tuple[object, ...]) -> list[int]:
        return [int(row[0]) for row in self.connection.execute(text, args)]

    def _bodies(self, rids: list[int]) -> dict[int, tuple[str, bytes]]:
        marks = ",".join("?" * len(rids))
        text = f"SELECT r.rid, r.id, b.json FROM resource r JOIN body b ON b.rid = r.rid WHERE r.rid IN ({marks}) AND r.state = 1"
        return {row[0]: (row[1], row[2]) for row in self.connection.execute(text, rids)}


BESIDE = {"string": "exact", "token": "sid", "date": "high"}
"""What tells apart the rows that a resource has of one value, in the tables where it may have several."""
OWN_COLUMNS = {"_id": "r.id", "_lastUpdated": "r.updated", "_createdAt": "r.created"}


def _conditions(probes: list[Sql]) -> tuple[str, tuple[object, ...]]:
    """The probes on `x`, all to be fulfilled."""
    if not probes:
        return "1", ()
    every = joined("AND", probes)
    return every.text.replace("{x}", "x.rid"), every.args
