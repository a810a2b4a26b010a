"""Runs a `Query`: picks the most selective condition to drive it, counts, sorts, takes the page and its includes."""

import sqlite3
from dataclasses import dataclass

from portal.embedded.search.clauses import Clause, Sql
from portal.embedded.search.query import Include, Query, SortKey
from portal.embedded.store.unit import TABLE, Names

FEW = 1000
"""Up to so many candidates, the whole match is taken and sorted at once."""

Found = tuple[int, str, str, bytes]
"""(row, type, id, body)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`total` is None when it was not asked (`_total=none`). `more` tells whether a next page exists."""

    matches: list[Found]
    included: list[Found]
    total: int | None
    more: bool


def run(connection: sqlite3.Connection, names: Names, query: Query) -> Page:
    first = (query.page - 1) * query.count
    rids, total = _matches(connection, names, query, first)
    page = rids[: query.count]
    more = len(rids) > query.count if total is None else first + len(page) < total and bool(page)
    bodies = _bodies(connection, page)
    matches = [(rid, query.type, *bodies[rid]) for rid in page if rid in bodies]
    included = _included(connection, names, query.includes, matches) if query.includes and matches else []
    return Page(matches=matches, included=included, total=total, more=more)


def _matches(connection: sqlite3.Connection, names: Names, query: Query, first: int) -> tuple[list[int], int | None]:
    """Rows of the page and, when the total is not asked, one more."""
    type_ = names.find("type", query.type)
    limit = query.count + 1
    if not query.clauses:
        live = connection.execute("SELECT live FROM census WHERE type = ?", (type_,)).fetchone()
        total = int(live[0]) if live else 0
        return (_listed(connection, names, query, type_, [], total, first, limit), total)
    driver, probes, size = _choose(connection, query.clauses)
    source = driver or Sql("SELECT rid FROM resource WHERE type = ? AND state = 1", (type_,))
    where = " AND ".join(p.text.replace("{x}", "x.rid") for p in probes) or "1"
    args = (*source.args, *(a for p in probes for a in p.args))
    base = f"FROM (SELECT DISTINCT rid FROM ({source.text})) x"
    keys, order, key_args = _order(names, query.sort)
    if driver and size < FEW:
        text = f"SELECT x.rid {keys} {base} JOIN resource r ON r.rid = x.rid WHERE {where} ORDER BY {order}"
        found = [int(row[0]) for row in connection.execute(text, (*key_args, *args))]
        return found[first : first + limit], len(found)
    total = None
    if query.total != "none" or query.count == 0:
        if probes or not driver:
            total = int(connection.execute(f"SELECT count(*) {base} WHERE {where}", args).fetchone()[0])
        else:
            total = int(
                connection.execute(f"SELECT count(DISTINCT rid) FROM ({source.text})", source.args).fetchone()[0]
            )
        if total <= first or query.count == 0:
            return [], total
    if not query.sort:
        text = f"SELECT x.rid {base} WHERE {where} ORDER BY x.rid LIMIT ? OFFSET ?"
        return [int(r[0]) for r in connection.execute(text, (*args, limit, first))], total
    matched = FEW * 10 if total is None else total
    live = connection.execute("SELECT live FROM census WHERE type = ?", (type_,)).fetchone()
    everyone = int(live[0]) if live else 0
    if matched * matched > (first + limit) * everyone:
        needed = limit if total is None else min(limit, total - first)
        walked = _walk(connection, names, query, [c.probe for c in query.clauses], type_, first, needed)
        if walked is not None:
            return walked, total
    text = (
        f"SELECT x.rid {keys} {base} JOIN resource r ON r.rid = x.rid WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
    )
    return [int(row[0]) for row in connection.execute(text, (*key_args, *args, limit, first))], total


def _choose(connection: sqlite3.Connection, clauses: list[Clause]) -> tuple[Sql | None, list[Sql], int]:
    """The condition with fewest candidates (counted up to FEW) drives; the others are probed."""
    best: Clause | None = None
    size = FEW + 1
    able = [(c, c.drive) for c in clauses if c.drive]
    for clause, drive in able:
        bound = FEW if len(able) == 1 else min(FEW, size)
        text = f"SELECT count(*) FROM (SELECT 1 FROM ({drive.text}) LIMIT {bound})"
        found = int(connection.execute(text, drive.args).fetchone()[0])
        if found < size:
            best, size = clause, found
        if size < 20:
            break
    return (best.drive if best else None), [c.probe for c in clauses if c is not best], size


def _order(names: Names, sort: list[SortKey]) -> tuple[str, str, tuple[object, ...]]:
    """Key columns, ORDER BY and their arguments. What has no value for a key comes last, whichever the direction."""
    keys: list[str] = []
    order: list[str] = []
    args: list[object] = []
    for i, key in enumerate(sort):
        way = " DESC" if key.descending else ""
        if key.parameter is None:
            order.append(_COLUMNS[key.name] + way)
            continue
        group = key.parameter.index.split(" ", 2)[1]
        pick = "max" if key.descending else "min"
        keys.append(f", (SELECT {pick}(value) FROM {TABLE[group]} WHERE rid = x.rid AND pid = ?) AS k{i}")
        args.append(names.find("index", key.parameter.index))
        order += [f"k{i} IS NULL", f"k{i}{way}"]
    order.append("x.rid DESC" if sort and sort[0].descending else "x.rid")
    return "".join(keys), ", ".join(order), tuple(args)


