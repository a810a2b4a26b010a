"""A condition on resources, as SQL over the index tables, in two shapes.

`drive` lists the resources that fulfil it, from the index: the most selective condition of a search drives it. `probe`
asks about one resource (`{x}` stands for its number): the others are probes. Both are ranges of a key, never a scan of
the resources.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.embedded.store.unit import TABLE

WIDTH = 100
"""So many alternatives stand in one row of SQL."""


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    args: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """`drive` is None when the condition can only be probed (a negation). `plain` drives are one range of one index."""

    drive: Sql | None
    probe: Sql
    plain: bool = False


NOTHING = Clause(drive=Sql("SELECT NULL AS rid WHERE 0"), probe=Sql("0"))


def rows(kind: str, pid: int, condition: str, args: tuple[object, ...]) -> Clause:
    """Resources with a row of that index for which `condition` holds."""
    table = TABLE[kind]
    where = f"pid = ? AND {condition}" if condition else "pid = ?"
    return Clause(
        drive=Sql(f"SELECT rid FROM {table} WHERE {where}", (pid, *args)),
        probe=Sql(f"EXISTS (SELECT 1 FROM {table} WHERE rid = {{x}} AND {where})", (pid, *args)),
        plain=True,
    )


def rows_among(
    kind: str,
    pid: int,
    values: Sequence[object],
    condition: str = "",
    args: tuple[object, ...] = (),
    column: str = "value",
) -> Clause:
    """Resources with a row whose `column` is one of `values`, however many, and for which `condition` holds."""
    test = f"{column} = ?" if len(values) == 1 else f"{column} IN ({', '.join('?' * len(values))})"
    return rows(kind, pid, f"{test} AND {condition}" if condition else test, (*values, *args))


def any_of(clauses: list[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    drives = [c.drive for c in clauses if c.drive]
    drive = _union(drives) if len(drives) == len(clauses) else None
    return Clause(drive=drive, probe=joined("OR", [c.probe for c in clauses]))


def all_of(clauses: list[Clause]) -> Clause:
    """Driven by the first that can drive, probed for the rest."""
    if len(clauses) == 1:
        return clauses[0]
    first = next((c for c in clauses if c.drive), None)
    probe = joined("AND", [c.probe for c in clauses])
    if first is None or first.drive is None:
        return Clause(drive=None, probe=probe)
    others = joined("AND", [c.probe for c in clauses if c is not first])
    text = f"SELECT d.rid FROM ({first.drive.text}) d WHERE {others.text.replace('{x}', 'd.rid')}"
    return Clause(drive=Sql(text, first.drive.args + others.args), probe=probe)


def joined(word: str, tests: list[Sql]) -> Sql:
    """All tests, between them AND or OR. Nested, for SQLite takes no expression deeper than 1,000."""
    while len(tests) > WIDTH:
        tests = [joined(word, tests[i : i + WIDTH]) for i in range(0, len(tests), WIDTH)]
    return Sql("(" + f" {word} ".join(test.text for test in tests) + ")", _args(tests))


def _union(drives: list[Sql]) -> Sql:
    """Nested, for SQLite takes no more than 500 in a row."""
    while len(drives) > WIDTH:
        drives = [_union(drives[i : i + WIDTH]) for i in range(0, len(drives), WIDTH)]
    return Sql(f"SELECT rid FROM ({' UNION '.join(drive.text for drive in drives)})", _args(drives))


def none_of(clause: Clause) -> Clause:
    return Clause(drive=None, probe=Sql(f"NOT {clause.probe.text}", clause.probe.args))


def refers_to(pid: int, target: Clause, depth: int, type_: int) -> Clause:
    """Resources whose reference of index `pid` names a resource of `type_` that fulfils `target` (a chain)."""
    alias = f"c{depth}"
    if target.drive is None:  # a negation is true of everything else, whatever it is and were it only mentioned
        here = Sql("EXISTS (SELECT 1 FROM resource WHERE rid = {x} AND type = ? AND state = 1)", (type_,))
        target = Clause(drive=None, probe=joined("AND", [here, target.probe]))
    inner = target.probe.text.replace("{x}", f"{alias}.value")
    probe = Sql(
        f"EXISTS (SELECT 1 FROM by_reference {alias} WHERE {alias}.rid = {{x}} AND {alias}.pid = ? AND {inner})",
        (pid, *target.probe.args),
    )
    drive = None
    if target.drive:
        drive = Sql(
            f"SELECT rid FROM by_reference WHERE pid = ? AND value IN ({target.drive.text})", (pid, *target.drive.args)
        )
    return Clause(drive=drive, probe=probe)


def referred_by(pid: int, source: Clause, depth: int, type_: int) -> Clause:
    """Resources of `type_` that a resource fulfilling `source` names in its reference of index `pid` (`_has`)."""
    alias = f"h{depth}"
    inner = source.probe.text.replace("{x}", f"{alias}.rid")
    probe = Sql(
        f"EXISTS (SELECT 1 FROM by_reference {alias} WHERE {alias}.pid = ? AND {alias}.value = {{x}} AND {inner})",
        (pid, *source.probe.args),
    )
    drive = None
    if source.drive:
        text = (
            f"SELECT r.rid FROM by_reference b INDEXED BY reference_of JOIN resource r ON r.rid = b.value AND r.type = ? "
            f"AND r.state = 1 WHERE b.pid = ? AND b.rid IN ({source.drive.text})"
        )
        drive = Sql(text, (type_, pid, *source.drive.args))
    return Clause(drive=drive, probe=probe)


def _args(parts: list[Sql]) -> tuple[object, ...]:
    return tuple(a for part in parts for a in part.args)
