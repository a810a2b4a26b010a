"""What comes with a page: `_include` and `_revinclude`, iterated when asked."""

import sqlite3

from portal.embedded.search.query import Include
from portal.embedded.store.unit import Names

ROUNDS = 10

Found = tuple[int, str, str, bytes]
"""(row, type, id, body)."""


def included(
    connection: sqlite3.Connection, names: Names, includes: list[Include], matches: list[Found]
) -> list[Found]:
    known = {m[0] for m in matches}
    found: list[Found] = []
    frontier = matches
    for round_ in range(ROUNDS):
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
        f"SELECT DISTINCT r.rid, n.text, r.id, t.json FROM by_reference b JOIN resource r ON r.rid = b.{there} AND r.state = 1 "
        f"JOIN body t ON t.rid = r.rid JOIN name n ON n.nid = r.type WHERE b.{here} IN ({marks}){test} ORDER BY r.rid"
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(text, args)]