_COLUMNS = {"_id": "r.id", "_lastUpdated": "r.updated", "_createdAt": "r.created"}


def _listed(
    connection: sqlite3.Connection,
    names: Names,
    query: Query,
    type_: int,
    probes: list[Sql],
    total: int,
    first: int,
    limit: int,
) -> list[int]:
    """All of a type: in the order of ids, or walked along the first sort key."""
    if query.count == 0 or total <= first:
        return []
    if query.sort:
        walked = _walk(connection, names, query, probes, type_, first, min(limit, total - first))
        if walked is not None:
            return walked
    keys, order, key_args = _order(names, query.sort)
    if not query.sort:
        order = "r.id"
    text = (
        f"SELECT x.rid {keys} FROM resource x JOIN resource r ON r.rid = x.rid WHERE x.type = ? AND x.state = 1 "
        f"ORDER BY {order} LIMIT ? OFFSET ?"
    )
    if not query.sort:
        text = "SELECT rid FROM resource WHERE type = ? AND state = 1 ORDER BY id LIMIT ? OFFSET ?"
    return [int(row[0]) for row in connection.execute(text, (*key_args, type_, limit, first))]


def _walk(
    connection: sqlite3.Connection, names: Names, query: Query, probes: list[Sql], type_: int, first: int, limit: int
) -> list[int] | None:
    """Follows the index of the first sort key, keeping what fulfils the probes, until the page is full.

    None when the page reaches resources without a value for that key, which the index does not hold.
    """
    key, *rest = query.sort
    way = " DESC" if key.descending else ""
    keys, order, key_args = _order(names, rest)
    order = order.rsplit(", ", 1)[0] + ", " if rest else ""
    last = f"x.rid{way}"
    where = "".join(f" AND {p.text.replace('{x}', 'x.rid')}" for p in probes)
    args = tuple(a for p in probes for a in p.args)
    join = "JOIN resource r ON r.rid = x.rid" if rest else ""
    if key.parameter is None:
        if key.name == "_createdAt":
            return None
        column = _COLUMNS[key.name].replace("r.", "x.")
        text = (
            f"SELECT x.rid {keys} FROM resource x {join} WHERE x.type = ? AND x.state = 1{where} "
            f"ORDER BY {column}{way}, {order}{last} LIMIT ? OFFSET ?"
        )
        return [int(r[0]) for r in connection.execute(text, (*key_args, type_, *args, limit, first))]
    table = TABLE[key.parameter.index.split(" ", 2)[1]]
    pid = names.find("index", key.parameter.index)
    better = ">" if key.descending else "<"
    text = (
        f"SELECT x.rid {keys} FROM {table} x {join} WHERE x.pid = ?{where} AND NOT EXISTS (SELECT 1 FROM {table} o "
        f"WHERE o.rid = x.rid AND o.pid = ? AND o.value {better} x.value) ORDER BY x.value{way}, {order}{last} LIMIT ? OFFSET ?"
    )
    found = [int(r[0]) for r in connection.execute(text, (*key_args, pid, *args, pid, limit, first))]
    found = list(dict.fromkeys(found))
    return found if len(found) == limit else None


def _bodies(connection: sqlite3.Connection, rids: list[int]) -> dict[int, tuple[str, bytes]]:
    marks = ",".join("?" * len(rids))
    text = f"SELECT rid, id, body FROM resource WHERE rid IN ({marks}) AND state = 1"
    return {row[0]: (row[1], row[2]) for row in connection.execute(text, rids)}


def _included(
    connection: sqlite3.Connection, names: Names, includes: list[Include], matches: list[Found]
) -> list[Found]:
    known = {m[0] for m in matches}
    found: list[Found] = []
    frontier = matches
    for round_ in range(10):
        fresh: dict[int, Found] = {}
        for include in includes:
            if round_ and not include.iterate:
                continue
            for item in _follow(connection, names, include, frontier):
                if item[0] not in known:
                    fresh[item[0]] = item
        if not fresh:
            break
        known |= set(fresh)
        frontier = list(fresh.values())
        found += frontier
    return found


def _follow(connection: sqlite3.Connection, names: Names, include: Include, frontier: list[Found]) -> list[Found]:
    if include.reverse:
        rids = [item[0] for item in frontier]
        here, there = "value", "rid"
    else:
        rids = [item[0] for item in frontier if item[1] == include.source]
        here, there = "rid", "value"
    if not rids:
        return []
    parameter = include.parameter
    wanted = include.source if include.reverse else (include.target or (parameter.only if parameter else None))
    marks = ",".join("?" * len(rids))
    args: list[object] = [*rids]
    start = f"{include.source} reference "
    pids = [
        number
        for (kind, text), number in names.numbers.copy().items()
        if kind == "index" and (text == parameter.index if parameter else text.startswith(start))
    ]
    test = f" AND b.pid IN ({','.join('?' * len(pids))})"
    args += pids
    if wanted:
        test += " AND r.type = ?"
        args.append(names.find("type", wanted))
    text = (
        f"SELECT DISTINCT r.rid, n.text, r.id, r.body FROM by_reference b JOIN resource r ON r.rid = b.{there} AND r.state = 1 "
        f"JOIN name n ON n.nid = r.type WHERE b.{here} IN ({marks}){test} ORDER BY r.rid"
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(text, args)]
